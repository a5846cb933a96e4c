"""Measurements of a picture without its faces: colour, frames, seams, writing."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

WORKING_SIDE = 256


class ScaledPicture:
    """A picture at working size (longer side 256 px), in the colour spaces the measures need."""

    def __init__(self, picture: Pixels) -> None:
        height, width = picture.shape[:2]
        self.full = picture
        self.scale = WORKING_SIDE / max(height, width)
        size = (max(1, round(width * self.scale)), max(1, round(height * self.scale)))
        way = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        self.rgb: Pixels = cv2.resize(picture, size, interpolation=way).astype(np.uint8, copy=False)

    @cached_property
    def lab(self) -> Floats:
        """CIE L*a*b*: L in [0, 100], a and b in about [−100, 100]."""
        return cv2.cvtColor(self.rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB).astype(np.float32)

    @cached_property
    def grey(self) -> Pixels:
        return cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def colourfulness(lab: Floats) -> float:
    """The amount of colour beyond one tone for each brightness, in Lab units.

    Grey, sepia and duotone pictures have one hue that follows the brightness: a cubic of L explains their a and b.
    What it leaves is real colour. Below about 3: one tone; colour portraits have 6 and more.
    """
    side = (max(1, lab.shape[1] // 4), max(1, lab.shape[0] // 4))
    small = cv2.resize(lab, side, interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float64)
    light = small[:, 0] / 50 - 1
    powers = np.stack([np.ones_like(light), light, light**2, light**3], axis=1)
    kept, *_ = np.linalg.lstsq(powers, small[:, 1:], rcond=None)
    return float(np.sqrt(((small[:, 1:] - powers @ kept) ** 2).sum(axis=1).mean()))


def frame(grey: Pixels) -> tuple[float, float, float, float]:
    """How far a plain frame reaches in from each side: left, top, right, bottom, as parts of width and height.

    A frame's rows vary little along themselves, and where it ends the picture changes along the whole side at once.
    """
    height, width = grey.shape
    value = grey.astype(np.float32)
    return (
        _depth(value.T) / width,
        _depth(value) / height,
        _depth(value.T[::-1]) / width,
        _depth(value[::-1]) / height,
    )


def _depth(rows: Floats) -> int:
    """How many rows from the first on belong to a frame; several nested frames (mat and edge) count together."""
    most = int(0.3 * len(rows))
    across = rows.shape[1]
    middle = rows[:, int(0.15 * across) : max(int(0.85 * across), int(0.15 * across) + 1)]
    step = np.abs(middle[2:] - middle[:-2])
    sharp = (step > 18).mean(axis=1)
    calm = middle.std(axis=1)
    deepest = 0
    for row in range(1, min(most, len(sharp))):
        # A straight edge along nearly the whole side, and nothing but calm rows between it and the last one.
        if row > deepest and sharp[row] > 0.85 and float(np.median(calm[deepest:row])) < 14:
            deepest = row + 2
    return deepest


def border(grey: Pixels) -> float:
    """How far a plain frame or printed border reaches in from the side where it is deepest, in [0, 0.3].

    As a part of the width or height; see :func:`frame`.
    """
    return max(frame(grey))


def detail(grey: Pixels) -> float:
    """Fine detail over contrast of a whole picture at 256 px: Laplacian's spread over the grey's."""
    calm = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.7)
    return float(cv2.Laplacian(calm, cv2.CV_32F).std() / max(float(calm.std()), 1.0))


def oval(rgb: Pixels) -> float:
    """How well what is left after the plain ground at the corners fills an ellipse: badges, medals, oval mounts.

    In [0, 1]; 0 where the four corners share no plain ground. A full rectangle gives 0 as well.
    """
    height, width = rgb.shape[:2]
    corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    colours = np.array([rgb[y, x] for x, y in corners], np.float32)
    if float(np.abs(colours - np.median(colours, axis=0)).max()) > 48:
        return 0.0
    mask = np.zeros((height + 2, width + 2), np.uint8)
    flags = cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
    for corner in corners:
        cv2.floodFill(rgb.copy(), mask, corner, (0, 0, 0), (24,) * 3, (24,) * 3, flags)
    ground = mask[1:-1, 1:-1] > 0
    if not all(bool(ground[y, x]) for x, y in corners) or ground.mean() < 0.06:
        return 0.0
    inside = cv2.morphologyEx((~ground).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if len(rows) < 20 or len(columns) < 20:
        return 0.0
    ellipse = np.zeros_like(inside)
    centre = (int(columns[0] + columns[-1]) // 2, int(rows[0] + rows[-1]) // 2)
    axes = (int(columns[-1] - columns[0]) // 2, int(rows[-1] - rows[0]) // 2)
    cv2.ellipse(ellipse, centre, axes, 0, 0, 360, 1, -1)
    both, either = np.logical_and(inside, ellipse), np.logical_or(inside, ellipse)
    return float(both.sum() / max(int(either.sum()), 1))


def mirror_likeness(grey: Pixels) -> float:
    """How alike the left half and the mirrored right half are, in [−1, 1]: above 0.8 only by a mirror effect."""
    small = cv2.resize(grey, (96, 96), interpolation=cv2.INTER_AREA).astype(np.float32)
    fine = small - cv2.GaussianBlur(small, (0, 0), 6)
    best = -1.0
    for middle in range(36, 61):  # the axis need not be in the middle
        reach = min(middle, 96 - middle)
        left, right = fine[:, middle - reach : middle], fine[:, middle : middle + reach][:, ::-1]
        spread = float(left.std() * right.std())
        if spread > 1:
            best = max(best, float(((left - left.mean()) * (right - right.mean())).mean()) / spread)
    return best


def seams(grey: Pixels) -> float:
    """The straightest line that cuts the whole picture in two, in [0, 1]: collages of pictures have 0.9 or more.

    The part of a row's or column's length along which neighbours differ sharply; the outer sixth is left to
    :func:`frame`.
    """
    best = 0.0
    for value in (grey.astype(np.float32), grey.T.astype(np.float32)):
        step = np.abs(value[1:] - value[:-1])
        around = np.maximum(step[:-2], step[2:])
        only_here = (step[1:-1] > 20) & (step[1:-1] > 2 * around)
        sixth = len(only_here) // 6
        inner = only_here[sixth : len(only_here) - sixth]
        if inner.size:
            best = max(best, float(inner.mean(axis=1).max()))
    return best


def writing(grey: Pixels) -> float:
    """How many small shapes are arranged in lines, as letters are, in units of 100 shapes.

    Dark or bright shapes of a letter's size whose neighbours to the right have the same height and foot. Writing by
    hand that joins its letters is missed, and a flag's stars count: a hint for the reviewer.
    """
    height = len(grey)
    letters = 0
    for inverted in (False, True):
        value = (255 - grey) if inverted else grey
        local = cv2.adaptiveThreshold(value, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 15, 18)
        _, _, stats, _ = cv2.connectedComponentsWithStats(local, connectivity=8)
        x, y, w, h, area = (stats[1:, k].astype(np.float32) for k in range(5))
        fits = (h >= 4) & (h <= 0.12 * height) & (w <= 1.6 * h) & (w >= 0.12 * h) & (area >= 0.18 * w * h)
        x, y, w, h = (part[fits] for part in (x, y, w, h))
        if len(x) < 5 or len(x) > 2000:
            continue
        foot = y + h
        gap = x[None] - (x + w)[:, None]
        follows = (
            (gap > -0.2 * h[:, None])
            & (gap < 1.0 * h[:, None])
            & (np.abs(foot[None] - foot[:, None]) < 0.25 * h[:, None])
            & (np.abs(h[None] - h[:, None]) < 0.35 * h[:, None])
        )
        np.fill_diagonal(follows, False)
        linked = follows | follows.T
        groups, labels = _groups(linked)
        sizes = np.bincount(labels, minlength=groups)
        letters += int(sizes[sizes >= 5].sum())
    return letters / 100


def _groups(linked: npt.NDArray[np.bool_]) -> tuple[int, npt.NDArray[np.int64]]:
    """Connected groups of a symmetric relation: how many, and each one's group."""
    labels = np.arange(len(linked))
    while True:
        lowest = np.where(linked, labels[None], len(linked)).min(axis=1)
        joined = np.minimum(labels, lowest)
        if (joined == labels).all():
            return len(linked), labels
        labels = joined


def aspect_ratio(width: int, height: int) -> float:
    """The longer side over the shorter one."""
    return max(width, height) / max(min(width, height), 1)
