"""Colours of print: sRGB → CMYK through the print shop's ICC profile, total ink, and contrast."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]
Cmyk = tuple[float, float, float, float]
"""Cyan, magenta, yellow and black in [0, 1]."""

MOST_BYTES = 20_000_000  # of an ICC profile
BLACK = 70  # lightness in [0, 255] and spread below which a colour counts as black
KEY_ONLY: Cmyk = (0, 0, 0, 1)
NO_INK: Cmyk = (0, 0, 0, 0)


class PrintColours:
    """sRGB → CMYK of one printing condition: relative colorimetric with black-point compensation.

    Args:
        content: The ICC profile.
        name: Of its file, for the sentence.

    Raises:
        UserError: It is no profile of a CMYK output device.
    """

    def __init__(self, content: bytes, name: str = "The file") -> None:
        refusal = UserError(
            f"{name} is no ICC profile of a CMYK printer; ask the print shop for the profile of its machine.",
            code="card-icc",
            params={"file": name},
        )
        if len(content) > MOST_BYTES or content[36:40] != b"acsp" or content[16:20] != b"CMYK":
            raise refusal
        self.content = content
        try:
            self._profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
            self.description = ImageCms.getProfileDescription(self._profile).strip() or name
            self._transform = ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"),
                self._profile,
                "RGB",
                "CMYK",
                ImageCms.Intent.RELATIVE_COLORIMETRIC,
                ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError):
            raise refusal from None

    @classmethod
    def read(cls, path: Path) -> PrintColours:
        """The profile in a file.

        Raises:
            UserError: There is none.
        """
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise UserError(f"There is no ICC profile {path}; give the file that the print shop names.")
        return cls(path.read_bytes(), path.name)

    def convert(self, picture: Pixels) -> Pixels:
        """uint8 [H, W, 3] sRGB → uint8 [H, W, 4] CMYK, 255 full ink."""
        converted = ImageCms.applyTransform(Image.fromarray(picture), self._transform)
        assert converted is not None
        cmyk: Pixels = np.asarray(converted)
        return cmyk

    def of(self, colour: str) -> Cmyk:
        """A text colour: black alone for black, no ink for white, else by the profile."""
        red, green, blue = rgb(colour)
        if max(red, green, blue) <= BLACK:
            return KEY_ONLY
        if min(red, green, blue) >= 250:
            return NO_INK
        inks = self.convert(np.array([[[red, green, blue]]], np.uint8))[0, 0] / 255
        return float(inks[0]), float(inks[1]), float(inks[2]), float(inks[3])


class Ink(NamedTuple):
    """``most`` ink in one place and the ``share`` of pixels above the limit; ``limit`` and ``most`` in per cent."""

    most: float
    share: float
    limit: float


def measure_ink(cmyk: Pixels, limit: float) -> Ink:
    """The total ink of uint8 [H, W, 4]: the sum of the four inks, 400 % at most."""
    total = cmyk.astype(np.uint16).sum(axis=2)
    return Ink(float(total.max() / 2.55), float((total > limit * 2.55 + 0.5).mean()), limit)


def limit_ink(cmyk: Pixels, limit: float) -> Pixels:
    """Less cyan, magenta and yellow where the total ink is above the limit; black stays."""
    exact = cmyk.astype(np.float32)
    colour, black = exact[..., :3].sum(axis=2), exact[..., 3]
    room = np.maximum(limit * 2.55 - black, 0)
    factor = np.minimum(room / np.maximum(colour, 1e-6), 1)
    exact[..., :3] *= factor[..., None]
    limited: Pixels = np.floor(exact + 1e-3).astype(np.uint8)
    return limited


def rgb(colour: str) -> tuple[int, int, int]:
    """``#1F5963`` → red, green, blue in [0, 255]."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(pixels: npt.NDArray[np.floating] | Pixels) -> npt.NDArray[np.float64]:
    """Relative luminance in [0, 1] of sRGB [..., 3] (WCAG 2)."""
    value = np.asarray(pixels, np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    result: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return result


def contrast(colour: str, ground: Pixels) -> npt.NDArray[np.float64]:
    """The contrast ratio of a text colour with each pixel [..., 3] behind it: 1 to 21 (WCAG 2)."""
    one = float(luminance(np.array(rgb(colour), np.float64)))
    other = luminance(ground)
    ratio: npt.NDArray[np.float64] = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return ratio


def main_colours(picture: Pixels, count: int = 4) -> list[str]:
    """The colours that cover most of uint8 [H, W, 3 or 4], as ``#1F5963``; transparent parts do not count."""
    seen = picture[picture[..., 3] > 127][:, :3] if picture.shape[2] == 4 else picture.reshape(-1, 3)
    if not len(seen):
        return []
    step = max(1, len(seen) // 20_000)
    flat = Image.fromarray(np.ascontiguousarray(seen[::step][None]))
    small = flat.quantize(max(count * 2, 2), Image.Quantize.MEDIANCUT)
    table = np.array(small.getpalette(), np.uint8).reshape(-1, 3)
    frequent = np.argsort(-np.bincount(np.asarray(small).reshape(-1), minlength=len(table)), kind="stable")
    chosen: list[npt.NDArray[np.uint8]] = []
    for index in frequent[: len(table)]:
        colour = table[index]
        if all(np.abs(colour.astype(int) - other).max() > 24 for other in chosen):
            chosen.append(colour)
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in chosen[:count]]
