"""Lines of a picture as movements of a pen: found along its dark ridges, thinned out where they crowd, drawn anew.

Everything is measured in shares of the picture's shorter side, and lines are sought on a copy whose shorter side is
:data:`WORKING` pixels, so that a picture gives the same lines at every size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ganvas.curate.images.decode import Pixels

Float = npt.NDArray[np.float32]
WORKING = 192  # px: lines finer than this share of a picture are texture, which nobody draws
SUPERSAMPLING = 4


class Stroke(NamedTuple):
    """One movement of the pen: points [N, 2] (x, y) in shares of the picture's shorter side, and how strong it is."""

    points: Float
    strength: float


# ── Reading the picture ─────────────────────────────────────────────────────────────────────────────────────────────


def blur(values: Float, sigma: float) -> Float:
    """Gaussian blur of [H, W] by two passes; the border is repeated."""
    radius = max(1, int(3 * sigma + 0.5))
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2).astype(np.float32)
    taps /= taps.sum()
    for axis in (0, 1):
        length = values.shape[axis]
        padded = np.pad(values, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        blurred = taps[radius] * values
        for shift in range(radius):  # the taps are symmetric: one multiplication for two
            low, high = shift, 2 * radius - shift
            if axis == 0:
                blurred += taps[shift] * (padded[low : low + length] + padded[high : high + length])
            else:
                blurred += taps[shift] * (padded[:, low : low + length] + padded[:, high : high + length])
        values = blurred
    return values


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    image = Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)
    pixels: Pixels = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
    return pixels.reshape(height, width, picture.shape[2])


def at_working_size(picture: Pixels) -> Float:
    """The picture as float32 [h, w, C] in [0, 1] with a shorter side of WORKING."""
    height, width, _ = picture.shape
    scale = WORKING / min(height, width)
    small = _resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    return small.astype(np.float32) / np.float32(255)


def luma_of(values: Float) -> Float:
    if values.shape[2] == 1:
        return values[:, :, 0]
    return values @ np.array([0.299, 0.587, 0.114], dtype=np.float32)


def flow(values: Float, sigma: float, hatching: float = 0.0) -> tuple[Float, Float]:
    """Unit vectors (x, y) along the edges: minor eigenvector of the smoothed structure tensor (Brox et al. 2006).

    :param hatching: how strongly flat places run along the rising diagonal, as right-handed people hatch.
    """
    gy, gx = (np.asarray(part, dtype=np.float32) for part in np.gradient(values))
    xx, yy, xy = blur(gx * gx, sigma), blur(gy * gy, sigma), blur(gx * gy, sigma)
    angle = 0.5 * np.arctan2(2 * (xy + hatching), xx - yy)  # of the gradient
    return -np.sin(angle), np.cos(angle)


def along(values: Float, x: Float, y: Float, sigma: float) -> Float:
    """Average [H, W] along the flow (line integral convolution), so that broken strokes join and specks fade."""
    height, width = values.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    total, weights = values.copy(), 1.0
    stride = 2 if sigma >= 4 else 1
    for sign in (1.0, -1.0):
        row, column = rows, columns
        dx, dy = sign * x, sign * y
        for step in range(stride, int(2 * sigma) + 1, stride):
            row, column = row + stride * dy, column + stride * dx
            r = np.clip(row + 0.5, 0, height - 1).astype(np.int32)
            c = np.clip(column + 0.5, 0, width - 1).astype(np.int32)
            place = r * width + c
            nx, ny = x.ravel()[place], y.ravel()[place]
            turned = np.where(nx * dx + ny * dy < 0, np.float32(-1), np.float32(1))  # the flow has no direction
            dx, dy = nx * turned, ny * turned
            weight = float(np.exp(-0.5 * (step / sigma) ** 2))
            total += weight * values.ravel()[place]
            weights += weight / 2  # each weight comes once a side
    return (total / np.float32(2 * weights - 1)).astype(np.float32)


