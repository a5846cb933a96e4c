"""Reads the one picture that a command is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def read_still(path: Path, *, opacity: bool = False) -> npt.NDArray[np.uint8]:
    """A picture that does not move, as uint8 [H, W, 3] RGB, or [H, W, 4] RGBA with ``opacity``.

    Raises:
        UserError: There is none, or it is a folder, an animation, or no picture; the sentence names the path.
    """
    import numpy as np

    from ganvas.curate.images.animation import is_animation
    from ganvas.curate.images.decode import DecodeOptions, PictureError, open_image
    from ganvas.curate.images.opening import picture_errors
    from ganvas.errors import UserError

    if not path.exists():
        raise UserError(f"There is no picture {path}.")
    try:
        with picture_errors(path):
            content = path.read_bytes()
        if is_animation(content):
            raise PictureError("it is an animation")
        return np.asarray(open_image(content, DecodeOptions(opacity=opacity)))
    except PictureError as problem:
        raise UserError(f"{path} cannot be used ({problem}); choose another picture.") from None
