"""The networks that read the 468 points of a face (Kartynnik et al. 2019) and its eyes (Ablavatski et al. 2020)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ganvas import weights
from ganvas.curate.faces.geometry import eye_centre, sample_square, square_at
from ganvas.curate.faces.landmarks import EYE_CORNERS, LEFT_EYE, RIGHT_EYE
from ganvas.curate.faces.networks import Floats, Lite

Pixels = npt.NDArray[np.uint8]

MESH_SIDE = 192
IRIS_SIDE = 64


class Mesh:
    """The network that reads the 468 points of a detected face."""

    def __init__(self, threads: int = 1) -> None:
        self._net = Lite(weights.fetch("face-landmark"), threads)

    def __call__(self, picture: Pixels, points: Floats) -> tuple[Floats, float]:
        """Read twice: round the detector's points, then round the points just read, which is more exact.

        Args:
            picture: uint8 [H, W, 3] RGB.
            points: float [4, 2] as in :class:`~ganvas.curate.faces.detector.Found`.

        Returns:
            float32 [468, 3] in pixels of the picture (z too: smaller is nearer to the camera, 0 at the middle of the
            head), and the network's belief that there is a face, in [0, 1].
        """
        eyes = points[:2].mean(axis=0)
        tall = float(np.linalg.norm(points[3] - eyes))
        wide = float(np.linalg.norm(points[1] - points[0]))
        side = max(4.2 * tall, 4.2 * wide, 8.0)
        landmarks, _ = self._read(
            picture, (eyes + points[3]) / 2 - (points[3] - eyes) * 0.1, side, points[1] - points[0]
        )
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        upright = eye_centre(landmarks, RIGHT_EYE) - eye_centre(landmarks, LEFT_EYE)
        return self._read(picture, (low + high) / 2, max(1.5 * float((high - low).max()), 8.0), upright)

    def _read(self, picture: Pixels, centre: Floats, side: float, along: Floats) -> tuple[Floats, float]:
        to_picture = square_at(centre, side, along, MESH_SIDE)
        crop = sample_square(picture, to_picture, MESH_SIDE)
        raw, presence = self._net(crop.astype(np.float32) / np.float32(255))
        points = raw.reshape(-1, 3)
        flat = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        landmarks = np.concatenate([flat, points[:, 2:] * (side / MESH_SIDE)], axis=1).astype(np.float32)
        return landmarks, float(1 / (1 + np.exp(-float(presence.ravel()[0]))))


class Iris:
    """The network that reads an eye: its outline and its gaze."""

    def __init__(self, threads: int = 1) -> None:
        self._net = Lite(weights.fetch("iris-landmark"), threads)

    def __call__(self, picture: Pixels, landmarks: Floats) -> Floats:
        """→ float32 [2 eyes, 21, 2] pixels: 16 points of the outline (0 and 8 the corners, 1–7 the lower lid, 9–15
        the upper lid above those), then the centre of the iris and 4 points round it."""
        eyes = []
        for mirrored, (start, end) in enumerate(EYE_CORNERS):
            corners = landmarks[[start, end], :2]
            along = corners[1] - corners[0]
            side = max(2.3 * float(np.linalg.norm(along)), 4.0)
            to_picture = square_at(corners.mean(axis=0), side, along, IRIS_SIDE)
            if mirrored:  # the network was trained on the eye at the picture's left; the other one is mirrored
                flip = np.array([[-1, 0, IRIS_SIDE - 1], [0, 1, 0], [0, 0, 1]], np.float32)
                to_picture = to_picture @ flip
            crop = sample_square(picture, to_picture, IRIS_SIDE)
            outline, iris = self._net(crop.astype(np.float32) / np.float32(255))
            points = np.concatenate([outline.reshape(-1, 3)[:16, :2], iris.reshape(-1, 3)[:, :2]])
            eyes.append(points @ to_picture[:, :2].T + to_picture[:, 2])
        return np.stack(eyes).astype(np.float32)
