"""The angles of a face: each at the middle one of three points of the mesh, in 3-D, from a frontal view.

An angle at three points lies in (0°, 180°) and is measured from no direction, so that it can be averaged and scaled
like any number. Of points that are left and right, both angles are averaged, and their difference is kept.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.faces import Face
from ganvas.curate.faces.networks import Floats
from ganvas.curate.faces.pose import frontal_points
from ganvas.errors import UserError

Doubles = npt.NDArray[np.float64]
Part = Literal["face", "jaw", "chin", "forehead", "eyes", "brows", "nose", "mouth", "cheeks", "profile"]

MAX_TURN = 14.0  # degrees of yaw and of pitch beyond which the far side of a face is invented by the mesh
VERSION = 1  # of the list of angles; galleries hold the angles of one version

# The twin at the right of each point at the left that is used below; other points lie on the middle line.
_TWINS = dict(
    (
        *((33, 263), (46, 276), (50, 280), (52, 282), (54, 284), (55, 285), (61, 291), (70, 300), (93, 323), (98, 327)),
        *((105, 334), (107, 336), (127, 356), (129, 358), (133, 362), (136, 365), (145, 374), (150, 379), (159, 386)),
        *((172, 397), (234, 454)),
    )
)


class Angle(NamedTuple):
    """An angle of a face.

    Attributes:
        key: Its name in files and on pages.
        points: Indices of the mesh; the angle is at the middle one.
        part: The part of the face that it describes.
        words: What it describes, as a noun phrase.
    """

    key: str
    points: tuple[int, int, int]
    part: Part
    words: str

    @property
    def twin(self) -> tuple[int, int, int] | None:
        """The same points on the other side; None where the angle lies across the middle line."""
        first, middle, last = (_TWINS.get(point, point) for point in self.points)
        across = set(self.points) & set(_TWINS.values()) or self.points == (first, middle, last)
        return None if across else (first, middle, last)


ANGLES = (
    Angle("face_breadth", (234, 152, 454), "face", "the breadth of the face"),
    Angle("cheekbone_breadth", (234, 10, 454), "face", "the breadth of the cheekbones"),
    Angle("temple_breadth", (127, 168, 356), "face", "the breadth of the temples"),
    Angle("face_side", (33, 234, 172), "face", "the side of the face"),
    Angle("ear_side", (127, 93, 172), "face", "the line from temple to jaw"),
    Angle("jaw_corner", (234, 172, 152), "jaw", "the angle at the jaw"),
    Angle("jaw_breadth", (172, 152, 397), "jaw", "the breadth of the jaw"),
    Angle("jaw_height", (172, 168, 397), "jaw", "the height of the jaw"),
    Angle("jaw_curve", (172, 150, 152), "jaw", "the curve of the jaw"),
    Angle("chin_point", (136, 152, 365), "chin", "the point of the chin"),
    Angle("forehead_breadth", (54, 168, 284), "forehead", "the breadth of the forehead"),
    Angle("forehead_corner", (10, 54, 127), "forehead", "the corner of the forehead"),
    Angle("forehead_slope", (10, 9, 168), "forehead", "the slope of the forehead"),
    Angle("eye_distance", (133, 1, 362), "eyes", "the distance of the eyes"),
    Angle("outer_eye_distance", (33, 1, 263), "eyes", "the distance of the outer corners of the eyes"),
    Angle("eye_height", (33, 152, 263), "eyes", "the height of the eyes above the chin"),
    Angle("eye_slant", (33, 133, 168), "eyes", "the slant of the eyes"),
    Angle("inner_eye_corner", (33, 133, 1), "eyes", "the inner corners of the eyes"),
    Angle("eye_depth", (234, 33, 133), "eyes", "the depth of the eyes"),
    Angle("eye_opening", (159, 33, 145), "eyes", "the opening of the eyes"),
    Angle("brow_distance", (107, 168, 336), "brows", "the distance of the brows"),
    Angle("brow_breadth", (70, 1, 300), "brows", "the breadth of the brows"),
    Angle("inner_brow_height", (107, 1, 336), "brows", "the height of the brows above the nose"),
    Angle("brow_arch", (107, 105, 70), "brows", "the arch of the brows"),
    Angle("brow_edge", (55, 52, 46), "brows", "the lower edge of the brows"),
    Angle("brow_start", (33, 133, 107), "brows", "where the brows begin"),
    Angle("brow_end", (133, 33, 70), "brows", "where the brows end"),
    Angle("brow_peak", (133, 33, 105), "brows", "the highest point of the brows"),
    Angle("nose_root", (133, 6, 362), "nose", "the root of the nose"),
    Angle("nose_breadth", (129, 168, 358), "nose", "the breadth of the nose"),
    Angle("nose_tip_breadth", (129, 1, 358), "nose", "the breadth of the tip of the nose"),
    Angle("nose_base", (98, 2, 327), "nose", "the base of the nose"),
    Angle("nose_wing", (168, 129, 2), "nose", "the wings of the nose"),
    Angle("nose_side", (1, 129, 133), "nose", "the sides of the nose"),
    Angle("nose_projection", (234, 1, 454), "nose", "how far the nose stands out"),
    Angle("nose_tip", (168, 1, 2), "profile", "the tip of the nose in profile"),
    Angle("nose_bridge", (9, 168, 1), "profile", "the bridge of the nose in profile"),
    Angle("profile", (168, 1, 152), "profile", "the profile from the nose to the chin"),
    Angle("lower_profile", (9, 2, 152), "profile", "the profile of the lower face"),
    Angle("mouth_breadth", (61, 1, 291), "mouth", "the breadth of the mouth"),
    Angle("mouth_height", (61, 152, 291), "mouth", "the height of the mouth above the chin"),
    Angle("mouth_corner", (1, 61, 152), "mouth", "the corners of the mouth"),
    Angle("nose_to_mouth", (133, 129, 61), "mouth", "the line from nose to mouth"),
    Angle("cheek_breadth", (50, 152, 168), "cheeks", "the breadth of the cheeks"),
    Angle("cheekbone", (33, 50, 172), "cheeks", "the cheekbones"),
)
KEYS = tuple(angle.key for angle in ANGLES)


class FaceAngles(NamedTuple):
    """``values`` float64 [angles], degrees, in the order of ``ANGLES``; ``differences`` [angles]: left minus right as
    seen in the picture, degrees, 0 for angles across the middle line."""

    values: Doubles
    differences: Doubles


def check_pose(face: Face) -> None:
    """Refuse a face that is turned too far.

    Raises:
        UserError: |yaw| or |pitch| is above ``MAX_TURN``.
    """
    if max(abs(face.yaw), abs(face.pitch)) <= MAX_TURN:
        return
    side = abs(face.yaw) >= abs(face.pitch)
    turn = face.yaw if side else face.pitch
    raise UserError(
        f"The head is turned {'sideways' if side else 'up or down'} by {abs(turn):.0f}°, and angles are compared up to "
        f"{MAX_TURN:.0f}°; choose a picture that looks into the camera.",
        code="head-turned",
        params={"degrees": round(abs(turn)), "most": round(MAX_TURN)},
    )


def angles_of(landmarks: Floats) -> FaceAngles:
    """The angles of a face.

    Args:
        landmarks: float [468, 3] in pixels, of any pose and size.
    """
    return angles_of_points(frontal_points(landmarks))


def angles_of_points(points: Doubles) -> FaceAngles:
    """The angles at points float [468, 3] of any orientation: rotation, scale and shift do not change them."""
    left = np.array([_angle(points, angle.points) for angle in ANGLES])
    twins = [angle.twin for angle in ANGLES]
    right = np.array([value if twin is None else _angle(points, twin) for twin, value in zip(twins, left, strict=True)])
    return FaceAngles((left + right) / 2, left - right)


def _angle(points: Doubles, at: tuple[int, int, int]) -> float:
    """Degrees, by the arc tangent of the sine over the cosine: exact also near 0° and 180°."""
    first, middle, last = points[list(at)].astype(np.float64)
    one, other = first - middle, last - middle
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))
