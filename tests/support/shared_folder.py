"""Folders that one test process makes and all others read: trainings and exports are paid for once per session."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def make_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``name``, made by the first process of this session that wants it. Readers do not change it.

    Args:
        tmp_path_factory: pytest's, whose parent folder the workers of pytest-xdist share.
        name: of the folder, unique among all tests.
        make: fills the folder, which exists and is empty.
    """
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / f"{name}.lock"):
        done = shared / f"{name}.done"
        if not done.exists():
            (shared / name).mkdir()
            make(shared / name)
            done.touch()
    return shared / name
