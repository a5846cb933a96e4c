"""Saves a face of a montage as a file that says that a model drew it."""

from __future__ import annotations

from PIL import Image

from ganvas.apps.provenance import encode_marked, with_visible_mark
from ganvas.bundle.manifest import BundleInfo

SMALLEST_SIDE = 384  # pixels; smaller pictures are enlarged, so that the mark can be read
MARK = "drawn by a model"


def encode_face(picture: Image.Image, info: BundleInfo, code: str, round_: int, *, visible: bool = True) -> bytes:
    """A face as PNG with its origin in XMP: the model, what it learned from, the round, and the code of the face.

    Args:
        picture: The face, mode RGB or L.
        info: The model's manifest.
        code: The code of the face, from which the montage can go on.
        round_: How many pages were picked from.
        visible: Also write the mark on the picture.
    """
    factor = -(-SMALLEST_SIDE // min(picture.size))
    shown = picture.convert("RGB").resize((picture.width * factor, picture.height * factor), Image.Resampling.LANCZOS)
    learned = ", ".join(dict.fromkeys(credit.name for credit in info.credits)) or "pictures without credits"
    about = (
        f"Drawn by the model {info.name}, which learned from {learned}; composed from memory in {round_} rounds. "
        f"It shows no real person and proves nothing about anybody. Face: {code}"
    )
    return encode_marked(with_visible_mark(shown, MARK) if visible else shown, "made", about)
