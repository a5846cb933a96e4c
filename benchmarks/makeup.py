"""How near transferred make-up comes to a teacher's picture and to the reference, and how much of the person stays.

    python benchmarks/makeup.py --pairs FOLDER [--bundle BUNDLE]
    python benchmarks/makeup.py --data FOLDER [--half tune|test] [--bundle BUNDLE] [--before FILE]
    python benchmarks/makeup.py --latency PORTRAIT REFERENCE

``--pairs`` holds ``source``, ``reference`` and ``teacher`` with files of the same names: a face, another person's
make-up, and the face with that make-up as someone else put it there (a pretrained model, an artist). ``--data`` holds
``makeup`` (references) and ``pairs`` (SOURCE_NUMBER.jpg, the face at the left, the teacher's picture at the right,
NUMBER the position of the reference among the sorted files). Faces and references are divided by a checksum of their
names: what is chosen by measurements is chosen on the pairs of both halves ``tune``, and reported on those of ``test``.

Measured are the untouched face, make-up without any model, and that of a ``starganv2`` bundle with a domain ``makeup``,
as it answers and kept to the face. ``--before`` is an earlier version of the application, one Python file with a class
``Makeup`` (``git show cef2902:src/ganvas/apps/makeup.py``), measured on the same pairs. LPIPS (alex) at 128 px to the
teacher, lower is nearer. Colours: the distance of the histograms of a region to those of the reference's
(1-Wasserstein, mean of L, a and b, in Lab units). Likeness: the face embedder's cosine with the source. Ground: pixels
outside the face that differ from the source's.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from rounds import machine
from scipy.stats import wasserstein_distance

from ganvas.apps.makeup import Makeup
from ganvas.bundle import read_bundle
from ganvas.curate.faces import Face, region
from ganvas.errors import UserError
from ganvas.models.batches import ReferenceRequest, to_float, to_uint8
from ganvas.models.perceptual import load_lpips

Pixels = NDArray[np.uint8]

SIDE = 128
PARTS = {"lips": ("lips",), "eyes": ("left_eye_shadow", "right_eye_shadow"), "skin": ("skin",)}


class Pair(NamedTuple):
    """Pictures uint8 [H, W, 3]."""

    name: str
    source: Pixels
    reference: Pixels
    teacher: Pixels


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--half", choices=["tune", "test"], default="test")
    parser.add_argument("--every", type=int, default=1, help="take every so many pairs of --data")
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--latency", type=Path, nargs=2, metavar=("PORTRAIT", "REFERENCE"))
    given = parser.parse_args()
    if given.latency:
        measure_latency(*given.latency)
    if given.pairs:
        measure(pairs_in(given.pairs), given.bundle, given.before)
    if given.data:
        measure(divided(given.data, given.half, given.every), given.bundle, given.before)


def pairs_in(folder: Path) -> Iterator[Pair]:
    """The pairs of three folders."""
    for file in sorted((folder / "source").iterdir()):
        yield Pair(file.stem, *(read(folder / part / file.name) for part in ("source", "reference", "teacher")))


def divided(folder: Path, half: str, every: int) -> Iterator[Pair]:
    """The pairs whose face and reference both belong to a half."""
    references = sorted((folder / "makeup").iterdir())
    wanted = 0 if half == "tune" else 1
    kept = []
    for file in sorted((folder / "pairs").iterdir()):
        source, number = file.stem.rsplit("_", 1)
        names = (f"source {source}", f"reference {number}")
        if all(zlib.crc32(name.encode()) % 2 == wanted for name in names):
            kept.append((file, references[int(number)]))
    for file, reference in kept[::every]:
        both = read(file)
        middle = both.shape[1] // 2
        yield Pair(file.stem, both[:, :middle].copy(), read(reference), both[:, middle:].copy())


def measure(pairs: Iterator[Pair], model: Path | None, earlier: Path | None) -> None:
    """Print the table of all pairs that have an answer."""
    makeup, distance = Makeup(), load_lpips("alex")
    before = loaded(earlier).Makeup(makeup.reader) if earlier else None
    family = read_bundle(model).load_family() if model else None
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    refused: dict[str, int] = defaultdict(int)
    for pair in pairs:
        try:
            face, other = (plain_face(makeup, picture) for picture in (pair.source, pair.reference))
            made = {"untouched": pair.source, "teacher": pair.teacher}
            made["without a model"] = makeup.transfer(pair.source, pair.reference).picture
            if before is not None:
                made["without a model, before"] = before.transfer(pair.source, pair.reference).picture
            if family is not None:
                answer = carried(family, pair.source, pair.reference)
                made["model"] = sized(answer, pair.source.shape[0])
                made["model, kept"] = makeup.keep_person(pair.source, answer).picture
        except UserError as error:
            refused[error.code or "refused"] += 1
            continue
        outside = region(face, "face", pair.source.shape) == 0
        for name, picture in made.items():
            into = found[name]
            with torch.no_grad():
                into["lpips"].append(float(distance(prepared(picture), prepared(pair.teacher))))
            into["likeness"].append(makeup.likeness(pair.source, picture, face))
            into["ground"].append(float((picture != pair.source)[outside].any(axis=-1).mean()))
            for part, regions in PARTS.items():
                into[part].append(colour_distance((picture, face), (pair.reference, other), regions))
    report(found, refused)


def loaded(file: Path) -> Any:
    """A module from a file."""
    spec = importlib.util.spec_from_file_location("earlier_makeup", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(found: dict[str, dict[str, list[float]]], refused: dict[str, int]) -> None:
    """Print the table."""
    left_out = ", ".join(f"{count} {code}" for code, count in refused.items())
    print(f"{len(found['untouched']['lpips'])} pairs; left out: {left_out or 'none'}")
    print("| | LPIPS to the teacher | nearer than untouched | lips | eyes | skin | likeness | least | ground |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, values in found.items():
        mean = {key: float(np.nanmean(value)) for key, value in values.items()}
        nearer = np.mean(np.array(values["lpips"]) < np.array(found["untouched"]["lpips"]))
        colours = " | ".join(f"{mean[part]:.2f}" for part in PARTS)
        alike = f"{mean['likeness']:.3f} | {min(values['likeness']):.3f}"
        print(f"| {name} | {mean['lpips']:.4f} | {nearer:.0%} | {colours} | {alike} | {mean['ground']:.1%} |")


def measure_latency(portrait: Path, reference: Path) -> None:
    """Print milliseconds of a transfer by the size of the portrait: processor time of all threads, which other work on
    the machine changes little, and wall time, which it lengthens; medians of 7."""
    makeup, model = Makeup(), read(reference)
    print(machine(os.cpu_count() or 1))
    print("| side | processor ms | wall ms |\n|---:|---:|---:|")
    for side in (225, 512, 1024, 2048):
        whole = read(portrait)
        size = (side, round(side * whole.shape[0] / whole.shape[1]))
        source = np.asarray(Image.fromarray(whole).resize(size, Image.Resampling.LANCZOS))
        spent = []
        for _ in range(8):
            wall, processor = time.perf_counter(), time.process_time()
            makeup.transfer(source, model)
            spent.append((time.process_time() - processor, time.perf_counter() - wall))
        middle = np.median(spent[1:], axis=0) * 1000
        print(f"| {size[0]} × {size[1]} | {middle[0]:.0f} | {middle[1]:.0f} |")


def plain_face(makeup: Makeup, picture: Pixels) -> Face:
    """The largest face as the reader reads it, for masks that no version of the application changes."""
    scale = max(256 / min(picture.shape[:2]), 1.0)
    height, width = (round(length * scale) for length in picture.shape[:2])
    resized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    faces = makeup.reader.faces(resized.astype(np.uint8, copy=False))
    if not faces:
        raise UserError("No face was found.", code="no-face")
    shift = 0.5 / scale - 0.5
    return faces[0].moved(np.array([[1 / scale, 0, shift], [0, 1 / scale, shift]], np.float32))


def colour_distance(one: tuple[Pixels, Face], other: tuple[Pixels, Face], regions: tuple[str, ...]) -> float:
    """1-Wasserstein distance of the colours of a region, mean of L, a and b."""
    colours = []
    for picture, face in (one, other):
        mask = np.max([region(face, name, picture.shape) for name in regions], axis=0) > 0.5
        lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        colours.append(lab[mask])
    if min(map(len, colours)) == 0:
        return float("nan")
    return float(np.mean([wasserstein_distance(colours[0][:, c], colours[1][:, c]) for c in range(3)]))


def read(file: Path) -> Pixels:
    """uint8 [H, W, 3]."""
    return np.array(Image.open(file).convert("RGB"))


def sized(picture: Pixels, side: int) -> Pixels:
    """Resized to a square."""
    return np.array(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS))


def prepared(picture: Pixels) -> torch.Tensor:
    """float [1, 3, SIDE, SIDE] in [-1, 1]."""
    return to_float(sized(picture, SIDE)[None])


def carried(family: Any, source: Pixels, reference: Pixels) -> Pixels:
    """The model's answer, in its own size."""
    side = family.data.resolution
    request = ReferenceRequest(
        to_float(sized(source, side)[None]),
        to_float(sized(reference, side)[None]),
        torch.tensor([family.data.classes.index("makeup")]),
        torch.zeros(1, family.z_dim),
        torch.zeros(1),
        torch.zeros(1, 2, side, side),
    )
    with torch.no_grad():
        answer: Pixels = to_uint8(family.generate(request))[0].numpy()
    return answer


if __name__ == "__main__":
    main()
