"""How a picture becomes square and small: names of crops and filters, without what checks settings."""

from typing import Literal

Crop = Literal["center", "smart", "stretch", "pad", "face", "face-tight", "face-wide", "face-fixed"]
# The crops that a picture without a face cannot be used for, and what they show.
FRAMINGS: dict[Crop, str] = {
    "face": "the head as in FFHQ",
    "face-tight": "the face alone",
    "face-wide": "the head with all of its hair",
    "face-fixed": "the head, with eyes and mouth at fixed places",
}
FACE_CROPS: tuple[Crop, ...] = tuple(FRAMINGS)
Resize = Literal["lanczos", "nearest"]
