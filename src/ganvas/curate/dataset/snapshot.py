"""Frozen copies of packed data sets, named by their content, so that a training can be repeated."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.files import replacing

DIGITS = 12


def freeze(packed: Path, folder: Path, name: str, wanted: str = "") -> Path:
    """Keep a copy of a data set that later packing does not change; where the same is kept already, nothing is written.

    Args:
        packed: an archive that :func:`ganvas.curate.dataset.pack.pack` wrote.
        folder: where it is kept; made when missing.
        name: what its name begins with.
        wanted: whatever else tells two uses of the same pictures apart, such as a recipe's settings.

    Returns:
        ``FOLDER/NAME-DIGITS.zip``, the digits from the pictures, their labels and ``wanted``.

    Raises:
        UserError: the folder cannot be written.
    """
    content = f"{Dataset(packed).sha256}\n{wanted}"
    place = folder.expanduser() / f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:DIGITS]}.zip"
    if place.is_file():
        return place
    try:
        with packed.open("rb") as whole, replacing(place) as copy:
            shutil.copyfileobj(whole, copy)
    except OSError as error:
        raise UserError(f"{place} cannot be written ({error.strerror}); choose another folder for --into.") from None
    return place
