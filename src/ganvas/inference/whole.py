"""Translation of whole pictures in their own shape and size, by families whose networks take any size.

The picture is padded by reflection to sides that the network can take, computed at once or, where it is large, in
overlapping tiles that are blended, and cut to its own size again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganvas.curate.images.prepare import whole_picture
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.inference.session import Session, to_pictures
from ganvas.inference.translate import label_numbers, source_fields
from ganvas.models.capabilities import TranslatesAnySize
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.models.tiling import check_size
from ganvas.spec import DataSpec
from ganvas.tasks.pictures import Pictures

AnswerSize: TypeAlias = Literal["square", "keep"] | int
"""``square``: cut to the square of training; ``keep``: the picture's own size; a number: so many pixels on the shorter
side, in the picture's shape."""

AT_ONCE = 1_500_000  # pixels that are computed in one call
TILE = 1024  # side of a tile, in pixels, where the picture is larger
OVERLAP = 128  # pixels that neighbouring tiles share
LEAST = 64  # side that is computed at least: reflection padding inside the networks needs some pixels
LARGEST = 8192  # of a number on the command line


def answer_size(text: str) -> AnswerSize:
    """Read ``square``, ``keep`` or a number of pixels.

    Raises:
        UserError: It is none of these.
    """
    if text == "square":
        return "square"
    if text == "keep":
        return "keep"
    if text.isascii() and text.isdecimal() and 16 <= int(text) <= LARGEST:
        return int(text)
    raise UserError(
        f"The size is square, keep or a number from 16 to {LARGEST}, not {text!r}.",
        code="answer-size",
        params={"largest": LARGEST},
    )


def size_multiple(name: str, config: dict[str, Any], data: DataSpec) -> int | None:
    """What the sides of a family's sources must be multiples of; None where it takes its training size alone.

    Args:
        name: The family.
        config: Its settings.
        data: How its pictures are prepared.
    """
    kind = FAMILIES.get(name)
    if kind is None or not issubclass(kind, TranslatesAnySize):
        return None
    return kind.size_multiple(kind.Config.model_validate(config), data)


def takes_any_size(family: Family) -> bool:
    """Whether a family's sources may have any size."""
    return isinstance(family, TranslatesAnySize) and family.size_multiple(family.config, family.data) is not None


def multiple_of(family: Family, name: str = "This model") -> int:
    """What the sides of a family's sources must be multiples of.

    Args:
        family: The family.
        name: Of the model, for the sentence.

    Raises:
        UserError: It takes its training size alone.
    """
    multiple = None
    if isinstance(family, TranslatesAnySize):
        multiple = family.size_multiple(family.config, family.data)
    return checked_multiple(multiple, name, family.data.resolution)


def checked_multiple(multiple: int | None, name: str, resolution: int) -> int:
    """A multiple that there is.

    Raises:
        UserError: There is none.
    """
    if multiple is None:
        raise UserError(
            f"{name} takes squares of {resolution} pixels only, because its networks are made for that size; leave the "
            "size square.",
            code="square-only",
            params={"model": name, "resolution": resolution},
        )
    return multiple


def whole_source(
    data: DataSpec,
    image: Image.Image,
    size: AnswerSize,
    *,
    prepared: bool = False,
    rng: np.random.Generator | None = None,
) -> Pictures:
    """A model's source of the whole picture, uint8 [H, W, source_channels]; see :func:`prepare_source`.

    Args:
        data: How the model's pictures are prepared.
        image: Mode RGB, upright; label maps of numbers as ``open_image(…, labels=True)`` returns them.
        size: A number scales the shorter side to it.
        prepared: The picture is a source already.
        rng: Random numbers of the degradation; None: always the same.

    Raises:
        PictureError: It cannot be used.
        UserError: It would be too large.
    """
    if data.labels:
        image = label_numbers(data, image)
    if isinstance(size, int):
        scale = size / min(image.size)
        check_size(round(image.width * scale), round(image.height * scale), 1)
        way = Image.Resampling.NEAREST if data.labels or data.resize == "nearest" else Image.Resampling.LANCZOS
        image = image.resize(
            (max(round(image.width * scale), 1), max(round(image.height * scale), 1)), way, reducing_gap=3.0
        )
    check_size(image.width, image.height, 1)
    if data.degradation is None or prepared:
        return whole_picture(image, data.source_channels)
    target = whole_picture(image, data.channels)
    return degradation(data.degradation)(target, np.random.default_rng(0) if rng is None else rng)


def translate_whole(
    session: Session, source: Pictures, multiple: int, *, direction: int = 0, labels: bool = False
) -> Pictures:
    """Translate a source of any size, uint8 [H, W, C] → uint8 [H, W, C'].

    Args:
        session: A model whose networks take any size; no exported graph, which has a fixed one.
        source: See :func:`whole_source`.
        multiple: What the sides must be multiples of: :func:`multiple_of`.
        direction: Unpaired: 0 from A to B, 1 from B to A.
        labels: It is a label map: its edge is repeated, not reflected.
    """
    height, width = source.shape[:2]
    tall, wide = (_up(max(side, LEAST), multiple) for side in (height, width))
    mode: Any = "edge" if labels else "symmetric"
    padded = np.pad(source, ((0, tall - height), (0, wide - width), (0, 0)), mode=mode)

    def answer(part: Pictures) -> Pictures:
        made: Pictures = to_pictures(session(source_fields(np.ascontiguousarray(part), direction)))[0]
        return made

    made = answer(padded) if tall * wide <= max(AT_ONCE, multiple**2) else _tiled(answer, padded, multiple)
    return np.ascontiguousarray(made[:height, :width])


def _up(side: int, multiple: int) -> int:
    return -(-side // multiple) * multiple


def _tiled(answer: Any, padded: Pictures, multiple: int) -> Pictures:
    """Overlapping tiles, each weighted by its distance from its edges."""
    tall, wide = padded.shape[:2]
    side = _up(TILE, multiple)
    total: NDArray[np.float32] | None = None
    weights = np.zeros((tall, wide, 1), np.float32)
    for top in _starts(tall, side):
        for left in _starts(wide, side):
            rows, columns = slice(top, min(top + side, tall)), slice(left, min(left + side, wide))
            made = answer(padded[rows, columns]).astype(np.float32)
            weight = _ramp(made.shape[0])[:, None, None] * _ramp(made.shape[1])[None, :, None]
            if total is None:
                total = np.zeros((tall, wide, made.shape[2]), np.float32)
            total[rows, columns] += made * weight
            weights[rows, columns] += weight
    assert total is not None
    blended: Pictures = (total / weights + 0.5).astype(np.uint8)
    return blended


def _starts(length: int, side: int) -> Iterator[int]:
    count = 1 if length <= side else -(-(length - OVERLAP) // (side - OVERLAP))
    for at in range(count):
        yield 0 if count == 1 else round(at * (length - side) / (count - 1))


def _ramp(length: int) -> NDArray[np.float32]:
    at = np.arange(length, dtype=np.float32) + 1
    ramp: NDArray[np.float32] = np.minimum(np.minimum(at, at[::-1]) / OVERLAP, 1)
    return ramp
