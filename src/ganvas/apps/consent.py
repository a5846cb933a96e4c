"""Checks before an application uses the picture of a person: consent is stated, and the picture shows one person.

No age is estimated: no network here does it reliably. The statement that a person agrees to says that everyone shown is
an adult, and an application that could harm children says it where the picture is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ganvas.curate.faces import Face
from ganvas.errors import UserError

STATEMENT = (
    "The picture shows me, or a person who agreed to this use. Everyone shown is 18 or older. The picture is used for "
    "this answer only, in memory, and is not kept."
)
SECOND_FACE = 0.4  # width over that of the largest face, from which on another face counts


def check_consent(given: bool) -> None:
    """Refuse to use a picture without consent.

    Raises:
        UserError: The statement was not agreed to.
    """
    if not given:
        raise UserError(
            "Agree to the statement about the person shown before a picture is used.",
            code="consent-needed",
        )


def only_face(faces: Sequence[Face]) -> Face:
    """The face of a picture that must show one person.

    Smaller faces in the background, narrower than ``SECOND_FACE`` of the largest, do not count.

    Args:
        faces: The faces of the picture, from :meth:`ganvas.curate.faces.FaceReader.faces`.

    Raises:
        UserError: There is no face, or more than one.
    """
    if not faces:
        raise UserError(
            "No face was found in this picture; choose one that shows a face from the front, near and in good light.",
            code="no-face",
        )
    widths = np.array([face.box[2] - face.box[0] for face in faces])
    count = int((widths >= SECOND_FACE * widths.max()).sum())
    if count > 1:
        raise UserError(
            f"There are {count} faces in this picture; choose one that shows one person.",
            code="several-faces",
            params={"count": count},
        )
    return faces[int(widths.argmax())]
