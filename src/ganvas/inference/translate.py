"""Translates pictures: prepares a picture as the model's training pictures were prepared, and runs the model on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganvas.crops import Crop, Resize
from ganvas.curate.images.decode import PictureError
from ganvas.curate.images.prepare import prepare_image, whole_picture
from ganvas.curate.label_maps import LabelMaps, as_numbers, label_values, values_beyond
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.inference.session import Fields, Session, to_pictures
from ganvas.models.batches import to_float
from ganvas.models.family import Family
from ganvas.models.tiling import check_size, enlarge
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures
from ganvas.tasks.unpaired import direction_to

Random = np.random.Generator


def prepare_picture(data: DataSpec, image: Image.Image, *, prepared: bool = False) -> Pictures:
    """A picture as the training pictures were prepared, uint8 [resolution, resolution, channels].

    Args:
        data: How the model's pictures are prepared.
        image: Mode RGB, upright.
        prepared: The picture has been cropped already: it is only resized.

    Raises:
        PictureError: It cannot be used, for instance because it shows no face.
    """
    return _square(data, image, "stretch" if prepared else data.crop, data.channels)


def prepare_source(
    data: DataSpec,
    image: Image.Image,
    *,
    enlarges: bool,
    prepared: bool = False,
    crop: Crop | None = None,
    rng: Random | None = None,
) -> Pictures:
    """The model's source made from a picture, uint8 [source_resolution, source_resolution, source_channels].

    The picture is cropped and resized as the training pictures were, then degraded by what made their sources. A model
    that enlarges takes a picture whole, in its own size.

    Args:
        data: How the model's pictures are prepared.
        image: Mode RGB, upright; label maps of numbers as ``open_image(…, labels=True)`` returns them.
        enlarges: Whether the model enlarges.
        prepared: The picture is a source already (a drawing, a grey photograph): it is only resized.
        crop: How it becomes square; None: as the training pictures did.
        rng: Random numbers of the degradation; None: always the same.

    Raises:
        PictureError: It cannot be used, for instance because it shows no face.
        UserError: The model takes pairs of video frames.
    """
    if enlarges:
        return whole_picture(image, data.source_channels)
    if takes_frame_pairs(data):
        raise UserError("This model generates frames between two frames; give it a video.")
    if data.labels:
        image = label_numbers(data, image)
    if prepared:
        return _square(data, image, "stretch", data.source_channels)
    channels = data.source_channels if data.degradation is None else data.channels
    target = _square(data, image, crop or data.crop, channels)
    if data.degradation is None:
        return target
    return degradation(data.degradation)(target, np.random.default_rng(0) if rng is None else rng)


def _square(data: DataSpec, image: Image.Image, crop: Crop, channels: int) -> Pictures:
    resize: Resize = "nearest" if data.labels else data.resize
    background = _maps(data).ground if data.labels else data.background
    return prepare_image(image, data.resolution, crop, channels, resize=resize, background=background)


def _maps(data: DataSpec) -> LabelMaps:
    return LabelMaps(data.labels, data.void_label, data.palette)


def label_numbers(data: DataSpec, image: Image.Image) -> Image.Image:
    """A label map as a picture of numbers.

    Raises:
        PictureError: It holds others than the model was trained on.
    """
    numbers = as_numbers(image, _maps(data))
    if beyond := values_beyond(label_values(numbers), _maps(data)):
        held = ", ".join(map(str, beyond[:8]))
        raise PictureError(f"a label map with the numbers {held}; this model knows 0 to {data.labels - 1}")
    return numbers


def translate(session: Session, data: DataSpec, source: Pictures, *, enlarges: bool, direction: int = 0) -> Pictures:
    """Translate one source, uint8 [H, W, C].

    Args:
        session: A model of the task ``paired`` or ``unpaired``.
        data: How its pictures are prepared.
        source: See :func:`prepare_source`.
        enlarges: Whether the model enlarges: the result is then ``data.source_scale`` times as large as the source.
        direction: Unpaired: 0 from A to B, 1 from B to A.

    Raises:
        UserError: The enlarged picture would be too large.
    """
    if enlarges:
        check_size(source.shape[1], source.shape[0], data.source_scale)
        return enlarge(lambda pixels: session(_fields(pixels, 0)), source, data.source_scale)
    pictures: Pictures = to_pictures(session(source_fields(source, direction)))[0]
    return pictures


def direction_into(family: Family, domain: str | None) -> int:
    """The direction that leads into a domain: 0 into B, 1 into A.

    Args:
        family: A model of the task ``paired`` or ``unpaired``.
        domain: ``A``, ``B`` or the domain's own name; None: B.

    Raises:
        UserError: The model has no such domain, or does not translate into it.
    """
    directions = TASKS[family.task].directions(family.config.model_dump())
    return direction_to(domain, directions=directions, classes=family.data.classes)


def source_fields(source: Pictures, direction: int) -> Fields:
    """The request of one source, uint8 [H, W, C]."""
    return _fields(to_float(source[None]).numpy(), direction)


def has_numbers(data: DataSpec) -> bool:
    """Whether sources are label maps whose pixels are numbers and not colours."""
    return data.labels > 0 and not data.palette


def takes_frame_pairs(data: DataSpec) -> bool:
    """Whether sources are two video frames, channels one after the other."""
    return data.source_channels == 6


def _fields(source: NDArray[np.float32], direction: int) -> Fields:
    return {"source": source, "direction": np.full(1, direction, dtype=np.int64)}
