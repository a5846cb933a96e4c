"""What portraits lose when a face is drawn small, off-centre or turned, and what bringing it to its place gives back.

    python benchmarks/placement.py --bundle BUNDLE --strokes FOLDER --portraits FOLDER --sheet SHEET.png

Each drawing is played as it is, and moved: scaled by 0.7 to 1, by 0.7 to 1 and turned by up to 10 degrees, and by 1 to
1.3, each shifted by up to 0.15 of the paper's side (0.08 the large ones); always the same for a seed. ``face_score`` is
the confidence of the face detector in the portraits, and KID compares them with real ones, cropped as the model's own.
The sheet has, for each drawing: moved, its portrait, as brought to its place, and the portrait of that.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.drawings import _FaceFinder, portraits_in
from ganvas.apps.placement import HERE, Placement, moved
from ganvas.apps.portrait import Portrait, PortraitGenerator, PortraitRequest
from ganvas.bundle import read_bundle
from ganvas.curate.sketch.drawings import read_drawing
from ganvas.evaluate import fidelity
from ganvas.models.features import load_features
from ganvas.tasks.pictures import targets

Pictures = NDArray[np.uint8]
PAPER = 1024  # pixels that drawings are moved at


def misplacements(count: int, seed: int) -> list[list[Placement]]:
    """For each drawing one of every kind: smaller, smaller and turned, larger."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        kinds = []
        for low, high, turn, shift in ((0.7, 1.0, 0, 0.15), (0.7, 1.0, 10, 0.15), (1.0, 1.3, 0, 0.08)):
            x, y = rng.uniform(-shift, shift, 2)
            kinds.append(Placement(rng.uniform(low, high), rng.uniform(-turn, turn), x, y))
        found.append(kinds)
    return found


def painted(generator: PortraitGenerator, papers: list[Pictures], place: bool) -> list[Portrait]:
    rows = [PortraitRequest(paper[:, :, None], place=place) for paper in papers]
    return [one for start in range(0, len(rows), 8) for one in generator.generate_batch(rows[start : start + 8])]


def main() -> None:
    """Print a row per set of drawings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--strokes", type=Path, required=True)
    parser.add_argument("--portraits", type=Path, required=True)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    bundle = read_bundle(asked.bundle)
    generator = PortraitGenerator(bundle)
    generator.prepare()
    side = 2 * generator.resolution
    drawn = [read_drawing(path).rendered(PAPER)[:, :, 0] for path in sorted(asked.strokes.glob("bad-*.json"))]
    kinds = misplacements(len(drawn), asked.seed)
    sets = {"as drawn": [moved(paper, HERE, side) for paper in drawn]}
    for at, name in enumerate(("smaller", "smaller, turned", "larger")):
        sets[name] = [moved(paper, kind[at], side) for paper, kind in zip(drawn, kinds, strict=True)]
    real = portraits_in(asked.portraits, bundle.info.data)
    features, faces = load_features("auto"), _FaceFinder()
    known = fidelity.extract([torch.from_numpy(targets(real, range(len(real))))], features)
    answers = {}
    print(f"{'drawings':20}{'placed':>8}{'face_score':>12}{'kid':>12}")
    for name, papers in sets.items():
        for place in (False, True):
            answers[name, place] = painted(generator, papers, place)
            made = np.stack([one.portrait for one in answers[name, place]])
            score = faces.results(made)[1].value
            kid = fidelity.measure("kid", known, fidelity.extract([torch.from_numpy(made)], features), features)
            print(
                f"{name:20}{'yes' if place else 'no':>8}{score:12.4f}{kid.value if kid else float('nan'):12.4f}",
                flush=True,
            )
    start = time.process_time()
    for papers in sets.values():
        for paper in papers:
            generator._placer.find(paper)
    count = sum(map(len, sets.values()))
    print(f"{1000 * (time.process_time() - start) / count:.1f} ms of processor time to place a drawing")
    if asked.sheet:
        rows = []
        for index in range(len(drawn)):
            name = list(sets)[1 + index % 3]
            before, after = answers[name, False][index], answers[name, True][index]
            paper = sets[name][index]
            placed = moved(paper, after.placement, generator.resolution)
            rows.append(
                [
                    moved(paper, HERE, generator.resolution)[:, :, None],
                    before.portrait,
                    placed[:, :, None],
                    after.portrait,
                ]
            )
        half = (len(rows) + 1) // 2
        columns = ["drawing", "portrait", "placed", "portrait"]
        parts = [sheet(part, [""] * len(part), columns) for part in (rows[:half], rows[half:])]
        height = max(map(len, parts))
        padded = [np.pad(part, ((0, height - len(part)), (0, 0), (0, 0)), constant_values=255) for part in parts]
        Image.fromarray(np.concatenate(padded, 1)).save(asked.sheet, quality=88)


if __name__ == "__main__":
    main()
