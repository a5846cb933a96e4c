"""The listing of a source: candidates, their layout, and how to read them; no picture is decoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from ganvas.curate.images.crop import Box, Half
from ganvas.curate.manifest import Licence, Provenance, SkippedFile, SplitName
from ganvas.curate.own_folders import OwnFolder
from ganvas.curate.sources.annotations import Annotations

# How the pictures of a source are arranged, as their user needs them:
# any       whatever is recognised
# pictures  single pictures; of pairs, the targets
# targets   single pictures from which sources are computed; pairs are refused
# classes   one class per folder; equal names in two folders do not make pairs
# pairs     sources and targets
# domains   exactly two kinds of pictures, each in a folder
Structure: TypeAlias = Literal["any", "pictures", "targets", "classes", "pairs", "domains"]
# Whether each file holds a pair side by side, and which half is the source; None: to be recognised.
SideBySide: TypeAlias = Half | Literal["single"] | None


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
    folders: tuple[str, ...] = ()  # those on the level of classes and pairs, as found


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
    others: list[str] = field(default_factory=list)  # files that are clearly no pictures, such as notes
    licences: list[Licence] = field(default_factory=list)
    fingerprint: str = ""
    layout: str = ""
    side_by_side: Half | None = None
    own_folders: list[OwnFolder] = field(default_factory=list)  # left out, because Ganvas itself wrote them
    folders: tuple[str, ...] = ()  # those on the level of classes and pairs, as found
    packed: bool = False  # a packed data set, whose label maps are numbers already
    empty: tuple[str, ...] = ()  # the topmost folders that hold no pictures


class SourceOptions(NamedTuple):
    """The user's options for a source, and what the pictures are for."""

    by: str | None = None  # an attribute that makes the classes
    annotations: Annotations | None = None
    side_by_side: SideBySide = None
    database: str | None = None  # of a catalogue
    parts: Path | None = None  # a table of which picture belongs to train, validation and test
    structure: Structure = "any"
    zip_encoding: str | None = None  # of names in a zip that are not marked as UTF-8; None: detected
