"""A disk without space: files that open and cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest


class _Full:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def fill_disk(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """Let every file fail that a module writes through ``replacing``."""
    real = module.replacing

    @contextmanager
    def replacing(path: Path) -> Iterator[BinaryIO]:
        with real(path) as file:
            yield cast(BinaryIO, _Full(file))

    monkeypatch.setattr(module, "replacing", replacing)
