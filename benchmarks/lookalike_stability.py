"""How stable look-alikes are when a photograph changes, and how long they take.

    python benchmarks/lookalike_stability.py PORTRAITS OTHERS [--processes 2] [--changed 60]

The folders are those of ``benchmarks/lookalike.py``, and the people those of its test half.
"""

from __future__ import annotations

import argparse
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from lookalike import Array, Read, gallery_of, gather, overlap, read

from ganvas.apps.lookalike.compare import Comparer
from ganvas.apps.lookalike.measure import measure_photograph
from ganvas.apps.lookalike.overlay import overlay
from ganvas.curate.faces.batch import pixels_of, reader, single_thread
from ganvas.curate.faces.face import face_of


def changes() -> dict[str, Callable[[Array], Array]]:
    """Changes of a photograph, uint8 → uint8."""

    def gamma(power: float) -> Callable[[Array], Array]:
        return lambda picture: np.rint(255 * (picture / 255) ** power).astype(np.uint8)

    def side_light(picture: Array) -> Array:
        ramp = np.linspace(0.5, 1.3, picture.shape[1])[None, :, None]
        return np.clip(picture * ramp, 0, 255).astype(np.uint8)

    def cropped(picture: Array) -> Array:
        height, width = picture.shape[:2]
        return np.ascontiguousarray(picture[height // 20 : height - height // 6, width // 10 : width - width // 20])

    def smaller(picture: Array) -> Array:
        return cv2.resize(picture, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)

    def turned(picture: Array) -> Array:
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 10, 1)
        return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def packed(picture: Array) -> Array:
        done = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
        opened = cv2.imdecode(done, cv2.IMREAD_COLOR)
        assert opened is not None
        return np.ascontiguousarray(opened[:, :, ::-1])

    return {
        "darker (gamma 1.6)": gamma(1.6),
        "brighter (gamma 0.6)": gamma(0.6),
        "light from the side": side_light,
        "cropped on all sides": cropped,
        "three quarters of the size": smaller,
        "turned by 10° in the plane": turned,
        "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
        "JPEG, quality 40": packed,
    }


def _changed(change: Callable[[Array], Array], one: Read, picture: Array) -> Read | None:
    """What is read of the changed picture."""
    return read(change(picture))


def _noisy(rng: np.random.Generator, size: float, one: Read, picture: Array) -> Read:
    """What was read, with normal noise of ``size`` pixels on each coordinate."""
    return one._replace(
        landmarks=(one.landmarks + rng.normal(0, size, (468, 3))).astype(np.float32),
        mirrored=None if one.mirrored is None else (one.mirrored + rng.normal(0, size, (468, 3))).astype(np.float32),
    )


def stability(comparer: Comparer, files: Sequence[Path]) -> None:
    """The same photographs, changed: how far the angles move, and whether the answer stays."""
    pictures = [pixels_of(path) for path in files]
    before = [read(picture) for picture in pictures]
    rng = np.random.default_rng(0)
    rows: dict[str, Callable[[Read, Array], Read | None]] = {
        name: partial(_changed, change) for name, change in changes().items()
    }
    for size in (0.5, 1.0):
        rows[f"noise of {size:g} px on each coordinate"] = partial(_noisy, rng, size)
    eyes = np.mean([face_of(one.landmarks, 1, 1, (0, 0)).eye_distance for one in before if one])
    print(f"\n{len(files)} portraits of the test half ({eyes:.0f} px between the eyes), changed:")
    print("| change | angles move by | first stays | of ten stay | of ten stay, SFace |")
    print("|---|---|---|---|---|")
    for name, read_again in rows.items():
        pairs = [
            (one, read_again(one, picture)) for one, picture in zip(before, pictures, strict=True) if one is not None
        ]
        kept = [(one, two) for one, two in pairs if two is not None]
        print(
            f"| {name} | {stable_row(kept, comparer)} |"
            + (f" {len(pairs) - len(kept)} lost" * (len(kept) < len(pairs)))
        )


def stable_row(pairs: list[tuple[Read, Read]], comparer: Comparer) -> str:
    """The cells of one row."""
    values = [np.stack([pair[at].angles.values for pair in pairs]) for at in (0, 1)]
    shape, shape_after = (comparer.population.directions(each) @ comparer.directions.T for each in values)
    face, face_after = (np.stack([pair[at].embedding for pair in pairs]) @ comparer.embeddings.T for at in (0, 1))
    own = face.argmax(1)
    for each in (shape, shape_after, face, face_after):
        each[np.arange(len(own)), own] = -2
    first = np.mean(shape.argmax(1) == shape_after.argmax(1))
    moved = np.median(np.abs(values[0] - values[1]))
    sface = f"{overlap(face, face_after):.1f}" if not np.array_equal(face, face_after) else "–"
    return f"{moved:.1f}° | {first:.0%} | {overlap(shape, shape_after):.1f} | {sface}"


def latency(comparer: Comparer, files: Sequence[Path]) -> None:
    """Processor milliseconds of one core."""
    picture = pixels_of(files[0])
    scale = 1280 / max(picture.shape[:2])
    large = cv2.resize(picture, None, fx=scale, fy=scale).astype(np.uint8, copy=False)
    measured, _ = measure_photograph(picture, reader())
    comparer.compare(measured)
    jobs: dict[str, Callable[[], object]] = {
        f"decode and measure, {picture.shape[1]} × {picture.shape[0]}": lambda: measure_photograph(
            pixels_of(files[0]), reader()
        ),
        f"measure, {large.shape[1]} × {large.shape[0]}, decoded": lambda: measure_photograph(large, reader()),
        f"compare with {len(comparer.values)} people, reasons for six": lambda: comparer.compare(measured, 0.5),
        "draw one overlay, 512 px": lambda: overlay(measured.points, measured.points),
    }
    print("\n| work | processor ms | wall ms |")
    print("|---|---|---|")
    for name, work in jobs.items():
        spent, wall = [], []
        for _ in range(15):
            start = time.process_time(), time.perf_counter()
            work()
            spent.append(time.process_time() - start[0])
            wall.append(time.perf_counter() - start[1])
        print(f"| {name} | {1000 * np.median(spent):.0f} | {1000 * np.median(wall):.0f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("others", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--changed", type=int, default=60, help="portraits whose answers are compared after a change")
    given = parser.parse_args()
    single_thread()
    _, test = gather(given.portraits, given.others, given.processes)
    comparer = Comparer(gallery_of(test))
    files = [path for path in sorted(given.portraits.iterdir()) if zlib.crc32(path.stem.encode()) % 2]
    chosen = [files[at] for at in np.unique(np.linspace(0, len(files) - 1, given.changed).astype(int))]
    stability(comparer, chosen)
    latency(comparer, chosen)


if __name__ == "__main__":
    main()
