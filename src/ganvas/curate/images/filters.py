"""Filters on arrays of pixels: luma, Gaussian blur, bicubic resizing, conversion to 8 bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.curate.images.decode import Pixels

Float = npt.NDArray[np.float32]
LUMA = (0.299, 0.587, 0.114)  # of red, green and blue (ITU-R BT.601)


def with_channels(pixels: Pixels, channels: int) -> Pixels:
    """uint8 [H, W, 3] → the same, its luma (ITU-R 601) [H, W, 1], or with full opacity [H, W, 4]."""
    if channels == 3:
        return pixels
    if channels == 4:
        return np.concatenate([pixels, np.full_like(pixels[:, :, :1], 255)], axis=2)
    grey: Pixels = np.asarray(Image.fromarray(pixels).convert("L"))
    return grey[:, :, None]


def luma(values: Float) -> Float:
    """float32 [H, W, 1 or 3] → its luma (ITU-R 601) [H, W]."""
    if values.shape[2] == 1:
        return values[:, :, 0]
    return values @ np.array(LUMA, dtype=np.float32)


def unit_range(pixels: Pixels) -> Float:
    """uint8 → float32 in [0, 1], of the same shape."""
    return pixels.astype(np.float32) / np.float32(255)


def to_uint8(values: Float) -> Pixels:
    """float32 in [0, 1] → uint8 in [0, 255], rounded, of the same shape."""
    pixels: Pixels = np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8)
    return pixels


def resized(picture: Pixels, width: int, height: int) -> Pixels:
    """uint8 [H, W, 1 or 3] → uint8 [height, width, 1 or 3] (bicubic, antialiased)."""
    image = Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)
    pixels: Pixels = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
    return pixels.reshape(height, width, picture.shape[2])


def gaussian_blur(values: Float, sigma: float, *, pair_taps: bool = True) -> Float:
    """Gaussian blur of float32 [H, W] by two one-dimensional passes; the border is repeated.

    Args:
        values: what is blurred.
        sigma: standard deviation in pixels.
        pair_taps: use the symmetry of the kernel, one multiplication for two taps. The plain sum rounds differently in
            the last bit; the degradation ``sketch`` keeps it, because its drawings must stay the same for ever.
    """
    radius = max(1, int(3 * sigma + 0.5))
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2).astype(np.float32)
    taps /= taps.sum()
    products = np.empty_like(values)  # no new memory per tap
    for axis in (0, 1):
        length = values.shape[axis]
        padded = np.pad(values, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        if pair_taps:
            blurred = taps[radius] * values
            for start in range(radius):
                mirrored = _window(padded, axis, 2 * radius - start, length)
                np.add(_window(padded, axis, start, length), mirrored, out=products)
                np.multiply(products, taps[start], out=products)
                blurred += products
        else:
            blurred = np.zeros_like(values)
            for start, tap in enumerate(taps):
                np.multiply(_window(padded, axis, start, length), tap, out=products)
                blurred += products
        values = blurred
    return values


def _window(values: Float, axis: int, start: int, length: int) -> Float:
    return values[start : start + length] if axis == 0 else values[:, start : start + length]
