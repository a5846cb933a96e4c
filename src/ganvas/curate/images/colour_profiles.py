"""Conversion of pictures to sRGB by their ICC profiles, with LittleCMS: relative colorimetric, with black-point
compensation."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

from ganvas.curate.images.remarks import Remark

MAX_PROFILE_BYTES = 4 * 2**20
SAME = 2  # levels of 255: a profile whose colours differ from sRGB by no more than this is sRGB
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # colour space of a profile → the mode that it describes


class _Conversion(NamedTuple):
    mode: str
    transform: ImageCms.ImageCmsTransform | None  # None: the profile is that of sRGB


def to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, Remark | None]:
    """A picture in sRGB.

    Args:
        image: 8 bits per channel, without transparency.
        profile: its ICC profile; None when there is none.

    Returns:
        The picture in mode RGB without a profile, and what was done. A profile that is damaged, or of another colour
        space than the picture, changes nothing.
    """
    if not profile:
        return image.convert("RGB"), Remark.CMYK_GUESSED if image.mode == "CMYK" else None
    conversion = _conversion(bytes(profile)) if len(profile) <= MAX_PROFILE_BYTES else None
    if conversion is None or not _describes(conversion.mode, image.mode):
        return image.convert("RGB"), Remark.PROFILE_UNUSABLE
    if conversion.transform is None:
        return image.convert("RGB"), None
    converted = ImageCms.applyTransform(image.convert(conversion.mode), conversion.transform)
    assert converted is not None
    return converted, Remark.PROFILE


def _describes(profile_mode: str, mode: str) -> bool:
    """Whether a profile can be that of a picture; grey pictures often have a profile of RGB."""
    if "CMYK" in (profile_mode, mode):
        return profile_mode == mode
    return profile_mode == "RGB" or mode in ("1", "L")


@lru_cache(maxsize=16)  # a set has few different profiles; a transform may be used by several threads at once
def _conversion(profile: bytes) -> _Conversion | None:
    """The conversion from a profile to sRGB; None when the profile cannot be used."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(opened.profile.xcolor_space.strip())
        if mode is None:
            return None
        transform = ImageCms.buildTransform(
            opened,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return _Conversion(mode, None if mode == "RGB" and _changes_nothing(transform) else transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    converted = ImageCms.applyTransform(Image.fromarray(grid), transform)
    return bool(np.abs(np.asarray(converted).astype(int) - grid).max() <= SAME)
