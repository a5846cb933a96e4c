"""From the files of a folder or an archive to a listing: layout, annotations, notes, licences."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ganvas.curate.file_names import name_key
from ganvas.curate.images.decode import PictureError
from ganvas.curate.manifest import Licence, SkippedFile
from ganvas.curate.sources.annotations import Annotation, Annotations
from ganvas.curate.sources.dataset_layouts import recognise_layout
from ganvas.curate.sources.entries import PairDetector
from ganvas.curate.sources.file_filter import is_licence, is_note
from ganvas.curate.sources.listing import Candidate, FileReader, Layout, Listing, SourceOptions
from ganvas.curate.sources.pair_detection import lie_on_each_other, simpler_half
from ganvas.curate.sources.split_table import read_split_table
from ganvas.errors import UserError


class ListedFile(NamedTuple):
    path: str
    size: int
    changed: int


def fingerprint(where: Path, rows: list[ListedFile]) -> str:
    return hashlib.sha256(json.dumps([str(where), sorted(rows)]).encode()).hexdigest()


def assemble(
    source: Path,
    where: Path,
    files: list[ListedFile],
    listing: Listing,
    options: SourceOptions,
    folders: Iterable[str] = (),
) -> Listing:
    """Sort files into pictures with classes or pairs, notes and licences; ``folders`` are all folders of the source."""
    files = sorted(files)
    # What is left out belongs to it, so that a file that is added is named even if it changes no picture.
    listing.fingerprint = fingerprint(where, [*files, *(ListedFile(one.path, 0, 0) for one in listing.skipped)])
    names = [(file.path, PurePosixPath(file.path).name) for file in files]
    paths = [path for path, name in names if not is_licence(name) and not is_note(name)]
    if not paths:
        first = f" ({listing.skipped[0].path}: {listing.skipped[0].reason})" if listing.skipped else ""
        raise UserError(f"There are no pictures in {source}{first}; name a folder or a .zip that holds some.")
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
    look = PairDetector(partial(simpler_half, listing.read), partial(lie_on_each_other, listing.read))
    if options.side_by_side is not None:
        look = look._replace(simpler_half=lambda _: None)
    layout = recognise_layout(paths, notes, look, options.by, options.structure)
    listing.empty = _without_pictures(paths, folders)
    if layout.classes:
        base = PurePosixPath(os.path.commonpath([str(PurePosixPath(path).parent) for path in paths]))
        beside = [folder for folder in listing.empty if PurePosixPath(folder).parent == base]
        layout.skipped += [SkippedFile(folder, "a folder without pictures") for folder in beside]
    return finish(listing, layout, options)


def _without_pictures(paths: list[str], folders: Iterable[str]) -> tuple[str, ...]:
    """The topmost folders that hold no pictures."""
    holding = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    empty = (PurePosixPath(folder) for folder in folders if folder not in holding)
    return tuple(sorted(str(folder) for folder in empty if str(folder.parent) in holding))


def _note(read: FileReader, path: str) -> bytes:
    try:
        return read(path)
    except PictureError as error:
        raise UserError(f"{path} cannot be read: {error}.") from None


def finish(listing: Listing, layout: Layout, options: SourceOptions) -> Listing:
    if options.annotations is not None:
        if layout.paired or options.side_by_side in ("left", "right"):
            raise UserError("Boxes are for single pictures, and these are pairs; pack without boxes.")
        _annotate(options.annotations, layout)
        if not layout.candidates:
            raise UserError("The annotations name none of these pictures; their paths or file names must be the same.")
    listing.candidates, listing.classes = layout.candidates, layout.classes
    if options.parts is not None:
        divided = read_split_table(options.parts)
        listing.candidates = [
            one._replace(split=divided.get(name_key(one.path), one.split)) for one in listing.candidates
        ]
        rows = [listing.fingerprint, *([one.path, one.split] for one in listing.candidates)]
        listing.fingerprint = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    listing.skipped += layout.skipped
    listing.layout, listing.folders = layout.description, layout.folders
    halves = None if options.side_by_side == "single" else options.side_by_side
    listing.side_by_side = halves or layout.side_by_side
    listing.paired = layout.paired or halves is not None
    covered = {PurePosixPath(licence.path).parent: licence.path for licence in reversed(listing.licences)}
    listing.candidates = [
        one._replace(licence=next((covered[p] for p in PurePosixPath(one.path).parents if p in covered), None))
        for one in listing.candidates
    ]
    return listing


# ── Annotations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _annotate(annotations: Annotations, layout: Layout) -> None:
    """Make one candidate of each annotation, with the labels as classes where they differ."""
    found = [(one, annotations.find(one.path)) for one in layout.candidates]
    labels = sorted({mark.label for _, marks in found for mark in marks})
    layout.skipped += annotations.skipped
    if len(labels) > 1:
        layout.classes = tuple(label or "unnamed" for label in labels)
    layout.candidates = [
        made for one, marks in found for made in _marked(one, marks, labels if len(labels) > 1 else [], layout)
    ]
    boxes = sum(one.box is not None for one in layout.candidates)
    told = f"{boxes:,} boxes" if boxes else f"{len(layout.candidates):,} labels"
    layout.description = f"{layout.description} {told} of the annotations lie on these pictures.".strip()


def _marked(one: Candidate, marks: list[Annotation], labels: list[str], layout: Layout) -> Iterator[Candidate]:
    if not marks:
        layout.skipped.append(SkippedFile(one.path, "has nothing marked in the annotations"))
    for mark in marks:
        yield one._replace(label=labels.index(mark.label) if labels else one.label, box=mark.box)