def darkness(values: Float, sigma: float, ratio: float = 1.6) -> Float:
    """How much darker than its surroundings each place is, ≥ 0: a difference of Gaussians of the log luma."""
    tone = np.log(values + np.float32(0.15))
    difference: Float = np.maximum(blur(tone, ratio * sigma) - blur(tone, sigma), 0)
    return difference


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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

    :param picture: uint8 [H, W, 1 or 3].
    :param scale: how coarse an outline must be, as a standard deviation in working pixels.
    :param sensitivity: 1 is usual; more finds fainter lines.
    :returns: poly-lines in shares of the shorter side; many lie close to each other.
    """
    values = at_working_size(picture)
    luma = luma_of(values)
    x, y = flow(blur(luma, 1.2), 2.0)
    response = darkness(luma, scale)
    if values.shape[2] == 3:
        # Skin may be no darker than a blue ground: green and red tell them apart.
        response = np.maximum(response, 0.8 * darkness(values[:, :, 1], scale))
    response = blur(along(response, x, y, 4.0), 0.7)
    high = _threshold(response, 0.045) / sensitivity
    traced = _trace(response, x, y, 0.4 * high, high)
    x, y = flow(blur(luma, 0.7), 1.3)
    fine = blur(along(darkness(luma, 0.5 * scale, 2.5), x, y, 1.5), 0.5)
    high = _threshold(fine, 0.07) / sensitivity
    traced += _trace(fine, x, y, 0.5 * high, high)
    traced += _dots(luma)
    return sorted(traced, key=lambda stroke: -_worth(stroke))


def _threshold(response: Float, usual: float) -> float:
    """How strong a line must be: less in a pale picture, but never so little that noise becomes lines."""
    return float(np.clip(0.55 * np.quantile(response[::2, ::2], 0.97), 0.4 * usual, usual))


# Points of MediaPipe's face mesh along which people draw, and how firmly: brows, lids, nose, lips, jaw.
_DRAWN: tuple[tuple[float, tuple[int, ...]], ...] = (
    (1.0, (70, 63, 105, 66, 107)),
    (1.0, (300, 293, 334, 296, 336)),
    (1.0, (33, 246, 161, 160, 159, 158, 157, 173, 133)),
    (1.0, (263, 466, 388, 387, 386, 385, 384, 398, 362)),
    (0.5, (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    (0.5, (263, 249, 390, 373, 374, 380, 381, 382, 362)),
    (0.7, (129, 98, 97, 2, 326, 327, 358)),
    (0.5, (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)),
    (1.0, (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)),
    (0.6, (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)),
    (0.9, (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)),
    (0.9, (356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152)),
)
_PUPILS = ((33, 133, 159, 145), (362, 263, 386, 374))


def features(landmarks: Float, height: int, width: int) -> list[Stroke]:
    """The lines of a face by its points: brows, lids, pupils, nose, lips and jaw.

    :param landmarks: float [468, 2 or 3], in pixels of a picture of ``height`` × ``width`` (MediaPipe's order).
    :returns: poly-lines in shares of the shorter side.
    """
    places = (landmarks[:, :2].astype(np.float32) + np.float32(0.5)) / np.float32(min(height, width))
    strokes = []
    for firm, numbers in _DRAWN:
        corners = places[list(numbers)]
        at = np.linspace(0, len(corners) - 1, 6 * len(corners))
        line = np.stack([np.interp(at, np.arange(len(corners)), corners[:, axis]) for axis in (0, 1)], axis=1)
        strokes.append(Stroke(smoothed(line.astype(np.float32), 3.0), 0.3 * firm))
    turns = np.linspace(0, 4 * np.pi, 17)
    for outer, inner, upper, lower in _PUPILS:
        middle = (places[outer] + places[inner] + places[upper] + places[lower]) / 4
        radius = np.linspace(0.11, 0.02, 17) * np.linalg.norm(places[outer] - places[inner])
        curl = middle + np.stack([radius * np.cos(turns), radius * np.sin(turns)], axis=1)
        strokes.append(Stroke(curl.astype(np.float32), 0.35))
    return strokes


def _dots(luma: Float) -> list[Stroke]:
    """Small dark spots in the middle of the picture, pupils and nostrils, each as a small curl of the pen."""
    side = min(luma.shape)
    sigma = side / 75
    tone: Float = blur(np.log(luma + np.float32(0.15)), sigma)
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
    """Long lines and dark ones come first, and those in the middle, where the face is."""
    x, y = stroke.points.mean(axis=0).tolist()
    middle = float(np.exp(-((x - 0.5) ** 2 + (y - 0.48) ** 2) / 0.08))
    worth: float = min(_length(stroke.points), 0.4) ** 0.7 * min(stroke.strength, 0.4) * (0.6 + middle)
    return worth


def thinned(
    strokes: list[Stroke], apart: float, most: int, least: float, always: Sequence[Stroke] = ()
) -> list[Stroke]:
    """The best strokes that do not crowd: a stroke most of which runs within ``apart`` of a better one is left out.

    :param strokes: best first.
    :param most: how many at most.
    :param least: shorter ones are left out.
    :param always: these stay, and are better than all others.
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


# ── The pen ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Pen(NamedTuple):
    """How lines are laid down."""

    width: float  # share of the shorter side
    darkness: float  # of the strongest stroke, in [0, 1]
    fading: float = 0.0  # how much lighter weak strokes are
    taper: float = 0.0  # how much thinner a stroke is at its ends
    wobble: float = 0.0  # share of the shorter side that the hand strays


def render(strokes: list[Stroke], height: int, width: int, pen: Pen, rng: np.random.Generator) -> Pixels:
    """Draw strokes dark on white: uint8 [height, width, 1], antialiased."""
    side = min(height, width)
    factor = SUPERSAMPLING if side <= 512 else 2
    sheet = Image.new("L", (width * factor, height * factor), 255)
    brush = ImageDraw.Draw(sheet)
    strongest = max((stroke.strength for stroke in strokes), default=1.0)
    drawn = []
    for stroke in strokes:
        dark = pen.darkness * (1 - pen.fading * (1 - (stroke.strength / strongest) ** 0.5))
        points = stroke.points + _straying(len(stroke.points), pen.wobble, rng) if pen.wobble else stroke.points
        drawn.append((dark * float(rng.uniform(0.92, 1.0)), points))
    for dark, points in sorted(drawn, key=lambda one: one[0]):  # the darkest comes last, over lighter ones
        _lay(brush, points * np.float32(side * factor), pen.width * side * factor, pen.taper, round(255 * (1 - dark)))
    pixels: Pixels = np.asarray(sheet.reduce(factor))
    return pixels[:, :, None]


def _straying(count: int, amount: float, rng: np.random.Generator) -> Float:
    """Slow wandering [count, 2] of a hand: a shift, and waves along the stroke."""
    knots = max(2, count // 12 + 2)
    offsets = rng.normal(0, amount, (knots, 2)) + rng.normal(0, amount, (1, 2))
    where = np.linspace(0, knots - 1, count)
    wave = np.stack([np.interp(where, np.arange(knots), offsets[:, axis]) for axis in (0, 1)], axis=1)
    return wave.astype(np.float32)


def _lay(brush: ImageDraw.ImageDraw, points: Float, width: float, taper: float, shade: int) -> None:
    places = [(px, py) for px, py in points.tolist()]
    if taper == 0:
        brush.line(places, fill=shade, width=max(1, round(width)), joint="curve")
        radius = width / 2
        for px, py in (places[0], places[-1]):
            brush.ellipse((px - radius, py - radius, px + radius, py + radius), fill=shade)
        return
    count = len(places) - 1
    for index in range(count):
        pressure = 1 - taper * abs(2 * (index + 0.5) / count - 1) ** 3
        brush.line(places[index : index + 2], fill=shade, width=max(1, round(width * pressure)))
        radius = max(width * pressure / 2 - 0.5, 0.0)
        px, py = places[index + 1]
        brush.ellipse((px - radius, py - radius, px + radius, py + radius), fill=shade)
