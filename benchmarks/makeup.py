"""How near carried make-up comes to a teacher's picture, and how much of the person stays.

    python benchmarks/makeup.py --pairs FOLDER [--bundle BUNDLE]

FOLDER holds ``source``, ``reference`` and ``teacher`` with files of the same names: a face, another person's make-up,
and the face with that make-up as someone else put it there (a pretrained model, an artist). Measured are the untouched
face, make-up without any model, and that of a ``starganv2`` bundle with a domain ``makeup``, as it answers and kept to
the face. LPIPS (alex) at 128 px, lower is nearer; likeness is the face embedder's cosine with the source.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas import bundle
from ganvas.apps.makeup import Makeup
from ganvas.errors import UserError
from ganvas.models.batches import ReferenceRequest, to_float, to_uint8
from ganvas.models.perceptual import load_lpips

Pixels = NDArray[np.uint8]

SIDE = 128


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--bundle", type=Path)
    given = parser.parse_args()
    makeup, distance = Makeup(), load_lpips("alex")
    family = bundle.read(given.bundle).load_family() if given.bundle else None
    far: dict[str, list[float]] = defaultdict(list)
    like: dict[str, list[float]] = defaultdict(list)
    faceless = 0
    for file in sorted((given.pairs / "source").iterdir()):
        source, reference, teacher = (
            read(given.pairs / part / file.name) for part in ("source", "reference", "teacher")
        )
        try:
            face = makeup.face(source, "source")
            made = {
                "untouched": source,
                "teacher": teacher,
                "without a model": makeup.transfer(source, reference).picture,
            }
            if family is not None:
                answer = carried(family, source, reference)
                made |= {
                    "model": sized(answer, source.shape[0]),
                    "model, kept": makeup.keep_person(source, answer).picture,
                }
        except UserError:
            faceless += 1
            continue
        for name, picture in made.items():
            with torch.no_grad():
                far[name].append(float(distance(prepared(picture), prepared(teacher))))
            like[name].append(makeup.likeness(source, picture, face))
    print(f"{len(far['untouched'])} pairs; {faceless} more where no face was found")
    print("| | LPIPS to the teacher | nearer than untouched | likeness, mean | least |")
    print("|---|---:|---:|---:|---:|")
    for name, values in far.items():
        nearer = np.mean(np.array(values) < np.array(far["untouched"]))
        print(f"| {name} | {np.mean(values):.4f} | {nearer:.0%} | {np.mean(like[name]):.3f} | {min(like[name]):.3f} |")


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
