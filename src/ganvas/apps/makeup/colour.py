"""Colours in CIE Lab, and filters that do not mix a region with what surrounds it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.networks import Floats

Pixels = npt.NDArray[np.uint8]

_WIDE = 4  # pixels of width that are enough of a blur; a wider one is made on a smaller picture


def to_lab(picture: Pixels) -> Floats:
    """sRGB uint8 → CIE Lab float32: L in [0, 100], a and b in about ±100."""
    lab: Floats = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).astype(np.float32, copy=False)
    return lab


def to_rgb(lab: Floats) -> Floats:
    """CIE Lab float32 → sRGB float32 in [0, 255], not rounded."""
    rgb: Floats = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).astype(np.float32, copy=False) * 255
    return rgb


def blurred(picture: Floats, width: float) -> Floats:
    """A Gaussian blur of a standard deviation of ``width`` pixels; a wide one is made on a smaller picture."""
    return coarsely(_gaussian, picture, max(width, 0.3))


def grown(mask: Floats, by: float) -> Floats:
    """A mask dilated by a disc of radius ``by``, pixels."""
    return coarsely(_dilated, mask, by)


def coarsely(work: Callable[[Floats, float], Floats], picture: Floats, width: float) -> Floats:
    """``work(picture, width)``; a wide one on a smaller picture, which looks the same and comes sooner."""
    shrink = int(width / _WIDE)
    if shrink < 2:
        return work(picture, width)
    height, breadth = picture.shape[:2]
    size = (-(-breadth // shrink), -(-height // shrink))
    done = work(resized(picture, size), width / shrink)
    return resized(done, (breadth, height))


def resized(picture: Floats, size: tuple[int, int]) -> Floats:
    """A picture or mask, float32, of ``size`` (width, height): averaged when it shrinks, else bilinear."""
    shrinks = size[0] < picture.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    done: Floats = cv2.resize(picture, size, interpolation=method).astype(np.float32, copy=False)
    return done


def region_blur(picture: Floats, weights: Floats, width: float) -> tuple[Floats, Floats]:
    """Blur a picture inside a region: normalised convolution (Knutsson & Westin 1993).

    Args:
        picture: float32 [H, W, 3].
        weights: float32 [H, W] in [0, 1]: how far each pixel counts.
        width: Standard deviation, pixels.

    Returns:
        The picture, also where the region is near, and the blurred weights [H, W], which are 0 where it is far.
    """
    joined = blurred(np.dstack([picture * weights[..., None], weights]).astype(np.float32), width)
    support = joined[..., 3]
    return (joined[..., :3] / np.maximum(support, 1e-6)[..., None]).astype(np.float32), support


def guided(mask: Floats, guide: Floats, width: float, epsilon: float) -> Floats:
    """A mask whose border follows the edges of ``guide`` (He, Sun & Tang 2013), in [0, 1].

    Args:
        mask: float32 [H, W].
        guide: float32 [H, W].
        width: Radius of the windows, pixels.
        epsilon: Squared contrast of the guide, from which on it counts as an edge.
    """
    means = blurred(np.dstack([guide, mask, guide * guide, guide * mask]).astype(np.float32), width)
    variance = means[..., 2] - means[..., 0] ** 2
    slope = (means[..., 3] - means[..., 0] * means[..., 1]) / (np.maximum(variance, 0) + epsilon)
    offset = means[..., 1] - slope * means[..., 0]
    smooth = blurred(np.dstack([slope, offset]).astype(np.float32), width)
    followed: Floats = np.clip(smooth[..., 0] * guide + smooth[..., 1], 0, 1).astype(np.float32)
    return followed


def step(values: Floats, low: float, high: float) -> Floats:
    """0 at ``low`` and below, 1 at ``high`` and above, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: Floats = (share * share * (3 - 2 * share)).astype(np.float32)
    return smooth


def _gaussian(picture: Floats, width: float) -> Floats:
    done: Floats = cv2.GaussianBlur(picture, (0, 0), width).astype(np.float32, copy=False)
    return done


def _dilated(mask: Floats, by: float) -> Floats:
    side = 2 * max(round(by), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    done: Floats = cv2.dilate(mask, kernel).astype(np.float32, copy=False)
    return done
