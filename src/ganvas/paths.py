"""The folder of downloaded and derived files."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """The folder of downloaded weights, packed data sets and statistics (``GANVAS_CACHE`` sets it)."""
    chosen = os.environ.get("GANVAS_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "ganvas"
