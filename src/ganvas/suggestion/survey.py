"""What is in a folder of pictures: how many, how large, how arranged, and what a sample of them shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ganvas.curate.dataset.encode import GREY_SPREAD
from ganvas.curate.images.decode import PictureError, decode_picture
from ganvas.curate.images.opening import picture_size
from ganvas.curate.sketch.recognise import are_drawings, measure_paper
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Candidate, Listing
from ganvas.errors import UserError

Arrangement: TypeAlias = Literal["pictures", "classes", "domains", "pairs", "music"]

SAMPLE = 24  # pictures that are decoded
_LEAST = 256  # side of decoded pictures, at least: enough to find faces
_THUMBNAIL = 64


class Survey(NamedTuple):
    """What is in a folder.

    Attributes:
        pictures: How many; of pairs, the targets.
        width: Median width of a sample, in pixels.
        height: Median height, likewise.
        arrangement: ``domains`` are exactly two classes.
        classes: Names of the classes and how many pictures each has.
        faces: Share of the sample with a face; None where faces cannot be detected on this machine.
        drawings: The pictures are drawings; of pairs, the sources; of two domains, those of either.
        grey: Share of the sample without colour.
        unreadable: How many of the sample cannot be read.
        looked_at: Pictures in the sample that could be read.
        layout: What was recognised in the way the files lie, as a sentence.
    """

    pictures: int
    width: int
    height: int
    arrangement: Arrangement
    classes: dict[str, int]
    faces: float | None
    drawings: bool
    grey: float
    unreadable: int
    looked_at: int
    layout: str = ""


def survey(source: Path) -> Survey:
    """Look at what is in a folder or zip of pictures, decoding a sample of them.

    Raises:
        UserError: There are no pictures, or none of the sample can be read.
    """
    listing = list_source(source)
    chosen = spread(listing.candidates, SAMPLE)
    find_faces = _face_finder()
    sizes, faces, spreads, unreadable = [], [], [], 0
    papers: dict[int, list[tuple[float, float]]] = {}
    for one in chosen:
        try:
            content = listing.read(one.path)
            picture = np.asarray(decode_picture(content, least=_LEAST).image.convert("RGB"))
            sizes.append(picture_size(content))
            judged = picture if one.pair is None else _read(listing, one.pair)
        except PictureError:
            unreadable += 1
            continue
        faces.append(find_faces is not None and find_faces(picture))
        papers.setdefault(one.label, []).append(_paper(judged))
        spreads.append(float(np.ptp(_thumbnail(picture), axis=2).max()))
    if not sizes:
        raise UserError(f"None of {len(chosen):,} pictures of {source} can be read; `ganvas pack` says why.")
    width, height = (int(np.median([size[axis] for size in sizes])) for axis in (0, 1))
    return Survey(
        pictures=len(listing.candidates),
        width=width // 2 if listing.side_by_side else width,
        height=height,
        arrangement=_arrangement(listing),
        classes=_classes(listing),
        faces=float(np.mean(faces)) if find_faces is not None else None,
        drawings=_drawn(papers, _arrangement(listing)),
        grey=float(np.mean([spread <= GREY_SPREAD for spread in spreads])),
        unreadable=unreadable,
        looked_at=len(sizes),
        layout=listing.layout,
    )


def spread(candidates: list[Candidate], count: int) -> list[Candidate]:
    """At most ``count`` candidates at equal distances, the same number of each class as far as it goes."""
    by_label: dict[int, list[Candidate]] = {}
    for one in candidates:
        by_label.setdefault(one.label, []).append(one)
    each = max(count // len(by_label), 1)
    chosen = []
    for several in by_label.values():
        taken = min(each, len(several))
        chosen += [several[index * len(several) // taken] for index in range(taken)]
    return chosen[: max(count, len(by_label))]


def _arrangement(listing: Listing) -> Arrangement:
    if listing.paired:
        return "pairs"
    if len(listing.classes) > 1:
        return "domains" if len(listing.classes) == 2 else "classes"
    return "pictures"


def _classes(listing: Listing) -> dict[str, int]:
    counts = Counter(one.label for one in listing.candidates)
    return {name: counts[label] for label, name in enumerate(listing.classes)}


def _read(listing: Listing, path: str) -> npt.NDArray[np.uint8]:
    picture: npt.NDArray[np.uint8] = np.asarray(decode_picture(listing.read(path), least=_LEAST).image.convert("RGB"))
    return picture


def _thumbnail(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    step = max(min(picture.shape[:2]) // _THUMBNAIL, 1)
    return picture[::step, ::step].astype(np.int16)


def _paper(picture: npt.NDArray[np.uint8]) -> tuple[float, float]:
    paper, saturation = measure_paper(picture[None])
    return float(paper[0]), float(saturation[0])


def _drawn(papers: dict[int, list[tuple[float, float]]], arrangement: Arrangement) -> bool:
    """Whether all pictures, or those of one of two domains, are drawings; ``papers`` by class."""
    groups = (
        list(papers.values()) if arrangement == "domains" else [[one for group in papers.values() for one in group]]
    )
    return any(are_drawings(*zip(*group, strict=True)) for group in groups)


def _face_finder() -> Callable[[npt.NDArray[np.uint8]], bool] | None:
    """A function that says whether a picture shows a face; None where that cannot be had without a download."""
    from ganvas import weights

    if weights.find("face-detection") is None or weights.find("yunet") is None:
        return None
    try:
        from ganvas.curate.faces.detector import Detector
    except ImportError:
        return None
    detector = Detector()
    return lambda picture: bool(detector(picture))
