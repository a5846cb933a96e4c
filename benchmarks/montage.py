"""How near a simulated witness comes to a face by picking and breeding, and how near without.

    python benchmarks/montage.py --bundle BUNDLE --portraits FOLDER --sheet SHEET.png

The witness remembers a portrait that the model was not trained on, and sees only how alike two faces are: the cosine of
their SFace embeddings plus normal noise of ``--noise``. On each page the three most alike faces are picked. Compared
with picks at random, with the most alike of as many faces without breeding, and with the portrait that the model draws
from the remembered face's own sketch through the genes (what the space of faces could reach). The last face is then
compared with a gallery that holds the target: its rank among all portraits. Witness and rank use the same network, so
the figures say that breeding works and not how often people would recognise the face.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.montage import BreedRequest, FaceSpace, Genes, breed
from ganvas.apps.portrait import PortraitGenerator
from ganvas.bundle import read_bundle
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
    rng, picked = np.random.default_rng(seed), ()
    for number in range(rounds + 1):
        page = breed(space, BreedRequest(seed, number, picked))
        picked = tuple(page[index] for index in rng.permutation(len(page))[:PICKED])
    return picked[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--portraits", type=Path, required=True)
    parser.add_argument("--targets", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--sheet", type=Path, default=Path("montage.png"))
    options = parser.parse_args()
    bundle = read_bundle(options.bundle)
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
        cosine, rank = (np.array(values) for values in zip(*found, strict=True))
        tenth = (rank <= len(real) / 10).mean()
        print(f"| {name} | {cosine.mean():.3f} | {np.median(rank):.0f} | {tenth:.0%} |")


def _short(name: str) -> str:
    return name.removeprefix("bred, ").removeprefix("most alike ").removeprefix("picked ")


def _png(pixels: Pictures) -> bytes:
    from ganvas.curate.images.decode import encode_png

    return encode_png(pixels)


if __name__ == "__main__":
    main()
