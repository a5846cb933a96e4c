"""Where the pictures of a study come from: a folder, or a run or bundle that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ganvas.curate.file_names import name_key
from ganvas.curate.images.decode import PictureError, Pixels, open_image
from ganvas.curate.own_folders import files_below, own_kind
from ganvas.errors import UserError
from ganvas.release.gate import figures

LARGEST = 4096  # pixels of a side; pictures are shown one to one
SMALLEST = 16

_OTHER = (".txt", ".md", ".json", ".jsonl", ".html", ".csv", ".yaml", ".yml")


class Source(NamedTuple):
    """What a condition is made from: its name, and a folder of pictures or music, a run or a bundle."""

    name: str
    path: Path


@dataclass
class Found:
    """The pictures of a source.

    Attributes:
        origin: Where they come from, as the report says it.
        keys: Their names, sorted; the same name in two sources is taken for the same content where ``named``.
        load: Reads or makes what has some names, in their order: pictures uint8 [H, W, 3] or clips of music; unreadable
            ones are left out and noted.
        named: Names say what is shown; false for pictures made from seeds.
        unreadable: Names that could not be used, with the reason.
        measured: Metrics of the model that made them, by name and what they compare with.
    """

    origin: str
    keys: list[str]
    load: Callable[[list[str]], Iterator[tuple[str, Any]]]
    named: bool
    unreadable: dict[str, str] = field(default_factory=dict)
    measured: dict[str, float] = field(default_factory=dict)


def find(source: Source, count: int, seed: int, inputs: Path | None) -> Found:
    """Look at a source; nothing is made yet.

    Args:
        source: What to look at.
        count: How many pictures a model makes.
        seed: The first seed of a model.
        inputs: Pixels for a model that translates.

    Raises:
        UserError: There are no pictures, or the model cannot make any.
    """
    path = source.path
    if not path.is_dir():
        raise UserError(f"There is no folder {path}; name a folder of pictures, a run or a bundle.")
    kind = own_kind(path, {entry.name for entry in path.iterdir()})
    return _model(path, count, seed, inputs) if kind in ("run", "bundle") else _folder(path)


def _folder(path: Path) -> Found:
    files: dict[str, Path] = {}
    for file in files_below(path):
        inner = file.relative_to(path)
        if not any(part.startswith(".") for part in inner.parts) and file.suffix.lower() not in _OTHER:
            files.setdefault(name_key(str(inner.with_suffix(""))), file)
    if not files:
        raise UserError(f"There are no pictures in {path}; name a folder of pictures, a run or a bundle.")
    found = Found(path.resolve().name, sorted(files), lambda _: iter(()), named=True)

    def load(keys: list[str]) -> Iterator[tuple[str, Pixels]]:
        for key in keys:
            try:
                pixels = np.array(open_image(files[key]).convert("RGB"))
            except PictureError as error:
                found.unreadable[key] = str(error)
                continue
            if min(pixels.shape[:2]) < SMALLEST or max(pixels.shape[:2]) > LARGEST:
                found.unreadable[key] = f"{pixels.shape[1]} × {pixels.shape[0]} pixels"
                continue
            yield key, pixels

    found.load = load
    return found


def _model(path: Path, count: int, seed: int, inputs: Path | None) -> Found:
    from ganvas.inference.images import ImageOptions, make_images
    from ganvas.inference.load import load_model

    model = load_model(path)
    stream = make_images(model.family, ImageOptions(count=count, seed=seed, source=inputs))
    named = inputs is not None
    made = {_own_name(image.name) if named else image.name: _rgb(image.pixels) for image in stream.images}
    what = f"seeds {seed} to {seed + count - 1}" if inputs is None else f"from {inputs.resolve().name}"
    return Found(
        f"{model.name}, {what}",
        sorted(made),
        lambda keys: ((key, made[key]) for key in keys),
        named=named,
        measured={f"{one.metric}, {one.pictures.replace('_', '-')}": one.value for one in figures(path)},
    )


def _own_name(name: str) -> str:
    """The name of a translated picture's source, which :func:`make_images` puts after a number."""
    return name_key(name.partition("-")[2])


def _rgb(pixels: Pixels) -> Pixels:
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]
