"""The reader of faces: detection, points, gaze, segmentation and embedding; cheap to send to another process."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ganvas import weights
from ganvas.curate.faces.detector import Detector
from ganvas.curate.faces.face import Face, Gaze, face_of
from ganvas.curate.faces.geometry import eye_openness, sample_square, similarity
from ganvas.curate.faces.landmarks import MOUTH_CORNERS
from ganvas.curate.faces.mesh import Iris, Mesh
from ganvas.curate.faces.networks import Floats, Lite, Onnx

Pixels = npt.NDArray[np.uint8]

SEGMENTATION_SIDE = 256
EMBED_SIDE = 112
# Where SFace expects eyes, nose and mouth corners (the template of ArcFace, Deng et al. 2019).
EMBED_PLACES = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


class FaceReader:
    """A reader of faces, persons and embeddings from pictures, uint8 [H, W, 3] RGB.

    Networks are fetched and loaded when first needed. Pickling sends only the settings, so a reader can be given to
    another process, which loads its own networks. One reader serves one thread at a time.

    Args:
        threads: of each network.

    Raises:
        UserError: on first use, when the faces extra is not installed or a pinned file cannot be had.
    """

    def __init__(self, threads: int = 1, *, least: float = 0.5) -> None:
        self.threads = threads
        self.least = least

    def __getstate__(self) -> dict[str, Any]:
        return {"threads": self.threads, "least": self.least}

    @cached_property
    def _detector(self) -> Detector:
        return Detector(self.threads)

    @cached_property
    def _mesh(self) -> Mesh:
        return Mesh(self.threads)

    @cached_property
    def _iris(self) -> Iris:
        return Iris(self.threads)

    @cached_property
    def _segmentation(self) -> Lite:
        return Lite(weights.fetch("selfie-segmentation"), self.threads)

    @cached_property
    def _likeness(self) -> Onnx:
        return Onnx(weights.fetch("sface"), self.threads)

    def faces(self, picture: Pixels, most: int = 8, *, eyes: bool = True) -> list[Face]:
        """The faces of a picture, largest first, at most ``most``; an empty list when there is none.

        Args:
            eyes: whether to read how far eyes are open, a sixth of the time; without, ``eyes_open`` is NaN.
        """
        found = sorted(self._detector(picture, self.least), key=lambda one: -float(np.ptp(one.box[[0, 2]])))
        faces: list[Face] = []
        for one in found:
            if len(faces) == most:
                break
            landmarks, presence = self._mesh(picture, one.points)
            if presence < 0.3:
                continue
            opened = (math.nan, math.nan)
            if eyes:
                left, right = self._iris(picture, landmarks)
                opened = (eye_openness(left), eye_openness(right))
            faces.append(face_of(landmarks, one.score, presence, opened))
        return sorted(faces, key=lambda face: -float(np.prod(face.box[2:] - face.box[:2])))

    def iris(self, picture: Pixels, face: Face) -> Gaze:
        """The gaze: the outline of each eye, the centre and the radius of each iris."""
        points = self._iris(picture, face.landmarks)
        centre, ring = points[:, 16], points[:, 17:]
        radius = np.linalg.norm(ring - centre[:, None], axis=2).mean(axis=1)
        return Gaze(points[:, :16], centre, radius.astype(np.float32))

    def person(self, picture: Pixels) -> Floats:
        """The probability that each pixel shows a person: float32 [H, W] in [0, 1]."""
        side = SEGMENTATION_SIDE
        shrinks = min(picture.shape[:2]) > side
        small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        mask = self._segmentation(small.astype(np.float32) / np.float32(255))[0][:, :, 0]
        height, width = picture.shape[:2]
        grown = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.clip(grown, 0, 1).astype(np.float32)

    def embed(self, picture: Pixels, face: Face) -> Floats:
        """Likeness by SFace (Zhong et al. 2021): float32 [128] of length 1; the cosine of two of them tells whether
        they are one person (above about 0.36: yes)."""
        corners = face.landmarks[list(MOUTH_CORNERS), :2]
        points = np.stack([face.left_eye, face.right_eye, face.nose, corners[0], corners[1]]).astype(np.float64)
        to_square = similarity(points, np.array(EMBED_PLACES))
        from_square = cv2.invertAffineTransform(to_square.astype(np.float64)).astype(np.float32)
        crop = sample_square(picture, from_square, EMBED_SIDE)
        answer = self._likeness(np.ascontiguousarray(crop.transpose(2, 0, 1)[None].astype(np.float32)))
        vector = next(iter(answer.values()))[0]
        likeness: Floats = vector / np.float32(max(float(np.linalg.norm(vector)), 1e-9))
        return likeness
