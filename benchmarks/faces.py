"""How many faces a second are read, aligned and checked, and what of a core's time that takes.

    python benchmarks/faces.py FOLDER --count 200 --side 512 --processes 1 2

The pictures are decoded and brought to ``--side`` beforehand, so decoding is not in the numbers. ``CPU ms`` is the
processor time of all processes for one picture, without starting them: on a busy machine it says more than the speed.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ganvas.curate.checks.measure import measure
from ganvas.curate.faces.batch import align_many, read_many, reader, single_thread
from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.images.decode import open_image
from ganvas.curate.ordered_map import ordered_map


def decoded(folder: Path, count: int, side: int) -> list[np.ndarray]:
    """``count`` pictures whose longer side is ``side``; fewer files than that are used again."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURE_SUFFIXES)[:count]
    if not paths:
        raise SystemExit(f"{folder} holds no pictures.")
    pictures = []
    for path in paths:
        picture = np.asarray(open_image(path))
        scale = side / max(picture.shape[:2])
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        pictures.append(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=way))
    return [pictures[index % len(pictures)] for index in range(count)]


def check(picture: np.ndarray) -> float:
    """Every measure of one picture."""
    return measure(picture, reader()).raws["face"]


def spent() -> float:
    """Processor seconds of this process and those that ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def timed(
    work: Callable[[Iterable[Any]], Iterator[Any]], pictures: list[np.ndarray], processes: int
) -> tuple[float, float]:
    """→ pictures a second, processor milliseconds a picture; starting the processes is measured apart and left out."""
    warm = pictures[: 4 * processes]
    before = time.perf_counter(), spent()
    list(work(warm))
    start = time.perf_counter() - before[0], spent() - before[1]
    before = time.perf_counter(), spent()
    list(work(warm + pictures))
    wall, processor = time.perf_counter() - before[0], spent() - before[1]
    count = len(pictures)
    return count / max(wall - start[0], 1e-9), 1000 * max(processor - start[1], 0) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = decoded(given.folder, given.count, given.side)
    print(f"{given.count} pictures, longer side {given.side} px, decoded")
    print(f"{'work':28}{'processes':>10}{'pictures/s':>12}{'CPU ms':>9}")
    for processes in given.processes:
        jobs: dict[str, Callable[[Iterable[Any]], Iterator[Any]]] = {
            "read (468 points, pose, eyes)": partial(read_many, processes=processes),
            "read and align to 128 px": partial(align_many, size=128, processes=processes),
            "all checks": partial(ordered_map, check, processes=processes, initializer=single_thread),
        }
        for name, work in jobs.items():
            speed, cpu = timed(work, pictures, processes)
            print(f"{name:28}{processes:>10}{speed:>12.1f}{cpu:>9.1f}", flush=True)


if __name__ == "__main__":
    main()
