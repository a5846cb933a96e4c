"""Lines of a picture as strokes of a pen: found along its dark ridges, and thinned out where they crowd.

Points are in shares of the picture's shorter side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import Float, gaussian_blur, luma
from ganvas.curate.sketch.flow import along, at_working_size, darkness, flow, nearest, places_of
from ganvas.curate.sketch.pen import Stroke


def _ridges(response: Float, x: Float, y: Float, low: float) -> npt.NDArray[np.bool_]:
    """Places whose response is the highest across the flow."""
    height, width = response.shape
    rows, columns = places_of(height, width)
    best = response > low
    for sign in (1.0, -1.0):  # across the flow (x, y) is (-y, x)
        other = response.ravel()[nearest(rows + sign * x, columns - sign * y, height, width)]
        best &= response > other if sign > 0 else response >= other
    return best


class _Neighbour(NamedTuple):
    """A place that a line may go on at: how far, its direction (a unit vector), and what its distance costs."""

    down: int
    right: int
    reach: float
    right_part: float
    down_part: float
    cost: float


def _neighbour(down: int, right: int) -> _Neighbour:
    reach = (down * down + right * right) ** 0.5
    return _Neighbour(down, right, reach, right / reach, down / reach, 0.12 * (reach - 1))


_MARGIN = 2  # how far a line may jump
_NEIGHBOURS = tuple(
    None if (down, right) == (0, 0) else _neighbour(down, right) for down in range(-2, 3) for right in range(-2, 3)
)


@lru_cache(maxsize=2**16)
def _free_neighbours(around: bytes) -> tuple[_Neighbour, ...]:
    """The neighbours that are free; ``around`` has a byte for each of 5 × 5 places, the line's own in the middle."""
    return tuple(there for free, there in zip(around, _NEIGHBOURS, strict=True) if free and there)


class _Free:
    """Ridge places that no line has taken yet, with a margin; a place is ``(row + 2) · span + column + 2``."""

    def __init__(self, ridge: npt.NDArray[np.bool_]) -> None:
        self.cells = bytearray(np.pad(ridge, _MARGIN).tobytes())
        self.span = ridge.shape[1] + 2 * _MARGIN

    def follow(self, place: int, dx: float, dy: float) -> list[int]:
        """The places of a line from a place on, in a direction; they and those beside them are free no longer."""
        cells, span = self.cells, self.span
        starts = [down * span - _MARGIN for down in range(-_MARGIN, _MARGIN + 1)]
        path: list[int] = []
        while True:
            around = b"".join([cells[start + place : start + place + 5] for start in starts])
            best, choice = 0.55, None  # cos of the sharpest bend taken in one step
            for there in _free_neighbours(around):
                score = (there.right * dx + there.down * dy) / there.reach - there.cost
                if score > best:
                    best, choice = score, there
            if choice is None:
                return path
            place += choice.down * span + choice.right
            for start in (place - span - 1, place - 1, place + span - 1):  # no second line beside this one
                cells[start : start + 3] = b"\0\0\0"
            path.append(place)
            dx, dy = 0.6 * dx + 0.4 * choice.right_part, 0.6 * dy + 0.4 * choice.down_part
            length = (dx * dx + dy * dy) ** 0.5 or 1.0
            dx, dy = dx / length, dy / length


def _trace(response: Float, x: Float, y: Float, low: float, high: float) -> list[Stroke]:
    """Follow ridges from their strongest places both ways while they stay above ``low`` and do not bend sharply."""
    height, width = response.shape
    ridge = _ridges(response, x, y, low)
    strengths = response[ridge]
    order = np.argsort(-strengths, kind="stable")
    order = order[strengths[order] >= high]
    rows, columns = np.nonzero(ridge)
    free = _Free(ridge)
    places = ((rows + _MARGIN) * free.span + columns + _MARGIN)[order].tolist()
    paths: list[list[int]] = []
    for place, dx, dy in zip(places, x[ridge][order].tolist(), y[ridge][order].tolist(), strict=True):
        if not free.cells[place]:
            continue
        free.cells[place] = 0
        forth = free.follow(place, dx, dy)
        back = free.follow(place, -dx, -dy)
        if len(back) + len(forth) >= 4:
            paths.append([*reversed(back), place, *forth])
    if not paths:
        return []
    row, column = np.divmod(np.concatenate(paths), free.span)
    row, column = row - _MARGIN, column - _MARGIN
    points = (np.stack([column, row], axis=1).astype(np.float32) + 0.5) / np.float32(min(height, width))
    ends = np.cumsum([len(path) for path in paths])[:-1]
    values = np.split(response[row, column], ends)
    return [Stroke(line, float(value.mean())) for line, value in zip(np.split(points, ends), values, strict=True)]


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
    steps = points[1:] - points[:-1]
    steps *= steps
    return float(np.sqrt(steps[:, 0] + steps[:, 1]).sum())


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
    x, y = (np.add.reduce(stroke.points, axis=0) / np.float32(len(stroke.points))).tolist()
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
    taken: set[tuple[int, ...]] = set()
    kept: list[Stroke] = []
    for number, stroke in enumerate([*always, *strokes]):
        if number >= len(always) and _length(stroke.points) < least:
            continue
        places = set(zip(*(stroke.points * cells).astype(np.int64).T.tolist(), strict=True))
        if number >= len(always) and len(places & taken) > 0.4 * len(places):
            continue
        kept.append(stroke)
        taken |= {(px + right, py + down) for px, py in places for right in (-1, 0, 1) for down in (-1, 0, 1)}
        if len(kept) == most:
            break
    return kept
