"""From the files of a folder or an archive to a listing: pictures with classes or pairs, notes and licences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.images.decode import PictureError
from ganvas.curate.manifest import Licence, Skipped
from ganvas.curate.sources.annotations import Annotations, Marked
from ganvas.curate.sources.dataset_layouts import NOTES, Look, arrange
from ganvas.curate.sources.listing import Arrangement, Candidate, Listing, Reader, Wish
from ganvas.curate.sources.pair_detection import lie_on_each_other, simpler_half
from ganvas.curate.sources.parts_table import read_parts
from ganvas.errors import UserError

_LICENCE_STEMS = ("license", "licence", "credits", "copying", "attribution")
_LICENCE_SUFFIXES = ("", ".txt", ".md", ".rst", ".html", ".csv", ".json")


class ListedFile(NamedTuple):
    path: str
    size: int
    changed: int


def fingerprint(where: Path, rows: list[ListedFile]) -> str:
    return hashlib.sha256(json.dumps([str(where), sorted(rows)]).encode()).hexdigest()


def is_nameless(name: str) -> bool:
    """Crawls leave pictures without a suffix, and so are called many files that are none: content has to tell."""
    return PurePosixPath(name).suffix == "" and not is_licence(name)


def is_hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN")


def is_candidate(name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in PICTURE_SUFFIXES or (suffix == "" and not is_licence(name))


def is_licence(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix in _LICENCE_SUFFIXES and path.stem.split("-")[0].split("_")[0] in _LICENCE_STEMS


def is_note(name: str) -> bool:
    return name.lower() in NOTES


def assemble(source: Path, where: Path, files: list[ListedFile], listing: Listing, wish: Wish) -> Listing:
    """Sort files into pictures with classes or pairs, notes and licences."""
    files = sorted(files)
    listing.fingerprint = fingerprint(where, files)
    names = [(file.path, PurePosixPath(file.path).name) for file in files]
    paths = [path for path, name in names if is_candidate(name) and not is_note(name)]
    if not paths:
        raise UserError(f"There are no pictures in {source}; name a folder or a .zip that holds some.")
    for path, name in names:
        if is_licence(name):
            try:
                text = listing.read(path)[:100_000].decode(errors="replace")
            except PictureError:
                continue
            listing.licences.append(Licence(path=path, text=text))
    notes: dict[str, Callable[[], bytes]] = {
        path: partial(_note, listing.read, path) for path, name in names if is_note(name)
    }
    look = Look(partial(simpler_half, listing.read), partial(lie_on_each_other, listing.read))
    if wish.side_by_side is not None:
        look = look._replace(simpler_half=lambda _: None)
    arranged = arrange(paths, notes, look, wish.by)
    return finish(listing, arranged, wish)


def _note(read: Reader, path: str) -> bytes:
    try:
        return read(path)
    except PictureError as error:
        raise UserError(f"{path} cannot be read: {error}.") from None


def finish(listing: Listing, arranged: Arrangement, wish: Wish) -> Listing:
    if wish.annotations is not None:
        if arranged.paired or wish.side_by_side is not None:
            raise UserError("Boxes are for single pictures, and these are pairs; pack without boxes.")
        _annotate(wish.annotations, arranged)
        if not arranged.candidates:
            raise UserError("The annotations name none of these pictures; their paths or file names must be the same.")
    listing.candidates, listing.classes = arranged.candidates, arranged.classes
    if wish.parts is not None:
        divided = read_parts(wish.parts)
        listing.candidates = [one._replace(split=divided.get(one.path, one.split)) for one in listing.candidates]
        rows = [listing.fingerprint, *([one.path, one.split] for one in listing.candidates)]
        listing.fingerprint = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    listing.skipped += arranged.skipped
    listing.layout, listing.side_by_side = arranged.said, wish.side_by_side or arranged.side_by_side
    listing.paired = arranged.paired or wish.side_by_side is not None
    covered = {PurePosixPath(licence.path).parent: licence.path for licence in reversed(listing.licences)}
    listing.candidates = [
        one._replace(licence=next((covered[p] for p in PurePosixPath(one.path).parents if p in covered), None))
        for one in listing.candidates
    ]
    return listing


# ── Annotations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _annotate(annotations: Annotations, arranged: Arrangement) -> None:
    """Make one candidate of each mark, with the marks' labels as classes where they tell any apart."""
    found = [(one, annotations.find(one.path)) for one in arranged.candidates]
    labels = sorted({mark.label for _, marks in found for mark in marks})
    arranged.skipped += annotations.skipped
    if len(labels) > 1:
        arranged.classes = tuple(label or "unnamed" for label in labels)
    arranged.candidates = [
        made for one, marks in found for made in _marked(one, marks, labels if len(labels) > 1 else [], arranged)
    ]
    boxes = sum(one.box is not None for one in arranged.candidates)
    told = f"{boxes:,} boxes" if boxes else f"{len(arranged.candidates):,} labels"
    arranged.said = f"{arranged.said} {told} of the annotations lie on these pictures.".strip()


def _marked(one: Candidate, marks: list[Marked], labels: list[str], arranged: Arrangement) -> Iterator[Candidate]:
    if not marks:
        arranged.skipped.append(Skipped(one.path, "has nothing marked in the annotations"))
    for mark in marks:
        yield one._replace(label=labels.index(mark.label) if labels else one.label, box=mark.box)
