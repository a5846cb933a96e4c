"""Lightning Fabric, imported without torchmetrics.

Where torchmetrics is installed, Fabric imports it only to learn its version, and nothing here uses it: with scipy's
signal processing that is a third of the time in which Fabric is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Fabric"]


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Let imports of a module fail, unless it has been imported before."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


with _absent("torchmetrics"):
    from lightning_fabric import Fabric
