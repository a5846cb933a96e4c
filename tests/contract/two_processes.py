"""Run by the launcher in two processes: two steps of every family, weights written by the first."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from support.harness import Game, hold_statistics, states

from ganvas.models.families import FAMILIES
from ganvas.train.fabric import Fabric


def main() -> None:
    torch.set_num_threads(1)
    fabric = Fabric(accelerator="cpu", devices=2, strategy="ddp")
    fabric.launch()
    found = {}
    for name in sorted(FAMILIES):
        game = Game(name, Path(sys.argv[1]), exact=True, fabric=fabric)
        assert game.stepper.reduction is not None
        game.stepper.reduction.bucket_bytes = 30_000  # several in a phase
        hold_statistics(game.family)
        for _ in range(2):
            game.play()
        found[name] = states(game.family)
    if fabric.is_global_zero:
        torch.save(found, sys.argv[2])
    fabric.barrier()


if __name__ == "__main__":
    main()
