"""``start.json``: the trained weights that a run began from."""

from __future__ import annotations

import json
from typing import Any

from ganvas.files import write_atomically
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_bytes


def write_start(run: RunDir, content: dict[str, Any]) -> None:
    """Write ``start.json``: where the weights came from, how much of them was taken, and whom to credit."""
    write_atomically(run.start, json.dumps(content, indent=1, ensure_ascii=False))


def read_start(run: RunDir) -> dict[str, Any]:
    """The content of ``start.json``; empty for a run that began from random weights."""
    try:
        content = json.loads(read_bytes(run.start))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
