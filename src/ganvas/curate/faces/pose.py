"""Head pose: the rotation that best fits a mean face to the points of a face."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.networks import Floats

# A mean face in thousandths of the distance between the eyes: index of the mesh point at the left of the picture, its
# twin at the right, and x (to the right), y (down), z (away from the camera) of the left one; a point on the middle
# line is its own twin. It is the generalised Procrustes mean of the points read from 266 official portraits and their
# mirror images, so its middle plane is that of a face looking straight ahead, and pitch 0 is how people hold their
# heads for such a portrait. Only points that move little with the expression are in it.
# fmt: off
_HALF = (
    (1, 1, 0, 132, -545), (2, 2, 0, 220, -283), (4, 4, 0, 24, -584), (5, 5, 0, -118, -553), (6, 6, 0, -459, -316),
    (8, 8, 0, -666, -268), (9, 9, 0, -798, -297), (10, 10, 0, -1368, -231), (21, 251, -1051, -882, 504),
    (33, 263, -717, -515, 117), (46, 276, -843, -671, 22), (50, 280, -805, -30, 53), (54, 284, -952, -1063, 298),
    (64, 294, -329, 98, -232), (67, 297, -557, -1310, -95), (70, 300, -905, -720, 102), (93, 323, -1101, 32, 1019),
    (98, 327, -301, 153, -154), (101, 330, -560, -140, -38), (103, 332, -794, -1210, 88),
    (105, 334, -637, -849, -145), (107, 336, -218, -816, -285), (109, 338, -302, -1358, -201),
    (116, 345, -1014, -256, 333), (117, 346, -839, -272, 138), (118, 347, -715, -240, 52), (122, 351, -91, -432, -274),
    (127, 356, -1123, -441, 904), (129, 358, -356, 43, -96), (133, 362, -278, -494, 36), (151, 151, 0, -1102, -268),
    (162, 389, -1104, -688, 724), (168, 168, 0, -570, -252), (188, 412, -152, -374, -204), (193, 417, -120, -554, -178),
    (195, 195, 0, -234, -468), (197, 197, 0, -342, -388), (205, 425, -677, 112, -18), (234, 454, -1113, -207, 995),
)
# fmt: on


class Pose(NamedTuple):
    """Degrees, as the picture shows it: ``yaw`` > 0 turned to the right of the picture, ``pitch`` > 0 looking up,
    ``roll`` > 0 tilted clockwise (the eye at the right is the lower one)."""

    yaw: float
    pitch: float
    roll: float


def _whole() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    points: dict[int, tuple[float, float, float]] = {}
    for left, right, x, y, z in _HALF:
        points[right] = (-x, y, z)
        points[left] = (x, y, z)
    return np.array(list(points)), np.array(list(points.values()), np.float64) / 1000


_INDICES, _MEAN = _whole()


def pose(landmarks: Floats) -> Pose:
    """float [468, 3] in pixels → :class:`Pose`.

    R = R_roll · R_yaw · R_pitch, so turning the picture changes the roll alone.
    """
    turn = rotation(landmarks)
    yaw = np.arcsin(np.clip(turn[2, 0], -1, 1))
    pitch = np.arctan2(-turn[2, 1], turn[2, 2])
    roll = np.arctan2(turn[1, 0], turn[0, 0])
    return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def rotation(landmarks: Floats) -> npt.NDArray[np.float64]:
    """The rotation [3, 3] from the frontal mean face to a face, float [468, 3] in pixels.

    Orthogonal Procrustes (Schönemann 1966; the proper rotation of Umeyama 1991).
    """
    read = landmarks[_INDICES].astype(np.float64)
    u, _, vt = np.linalg.svd((read - read.mean(axis=0)).T @ (_MEAN - _MEAN.mean(axis=0)))
    turn: npt.NDArray[np.float64] = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    return turn


def frontal_points(landmarks: Floats) -> npt.NDArray[np.float64]:
    """The points turned to the frontal pose: float64 [468, 3], the mean at 0, in units of the distance between the
    outer corners of the eyes; x to the right, y down, z away from the camera.

    Args:
        landmarks: float [468, 3] in pixels.
    """
    points = (landmarks - landmarks.mean(axis=0)).astype(np.float64) @ rotation(landmarks)
    frontal: npt.NDArray[np.float64] = points / max(float(np.linalg.norm(points[33] - points[263])), 1e-9)
    return frontal
