"""A small copy of a source, on which the time and memory of a training can be measured."""

from __future__ import annotations

from pathlib import Path

from ganvas.curate.images.decode import PictureError
from ganvas.curate.sources.list_source import list_source
from ganvas.suggestion.survey import spread


def write_sample(source: Path, folder: Path, count: int = 64) -> int:
    """Copy pictures at equal distances, and the sources of pairs, to the same relative paths.

    Args:
        source: A folder or zip of pictures.
        folder: Which exists and is empty.
        count: Pictures, at most.

    Returns:
        How many were copied.
    """
    listing = list_source(source)
    copied = 0
    for one in spread(listing.candidates, count):
        try:
            contents = {path: listing.read(path) for path in (one.path, one.pair) if path is not None}
        except PictureError:
            continue
        for path, content in contents.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        copied += 1
    return copied
