"""The manifest of a packed data set (``dataset.json``): its pictures, classes, licences and what was skipped."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.crops import Crop
from ganvas.curate.images.remarks import RemarkCount
from ganvas.errors import UserError
from ganvas.spec import Performance, RollSpec, is_unset

SCHEMA = 2  # 1: pictures; 2: piano rolls
MANIFEST = "dataset.json"
SplitName = Literal["train", "validation", "test"]


class Provenance(BaseModel):
    """The origin of a picture of a catalogue, and the licence stated there, for the credits of a model."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="how it was collected, such as search or collection:NAME")
    url: str | None = None
    page: str | None = None
    licence: str | None = None


class Item(BaseModel):
    """One picture of the archive, or one pair."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="the picture's file in the archive (of a pair: the target)")
    sha256: str = Field(description="of that file")
    label: int = Field(0, description="index into the classes; 0 when there are none")
    source: str = Field(description="where it came from, relative to what was packed")
    licence: str | None = Field(None, description="path of the licence file that covers it, one of the licences")
    pair: str | None = Field(None, description="of a pair: the source picture's file in the archive")
    pair_sha256: str | None = None
    split: SplitName | None = Field(None, description="the part it belongs to, where the pictures came divided")
    origin: Provenance | None = None
    group: str | None = Field(
        None, exclude_if=is_unset, description="what it is a part of; parts of one whole are never divided between sets"
    )


class Licence(BaseModel):
    """A licence or credits file found beside the pictures."""

    model_config = ConfigDict(frozen=True)

    path: str
    text: str


class SkippedFile(NamedTuple):
    """A file that could not be used, and the reason."""

    path: str
    reason: str


class OutsideArea(BaseModel):
    """How much of aligned faces lies outside of the pictures and was invented by reflection."""

    model_config = ConfigDict(frozen=True)

    count: int = Field(description="pictures of which more than a tenth of the square lies outside")
    share: float = Field(description="mean share of the square that lies outside, over all pictures")
    tight: float = Field(description="the same with the crop face-tight")


class Manifest(BaseModel):
    """The content of ``dataset.json``."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1, 2] = 1
    resolution: int = Field(description="side of the square pictures, in pixels; of piano rolls, pitches")
    channels: Literal[1, 3, 4]
    crop: Crop
    classes: tuple[str, ...] = ()
    paired: bool = False
    enlarged: int = Field(0, description="how many pictures were smaller than the resolution")
    remarks: dict[str, RemarkCount] = Field({}, description="what decoding changed or guessed, with counts")
    outside: OutsideArea | None = Field(None, description="aligned faces whose square reaches beyond their pictures")
    label_values: dict[int, int] = Field({}, description="sources that are label maps: value → in how many it occurs")
    skipped: tuple[SkippedFile, ...] = ()
    licences: tuple[Licence, ...] = ()
    layout: str = Field("", description="what was recognised in the way the files lay, as a sentence")
    listing: str = Field("", description="fingerprint of the files and settings this was packed from")
    roll: RollSpec | None = Field(None, exclude_if=is_unset, description="of piano rolls: their format")
    performance: Performance | None = Field(
        None, exclude_if=is_unset, description="of piano rolls: tempo and programs of the files they were made from"
    )
    items: tuple[Item, ...]


def read_manifest(path: Path) -> Manifest:
    """The manifest of a packed data set.

    Raises:
        UserError: the file is missing, is not a packed data set, or was written by a newer Ganvas.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(MANIFEST)
    except FileNotFoundError:
        raise UserError(f"There is no data set {path}; pack a folder of pictures with `ganvas pack`.") from None
    except KeyError:
        raise UserError(f"{path} is not a packed data set (it has no {MANIFEST}); run `ganvas pack` on it.") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise UserError(f"{path} is damaged or not a zip archive; pack the pictures again.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); name a packed data set.") from None
    try:
        version = json.loads(content).get("schema_version")
    except (ValueError, AttributeError):
        version = None
    if isinstance(version, int) and version > SCHEMA:
        raise UserError(f"{path} was packed by a newer Ganvas; update this one or pack the pictures again.")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError:
        raise UserError(f"{path} has an invalid {MANIFEST}; pack the pictures again.") from None
