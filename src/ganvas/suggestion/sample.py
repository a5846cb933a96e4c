"""A small copy of a source, on which the time and memory of a training can be measured."""

from __future__ import annotations

from pathlib import Path

from ganvas.curate.images.decode import PictureError
from ganvas.curate.music.sources import list_music
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import FileReader
from ganvas.suggestion.music import is_music, sample
from ganvas.suggestion.survey import spread


def write_sample(source: Path, folder: Path, count: int = 64) -> int:
    """Copy pictures at equal distances, and the sources of pairs, or music files, to the same relative paths.

    Args:
        source: A folder or zip of pictures or music.
        folder: Which exists and is empty.
        count: Pictures, at most; of music a quarter of it, since a file gives several phrases.

    Returns:
        How many were copied.
    """
    if is_music(source):
        files = list_music(source)
        return sum(_copied(files.read, [path], folder) for path in sample(files, max(count // 4, 1)))
    listing = list_source(source)
    copied = 0
    for one in spread(listing.candidates, count):
        copied += _copied(listing.read, [path for path in (one.path, one.pair) if path is not None], folder)
    return copied


def _copied(read: FileReader, paths: list[str], folder: Path) -> bool:
    """Copy files that belong together; false where one cannot be read."""
    try:
        contents = {path: read(path) for path in paths}
    except PictureError:
        return False
    for path, content in contents.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return True
