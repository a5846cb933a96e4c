"""Reads uploaded pictures from requests. Nothing that is uploaded is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request, UploadFile
from PIL import Image

from ganvas.bundle import Bundle
from ganvas.crops import FACE_CROPS
from ganvas.curate.images.animation import refuse_animation
from ganvas.curate.images.decode import DEFAULTS, DecodeOptions
from ganvas.inference.translate import has_numbers
from ganvas.serve.core.bundle_inputs import enlarges
from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.decode_pool import upload_too_large
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.roles import person_of

T = TypeVar("T")


async def read_upload(context: StudioContext, upload: UploadFile) -> bytes:
    """The bytes of an upload.

    Raises:
        UploadError: There are more than the studio accepts.
    """
    limits = context.decoder.limits
    content = await upload.read(limits.bytes + 1)
    if len(content) > limits.bytes:
        raise upload_too_large(limits)
    return content


async def decode_upload(
    request: Request,
    context: StudioContext,
    upload: UploadFile,
    work: Callable[[Image.Image], T],
    opened: Bundle | None = None,
    *,
    full_size: bool = False,
    still: bool = False,
) -> T:
    """Decode an uploaded picture, and work on it in a thread of the decoders.

    Args:
        request: The request; when its client disconnects, the picture is not decoded.
        context: The studio.
        upload: The file in the request.
        work: Called with the picture, in mode RGB and upright.
        opened: The bundle it is for, which bounds the size that is decoded; None: decode at full size.
        full_size: Decode at full size for any bundle.
        still: Refuse an animation, of which otherwise the first frame is decoded.

    Raises:
        UploadError: The studio does not accept it.
        UserError: It is an animation.
        BusyError: Too many uploads wait.
    """
    content = await read_upload(context, upload)
    if still:
        refuse_animation(content)
    least = None if opened is None or full_size else least_side(opened)
    options = DEFAULTS if opened is None else DecodeOptions.of(opened.info.data)
    labels = opened is not None and has_numbers(opened.info.data)
    person = person_of(request).key
    future = context.decoder.submit(content, work, person=person, least=least, options=options, labels=labels)
    return await while_connected(request, future)


def least_side(opened: Bundle) -> int | None:
    """The side in pixels at which a picture is decoded for a model; None: at full size.

    Faces are searched for in the whole picture, where they may be small. A picture to enlarge is not resized.
    """
    data = opened.info.data
    return None if enlarges(opened) or data.crop in FACE_CROPS or data.labels else data.resolution
