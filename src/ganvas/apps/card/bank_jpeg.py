"""The front of a card as a bank takes it: an sRGB JPEG of the demanded size, below the demanded weight."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

from ganvas.apps.card.artwork import Pixels, draw_side
from ganvas.apps.card.design import Layout
from ganvas.apps.card.geometry import MM_PER_INCH, trim
from ganvas.apps.card.marks import xmp
from ganvas.apps.card.profiles import BankProfile
from ganvas.errors import UserError

QUALITIES = (95, 92, 88, 84, 78, 70)


class BankPicture(NamedTuple):
    """A JPEG file, its size in pixels, and its quality."""

    content: bytes
    width: int
    height: int
    quality: int


def bank_jpeg(layout: Layout, picture: Pixels | None, profile: BankProfile, model: str | None) -> BankPicture:
    """The front without bleed and with square corners, which the bank cuts itself.

    Args:
        layout: The card.
        picture: uint8 [h, w, 4] RGBA; None: none.
        profile: The bank.
        model: Name of the model that drew the picture; None: none did, so that there is no mark.

    Raises:
        UserError: It cannot be made small enough.
    """
    card = trim(layout.orientation)
    width, height = profile.size(layout.orientation)
    ppi = width / card.width * MM_PER_INCH
    side = draw_side(layout, "front", picture, card, ppi, text=True)
    if side.shape[:2] != (height, width):  # the shape of the card is not exactly that of whole pixels
        side = np.asarray(Image.fromarray(side).resize((width, height), Image.Resampling.LANCZOS))
    image = Image.fromarray(side)
    profile_bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    mark = {} if model is None else {"xmp": xmp(model)}
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(
            file,
            "JPEG",
            quality=quality,
            subsampling=0,
            dpi=(round(ppi), round(ppi)),
            icc_profile=profile_bytes,
            **mark,
        )
        if file.tell() <= profile.megabytes * 1e6:
            return BankPicture(file.getvalue(), width, height, quality)
    raise UserError(
        f"The picture does not become smaller than {profile.megabytes:g} MB; choose a simpler ground.",
        code="card-too-heavy",
        params={"megabytes": profile.megabytes},
    )
