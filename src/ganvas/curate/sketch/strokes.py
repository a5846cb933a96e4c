"""Lines of a picture as strokes of a pen: found along its dark ridges, and thinned out where they crowd.

Points are in shares of the picture's shorter side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import Float, gaussian_blur, luma
from ganvas.curate.sketch.flow import along, at_working_size, darkness, flow
from ganvas.curate.sketch.pen import Stroke


def _ridges(response: Float, x: Float, y: Float, low: float) -> npt.NDArray[np.bool_]:
    """Places whose response is the highest across the flow."""
    height, width = response.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    flat = response.ravel()
    best = response > low
    for sign in (1.0, -1.0):
        r = np.clip(rows + sign * x + 0.5, 0, height - 1).astype(np.int32)  # across the flow (x, y) is (-y, x)
        c = np.clip(columns - sign * y + 0.5, 0, width - 1).astype(np.int32)
        other = flat[r * width + c]
        best &= response > other if sign > 0 else response >= other
    return best


_AROUND = tuple((dy, dx) for dy in (-2, -1, 0, 1, 2) for dx in (-2, -1, 0, 1, 2) if (dy, dx) != (0, 0))


def _trace(response: Float, x: Float, y: Float, low: float, high: float) -> list[Stroke]:
    """Follow ridges from their strongest places both ways while they stay above ``low`` and do not bend sharply."""
    height, width = response.shape
    ridge = _ridges(response, x, y, low)
    places = np.argwhere(ridge)
    order = np.argsort(-response[ridge], kind="stable")
    free = {(int(row), int(column)) for row, column in places}
    strokes = []
    for row, column in places[order].tolist():
        strength = float(response[row, column])
        if strength < high:
            break
        if (row, column) not in free:
            continue
        free.discard((row, column))
        start = float(x[row, column]), float(y[row, column])
        forth = _follow(row, column, start[0], start[1], free)
        back = _follow(row, column, -start[0], -start[1], free)
        path = [*reversed(back), (row, column), *forth]
        if len(path) >= 5:
            line = np.array([(c, r) for r, c in path], dtype=np.float32)
            values = response[[r for r, _ in path], [c for _, c in path]]
            strokes.append(Stroke((line + 0.5) / np.float32(min(height, width)), float(values.mean())))
    return strokes


def _follow(row: int, column: int, dx: float, dy: float, free: set[tuple[int, int]]) -> list[tuple[int, int]]:
    path: list[tuple[int, int]] = []
    while True:
        best, choice = 0.55, None  # cos of the sharpest bend taken in one step
        for down, right in _AROUND:
            there = (row + down, column + right)
            if there in free:
                reach = (down * down + right * right) ** 0.5
                score = (right * dx + down * dy) / reach - 0.12 * (reach - 1)
                if score > best:
                    best, choice = score, (there, right / reach, down / reach)
        if choice is None:
            return path
        (row, column), right_part, down_part = choice
        for down in (-1, 0, 1):  # no second line beside this one
            for right in (-1, 0, 1):
                free.discard((row + down, column + right))
        path.append((row, column))
        dx, dy = 0.6 * dx + 0.4 * right_part, 0.6 * dy + 0.4 * down_part
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        dx, dy = dx / length, dy / length


def smoothed(points: Float, sigma: float) -> Float:
    """A poly-line smoothed along itself, its ends kept."""
    if len(points) < 3:
        return points
    radius = min(int(3 * sigma + 0.5), len(points) - 1)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    taps /= taps.sum()
    ends = (2 * points[:1] - points[radius:0:-1], 2 * points[-1:] - points[-2 : -2 - radius : -1])
    padded = np.concatenate([ends[0], points, ends[1]])  # turned about the ends, so that these stay
    smooth = np.stack([np.convolve(padded[:, axis], taps, mode="valid") for axis in (0, 1)], axis=1)
    return smooth.astype(np.float32)


def _length(points: Float) -> float:
    return float(np.sqrt((np.diff(points, axis=0) ** 2).sum(1)).sum())


def lines(picture: Pixels, *, scale: float = 1.5, sensitivity: float = 1.0) -> list[Stroke]:
    """The lines of a picture, strongest and longest first: outlines, and the small dark lines of eyes, brows and mouth.

    Args:
        picture: uint8 [H, W, 1 or 3].
        scale: how coarse an outline must be, as a standard deviation in working pixels.
        sensitivity: 1 is usual; more finds fainter lines.

    Returns:
        poly-lines in shares of the shorter side; many lie close to each other.
    """
    values = at_working_size(picture)
    grey = luma(values)
    x, y = flow(gaussian_blur(grey, 1.2), 2.0)
    response = darkness(grey, scale)
    if values.shape[2] == 3:
        # Skin may be no darker than a blue ground: green and red tell them apart.
        response = np.maximum(response, 0.8 * darkness(values[:, :, 1], scale))
    response = gaussian_blur(along(response, x, y, 4.0), 0.7)
    high = _threshold(response, 0.045) / sensitivity
    traced = _trace(response, x, y, 0.4 * high, high)
    x, y = flow(gaussian_blur(grey, 0.7), 1.3)
    fine = gaussian_blur(along(darkness(grey, 0.5 * scale, 2.5), x, y, 1.5), 0.5)
    high = _threshold(fine, 0.07) / sensitivity
    traced += _trace(fine, x, y, 0.5 * high, high)
    traced += _dots(grey)
    return sorted(traced, key=lambda stroke: -_worth(stroke))


def _threshold(response: Float, usual: float) -> float:
    """The least response of a line: lower in a pale picture, but above the noise."""
    return float(np.clip(0.55 * np.quantile(response[::2, ::2], 0.97), 0.4 * usual, usual))


def _dots(grey: Float) -> list[Stroke]:
    """Small dark spots in the middle of the picture, pupils and nostrils, each as a small curl of the pen."""
    side = min(grey.shape)
    sigma = side / 75
    tone: Float = gaussian_blur(np.log(grey + np.float32(0.15)), sigma)
    gy, gx = np.gradient(tone)
    (xy, xx), yy = np.gradient(gx), np.gradient(gy)[0]
    # The weaker of the two curvatures: a line bends the tone one way only, a spot bends it both ways.
    spot = sigma**2 * ((xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2))
    height, width = spot.shape
    inner = spot[2:-2, 2:-2]
    highest = np.max([spot[r : height - 4 + r, c : width - 4 + c] for r in range(5) for c in range(5)], axis=0)
    places = np.argwhere((inner == highest) & (inner > 0.05)) + 2
    strokes = []
    turns = np.linspace(0, 4 * np.pi, 17)
    for row, column in places.tolist():
        if not (0.25 < row / height < 0.65 and 0.2 < column / width < 0.8):
            continue
        radius = np.linspace(0.8, 0.1, 17) * sigma
        curl = np.stack([column + 0.5 + radius * np.cos(turns), row + 0.5 + radius * np.sin(turns)], axis=1)
        strokes.append(Stroke(curl.astype(np.float32) / np.float32(side), 4 * float(spot[row, column])))
    strokes.sort(key=lambda stroke: -_worth(stroke))
    return strokes[:6]


def _worth(stroke: Stroke) -> float:
    """The priority of a stroke: long, dark and central ones come first."""
    x, y = stroke.points.mean(axis=0).tolist()
    middle = float(np.exp(-((x - 0.5) ** 2 + (y - 0.48) ** 2) / 0.08))
    worth: float = min(_length(stroke.points), 0.4) ** 0.7 * min(stroke.strength, 0.4) * (0.6 + middle)
    return worth


def thinned(
    strokes: list[Stroke], apart: float, most: int, least: float, always: Sequence[Stroke] = ()
) -> list[Stroke]:
    """The best strokes that do not crowd: one that mostly runs within ``apart`` of a better one is left out.

    Args:
        strokes: best first.
        most: how many at most.
        least: shorter ones are left out.
        always: these stay, and are better than all others.
    """
    cells = max(4, int(1 / apart))
    taken: set[tuple[int, int]] = set()
    kept: list[Stroke] = []
    for number, stroke in enumerate([*always, *strokes]):
        places = {(int(px), int(py)) for px, py in (stroke.points * cells).tolist()}
        crowds = len(places & taken) > 0.4 * len(places)
        if number >= len(always) and (crowds or _length(stroke.points) < least):
            continue
        kept.append(stroke)
        taken |= {(px + right, py + down) for px, py in places for right in (-1, 0, 1) for down in (-1, 0, 1)}
        if len(kept) == most:
            break
    return kept
