"""Pictures that are uploaded for a model, and the pictures that answer them: neither is kept."""

from __future__ import annotations

import asyncio

from fastapi import UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.bundle import Bundle
from ganvas.curate.images.decode import encode_png
from ganvas.serve.core.context import Studio, since
from ganvas.serve.core.engine import FACE_CROPS, Pictures, enlarges
from ganvas.serve.core.uploads import too_many_bytes


async def read_upload(studio: Studio, upload: UploadFile) -> bytes:
    """The bytes of an upload.

    :raises UploadError: they are more than the studio takes.
    """
    limits = studio.decoder.limits
    content = await upload.read(limits.bytes + 1)
    if len(content) > limits.bytes:
        raise too_many_bytes(limits)
    return content


async def open_upload(studio: Studio, upload: UploadFile, opened: Bundle | None = None) -> Image.Image:
    """An uploaded picture, mode RGB, upright.

    :param opened: what it is for; None: nothing that bounds its size.
    :raises UploadError: it is not taken.
    """
    content = await read_upload(studio, upload)
    least = None if opened is None else least_side(opened)
    return await asyncio.to_thread(studio.decoder.open, content, least=least)


def least_side(opened: Bundle) -> int | None:
    """The side in pixels that is enough for a model; None: the whole picture, as its training saw it.

    Faces are looked for on whole pictures, where they may be small; a picture to enlarge is taken as it is.
    """
    data = opened.info.data
    return None if enlarges(opened) or data.crop in FACE_CROPS or data.labels else data.resolution


def answer_picture(picture: Pictures, start: float, headers: dict[str, str] | None = None) -> Response:
    """A PNG that nobody keeps, with the milliseconds since ``start`` (by ``time.perf_counter``).

    :param picture: uint8 [H, W, 1 or 3].
    """
    told = {"X-Milliseconds": f"{since(start):.1f}", "Cache-Control": "no-store"}
    return Response(encode_png(picture), media_type="image/png", headers=told | (headers or {}))
