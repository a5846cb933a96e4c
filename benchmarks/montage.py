"""How near a simulated witness comes to a face by picking and breeding, and how near without.

    python benchmarks/montage.py --bundle BUNDLE --portraits FOLDER --sheet SHEET.png
    python benchmarks/montage.py --bundle BUNDLE --latency

``--latency`` prints milliseconds of what the page asks for instead: processor time of all threads, which other work on
the machine changes little, and wall time, which it lengthens; medians of 7 after one that warms up.

The witness remembers a portrait that the model was not trained on, and sees only how alike two faces are: the cosine of
their SFace embeddings plus normal noise of ``--noise``. On each page the three most alike faces are picked. Compared
with picks at random, with the most alike of as many faces without breeding, and with the portrait that the model draws
from the remembered face's own sketch through the genes (what the space of faces could reach). The last face is then
compared with a gallery that holds the target: its rank among all portraits. Witness and rank use the same network, so
the figures say that breeding works and not how often people would recognise the face.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rounds import machine

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.montage import BreedRequest, FaceSpace, Genes, breed, morph, tray
from ganvas.apps.portrait import PortraitGenerator
from ganvas.bundle import Bundle, read_bundle
from ganvas.curate.dataset.dataset import Dataset, hold_out
from ganvas.curate.dataset.pack import pack_like
from ganvas.curate.faces import FaceReader
from ganvas.curate.sketch.degrade import degradation
from ganvas.models.batches import to_float
from ganvas.tasks.pictures import targets

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float32]
PICKED = 3


class Eye:
    """Embeds aligned portraits: the five points of all are those found in their mean."""

    def __init__(self, portraits: Pictures) -> None:
        self.reader = FaceReader()
        mean = portraits.astype(np.float64).mean(0).round().astype(np.uint8)
        self.face = self.reader.faces(mean)[0]

    def embed(self, portraits: Pictures) -> Floats:
        """Embeddings of unit length, float [N, 128]."""
        return np.stack([self.reader.embed(np.ascontiguousarray(one), self.face) for one in portraits])


class Witness:
    """Picks the faces most alike to one that is remembered."""

    def __init__(self, target: Floats, noise: float, rng: np.random.Generator) -> None:
        self.target, self.noise, self.rng = target, noise, rng

    def order(self, embeddings: Floats) -> NDArray[np.int64]:
        """Indices of faces, the most alike first."""
        seen = embeddings @ self.target + self.noise * self.rng.standard_normal(len(embeddings))
        return np.argsort(-seen)


def bred(
    space: FaceSpace, generator: PortraitGenerator, eye: Eye, witness: Witness, rounds: int, seed: int
) -> list[Genes]:
    """The face chosen after each page, of ``rounds`` + 1 pages."""
    picked: tuple[Genes, ...] = ()
    chosen = []
    for number in range(rounds + 1):
        page = breed(space, BreedRequest(seed, number, picked))
        order = witness.order(eye.embed(generator.paint(space.codes(page))))
        picked = tuple(page[index] for index in order[:PICKED])
        chosen.append(picked[0])
    return chosen


def picked_at_random(space: FaceSpace, rounds: int, seed: int) -> Genes:
    """The face after as many pages with random picks."""
    rng = np.random.default_rng(seed)
    picked: tuple[Genes, ...] = ()
    for number in range(rounds + 1):
        page = breed(space, BreedRequest(seed, number, picked))
        picked = tuple(page[index] for index in rng.permutation(len(page))[:PICKED])
    return picked[0]


def measure_latency(bundle: Bundle) -> None:
    """Print milliseconds of a page, its parts, a tray, a morph and a saved face."""
    generator = PortraitGenerator(bundle)
    space = FaceSpace(generator.bank(), generator.parts)
    page = breed(space, BreedRequest(0))
    request = BreedRequest(0, 1, tuple(page[:3]))
    work: dict[str, Callable[[], object]] = {
        "read the bank of faces": lambda: FaceSpace(generator.bank(), generator.parts),
        "breed 18 faces from three, codes alone": lambda: breed(space, request),
        "a page: breed and draw 18 faces": lambda: _drawn(generator, space, breed(space, request)),
        "a tray: 9 faces with other noses": lambda: _drawn(generator, space, tray(space, page[0], "nose", 0, 9)),
        "a morph: 7 faces from one to another": lambda: _drawn(generator, space, morph(page[0], page[1], 7)),
        "one face": lambda: _drawn(generator, space, page[:1]),
    }
    print(machine(os.cpu_count() or 1))
    print(f"{bundle.info.name}, {bundle.info.data.resolution} px, faces encoded as PNG as the studio does")
    print("| work | processor ms | wall ms |\n|---|---:|---:|")
    for name, once in work.items():
        spent = []
        for _ in range(8):
            wall, processor = time.perf_counter(), time.process_time()
            once()
            spent.append((time.process_time() - processor, time.perf_counter() - wall))
        middle = np.median(spent[1:], axis=0) * 1000
        print(f"| {name} | {middle[0]:.0f} | {middle[1]:.0f} |", flush=True)


def _drawn(generator: PortraitGenerator, space: FaceSpace, faces: list[Genes]) -> list[bytes]:
    return [_png(picture) for picture in generator.paint(space.codes(faces))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--portraits", type=Path)
    parser.add_argument("--latency", action="store_true")
    parser.add_argument("--targets", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--sheet", type=Path, default=Path("montage.png"))
    options = parser.parse_args()
    bundle = read_bundle(options.bundle)
    if options.latency:
        measure_latency(bundle)
        return
    if options.portraits is None:
        parser.error("--portraits is needed, or --latency")
    generator = PortraitGenerator(bundle, onnx=False)
    space = FaceSpace(generator.bank(), generator.parts)
    data, recipe = bundle.info.data, bundle.info.recipe
    dataset = Dataset(pack_like(options.portraits, data).path)
    parts = hold_out(dataset, recipe["data"]["held_out"], recipe["train"]["seed"])
    real = targets(dataset, range(len(dataset)))
    eye = Eye(real)
    gallery = eye.embed(real)
    draw = degradation(str(data.degradation))
    rng, seeds = np.random.default_rng(0), range(options.rounds + 1)
    unbred = [face for seed in seeds for face in breed(space, BreedRequest(1000 + seed))]
    pool = eye.embed(generator.paint(space.codes(unbred)))
    figures: dict[str, list[tuple[float, int]]] = {}
    rows = []
    for number, target in enumerate(rng.permutation(parts.held_out)[: options.targets].tolist()):
        witness = Witness(gallery[target], options.noise, np.random.default_rng(number))
        faces = {
            f"bred, {n} rounds": f for n, f in enumerate(bred(space, generator, eye, witness, options.rounds, number))
        }
        faces["picked at random"] = picked_at_random(space, options.rounds, number)
        faces["most alike of as many"] = unbred[int(witness.order(pool)[0])]
        sketch = to_float(draw(real[target], np.random.default_rng(0))[None]).numpy()
        faces["own sketch"] = space.genes_of(generator.encode(sketch)[0])
        painted = generator.paint(space.codes(list(faces.values())))
        for name, embedding in zip(faces, eye.embed(painted), strict=True):
            alike = gallery @ embedding
            rank = int((alike > alike[target]).sum()) + 1
            figures.setdefault(name, []).append((float(alike[target]), rank))
        rows.append([real[target], *painted])
        names = ["remembered", *faces]
        options.sheet.write_bytes(_png(sheet(rows, column_names=[_short(name) for name in names])))
        print(number, flush=True)
    print(f"| {len(rows)} targets, gallery of {len(real)} | cosine | median rank | in the first tenth |")
    print("|---|---|---|---|")
    for name, found in figures.items():
        cosines, ranks = (np.array(values) for values in zip(*found, strict=True))
        tenth = (ranks <= len(real) / 10).mean()
        print(f"| {name} | {cosines.mean():.3f} | {np.median(ranks):.0f} | {tenth:.0%} |")


def _short(name: str) -> str:
    return name.removeprefix("bred, ").removeprefix("most alike ").removeprefix("picked ")


def _png(pixels: Pictures) -> bytes:
    from ganvas.curate.images.decode import encode_png

    return encode_png(pixels)


if __name__ == "__main__":
    main()
