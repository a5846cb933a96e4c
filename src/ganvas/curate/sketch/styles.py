"""Drawings made from pictures in several styles, and a model of unskilled drawing.

Every style is a pure function of the picture and the random generator, and looks alike at every size. Two kinds:

* *tone* (``photocopy``, ``pencil``): how dark a place is against its surroundings, by differences of Gaussians.
* *line* (``contour``, ``strokes``): the lines of :mod:`ganvas.curate.sketch.strokes`, drawn anew with a pen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import Float, gaussian_blur, luma, to_uint8
from ganvas.curate.sketch.face_lines import features
from ganvas.curate.sketch.flow import along, at_working_size, darkness, flow
from ganvas.curate.sketch.pen import Pen, Stroke, render
from ganvas.curate.sketch.strokes import lines, smoothed, thinned
from ganvas.errors import UserError


class Style(NamedTuple):
    """One way to draw."""

    about: str
    draw: Callable[[Pixels, np.random.Generator, Float | None], Pixels]


def _drawing(values: Float) -> Pixels:
    """float32 [H, W] in [0, 1] → uint8 [H, W, 1]."""
    return to_uint8(values)[:, :, None]


def _enlarged(ink: Float, height: int, width: int) -> Float:
    image = Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)


# ── Tone styles ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _photocopy(picture: Pixels, rng: np.random.Generator, landmarks: Float | None = None) -> Pixels:
    """A worn photocopy: dark where darker than the mean around, large dark areas half filled."""
    grey = luma(at_working_size(picture))
    near, around = gaussian_blur(grey, 0.9), gaussian_blur(grey, float(rng.uniform(6.0, 8.5)))
    ratio = (near + 0.04) / (around + 0.04)
    threshold = float(rng.uniform(0.90, 0.94))
    ink = np.clip((threshold - ratio) / float(rng.uniform(0.28, 0.38)), 0, 1)
    mass = np.clip((float(rng.uniform(0.14, 0.2)) - near) / 0.25, 0, 1)  # hair and cloth that are nearly black
    ink = np.maximum(ink, mass * float(rng.uniform(0.2, 0.5)))
    ink = np.tanh(1.9 * ink).astype(np.float32)
    return _drawing(1 - _enlarged(ink, *picture.shape[:2]))


def _pencil(picture: Pixels, rng: np.random.Generator, landmarks: Float | None = None) -> Pixels:
    """Soft pencil: XDoG lines (Winnemöller, Kyprianidis, Olsen 2012) along the flow, dark places hatched along it."""
    grey = luma(at_working_size(picture))
    x, y = flow(gaussian_blur(grey, 1.0), 2.5)
    dark = np.maximum(darkness(grey, float(rng.uniform(1.1, 1.5)), 2.2), 1.2 * darkness(grey, 0.7))
    dark = along(dark, x, y, 2.0)
    floor = float(rng.uniform(0.025, 0.04))
    line = np.tanh(np.maximum(dark - floor, 0) * float(rng.uniform(5, 8)))
    x, y = flow(gaussian_blur(grey, 1.5), 3.5, hatching=4e-4)
    hatching = along(rng.normal(0, 1, grey.shape).astype(np.float32), x, y, 5.0)
    hatching /= np.float32(hatching.std())
    low, middle = np.quantile(grey[::4, ::4], (0.02, 0.5))
    tone = np.clip(1 - (gaussian_blur(grey, 1.2) - low) / max(0.75 * float(middle - low), 0.1), 0, 1)
    tone *= np.clip((0.85 - grey) / 0.3, 0, 1)  # what is bright is no shade, even where all is
    shade = np.clip(tone * (0.6 + 0.3 * hatching), 0, 1) * float(rng.uniform(0.4, 0.9))
    ink = _enlarged((1 - (1 - line) * (1 - shade)).astype(np.float32), *picture.shape[:2])
    return _drawing(1 - 0.95 * ink)


# ── Line styles ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _features(picture: Pixels, landmarks: Float | None) -> list[Stroke]:
    return [] if landmarks is None else features(landmarks, picture.shape[0], picture.shape[1])


def _contour(picture: Pixels, rng: np.random.Generator, landmarks: Float | None = None) -> Pixels:
    """An outline drawing: many long clean lines, strong ones darker, thin at their ends."""
    found = lines(picture, scale=float(rng.uniform(1.3, 1.7)), sensitivity=float(rng.uniform(0.9, 1.3)))
    strokes = thinned(found, 0.007, int(rng.integers(90, 140)), 0.025, _features(picture, landmarks))
    strokes = [Stroke(smoothed(one.points, 2.0), one.strength) for one in strokes]
    pen = Pen(float(rng.uniform(0.008, 0.012)), float(rng.uniform(0.85, 0.95)), fading=0.5, taper=0.6)
    return render(strokes, picture.shape[0], picture.shape[1], pen, rng)


def _strokes(picture: Pixels, rng: np.random.Generator, landmarks: Float | None = None) -> Pixels:
    """Few lines of one width, as drawn with a mouse."""
    found = lines(picture, scale=float(rng.uniform(1.5, 2.0)), sensitivity=float(rng.uniform(0.8, 1.1)))
    strokes = thinned(found, 0.010, int(rng.integers(40, 64)), 0.035, _features(picture, landmarks))
    strokes = [Stroke(smoothed(one.points, float(rng.uniform(2.5, 4.5))), one.strength) for one in strokes]
    pen = Pen(float(rng.uniform(0.008, 0.012)), float(rng.uniform(0.85, 1.0)), wobble=float(rng.uniform(0, 0.003)))
    return render(strokes, picture.shape[0], picture.shape[1], pen, rng)


STYLES: dict[str, Style] = {
    "photocopy": Style("a worn photocopy: soft dark lines, black hair half filled", _photocopy),
    "pencil": Style("soft pencil on grained paper, lightly shaded", _pencil),
    "contour": Style("an outline drawing: long clean lines, thin at their ends", _contour),
    "strokes": Style("few lines of one width, as drawn with a mouse", _strokes),
}


def draw(picture: Pixels, style: str, rng: np.random.Generator, landmarks: Float | None = None) -> Pixels:
    """Draw a picture.

    Args:
        picture: uint8 [H, W, 1 or 3].
        style: one of :data:`STYLES`.
        rng: decides pressure, width and how much is drawn; the same state gives the same drawing.
        landmarks: of the face, float [468, 2 or 3] in pixels: the line styles then draw eyes, brows, nose, mouth and
            jaw by them.

    Returns:
        uint8 [H, W, 1], dark strokes on white.

    Raises:
        UserError: there is no such style.
    """
    if style not in STYLES:
        raise UserError(f"There is no drawing style {style!r}; choose one of {', '.join(STYLES)}.")
    return STYLES[style].draw(picture, rng, landmarks)


# ── Drawn badly ─────────────────────────────────────────────────────────────────────────────────────────────────────


def roughen(sketch: Pixels, rng: np.random.Generator) -> Pixels:
    """A less skilled version of a drawing, so that a network trained on it tolerates poor drawings.

    Features drift from their place, pieces of strokes are shifted against each other or missing, the pen is thicker or
    thinner and presses unevenly, and a stroke or two lead nowhere. How much of each differs from draw to draw.

    Args:
        sketch: uint8 [H, W, 1], dark on white, in any style.

    Returns:
        uint8 [H, W, 1].
    """
    height, width, _ = sketch.shape
    side = min(height, width)
    ink = 1 - sketch[:, :, 0].astype(np.float32) / np.float32(255)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    patch = _patches(height, width, int(rng.integers(24, 72)), rng)
    count = int(patch.max()) + 1
    drift, slip = side * float(rng.uniform(0.003, 0.014)), side * float(rng.uniform(0.0, 0.008))
    shifts = rng.normal(0, slip, (2, count)).astype(np.float32)
    down, right = (_hills(height, width, 5, rng) * np.float32(drift) + shifts[axis][patch] for axis in (0, 1))
    ink = _sampled(ink, rows + down, columns + right)
    missing = rng.random(count) < rng.uniform(0.0, 0.22)
    ink = ink * (
        1 - gaussian_blur(missing[patch].astype(np.float32), 0.012 * side)
    )  # soft, for shaded drawings have no gaps
    thick = side * float(rng.uniform(0.0015, 0.004))
    ink = np.clip(gaussian_blur(ink, thick) * float(rng.uniform(1.1, 2.4)), 0, 1)
    ink *= np.clip(1 + float(rng.uniform(0, 0.2)) * (_hills(height, width, 6, rng) - 1), 0.35, 1)
    pen = Pen(float(rng.uniform(0.006, 0.012)), float(ink.max(initial=0)))
    astray = render([_astray(rng) for _ in range(int(rng.integers(0, 3)))], height, width, pen, rng)
    return np.minimum(_drawing(1 - ink), astray)


def _patches(height: int, width: int, count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Number of the nearest of ``count`` random places, [height, width], with frayed borders."""
    small = 48
    y, x = np.mgrid[:small, :small].astype(np.float32) / small
    places = rng.random((count, 2)).astype(np.float32)
    nearest = ((y[..., None] - places[:, 0]) ** 2 + (x[..., None] - places[:, 1]) ** 2).argmin(-1)
    down = np.clip((np.arange(height) + 0.5) * small / height, 0, small - 1).astype(np.int64)
    right = np.clip((np.arange(width) + 0.5) * small / width, 0, small - 1).astype(np.int64)
    patches: npt.NDArray[np.int64] = nearest[down[:, None], right[None, :]]
    return patches


