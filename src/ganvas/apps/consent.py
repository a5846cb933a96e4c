"""Checks before an application uses the picture of a person: consent is stated, and the picture shows one person.

No age is estimated: no network here does it reliably. The statement that a person agrees to says that everyone shown is
an adult, and an application that could harm children says it where the picture is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def foreground_faces(faces: Sequence[Face]) -> list[Face]:
    """The faces that are not in the background, the widest first: those at least ``SECOND_FACE`` as wide as it.

    Args:
        faces: The faces of a picture, from :meth:`ganvas.curate.faces.FaceReader.faces`.
    """
    by_width = sorted(faces, key=_width, reverse=True)
    return [face for face in by_width if _width(face) >= SECOND_FACE * _width(by_width[0])]


def only_face(faces: Sequence[Face]) -> Face:
    """The face of a picture that must show one person; faces in the background do not count.

    Args:
        faces: The faces of the picture, from :meth:`ganvas.curate.faces.FaceReader.faces`.

    Raises:
        UserError: There is no face, or more than one.
    """
    found = foreground_faces(faces)
    if not found:
        raise UserError(
            "No face was found in this picture; choose one that shows a face from the front, near and in good light.",
            code="no-face",
        )
    if len(found) > 1:
        raise UserError(
            f"There are {len(found)} faces in this picture; choose one that shows one person.",
            code="several-faces",
            params={"count": len(found)},
        )
    return found[0]


def _width(face: Face) -> float:
    return float(face.box[2] - face.box[0])
