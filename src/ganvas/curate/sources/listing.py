"""The listing of a source: candidates, their layout, and how to read them; no picture is decoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from ganvas.curate.images.crop import Box, Half
from ganvas.curate.manifest import Licence, Provenance, SkippedFile, SplitName
from ganvas.curate.own_folders import OwnFolder
from ganvas.curate.sources.annotations import Annotations


class Candidate(NamedTuple):
    """A file that may be a picture, or a box of one."""

    path: str  # relative to the source, with forward slashes
    label: int = 0
    pair: str | None = None  # of a pair: the path of the source picture
    licence: str | None = None
    split: SplitName | None = None
    box: Box | None = None  # left, top, right, bottom in pixels of the upright picture
    origin: Provenance | None = None
    after: str | None = None  # of a pair out of time: the frame after the target, where ``pair`` is the one before


@dataclass
class Layout:
    """The layout of a list of files. ``description`` is a sentence for the user, empty for a plain folder."""

    candidates: list[Candidate] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    paired: bool = False
    skipped: list[SkippedFile] = field(default_factory=list)
    description: str = ""
    side_by_side: Half | None = None


class FileReader(Protocol):
    """Reads the bytes of a picture by its path; may be called from several threads."""

    def __call__(self, path: str) -> bytes: ...


@dataclass
class Listing:
    """Everything to pack, before any picture is decoded."""

    read: FileReader
    candidates: list[Candidate] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    paired: bool = False
    skipped: list[SkippedFile] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    fingerprint: str = ""
    layout: str = ""
    side_by_side: Half | None = None
    own_folders: list[OwnFolder] = field(default_factory=list)  # left out, because Ganvas itself wrote them


class SourceOptions(NamedTuple):
    """The user's options for a source."""

    by: str | None = None  # an attribute that makes the classes
    annotations: Annotations | None = None
    side_by_side: Half | None = None
    database: str | None = None  # of a catalogue
    parts: Path | None = None  # a table of which picture belongs to train, validation and test
