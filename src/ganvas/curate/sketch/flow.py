"""Edges and dark lines of a picture: the edge tangent flow, averages along it, and differences of Gaussians.

Everything is measured on a copy whose shorter side is :data:`WORKING` pixels, so that a picture gives the same lines at
every size.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import Float, gaussian_blur, resized, unit_range

WORKING = 192  # px: lines finer than this share of a picture are texture and not drawn


def at_working_size(picture: Pixels) -> Float:
    """The picture as float32 [h, w, C] in [0, 1] with a shorter side of WORKING."""
    height, width, _ = picture.shape
    scale = WORKING / min(height, width)
    small = resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    return unit_range(small)


def flow(values: Float, sigma: float, hatching: float = 0.0) -> tuple[Float, Float]:
    """Unit vectors (x, y) along the edges: minor eigenvector of the smoothed structure tensor (Brox et al. 2006).

    Args:
        hatching: how strongly flat places run along the rising diagonal, as right-handed people hatch.
    """
    gy, gx = (np.asarray(part, dtype=np.float32) for part in np.gradient(values))
    xx, yy, xy = gaussian_blur(gx * gx, sigma), gaussian_blur(gy * gy, sigma), gaussian_blur(gx * gy, sigma)
    angle = 0.5 * np.arctan2(2 * (xy + hatching), xx - yy)  # of the gradient
    return -np.sin(angle), np.cos(angle)


@lru_cache(maxsize=16)
def places_of(height: int, width: int) -> tuple[Float, Float]:
    """The row, float32 [height, 1], and the column, float32 [1, width], of each place."""
    return np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]


def nearest(rows: Float, columns: Float, height: int, width: int) -> npt.NDArray[np.int64]:
    """Indices into a flattened [height, width] of the pixels nearest to places, which become those of the border."""
    place = _pixels(rows, height)
    place *= width
    place += _pixels(columns, width)
    return place


def _pixels(places: Float, length: int) -> npt.NDArray[np.int64]:
    shifted = places + np.float32(0.5)
    np.maximum(shifted, 0, out=shifted)
    np.minimum(shifted, length - 1, out=shifted)
    return shifted.astype(np.int64)


def along(values: Float, x: Float, y: Float, sigma: float) -> Float:
    """Average [H, W] along the flow (line integral convolution), so that broken strokes join and specks fade."""
    height, width = values.shape
    rows, columns = places_of(height, width)
    total, weights = values.copy(), 1.0
    stride = 2 if sigma >= 4 else 1
    last = range(stride, int(2 * sigma) + 1, stride)[-1:]
    for sign in (1.0, -1.0):
        row, column = rows, columns
        dx, dy = sign * x, sign * y
        for step in range(stride, int(2 * sigma) + 1, stride):
            row, column = row + stride * dy, column + stride * dx
            place = nearest(row, column, height, width)
            if step not in last:
                nx, ny = x.take(place), y.take(place)
                # The flow has no direction: it goes on as it came.
                turned = np.copysign(np.float32(1), nx * dx + ny * dy)
                dx, dy = nx * turned, ny * turned
            weight = float(np.exp(-0.5 * (step / sigma) ** 2))
            total += weight * values.take(place)
            weights += weight / 2  # each weight comes once a side
    return (total / np.float32(2 * weights - 1)).astype(np.float32)


def darkness(values: Float, sigma: float, ratio: float = 1.6) -> Float:
    """How much darker than its surroundings each place is, ≥ 0: a difference of Gaussians of the log luma."""
    tone = np.log(values + np.float32(0.15))
    difference: Float = np.maximum(gaussian_blur(tone, ratio * sigma) - gaussian_blur(tone, sigma), 0)
    return difference
