"""The one face of a picture as make-up needs it: with exact lids, and not turned too far from the other face."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.consent import only_face
from ganvas.curate.faces import Face, FaceReader
from ganvas.curate.faces.face import face_of
from ganvas.curate.faces.landmarks import LEFT_EYE, RIGHT_EYE
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]
Role = Literal["source", "reference"]

READ_AT = 256  # smaller pictures are enlarged to this side before faces are looked for
MOST_TURN = 30.0  # degrees between the directions of two heads
# Points of the mesh in the order of a gaze's outline: the lower lid from the outer corner on, then the upper one.
_LIDS = (*LEFT_EYE[:9], *LEFT_EYE[:8:-1], *RIGHT_EYE[:9], *RIGHT_EYE[:8:-1])


def read_face(picture: Pixels, reader: FaceReader, whose: Role | None = None) -> Face:
    """The one face of a picture, however small the picture is; faces in the background do not count.

    Args:
        picture: uint8 [H, W, 3] RGB.
        reader: Of faces.
        whose: ``source`` or ``reference``, where there are both: for the sentence when there is none.

    Raises:
        UserError: No face is found, or several.
    """
    scale = max(READ_AT / min(picture.shape[:2]), 1.0)
    seen = picture
    if scale > 1:
        if scale > READ_AT / 8:  # a few pixels show no face, and would be enlarged to many
            raise _no_face(whose)
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        seen = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    faces = reader.faces(seen)
    if not faces:
        raise _no_face(whose)
    face = _with_exact_lids(only_face(faces), seen, reader)
    shift = 0.5 / scale - 0.5
    return face.moved(np.array([[1 / scale, 0, shift], [0, 1 / scale, shift]], np.float32))


def check_turn(source: Face, reference: Face) -> None:
    """Check that two heads look in similar directions; tilting in the plane of the picture does not count.

    Raises:
        UserError: They are turned more than ``MOST_TURN`` degrees from each other.
    """
    turned = turn_between(source, reference)
    if turned > MOST_TURN:
        raise UserError(
            f"The heads are turned {turned:.0f}° from each other, and make-up is carried over up to {MOST_TURN:.0f}°; "
            "choose a reference that looks in a similar direction.",
            code="turned-apart",
            params={"degrees": round(turned), "most": round(MOST_TURN)},
        )


def turn_between(one: Face, other: Face) -> float:
    """Degrees between the directions in which two faces look, apart from their tilt in the plane of the picture."""
    a, b = (_direction(face) for face in (one, other))
    return float(np.degrees(np.arccos(np.clip(a @ b, -1, 1))))


def _direction(face: Face) -> npt.NDArray[np.float64]:
    yaw, pitch = np.radians(face.yaw), np.radians(face.pitch)
    return np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])


def _with_exact_lids(face: Face, picture: Pixels, reader: FaceReader) -> Face:
    """The face with the lids where the network for eyes reads them, which sees eyes larger than the mesh does."""
    points = face.landmarks.copy()
    points[list(_LIDS), :2] = reader.iris(picture, face).outline.reshape(-1, 2)
    return face_of(points, face.score, face.presence, face.eyes_open)


def _no_face(role: Role | None) -> UserError:
    match role:
        case "source":
            return UserError(
                "No face was found in the source picture; choose one that shows a face from the front, near and in "
                "good light.",
                code="no-face-in-source",
            )
        case "reference":
            return UserError(
                "No face was found in the reference; choose one that shows a face from the front, near and in good "
                "light.",
                code="no-face-in-reference",
            )
        case None:
            return UserError(
                "No face was found in this picture; choose one that shows a face from the front, near and in good "
                "light.",
                code="no-face",
            )
