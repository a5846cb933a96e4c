"""Pictures of cards that come with requests."""

from __future__ import annotations

import numpy as np
from fastapi import Request

from ganvas.curate.images.decode import DecodeOptions
from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.roles import person_of
from ganvas.tasks.pictures import Pictures


async def decode_picture(request: Request, context: StudioContext, content: bytes) -> Pictures:
    """A picture with its transparent parts, uint8 [H, W, 4].

    Raises:
        UploadError: The studio does not accept it.
        BusyError: Too many uploads wait.
    """
    future = context.decoder.submit(
        content,
        lambda image: np.asarray(image.convert("RGBA")),
        person=person_of(request).key,
        options=DecodeOptions(opacity=True),
    )
    return await while_connected(request, future)
