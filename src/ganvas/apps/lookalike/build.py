"""Making a gallery from photographs: a folder per person, or a file per person."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from PIL import Image

from ganvas.apps.lookalike.angles import VERSION
from ganvas.apps.lookalike.gallery import Gallery, GalleryArrays, GalleryInfo, LeftOut, Photograph
from ganvas.apps.lookalike.measure import Measured, measure_photograph
from ganvas.curate.faces import align
from ganvas.curate.faces.batch import fetch_networks, reader, single_thread
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.manifest import Provenance
from ganvas.curate.ordered_map import ordered_map
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Candidate, Listing, SourceOptions
from ganvas.errors import UserError

PICTURE_SIDE = 192  # pixels of the picture of a person
LEAST_CONSENT = 10  # characters: a note, and not a word


class GalleryOptions(NamedTuple):
    """What is said of a gallery.

    Attributes:
        name: The name that is shown.
        consent: Who agreed to what, or why nobody needs to.
        names: CSV table of two columns: a folder or a file without its ending, and the name that is shown for it.
        source: Where the photographs come from, where they do not say it themselves.
        licence: Their licence, where they do not say it themselves.
        delete_after: When the gallery is to be deleted.
        pictures: Whether it holds a small picture of each person.
        processes: How many read pictures; None: one per core.
    """

    name: str
    consent: str
    names: Path | None = None
    source: str | None = None
    licence: str | None = None
    delete_after: datetime.date | None = None
    pictures: bool = True
    processes: int | None = None


class _Read(NamedTuple):
    """A photograph as it was read, or why it is left out."""

    sha256: str
    measured: Measured | None = None
    picture: bytes = b""
    problem: str = ""


def build_gallery(folder: Path, options: GalleryOptions, progress: Callable[[int, int], None] | None = None) -> Gallery:
    """Measure the photographs of a folder, a zip or a catalogue.

    Args:
        folder: With a folder per person, or a file per person.
        options: See :class:`GalleryOptions`.
        progress: Called with how many photographs are read, of how many.

    Raises:
        UserError: Nothing says who agreed, or no photograph can be used.
    """
    if len(options.consent.strip()) < LEAST_CONSENT:
        raise UserError(
            "Say with --consent who agreed to be compared with others, or why nobody needs to, such as 'official "
            "portraits in the public domain'."
        )
    shown = _shown_names(options.names)
    listing = list_source(folder, SourceOptions(structure="classes"))
    fetch_networks()
    people: dict[str, int] = {}
    photographs: list[Photograph] = []
    measured: list[Measured] = []
    pictures: list[bytes] = []
    left_out: dict[str, list[str]] = defaultdict(list)
    for skipped in listing.skipped:
        left_out[skipped.reason].append(skipped.path)
    results = ordered_map(_read, _contents(listing), processes=options.processes, initializer=single_thread)
    for number, (candidate, read) in enumerate(zip(listing.candidates, results, strict=True)):
        if progress is not None:
            progress(number + 1, len(listing.candidates))
        if read.measured is None:
            left_out[read.problem].append(candidate.path)
            continue
        key = person_key(candidate, listing)
        if key not in people:
            people[key] = len(people)
            pictures.append(read.picture)
        photographs.append(
            Photograph(
                person=people[key],
                file=candidate.path,
                sha256=read.sha256,
                origin=candidate.origin or _origin(options),
            )
        )
        measured.append(read.measured)
    if not measured:
        raise UserError(
            f"No photograph in {folder} can be used: {_reasons(left_out)}; choose frontal photographs of one person "
            "each."
        )
    info = GalleryInfo(
        schema=1,
        angles=VERSION,
        name=options.name,
        consent=options.consent.strip(),
        made=datetime.datetime.now(datetime.UTC).date(),
        delete_after=options.delete_after,
        people=tuple(shown.get(key, key) for key in people),
        photographs=tuple(photographs),
        left_out=tuple(LeftOut(reason=reason, files=tuple(files)) for reason, files in left_out.items()),
    )
    return Gallery(info, _stacked(measured), tuple(pictures) if options.pictures else ())


def person_key(candidate: Candidate, listing: Listing) -> str:
    """Who is shown: the name of the folder, or of the file where all lie in one; in catalogues that of the source."""
    if listing.classes:
        return listing.classes[candidate.label]
    url = candidate.origin.url if candidate.origin is not None else None
    return PurePosixPath(url.partition("?")[0] if url else candidate.path).stem


def _contents(listing: Listing) -> Iterator[bytes | str]:
    """The file of each candidate, or why it cannot be read."""
    for candidate in listing.candidates:
        try:
            yield listing.read(candidate.path)
        except PictureError as problem:
            yield str(problem)


def _read(content: bytes | str) -> _Read:
    if isinstance(content, str):
        return _Read("", problem=content)
    digest = hashlib.sha256(content).hexdigest()
    try:
        picture = np.asarray(open_image(content))
        measured, face = measure_photograph(picture, reader())
    except PictureError as problem:
        return _Read(digest, problem=str(problem))
    except UserError as problem:
        return _Read(digest, problem=_REASONS.get(problem.code, str(problem)))
    small = io.BytesIO()
    Image.fromarray(align(picture, face, PICTURE_SIDE).pixels).save(small, "JPEG", quality=85)
    return _Read(digest, measured, small.getvalue())


# Short reasons, so that photographs with the same trouble are counted together.
_REASONS = {
    "no-face": "no face was found",
    "several-faces": "several faces",
    "face-too-small": "the face is too small",
    "head-turned": "the head is turned too far",
}


def _stacked(measured: list[Measured]) -> GalleryArrays:
    rows = [(*each.angles, each.embedding, each.points) for each in measured]
    return GalleryArrays(*(np.stack(column).astype(np.float32) for column in zip(*rows, strict=True)))


def _origin(options: GalleryOptions) -> Provenance | None:
    if options.source is None and options.licence is None:
        return None
    return Provenance(source=options.source or "", licence=options.licence)


def _shown_names(table: Path | None) -> dict[str, str]:
    if table is None:
        return {}
    try:
        rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UserError(f"{table} cannot be read; name a CSV table in UTF-8 of two columns, file and name.") from None
    return {row[0].strip(): row[1].strip() for row in rows if len(row) >= 2 and row[1].strip()}


def _reasons(left_out: dict[str, list[str]]) -> str:
    return ", ".join(f"{len(files)} × {reason}" for reason, files in left_out.items())
