"""Reads uploaded pictures from requests. Nothing that is uploaded is kept."""

from __future__ import annotations

import asyncio

from fastapi import UploadFile
from PIL import Image

from ganvas.bundle import Bundle
from ganvas.curate.images.decode import DecodeOptions
from ganvas.serve.core.bundle_inputs import FACE_CROPS, enlarges
from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.decode_pool import upload_too_large


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


async def open_upload(context: StudioContext, upload: UploadFile, opened: Bundle | None = None) -> Image.Image:
    """An uploaded picture.

    Args:
        context: The studio.
        upload: The file in the request.
        opened: The bundle it is for, which bounds the size that is decoded; None: decode at full size.

    Returns:
        The picture in mode RGB, upright.

    Raises:
        UploadError: The studio does not accept it.
    """
    content = await read_upload(context, upload)
    if opened is None:
        return await asyncio.to_thread(context.decoder.open, content)
    options = DecodeOptions.of(opened.info.data)
    return await asyncio.to_thread(context.decoder.open, content, least=least_side(opened), options=options)


def least_side(opened: Bundle) -> int | None:
    """The side in pixels at which a picture is decoded for a model; None: at full size.

    Faces are searched for in the whole picture, where they may be small. A picture to enlarge is not resized.
    """
    data = opened.info.data
    return None if enlarges(opened) or data.crop in FACE_CROPS or data.labels else data.resolution
