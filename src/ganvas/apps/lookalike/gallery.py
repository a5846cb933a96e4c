"""A gallery: the people that a face is compared with, in one file.

The file is a zip of ``gallery.json`` (people, photographs with their origin, the note of consent), ``arrays.npz``
(angles, embeddings, points) and one small picture per person. It holds biometric data: whoever keeps a gallery of
people answers for their consent, and deleting the file deletes everything.
"""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.apps.lookalike.angles import ANGLES, VERSION
from ganvas.apps.lookalike.measure import DRAWN
from ganvas.curate.manifest import Provenance
from ganvas.errors import UserError
from ganvas.files import read_regular, replacing

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

SCHEMA = 1
SUFFIX = ".gallery"
MAX_BYTES = 2 << 30  # of a file, and of what it holds
MAX_PEOPLE = 100_000
_INFO, _ARRAYS = "gallery.json", "arrays.npz"


class Photograph(BaseModel):
    """A photograph that a gallery was made from."""

    model_config = ConfigDict(frozen=True)

    person: int = Field(ge=0, description="index of the person")
    file: str = Field(description="its path below the folder that the gallery was made from")
    sha256: str
    origin: Provenance | None = None


class LeftOut(BaseModel):
    """Photographs that are not in the gallery for one reason, by their names."""

    model_config = ConfigDict(frozen=True)

    reason: str
    files: tuple[str, ...]


class GalleryInfo(BaseModel):
    """What is known of a gallery besides its numbers."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = Field(SCHEMA, alias="schema")
    angles: int = Field(description="version of the list of angles")
    name: str
    consent: str = Field(description="who agreed to what, or why nobody needs to")
    made: datetime.date
    delete_after: datetime.date | None = Field(None, description="when the gallery is to be deleted")
    people: tuple[str, ...] = Field(description="the names that are shown")
    photographs: tuple[Photograph, ...]
    left_out: tuple[LeftOut, ...] = ()


class GalleryArrays(NamedTuple):
    """``angles`` and ``differences`` float32 [photographs, angles], degrees; ``embeddings`` float32
    [photographs, 128]; ``points`` float32 [photographs, DRAWN, 2]."""

    angles: Floats
    differences: Floats
    embeddings: Floats
    points: Floats


@dataclass(frozen=True)
class Gallery:
    """The people that a face is compared with.

    Attributes:
        info: Names, origins, consent.
        arrays: By photograph.
        pictures: One per person, a JPEG file each; empty: the gallery has none.
    """

    info: GalleryInfo
    arrays: GalleryArrays
    pictures: tuple[bytes, ...] = ()

    @cached_property
    def people(self) -> npt.NDArray[np.int64]:
        """The person of each photograph [photographs]."""
        return np.array([photograph.person for photograph in self.info.photographs], np.int64)

    def means(self, values: Floats) -> Doubles:
        """The mean over the photographs of each person: [photographs, …] → [people, …]."""
        sums = np.zeros((len(self.info.people), *values.shape[1:]))
        np.add.at(sums, self.people, values)
        counts = np.bincount(self.people, minlength=len(sums)).reshape(-1, *[1] * (values.ndim - 1))
        means: Doubles = sums / counts
        return means


def write_gallery(path: Path, gallery: Gallery) -> None:
    """Write a gallery at once: a reader sees the old file or the new one."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_INFO, gallery.info.model_dump_json(by_alias=True, indent=1))
        arrays = io.BytesIO()
        np.savez_compressed(arrays, **gallery.arrays._asdict())
        archive.writestr(_ARRAYS, arrays.getvalue())
        for number, picture in enumerate(gallery.pictures):
            archive.writestr(_picture_name(number), picture)
    with replacing(path) as file:
        file.write(content.getbuffer())


def read_gallery(path: Path) -> Gallery:
    """Read a gallery.

    Raises:
        UserError: There is none, it is damaged, or it is of another version.
    """
    try:
        content = read_regular(path, MAX_BYTES)
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}); name a gallery that `ganvas lookalike build` made.",
            code="gallery-missing",
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise ValueError("it is too large")
            info = _info(json.loads(archive.read(_INFO)), path)
            arrays = _arrays(archive.read(_ARRAYS), len(info.photographs))
            names = set(archive.namelist())
            pictures = [_picture_name(number) for number in range(len(info.people))]
            shown = tuple(archive.read(name) for name in pictures) if names.issuperset(pictures) else ()
    except (zipfile.BadZipFile, KeyError, ValueError, ValidationError, NotImplementedError, RuntimeError, OSError):
        raise UserError(
            f"{path.name} is not a gallery, or is damaged; make it again with `ganvas lookalike build`.",
            code="gallery-damaged",
            params={"file": path.name},
        ) from None
    return Gallery(info, arrays, shown)


def _info(content: Any, path: Path) -> GalleryInfo:
    if isinstance(content, dict) and (content.get("schema"), content.get("angles")) != (SCHEMA, VERSION):
        raise UserError(
            f"{path.name} was made by another version of Ganvas; make it again with `ganvas lookalike build`.",
            code="gallery-version",
            params={"file": path.name},
        )
    info = GalleryInfo.model_validate(content)
    people = {photograph.person for photograph in info.photographs}
    if not people or people != set(range(len(info.people))) or len(people) > MAX_PEOPLE:
        raise ValueError("people without photographs")
    return info


def _arrays(content: bytes, count: int) -> GalleryArrays:
    shapes = ((count, len(ANGLES)), (count, len(ANGLES)), (count, 128), (count, len(DRAWN), 2))
    # The archive is bounded, and so is what each entry may hold.
    with zipfile.ZipFile(io.BytesIO(content)) as entries:
        if sum(entry.file_size for entry in entries.infolist()) > MAX_BYTES:
            raise ValueError("it is too large")
    with np.load(io.BytesIO(content), allow_pickle=False) as loaded:
        arrays = GalleryArrays(*(np.asarray(loaded[name], np.float32) for name in GalleryArrays._fields))
    if any(array.shape != shape or not np.isfinite(array).all() for array, shape in zip(arrays, shapes, strict=True)):
        raise ValueError("arrays of other shapes")
    return arrays


def _picture_name(number: int) -> str:
    return f"pictures/{number:05d}.jpg"


def galleries_in(folder: Path | None) -> Sequence[Path]:
    """The gallery files of a folder, by name."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder is not None and folder.is_dir() else ()
