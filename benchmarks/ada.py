"""ADA's augmentations: what they cost per picture, beside the authors' own code.

    python benchmarks/ada.py --reference PATH/stylegan2-ada-pytorch --resolution 64 --batch 16

PATH is a checkout that you have made. Both sides augment the same pictures forwards, and backwards to the pictures, as
a step of the generator does. The pipe is ``bgc``, the paper's; ``--p`` are probabilities of each of its transforms.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import torch
from checkouts import open_checkout
from rounds import Lap, Side, Watch, compare, machine, use
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.augment.ada import PIPES, Ada


def reference(checkout: Path, p: float) -> nn.Module:
    open_checkout(checkout, "requests", "pkg_resources")
    versions: Any = sys.modules["pkg_resources"]
    versions.parse_version = lambda text: [int(part) for part in text.split(".")[:2]]
    pipe: Any = importlib.import_module("training.augment").AugmentPipe(**PIPES["bgc"])
    pipe.p.fill_(p)
    made: nn.Module = pipe
    return made


def ready(side: str, args: argparse.Namespace) -> Side:
    torch.set_num_threads(args.threads)
    use(args.device)
    warnings.simplefilter("ignore")  # the reference's remarks on this torch
    torch.manual_seed(0)
    pipe = Ada("bgc", args.p) if side == "ganvas" else reference(args.reference, args.p)
    x = (torch.rand(args.batch, 3, args.resolution, args.resolution) * 2 - 1).requires_grad_()
    return Side(partial(lap, pipe, x, args.steps))


def lap(pipe: nn.Module, x: Tensor, steps: int) -> Lap:
    watch = Watch()
    for _ in range(steps):
        with noise.rows(0, len(x), len(x)):
            pipe(x).square().mean().backward()
        x.grad = None
    return watch.lap(steps * len(x))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--p", type=float, nargs="+", default=[0.2, 0.8])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    args = parser.parse_args()
    print(machine(args.threads))
    for p in args.p:
        settings = argparse.Namespace(**vars(args) | {"p": p})
        sides = {side: partial(ready, side, settings) for side in ("ganvas", "reference")}
        compare(f"ADA, p = {p:g}, {args.batch} × {args.resolution} px", sides, args.rounds, warm_up=1)


if __name__ == "__main__":
    main()
