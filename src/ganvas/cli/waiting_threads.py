"""How the threads of torch wait."""

from __future__ import annotations

import os


def let_threads_sleep() -> None:
    """Let torch's threads sleep between two operations instead of spinning, unless ``OMP_WAIT_POLICY`` is set.

    A thread that spins while it waits for another one keeps the core that the other needs, as soon as more threads
    than cores want to run. OpenMP reads the variable when torch is imported: to be called before.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
