"""Face detection: BlazeFace for faces that fill the picture, YuNet for small and many faces, combined."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas import weights
from ganvas.curate.faces.networks import Floats, Lite, Onnx

Pixels = npt.NDArray[np.uint8]

BLAZE_SIDE = 128
YUNET_SIDES = (320, 640, 1280)  # the finer ones only where nothing was found
YUNET_STRIDES = (8, 16, 32)


class Detection(NamedTuple):
    """A detected face.

    ``box`` float32 [4]: x0, y0, x1, y1 in pixels. ``points`` float32 [4, 2]: the eye at the left of the picture, the
    eye at the right, the tip of the nose, the middle of the mouth, in pixels. ``score`` in [0, 1].
    """

    box: Floats
    points: Floats
    score: float


class Detector:
    """A detector of faces; a call takes about 5 ms of one core, more only where nothing is found at first."""

    def __init__(self, threads: int = 1) -> None:
        self._blaze = Lite(weights.fetch("face-detection"), threads)
        self._yunet = Onnx(weights.fetch("yunet"), threads, any_size=True)

    def __call__(self, picture: Pixels, least: float = 0.5) -> list[Detection]:
        """uint8 [H, W, 3] RGB → the faces scored ``least`` or more, best first."""
        found = self.large_ones(picture, least)
        for coarser, side in pairwise((0, *YUNET_SIDES)):
            if max(picture.shape[:2]) > coarser:
                found += self.small_ones(picture, least, side)
            if found:
                break
        return weighted_suppression(found)

    def large_ones(self, picture: Pixels, least: float) -> list[Detection]:
        """BlazeFace (Bazarevsky et al. 2019), short range: faces wider than about a fifth of the picture."""
        square, scale, left, top = _letterbox(picture, BLAZE_SIDE)
        regressors, logits = self._blaze(square.astype(np.float32) / 127.5 - 1)
        scores = 1 / (1 + np.exp(-np.clip(logits[:, 0], -50, 50)))
        chosen = np.flatnonzero(scores >= least)
        anchors = blaze_anchors()[chosen]
        raw = regressors[chosen] / BLAZE_SIDE  # the answers are in pixels of its input
        centres = raw[:, :2] + anchors
        boxes = np.concatenate([centres - raw[:, 2:4] / 2, centres + raw[:, 2:4] / 2], axis=1)
        points = raw[:, 4:12].reshape(-1, 4, 2) + anchors[:, None]
        shift = np.array([left, top], np.float32)
        boxes = (boxes - np.tile(shift, 2)) / scale
        points = (points - shift) / scale
        return [Detection(*row) for row in zip(boxes, points, scores[chosen].tolist(), strict=True)]

    def small_ones(self, picture: Pixels, least: float, side: int = YUNET_SIDES[0]) -> list[Detection]:
        """YuNet (Wu et al. 2023) on the picture at ``side`` px: faces from about 10 px of those on."""
        height, width = picture.shape[:2]
        scale = side / max(height, width)
        small = _resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
        rows, columns = (-(-length // 32) * 32 for length in small.shape[:2])
        padded = np.zeros((rows, columns, 3), np.float32)
        padded[: small.shape[0], : small.shape[1]] = small[:, :, ::-1]  # it was trained on BGR
        answers = self._yunet(np.ascontiguousarray(padded.transpose(2, 0, 1)[None]))
        found: list[Detection] = []
        for stride in YUNET_STRIDES:
            classes, objects = answers[f"cls_{stride}"][0, :, 0], answers[f"obj_{stride}"][0, :, 0]
            scores = np.sqrt(np.clip(classes, 0, 1) * np.clip(objects, 0, 1))
            chosen = np.flatnonzero(scores >= least)
            cells = np.stack([chosen % (columns // stride), chosen // (columns // stride)], axis=1).astype(np.float32)
            box = answers[f"bbox_{stride}"][0, chosen]
            centres, sides = (box[:, :2] + cells) * stride, np.exp(box[:, 2:]) * stride
            five = (answers[f"kps_{stride}"][0, chosen].reshape(-1, 5, 2) + cells[:, None]) * stride
            points = np.concatenate([five[:, :3], five[:, 3:].mean(axis=1, keepdims=True)], axis=1)
            boxes = np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)
            found += [
                Detection(*row) for row in zip(boxes / scale, points / scale, scores[chosen].tolist(), strict=True)
            ]
        return found


@lru_cache(maxsize=1)
def blaze_anchors() -> Floats:
    """The centres BlazeFace's 896 answers are relative to, in units of its input: float32 [896, 2].

    Two per cell of a 16 × 16 grid, then six per cell of an 8 × 8 grid, row by row.
    """
    parts = []
    for side, per_cell in ((16, 2), (8, 6)):
        at = (np.arange(side, dtype=np.float32) + 0.5) / side
        y, x = np.meshgrid(at, at, indexing="ij")
        parts.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    anchors: Floats = np.concatenate(parts).astype(np.float32)
    anchors.setflags(write=False)
    return anchors


def weighted_suppression(found: list[Detection], overlap: float = 0.3) -> list[Detection]:
    """Join the answers that mean one face: the mean of their boxes and points by score, the best of their scores.

    Two answers mean one face when their boxes overlap by intersection over union, or when their eyes and mouths lie
    closer than a third of the distance from eyes to mouth: the two detectors draw boxes of different heights.
    """
    left = sorted(found, key=lambda one: -one.score)
    joined: list[Detection] = []
    while left:
        best = left[0]
        same = [one for one in left if one is best or _means(best, one, overlap)]
        left = [one for one in left if all(one is not other for other in same)]
        share = np.array([one.score for one in same], np.float32)
        share /= share.sum()
        box = np.einsum("n,nk->k", share, np.stack([one.box for one in same]))
        points = np.einsum("n,nkc->kc", share, np.stack([one.points for one in same]))
        joined.append(Detection(box, points, best.score))
    return joined


def _means(one: Detection, other: Detection, overlap: float) -> bool:
    low = np.maximum(one.box[:2], other.box[:2])
    high = np.minimum(one.box[2:], other.box[2:])
    inside = float(np.prod(np.maximum(high - low, 0)))
    area = [float(np.prod(each.box[2:] - each.box[:2])) for each in (one, other)]
    if inside > overlap * (sum(area) - inside):
        return True
    tall = float(np.linalg.norm(one.points[:2].mean(axis=0) - one.points[3]))
    apart = np.linalg.norm(one.points[[0, 1, 3]] - other.points[[0, 1, 3]], axis=1).max()
    return bool(apart < tall / 3)


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    """Area means when shrinking, linear when enlarging."""
    shrinks = width < picture.shape[1]
    small: Pixels = cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    ).astype(np.uint8, copy=False)
    return small


def _letterbox(picture: Pixels, side: int) -> tuple[Pixels, float, float, float]:
    """The picture in the middle of a black square → square, factor from pixels to [0, 1], left and top in [0, 1]."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    small = _resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square, scale / side, left / side, top / side
