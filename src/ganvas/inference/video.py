"""Translates videos frame by frame, or generates new frames between those of a video."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from ganvas.collect.frames import frames
from ganvas.collect.ingest import IncomingFile
from ganvas.crops import Crop
from ganvas.curate.images.decode import open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.errors import UserError
from ganvas.inference.session import Session, TorchSession
from ganvas.inference.translate import prepare_source, takes_frame_pairs, translate
from ganvas.inference.whole import AnswerSize, multiple_of, translate_whole, whole_source
from ganvas.models.batches import TranslationRequest
from ganvas.models.capabilities import Enlarges
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures


def translate_frames(
    family: Family,
    images: Iterable[Image.Image],
    *,
    times: int = 2,
    direction: int = 0,
    prepared: bool = False,
    size: AnswerSize = "square",
) -> Iterator[Pictures]:
    """Translate frames, mode RGB, to frames uint8 [H, W, C], each as soon as it is made.

    A model that generates frames between two others gives the video's own frames, prepared as for training, with
    ``times`` - 1 new ones between each two. A model that enlarges takes frames whole; any other takes them as its
    training pictures were prepared.

    Args:
        family: A model that translates pictures, in evaluation mode.
        images: The frames.
        times: 2 or 4 times as many frames; only for models that generate frames between two others.
        direction: Unpaired: 0 from A to B, 1 from B to A.
        prepared: The frames are the model's own input, and are not degraded first.
        size: The square of training, or the whole frames, see :mod:`ganvas.inference.whole`.

    Raises:
        UserError: The model does not translate pictures, or ``times`` or ``size`` does not fit it.
    """
    TASKS[family.task].require(TranslationRequest)
    session, data = TorchSession(family), family.data
    multiple = None if size == "square" or isinstance(family, Enlarges) else multiple_of(family)
    if takes_frame_pairs(data):
        if times not in (2, 4):
            raise UserError(f"A video can be given 2 or 4 times as many frames, not {times}.")
        return _interpolate(session, data, images, times, size, multiple)
    if multiple is not None:
        return _translate_whole(session, data, images, direction, prepared, size, multiple)
    return _translate(session, family, images, direction, prepared)


def read_frames(path: Path, limit: int | None = None) -> Iterator[Image.Image]:
    """Every frame of a video, mode RGB.

    Raises:
        UserError: The ``video`` extra is missing, or the file is not a video that can be read.
    """
    for offer in frames(path, every=0, most=limit):
        if isinstance(offer, IncomingFile):
            yield open_image(offer.content)


def _steady_crop(data: DataSpec) -> Crop:
    """The crop of all frames: "smart" would choose another part in each frame."""
    return "center" if data.crop == "smart" else data.crop


def _translate(
    session: Session, family: Family, images: Iterable[Image.Image], direction: int, prepared: bool
) -> Iterator[Pictures]:
    data, enlarges = family.data, isinstance(family, Enlarges)
    for image in images:  # the random numbers of a degradation are the same for all frames, so that nothing flickers
        source = prepare_source(data, image, enlarges=enlarges, prepared=prepared, crop=_steady_crop(data))
        yield translate(session, data, source, enlarges=enlarges, direction=direction)


def _translate_whole(
    session: Session,
    data: DataSpec,
    images: Iterable[Image.Image],
    direction: int,
    prepared: bool,
    size: AnswerSize,
    multiple: int,
) -> Iterator[Pictures]:
    for image in images:
        source = whole_source(data, image, size, prepared=prepared)
        yield translate_whole(session, source, multiple, direction=direction, labels=data.labels > 0)


def _interpolate(
    session: Session,
    data: DataSpec,
    images: Iterable[Image.Image],
    times: int,
    size: AnswerSize,
    multiple: int | None,
) -> Iterator[Pictures]:
    def between(one: Pictures, other: Pictures) -> Pictures:
        source = np.concatenate([one, other], 2)
        if multiple is not None:
            return translate_whole(session, source, multiple)
        return translate(session, data, source, enlarges=False)

    before: Pictures | None = None
    for image in images:
        if multiple is None:
            frame = prepare_image(image, data.resolution, _steady_crop(data), 3, resize=data.resize)
        else:
            frame = whole_source(data.model_copy(update={"source_channels": 3}), image, size)
        if before is not None:
            yield from _between(between, before, frame, times)
        before = frame
        yield frame


def _between(
    between: Callable[[Pictures, Pictures], Pictures], before: Pictures, after: Pictures, times: int
) -> Iterator[Pictures]:
    middle = between(before, after)
    middle = np.ascontiguousarray(np.broadcast_to(middle, before.shape))
    if times == 4:
        yield from _between(between, before, middle, 2)
    yield middle
    if times == 4:
        yield from _between(between, middle, after, 2)
