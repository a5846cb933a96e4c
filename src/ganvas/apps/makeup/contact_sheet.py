"""A table of faces with the make-up of references."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.makeup.transfer import Amounts, Makeup
from ganvas.curate.faces import Face
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]

SIDE = 192  # pixels of a cell
_ROOM = 0.72  # half of a cell's side over the larger side of the face


def contact_sheet(
    faces: Sequence[tuple[str, Pixels]],
    references: Sequence[tuple[str, Pixels]],
    strength: float,
    amounts: Amounts,
    side: int = SIDE,
) -> Pixels:
    """References above, faces at the left, and each face with the make-up of each reference; uint8 [H, W, 3].

    A cell is empty where a head is turned too far from the reference.

    Args:
        faces: The name that stands beside each, and uint8 [H, W, 3].
        references: The name that stands above each, and uint8 [H, W, 3].
        strength: Of all regions together, in [0, 1].
        amounts: Per region.
        side: Pixels of a cell.

    Raises:
        UserError: A picture shows no face, or several.
    """
    makeup = Makeup()
    rows: list[list[Pixels | None]] = [
        [None, *(_cut(one, makeup.face(one, "reference"), side) for _, one in references)]
    ]
    for _, face in faces:
        found = makeup.face(face, "source")
        row: list[Pixels | None] = [_cut(face, found, side)]
        for _, reference in references:
            try:
                row.append(_cut(makeup.transfer(face, reference, strength, amounts).picture, found, side))
            except UserError as error:
                if error.code != "turned-apart":
                    raise
                row.append(None)
        rows.append(row)
    return sheet(rows, ["", *(name for name, _ in faces)], ["", *(name for name, _ in references)])


def _cut(picture: Pixels, face: Face, side: int) -> Pixels:
    """A square round a face; white outside the picture."""
    x0, y0, x1, y1 = (float(edge) for edge in face.box)
    half = max(x1 - x0, y1 - y0) * _ROOM
    left, top = (x0 + x1) / 2 - half, (y0 + y1) / 2 - 1.1 * half
    scale = side / (2 * half)
    cut = Image.fromarray(picture).transform(
        (side, side),
        Image.Transform.AFFINE,
        (1 / scale, 0, left, 0, 1 / scale, top),
        Image.Resampling.BICUBIC,
        fillcolor="white",
    )
    return np.asarray(cut)
