"""What is taken of a photograph of a face: its angles, its embedding, and the points of its outlines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.apps.consent import only_face
from ganvas.apps.lookalike.angles import ANGLES, FaceAngles, angles_of, angles_of_points, check_pose
from ganvas.curate.faces import Face, FaceReader
from ganvas.curate.faces.landmarks import LEFT_BROW, LEFT_EYE, LIPS_INNER, LIPS_OUTER, OVAL, RIGHT_BROW, RIGHT_EYE
from ganvas.curate.faces.networks import Floats
from ganvas.curate.faces.pose import frontal_points
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]
Line = list[tuple[float, float]]

LEAST_EYES = 20.0  # pixels between the eyes, from which on the points are exact enough
NOSE_LINE = (168, 6, 197, 195, 5, 4, 1, 2)
NOSE_EDGE = (129, 98, 97, 2, 326, 327, 358)
# Indices of the mesh; closed lines end where they begin.
_CLOSED = (OVAL, LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW, LIPS_OUTER, LIPS_INNER)
OUTLINES = (*((*line, line[0]) for line in _CLOSED), NOSE_LINE, NOSE_EDGE)


def _drawn() -> tuple[int, ...]:
    triples = [angle.points for angle in ANGLES] + [angle.twin for angle in ANGLES if angle.twin is not None]
    return tuple(sorted({point for line in (*OUTLINES, *triples) for point in line}))


DRAWN = _drawn()  # indices of the points that are kept for drawings
_POSITIONS = {point: position for position, point in enumerate(DRAWN)}


class Measured(NamedTuple):
    """``angles`` of the face; ``embedding`` float32 [128] of length 1; ``points`` float32 [DRAWN, 2]: x and y in the
    frontal pose, the mean at 0, in units of the distance between the outer corners of the eyes."""

    angles: FaceAngles
    embedding: Floats
    points: Floats


def measure_photograph(picture: Pixels, reader: FaceReader) -> tuple[Measured, Face]:
    """Measure the one face of a photograph.

    Args:
        picture: uint8 [H, W, 3] RGB.
        reader: Of faces.

    Raises:
        UserError: There is no face or several, it is too small, or the head is turned too far.
    """
    face = only_face(reader.faces(picture))
    if face.eye_distance < LEAST_EYES:
        raise UserError(
            f"The face is too small: {face.eye_distance:.0f} pixels between the eyes, and angles need "
            f"{LEAST_EYES:.0f}; choose a larger picture.",
            code="face-too-small",
            params={"pixels": round(face.eye_distance), "least": round(LEAST_EYES)},
        )
    check_pose(face)
    points = frontal_points(face.landmarks)
    flat = points[list(DRAWN), :2].astype(np.float32)
    angles = mean_angles(angles_of_points(points), mirror_landmarks(picture, face, reader))
    return Measured(angles, reader.embed(picture, face), flat), face


def mirror_landmarks(picture: Pixels, face: Face, reader: FaceReader) -> Floats | None:
    """The points of a face as they are read in the mirror image of its picture; None where it is not found there.

    Args:
        picture: uint8 [H, W, 3] RGB.
        face: In the picture.
        reader: Of faces.
    """
    middle = picture.shape[1] - 1 - (face.box[0] + face.box[2]) / 2
    for other in reader.faces(np.ascontiguousarray(picture[:, ::-1])):
        if abs((other.box[0] + other.box[2]) / 2 - middle) < (face.box[2] - face.box[0]) / 4:
            return other.landmarks
    return None


def mean_angles(angles: FaceAngles, mirrored: Floats | None) -> FaceAngles:
    """The mean of the angles of a face and of those in its mirror image, in which the network of the mesh errs
    differently.

    Args:
        angles: Of the face.
        mirrored: See :func:`mirror_landmarks`; left and right are exchanged in them. None: the angles as they are.
    """
    if mirrored is None:
        return angles
    other = angles_of(mirrored)
    return FaceAngles((angles.values + other.values) / 2, (angles.differences - other.differences) / 2)


def outlines(points: Floats) -> list[Line]:
    """The outlines of a face as lines of (x, y), from points [DRAWN, 2]."""
    return [line_through(points, line) for line in OUTLINES]


def line_through(points: Floats, indices: tuple[int, ...]) -> Line:
    """The places (x, y) of points of the mesh, rounded, from points [DRAWN, 2]."""
    return [(round(float(x), 4), round(float(y), 4)) for x, y in (points[_POSITIONS[index]] for index in indices)]
