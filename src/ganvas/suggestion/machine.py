"""What decides how large a training can be: processor cores, memory, GPU."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NamedTuple


class Machine(NamedTuple):
    """A machine.

    Attributes:
        cores: Processor cores that this process may use.
        gpu: Name of the first GPU; empty where there is none.
        gpu_gb: Its memory in GiB.
    """

    cores: int
    gpu: str = ""
    gpu_gb: float = 0.0


def this_machine() -> Machine:
    """This machine, without importing torch: NVIDIA's own command names the GPU."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        cores = os.cpu_count() or 1
    return Machine(cores, *_gpu())


def _gpu() -> tuple[str, float]:
    command = shutil.which("nvidia-smi")
    if command is None or os.environ.get("CUDA_VISIBLE_DEVICES") == "":
        return "", 0.0
    query = [command, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, check=True, timeout=10)
        name, megabytes = done.stdout.strip().splitlines()[0].rsplit(",", 1)
        return name.strip(), float(megabytes) / 1024
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return "", 0.0
