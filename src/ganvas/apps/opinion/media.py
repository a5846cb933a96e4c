"""What studies of pictures and of music do differently: how an item is written, and the items whose answer is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ganvas.apps.opinion.checks import mark_picture, number_picture, ruined
from ganvas.apps.opinion.clips import Clip, ruined_clip, tones
from ganvas.apps.opinion.study import CLIPS, PICTURES, Media
from ganvas.curate.images.decode import Pixels, encode_png


class Medium(NamedTuple):
    """What an item of a study is.

    Attributes:
        media: As the manifest names it.
        folder: In the study.
        suffix: Of its file.
        encode: Its file, without metadata.
        size: Width and height in pixels; (0, 0) of a clip.
        number: An item that says a number, which is to be answered, of the size of another one.
        mark: An item that is to be chosen, or not to be, likewise.
        ruined: An item that nobody finds good.
        extent: What conditions should have in common, as raters may notice it.
        differs: The sentence about that, after "Conditions differ in".
    """

    media: Media
    folder: str
    suffix: str
    encode: Callable[[Any], bytes]
    size: Callable[[Any], tuple[int, int]]
    number: Callable[[int, Any], Any]
    mark: Callable[[bool, Any], Any]
    ruined: Callable[[Any, np.random.Generator], Any]
    extent: Callable[[Any], str]
    differs: str


def _size(pixels: Pixels) -> tuple[int, int]:
    return pixels.shape[1], pixels.shape[0]


def _extent(pixels: Pixels) -> str:
    width, height = _size(pixels)
    return f"{width} × {height}"


PICTURE = Medium(
    media="pictures",
    folder=PICTURES,
    suffix=".png",
    encode=lambda pixels: encode_png(np.ascontiguousarray(pixels)),
    size=_size,
    number=lambda number, like: number_picture(number, *_size(like)),
    mark=lambda right, like: mark_picture(right, *_size(like)),
    ruined=ruined,
    extent=_extent,
    differs="the size of their pictures",
)


def _encode_clip(clip: Clip) -> bytes:
    return clip.model_dump_json().encode()


def _length(clip: Clip) -> str:
    return f"{clip.seconds:.0f} s"


CLIP = Medium(
    media="clips",
    folder=CLIPS,
    suffix=".json",
    encode=_encode_clip,
    size=lambda clip: (0, 0),
    number=tones,
    mark=lambda right, like: tones(1 if right else 3, like),  # the one with a single tone is to be chosen
    ruined=ruined_clip,
    extent=_length,
    differs="the length of their clips",
)
