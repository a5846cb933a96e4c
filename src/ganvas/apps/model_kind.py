"""What kind of model a folder holds, by its files alone."""

from __future__ import annotations

import json
from pathlib import Path


def makes_music(path: Path) -> bool:
    """Whether the model of a run or bundle makes music, as its files say; nothing is loaded."""
    from ganvas.errors import UserError
    from ganvas.recipe import load

    try:
        if (path / "bundle.json").is_file():
            return bool(json.loads((path / "bundle.json").read_text(encoding="utf-8")).get("page") == "music")
        return (path / "recipe.yaml").is_file() and load(path / "recipe.yaml").data.roll is not None
    except (OSError, ValueError, AttributeError, UserError):
        return False  # the command that follows says what is wrong
