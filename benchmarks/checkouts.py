"""Authors' code beside ours: imported from a checkout as it is, without the packages that a step does not need."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path


class _Absent(types.ModuleType):
    """A package that is not here and not needed: it has every name, and none is anything."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def open_checkout(path: Path, *absent: str) -> None:
    """Let the checkout be imported; packages that only its data loading and logging need are stood in for."""
    if str(path) not in sys.path:
        sys.path.insert(0, str(path))
    for name in absent:
        try:
            importlib.import_module(name)
        except ImportError:
            stand_in(name)


def stand_in(name: str) -> None:
    """Put an empty module in place of a module, which is then not imported."""
    parent, _, child = name.rpartition(".")
    sys.modules[name] = _Absent(name)
    if parent in sys.modules:
        setattr(sys.modules[parent], child, sys.modules[name])
