"""Many pictures over all cores, in order, with few of them in memory at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from ganvas import weights
from ganvas.curate.faces.align import Aligned, Style, align
from ganvas.curate.faces.reader import Face, FaceReader
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]
Source = Path | bytes | Pixels
Given = TypeVar("Given")
Made = TypeVar("Made")

NETWORKS = ("face-detection", "face-landmark", "iris-landmark", "selfie-segmentation", "yunet", "sface")

_reader: FaceReader | None = None


class Read(NamedTuple):
    """The faces of one picture; or ``problem``, why it is no picture."""

    faces: list[Face]
    problem: str | None = None


class AlignedFace(NamedTuple):
    """The largest face of one picture, aligned; or ``problem``, why there is none."""

    aligned: Aligned | None
    face: Face | None
    problem: str | None = None


def read_many(sources: Iterable[Source], processes: int | None = None) -> Iterator[Read]:
    """The faces of many pictures (paths, file contents or uint8 [H, W, 3] arrays), in their order.

    :param processes: how many work at once; None takes one for each core, 1 stays in this process.
    """
    fetch_networks()
    return over_processes(_read, sources, processes)


def align_many(
    sources: Iterable[Source], size: int, style: Style = "ffhq", processes: int | None = None
) -> Iterator[AlignedFace]:
    """The largest face of each of many pictures, aligned as :func:`~ganvas.curate.faces.align.align` does, in order."""
    fetch_networks()
    return over_processes(partial(_align, size=size, style=style), sources, processes)


def over_processes(
    work: Callable[[Given], Made], given: Iterable[Given], processes: int | None = None
) -> Iterator[Made]:
    """``map`` over processes that live as long as the iteration, with at most four tasks waiting for each.

    :raises UserError: the system ended one of the processes, usually for lack of memory.
    """
    count = cores() if processes is None else processes
    if count <= 1:
        yield from map(work, given)
        return
    # Not forked: the networks' own threads would not survive it.
    context = multiprocessing.get_context("spawn")
    before = multiprocessing.active_children()
    with ProcessPoolExecutor(count, mp_context=context, initializer=_settle) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for item in given:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= 4 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as broken:
            raise UserError(
                "The system ended a process that reads pictures, usually for lack of memory: run it again with fewer "
                "processes."
            ) from broken
        except BaseException:
            # Interrupted, perhaps while processes were still starting: do not wait for any of them.
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                if child not in before:
                    child.kill()
            raise
        finally:
            for future in waiting:
                future.cancel()


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def fetch_networks() -> None:
    """See that every network is on this machine, once and not in each process.

    :raises UserError: one is not, and cannot be had.
    """
    for name in NETWORKS:
        weights.fetch(name)


def reader() -> FaceReader:
    """This process's own reader: networks are loaded once."""
    global _reader
    if _reader is None:
        _reader = FaceReader()
    return _reader


def pixels_of(source: Source) -> Pixels:
    """uint8 [H, W, 3] RGB of a path, a file's content, or an array as it is.

    :raises PictureError: it is no picture.
    """
    if isinstance(source, np.ndarray):
        return source
    return np.asarray(open_image(source))


def _settle() -> None:
    cv2.setNumThreads(1)  # the processes are the parallelism
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the one that started them


def _read(source: Source) -> Read:
    try:
        return Read(reader().faces(pixels_of(source)))
    except PictureError as problem:
        return Read([], str(problem))


def _align(source: Source, size: int, style: Style) -> AlignedFace:
    try:
        picture = pixels_of(source)
    except PictureError as problem:
        return AlignedFace(None, None, str(problem))
    faces = reader().faces(picture)
    if not faces:
        return AlignedFace(None, None, "no face was found")
    return AlignedFace(align(picture, faces[0], size, style), faces[0])
