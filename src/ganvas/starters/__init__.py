"""Starter models: bundles that ship with the package, so that the studio has models before anything is trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from ganvas.errors import UserError
from ganvas.files import replacing_folder
from ganvas.paths import cannot_write

FOLDER = Path(__file__).parent  # a folder of bundles


def names() -> list[str]:
    """Names of the starter models, which are those of their folders."""
    return sorted(path.parent.name for path in FOLDER.glob("*/bundle.json"))


def about(name: str) -> dict[str, Any]:
    """The content of a starter's ``bundle.json``."""
    content: dict[str, Any] = json.loads((FOLDER / name / "bundle.json").read_bytes())
    return content


def size(name: str) -> int:
    """Bytes of all files of a starter."""
    return sum(file.stat().st_size for file in (FOLDER / name).iterdir())


def copy(name: str, folder: Path) -> Path:
    """Copy a starter into a folder of bundles.

    Returns:
        The folder of the copy.

    Raises:
        UserError: there is no such starter, the copy exists already, or the folder cannot be written.
    """
    if name not in names():
        raise UserError(f"There is no starter {name!r}; choose one of {', '.join(names())}.")
    place = folder / name
    if place.exists():
        raise UserError(f"{place} exists already; choose another folder.")
    try:
        with replacing_folder(place) as new:
            shutil.copytree(FOLDER / name, new, dirs_exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return place
