"""Films through a model: each frame translated or enlarged, or new frames made between those that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas.collect.frames import frames
from ganvas.collect.ingest import Piece
from ganvas.curate.images.decode import open_image
from ganvas.curate.images.prepare import prepare_image, whole_picture
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest, to_float, to_uint8
from ganvas.models.capabilities import Enlarges
from ganvas.models.family import Family
from ganvas.models.tiling import enlarged
from ganvas.spec import Crop
from ganvas.tasks import TASKS

Pictures = NDArray[np.uint8]


def film(
    family: Family, pictures: Iterable[Image.Image], *, times: int = 2, direction: int = 0, prepared: bool = False
) -> Iterator[Pictures]:
    """The frames of a film, mode RGB, as a model answers them: uint8 [H, W, C], each as soon as it is made.

    A model of frames between (``data.source_channels`` 6) gives the film's own frames, prepared as for training, and
    ``times`` - 1 new ones after each but the last. A model that enlarges takes frames whole; any other as its training
    pictures were prepared.

    :param family: a translating model, in evaluation mode.
    :param times: 2 or 4; only for models of frames between.
    :param direction: without pairs: 0 from A to B, 1 from B to A.
    :param prepared: the frames are the model's own input and not pictures to be degraded first.
    :raises UserError: the model translates nothing, or ``times`` is another number.
    """
    TASKS[family.task].require(TranslationRequest)
    if family.data.source_channels == 6:
        if times not in (2, 4):
            raise UserError(f"A film can be given 2 or 4 times as many frames, not {times}.")
        return _denser(family, pictures, times)
    return (_translated(family, picture, direction, prepared) for picture in pictures)


def frames_of(path: Path, most: int | None = None) -> Iterator[Image.Image]:
    """Every frame of a video, mode RGB.

    :raises UserError: the ``video`` extra is missing, or this is no video that can be read.
    """
    for offer in frames(path, every=0, most=most):
        if isinstance(offer, Piece):
            yield open_image(offer.content)


def _crop(family: Family) -> Crop:
    """What can be the same for all frames: the most interesting part would jump about."""
    return "center" if family.data.crop == "smart" else family.data.crop


def _translated(family: Family, picture: Image.Image, direction: int, prepared: bool) -> Pictures:
    data = family.data
    if isinstance(family, Enlarges):
        return enlarged(family, whole_picture(picture, data.source_channels))
    direct = prepared or data.degradation is None
    source = prepare_image(picture, data.resolution, _crop(family), data.source_channels if direct else data.channels)
    if not direct and data.degradation is not None:
        source = degradation(data.degradation)(source, np.random.default_rng(0))  # the same for all: no flicker
    return _answer(family, source, direction)


def _denser(family: Family, pictures: Iterable[Image.Image], times: int) -> Iterator[Pictures]:
    before: Pictures | None = None
    for picture in pictures:
        frame = prepare_image(picture, family.data.resolution, _crop(family), 3)
        if before is not None:
            yield from _between(family, before, frame, times)
        before = frame
        yield frame


def _between(family: Family, before: Pictures, after: Pictures, times: int) -> Iterator[Pictures]:
    middle = _answer(family, np.concatenate([before, after], 2), 0)
    middle = np.ascontiguousarray(np.broadcast_to(middle, before.shape))
    if times == 4:
        yield from _between(family, before, middle, 2)
    yield middle
    if times == 4:
        yield from _between(family, middle, after, 2)


def _answer(family: Family, source: Pictures, direction: int) -> Pictures:
    device = next(family.parameters()).device
    with torch.inference_mode():
        request = TranslationRequest(to_float(source[None]).to(device), torch.tensor([direction]).to(device))
        made: Pictures = to_uint8(family.generate(request))[0].numpy()
    return made