def _hills(height: int, width: int, knots: int, rng: np.random.Generator) -> Float:
    """Smooth noise [height, width] of about unit size."""
    return _enlarged(rng.normal(0, 1, (knots, knots)).astype(np.float32), height, width)


def _sampled(values: Float, rows: Float, columns: Float) -> Float:
    """[H, W] read between its pixels (bilinear); outside there is nothing."""
    padded = np.pad(values, 1)
    height, width = padded.shape
    rows, columns = np.clip(rows + 1, 0, height - 1.001), np.clip(columns + 1, 0, width - 1.001)
    top, left = rows.astype(np.int64), columns.astype(np.int64)
    y, x = rows - top, columns - left
    upper = padded[top, left] * (1 - x) + padded[top, left + 1] * x
    lower = padded[top + 1, left] * (1 - x) + padded[top + 1, left + 1] * x
    mixed: Float = (upper * (1 - y) + lower * y).astype(np.float32)
    return mixed


def _astray(rng: np.random.Generator) -> Stroke:
    """A short bent stroke anywhere."""
    steps, angle = np.linspace(0, float(rng.uniform(0.04, 0.16)), 16), float(rng.uniform(0, 2 * np.pi))
    bend = angle + steps * float(rng.normal(0, 6))
    x, y = (
        float(value) + np.cumsum(part * steps[1])
        for value, part in zip(rng.random(2), (np.cos(bend), np.sin(bend)), strict=True)
    )
    return Stroke(np.stack([x, y], axis=1).astype(np.float32), 1.0)


def draw_any(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A drawing in a random style, roughened three times of four."""
    drawing = draw(picture, list(STYLES)[int(rng.integers(len(STYLES)))], rng)
    return roughen(drawing, rng) if rng.random() < 0.75 else drawing
