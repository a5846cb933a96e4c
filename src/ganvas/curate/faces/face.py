"""The types of a detected face and of its gaze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.geometry import eye_centre, transform_points
from ganvas.curate.faces.landmarks import LEFT_EYE, MOUTH_CORNERS, NOSE_TIP, RIGHT_EYE
from ganvas.curate.faces.networks import Floats
from ganvas.curate.faces.pose import pose


@dataclass(frozen=True, eq=False)
class Face:
    """One face of a picture. Pixels, x to the right and y down, whole numbers at the centres of pixels; left and right
    as seen in the picture.

    ``box`` float32 [4]: x0, y0, x1, y1 round the 468 points: brows to chin, ear to ear. ``score`` in [0, 1]: how sure
    the detector is. ``presence`` in [0, 1]: how sure the mesh is. ``landmarks`` float32 [468, 3], MediaPipe's order, z
    smaller nearer to the camera. ``left_eye``, ``right_eye``, ``mouth``, ``nose`` float32 [2]. ``yaw``, ``pitch``,
    ``roll`` in degrees: :class:`~ganvas.curate.faces.pose.Pose`. ``eyes_open`` (left, right): height over width of the
    outline of each eye: about 0.25–0.4 open, under 0.15 closed; NaN where it was not read.
    """

    box: Floats
    score: float
    presence: float
    landmarks: Floats
    left_eye: Floats
    right_eye: Floats
    mouth: Floats
    nose: Floats
    yaw: float
    pitch: float
    roll: float
    eyes_open: tuple[float, float]

    @property
    def eye_distance(self) -> float:
        """Between the centres of the eyes, in pixels."""
        return float(np.linalg.norm(self.right_eye - self.left_eye))

    def moved(self, matrix: npt.NDArray[np.floating]) -> Face:
        """The same face after the picture went through a similarity [2, 3] with ``Aligned.matrix``'s meaning."""
        return face_of(transform_points(self.landmarks, matrix), self.score, self.presence, self.eyes_open)


class Gaze(NamedTuple):
    """``outline`` float32 [2 eyes, 16, 2]; ``centre`` float32 [2, 2]; ``radius`` float32 [2]; all in pixels."""

    outline: Floats
    centre: Floats
    radius: Floats


def face_of(landmarks: Floats, score: float, presence: float, eyes_open: tuple[float, float]) -> Face:
    """The face with all that follows from its 468 points."""
    flat = landmarks[:, :2]
    turn = pose(landmarks)
    return Face(
        box=np.concatenate([flat.min(axis=0), flat.max(axis=0)]).astype(np.float32),
        score=score,
        presence=presence,
        landmarks=landmarks,
        left_eye=eye_centre(landmarks, LEFT_EYE),
        right_eye=eye_centre(landmarks, RIGHT_EYE),
        mouth=flat[list(MOUTH_CORNERS)].mean(axis=0),
        nose=flat[NOSE_TIP].copy(),
        yaw=turn.yaw,
        pitch=turn.pitch,
        roll=turn.roll,
        eyes_open=eyes_open,
    )
