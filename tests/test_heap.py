"""Memory that a command has freed is used again."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from ganvas.cli.heap import keep_freed_memory

if "kept" in sys.argv and not keep_freed_memory():
    sys.exit(77)
pages = 0
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = b"x" * (64 << 20)
    del block
    pages = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(pages)
"""


def asked_again(*given: str) -> int:
    """Pages that the system had to hand out for the third block of 64 MB."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *given], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this C library keeps memory its own way")
    return int(done.stdout)


def test_freed_memory_is_not_asked_for_again() -> None:
    assert asked_again("kept") < 100 < asked_again()
