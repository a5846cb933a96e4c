"""Animations are told from still pictures by their content."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ganvas.curate.images.animation import is_animation, refuse_animation
from ganvas.curate.images.decode import decode_picture
from ganvas.curate.images.remarks import Remark
from ganvas.errors import UserError


def test_moving_pictures_are_told_from_still_ones() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    for kind in ("GIF", "PNG", "WEBP"):
        moving, still = io.BytesIO(), io.BytesIO()
        frames[0].save(moving, kind, save_all=True, append_images=frames[1:], duration=50, loop=0)
        frames[0].save(still, kind)
        assert is_animation(moving.getvalue()), kind
        assert not is_animation(still.getvalue()), kind
        decoded = decode_picture(moving.getvalue())
        assert decoded.image.getpixel((4, 4))[0] > 200  # type: ignore[index]  # red, the first
        assert decoded.remarks == {Remark.FIRST_FRAME}, kind
        assert not decode_picture(still.getvalue()).remarks, kind
    with pytest.raises(UserError, match="This is an animation"):
        refuse_animation(moving.getvalue())
