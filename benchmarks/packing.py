"""Pictures a second: packing (cut or aligned by faces) over processes, and drawing in each style.

    python benchmarks/packing.py FOLDER --count 400 --processes 1 2

Packing reads, decodes, cuts, encodes and writes; the archive is new each time. Where another program uses the machine,
all numbers are lower: the load beforehand is printed with them. Drawing is on one thread, from decoded pictures.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import ganvas
from ganvas.crops import Crop
from ganvas.curate.dataset import pack as packing
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.curate.sources.list_source import list_source


def pack_rate(source: Path, crop: Crop, resolution: int, processes: int, folder: Path) -> tuple[float, Path]:
    output = folder / f"{crop}-{processes}.zip"
    start = time.perf_counter()
    report = packing.pack(source, output, resolution=resolution, crop=crop, workers=processes, processes=processes)
    return (report.count + len(report.skipped)) / (time.perf_counter() - start), output


def draw_rate(name: str, dataset: Dataset) -> float:
    pictures = [dataset.image(index) for index in range(min(len(dataset), 40))]
    start = time.process_time()
    for seed, pixels in enumerate(pictures):
        DEGRADATIONS[name](pixels, np.random.default_rng(seed))
    return len(pictures) / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder of pictures")
    parser.add_argument("--count", type=int, default=400, help="pictures taken from it")
    parser.add_argument("--resolution", type=int, default=128)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--crops", nargs="+", default=["center", "smart", "face"])
    arguments = parser.parse_args()
    packing.ENOUGH = (1, 1)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"ganvas {ganvas.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, load {load}\n")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        folder.mkdir()
        candidates = list_source(arguments.source).candidates
        for number, one in enumerate(candidates[: arguments.count]):
            shutil.copy(arguments.source / one.path, folder / f"{number:06d}{Path(one.path).suffix}")
        print(
            f"| packing {len(list(folder.iterdir()))} pictures to {arguments.resolution} px | processes | pictures/s |"
        )
        print("|---|---|---|")
        output = folder
        for crop in arguments.crops:
            if crop.startswith("face"):  # loading the networks is not packing
                packing.pack(folder, Path(place) / "warm.zip", resolution=16, crop=crop)
            for processes in arguments.processes:
                rate, output = pack_rate(folder, crop, arguments.resolution, processes, Path(place))
                print(f"| `{crop}` | {processes} | {rate:.0f} |", flush=True)
        print("\n| drawing, one thread | pictures/s of processor time |\n|---|---|")
        dataset = Dataset(output)
        for name in DEGRADATIONS:
            if name.startswith("sketch"):
                print(f"| `{name}` | {draw_rate(name, dataset):.0f} |", flush=True)


if __name__ == "__main__":
    main()
