"""Memory that a command has freed is used again."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from ganvas.cli import main

PROGRAM = """
import resource, sys
from ganvas.cli.malloc import keep_freed_memory

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
    assert asked_again("kept") < 8 < asked_again()  # 32 where the system's pages are of 2 MB


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("train", True),
        ("evaluate", True),
        ("measure", True),
        ("generate", True),
        ("translate", True),
        ("studio", False),
    ],
)
def test_commands_that_compute_keep_memory(command: str, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[bool] = []
    monkeypatch.setattr(importlib.import_module("ganvas.cli.app"), "keep_freed_memory", lambda: called.append(True))
    assert main([command, "--no-such-option"]) == 2
    assert bool(called) == kept
