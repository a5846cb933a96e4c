"""The 468 points of a face (Kartynnik et al. 2019) and the outline of its eyes (Ablavatski et al. 2020).

Indices are those of MediaPipe's face mesh. Left and right are as seen in the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ganvas import weights
from ganvas.curate.faces.networks import Floats, Lite

Pixels = npt.NDArray[np.uint8]

MESH_SIDE = 192
IRIS_SIDE = 64

# Closed outlines, each in order round the part.
LEFT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
RIGHT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
LEFT_BROW = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
RIGHT_BROW = (276, 283, 282, 295, 285, 336, 296, 334, 293, 300)
LIPS_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
LIPS_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
NOSE = (168, 193, 245, 188, 174, 217, 209, 129, 64, 98, 97, 2, 326, 327, 294, 358, 429, 437, 399, 412, 465, 417)
NOSE_TIP = 1
MOUTH_CORNERS = (61, 291)
EYE_CORNERS = ((33, 133), (362, 263))  # of each eye, from left to right


class Mesh:
    """Reads the 468 points of a face somebody found."""

    def __init__(self, threads: int = 1) -> None:
        self._net = Lite(weights.fetch("face-landmark"), threads)

    def __call__(self, picture: Pixels, points: Floats) -> tuple[Floats, float]:
        """Read twice: round the detector's points, then round the points just read, which is more exact.

        :param picture: uint8 [H, W, 3] RGB.
        :param points: float [4, 2] as in :class:`~ganvas.curate.faces.detector.Found`.
        :returns: float32 [468, 3] in pixels of the picture (z too: smaller is nearer to the camera, 0 at the middle of
            the head), and the network's belief that there is a face, in [0, 1].
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
        crop = cut(picture, to_picture, MESH_SIDE)
        raw, presence = self._net(crop.astype(np.float32) / np.float32(255))
        points = raw.reshape(-1, 3)
        flat = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        landmarks = np.concatenate([flat, points[:, 2:] * (side / MESH_SIDE)], axis=1).astype(np.float32)
        return landmarks, float(1 / (1 + np.exp(-float(presence.ravel()[0]))))


class Iris:
    """Reads an eye: its outline, and where it looks."""

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
            if mirrored:  # the network knows the eye at the picture's left; the other one is shown in a mirror
                flip = np.array([[-1, 0, IRIS_SIDE - 1], [0, 1, 0], [0, 0, 1]], np.float32)
                to_picture = to_picture @ flip
            crop = cut(picture, to_picture, IRIS_SIDE)
            outline, iris = self._net(crop.astype(np.float32) / np.float32(255))
            points = np.concatenate([outline.reshape(-1, 3)[:16, :2], iris.reshape(-1, 3)[:, :2]])
            eyes.append(points @ to_picture[:, :2].T + to_picture[:, 2])
        return np.stack(eyes).astype(np.float32)


def eye_centre(landmarks: Floats, outline: tuple[int, ...]) -> Floats:
    """The mean of an outline's points: float32 [2]."""
    centre: Floats = landmarks[list(outline), :2].mean(axis=0)
    return centre


def square_at(centre: Floats, side: float, along: Floats, pixels: int) -> Floats:
    """The matrix float32 [2, 3] from a crop of ``pixels`` × ``pixels`` to the picture.

    The crop's middle is ``centre``, its width ``side`` pixels of the picture, its rows run in the direction ``along``.
    """
    x, y = along / max(float(np.linalg.norm(along)), 1e-6) * (side / pixels)
    middle = (pixels - 1) / 2
    turn = np.array([[x, -y], [y, x]], np.float32)
    return np.concatenate([turn, (centre - turn @ np.array([middle, middle], np.float32))[:, None]], axis=1)


def cut(picture: Pixels, to_picture: Floats, side: int) -> Pixels:
    """Sample a square; the border is repeated outwards, and shrinking is antialiased by a blur of fitting width."""
    scale = float(np.sqrt(abs(np.linalg.det(to_picture[:, :2].astype(np.float64)))))
    matrix = to_picture.astype(np.float64)
    if scale >= 2:  # average whole blocks first, then sample what is left
        step = int(scale)
        height, width = (max(1, -(-length // step)) for length in picture.shape[:2])
        whole = cv2.resize(
            cv2.copyMakeBorder(
                picture, 0, height * step - picture.shape[0], 0, width * step - picture.shape[1], cv2.BORDER_REPLICATE
            ),
            (width, height),
            interpolation=cv2.INTER_AREA,
        )
        picture = whole.astype(np.uint8, copy=False)
        matrix = matrix / step
        matrix[:, 2] += 0.5 / step - 0.5
    crop = cv2.warpAffine(
        picture, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.uint8, copy=False)
