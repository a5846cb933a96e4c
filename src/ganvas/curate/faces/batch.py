"""Faces of many pictures on all cores, in order, with few pictures in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas import weights
from ganvas.curate.faces.align import Aligned, Style, align
from ganvas.curate.faces.face import Face
from ganvas.curate.faces.reader import FaceReader
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.ordered_map import ordered_map

Pixels = npt.NDArray[np.uint8]
Source = Path | bytes | Pixels

NETWORKS = ("face-detection", "face-landmark", "iris-landmark", "selfie-segmentation", "yunet", "sface")

_reader: FaceReader | None = None


class FacesInPicture(NamedTuple):
    """The faces of one picture; or ``problem``, why it is no picture."""

    faces: list[Face]
    problem: str | None = None


class AlignedFace(NamedTuple):
    """The largest face of one picture, aligned; or ``problem``, why there is none."""

    aligned: Aligned | None
    face: Face | None
    problem: str | None = None


def read_many(sources: Iterable[Source], processes: int | None = None) -> Iterator[FacesInPicture]:
    """The faces of many pictures (paths, file contents or uint8 [H, W, 3] arrays), in their order.

    Args:
        processes: how many work at once; None takes one for each core, 1 stays in this process.
    """
    fetch_networks()
    return ordered_map(_read, sources, processes=processes, initializer=single_thread)


def align_many(
    sources: Iterable[Source], size: int, style: Style = "ffhq", processes: int | None = None
) -> Iterator[AlignedFace]:
    """The largest face of each of many pictures, aligned as :func:`~ganvas.curate.faces.align.align` does, in order."""
    fetch_networks()
    work = partial(_align, size=size, style=style)
    return ordered_map(work, sources, processes=processes, initializer=single_thread)


def fetch_networks() -> None:
    """Download every network that is missing, once and not in each process.

    Raises:
        UserError: one is not, and cannot be had.
    """
    for name in NETWORKS:
        weights.fetch(name)


def reader() -> FaceReader:
    """The reader of this process: networks are loaded once."""
    global _reader
    if _reader is None:
        _reader = FaceReader()
    return _reader


def pixels_of(source: Source) -> Pixels:
    """uint8 [H, W, 3] RGB of a path, a file's content, or an array as it is.

    Raises:
        PictureError: it is no picture.
    """
    if isinstance(source, np.ndarray):
        return source
    return np.asarray(open_image(source))


def single_thread() -> None:
    """Let OpenCV use one thread in this process: where several processes work, they are the parallelism."""
    cv2.setNumThreads(1)


def _read(source: Source) -> FacesInPicture:
    try:
        return FacesInPicture(reader().faces(pixels_of(source)))
    except PictureError as problem:
        return FacesInPicture([], str(problem))


def _align(source: Source, size: int, style: Style) -> AlignedFace:
    try:
        picture = pixels_of(source)
    except PictureError as problem:
        return AlignedFace(None, None, str(problem))
    faces = reader().faces(picture)
    if not faces:
        return AlignedFace(None, None, "no face was found")
    return AlignedFace(align(picture, faces[0], size, style), faces[0])
