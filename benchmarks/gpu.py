"""The table of a GPU: training steps beside their authors' own code, in at most eight minutes.

    python benchmarks/gpu.py --checkouts FOLDER
    python benchmarks/gpu.py --checkouts FOLDER --device cpu --tiny  # whether all of it plays, without a GPU

FOLDER has the checkouts under their names on GitHub; families without one are left out, which is said. The authors'
CUDA kernels are compiled in their first round, which needs nvcc and ninja.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    script: str
    family: str
    checkout: str
    side: int
    settings: str  # at the published size


ROWS = (
    Row("beside_reference", "stylegan2", "stylegan2-ada-pytorch", 64, "--width 16384 --most 512 --batch 64"),
    Row("beside_reference", "stylegan2", "stylegan2-ada-pytorch", 256, "--width 16384 --most 512 --batch 32"),
    Row("beside_reference", "biggan", "BigGAN-PyTorch", 128, "--width 96 --classes 1000 --batch 32"),
    Row("translation", "ugatit", "UGATIT-pytorch", 256, "--width 64"),
    Row("translation", "starganv2", "stargan-v2", 256, "--width 64 --batch 8"),
    Row("translation", "pix2pixhd", "pix2pixHD", 256, "--width 64"),
)
_TINY_BESIDE = "--batch 2 --resolution 32 --most 16 --steps 1 --rounds 1"
_TINY_TRANSLATION = "--width 4 --batch 1 --resolution 64 --steps 1 --rounds 1"
TINY = {"stylegan2": f"--width 512 {_TINY_BESIDE}", "biggan": f"--width 4 {_TINY_BESIDE}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkouts", type=Path, required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda")
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed"), default="32-true", help="of ganvas")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--minutes", type=float, default=8.0)
    args = parser.parse_args()
    ends = time.monotonic() + 60 * args.minutes
    for number, row in enumerate(ROWS):
        checkout = args.checkouts / row.checkout
        left = ends - time.monotonic()
        title = f"{row.family} at {row.side} px"
        if not checkout.is_dir() or left < 20:
            print(f"{title}: left out, for there is no {'time' if checkout.is_dir() else f'checkout {checkout}'}")
            continue
        small = TINY.get(row.family, _TINY_TRANSLATION) if args.tiny else ""
        settings = f"--resolution {row.side} {row.settings} --rounds 3 {small}"
        told = f"--family {row.family} --device {args.device} --precision {args.precision} {settings}".split()
        script = str(Path(__file__).with_name(f"{row.script}.py"))
        command = [sys.executable, script, "--reference", str(checkout), *told]
        try:  # what is left is shared by those that come
            share = left / (len(ROWS) - number) * 1.5
            done = subprocess.run(command, capture_output=True, text=True, timeout=min(share, left), check=False)
        except subprocess.TimeoutExpired:
            print(f"{title}: not finished in its share of the time", flush=True)
            continue
        lines = done.stdout.splitlines() if done.returncode == 0 else done.stderr.splitlines()[-3:]
        print("\n".join(line for line in lines if "round" not in line.split(",")[0]), flush=True)


if __name__ == "__main__":
    main()
