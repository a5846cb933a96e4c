"""Rows per second that the stream of training batches gives, and what a row costs the processor.

    python benchmarks/loading.py --resolution 128 --workers 0 2
    python benchmarks/loading.py --resolution 128 --workers 0 2 --degradation sketch-mixed --redraw 8

On noise of a packed set in a temporary folder; ``--data`` takes a folder of pictures instead, on which drawings cost
what they cost in use. Two epochs, in which pictures are decoded and kept, are played first. They count to the processor
time of workers that are processes, which is known when they have ended, and to nothing else.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganvas.cli.malloc import keep_freed_memory
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.spec import DataSpec
from ganvas.train.stream import Stream

BATCH = 32


def noise(folder: Path, count: int) -> Path:
    """Smooth random pictures of 128 px."""
    rng = np.random.default_rng(0)
    for number in range(count):
        small = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        small.resize((128, 128), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    return folder


def processor() -> float:
    """Seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of pictures; noise when not given")
    parser.add_argument("--resolution", type=int, default=128)
    parser.add_argument("--count", type=int, default=256, help="pictures of noise")
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 2])
    parser.add_argument("--degradation", help="makes the sources of pairs")
    parser.add_argument("--redraw", type=int, default=1, help="epochs that a source is used for")
    parser.add_argument("--epochs", type=int, default=8, help="that are counted")
    args = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    made = {"degradation": args.degradation, "source_channels": 1} if args.degradation else {}
    data = DataSpec.model_validate({"resolution": args.resolution, **made})
    with tempfile.TemporaryDirectory() as folder:
        pictures = args.data or noise(Path(folder), args.count)
        dataset = Dataset(pack(pictures, Path(folder) / "packed.zip", resolution=args.resolution).path)
        steps = -(-len(dataset) // BATCH)
        for workers in args.workers:
            task = "paired" if args.degradation else "synthesis"
            batches = Stream(dataset, task, data, 0, workers, args.redraw).micros(0, BATCH, BATCH)
            for _ in range(2 * steps):
                next(batches)
            wall, cpu = time.perf_counter(), processor()
            for _ in range(args.epochs * steps):
                next(batches)
            wall = time.perf_counter() - wall
            batches.close()
            rows = args.epochs * steps * BATCH
            cost = (processor() - cpu) / rows * 1e6
            told = f"{args.resolution} px, {workers} workers: {rows / wall:8,.0f} rows/s"
            print(f"{told}, {cost:8,.1f} µs of processor time per row", flush=True)


if __name__ == "__main__":
    main()
