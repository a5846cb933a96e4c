"""``/v1/makeup``: the make-up of one face on another, without a model."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.serve.core.context import Context
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.responses import picture_answer, picture_response
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import decode_upload
from ganvas.serve.features.translate.state import MakeupState
from ganvas.tasks.pictures import Pictures

if TYPE_CHECKING:  # needs an extra that other routes do not
    from ganvas.apps.makeup import Makeup

router = APIRouter()

LONGEST_SIDE = 2048  # pixels; larger pictures are made smaller

Amount = Annotated[
    float | None, Form(ge=0, le=1, description="Amount for this region; left out: an amount that looks natural.")
]


@router.post(
    "/v1/makeup",
    tags=["studio"],
    operation_id="makeUp",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("The picture with the make-up of the reference, in its own size."),
)
async def make_up(
    request: Request,
    context: Context,
    image: Annotated[UploadFile, File(description="A face.")],
    reference: Annotated[UploadFile, File(description="A face whose make-up to use.")],
    strength: Annotated[
        float, Form(ge=0, le=1, description="Amount for all regions; 0: none, 1: that of the reference.")
    ] = 1.0,
    lips: Amount = None,
    eyes: Amount = None,
    skin: Amount = None,
) -> Response:
    """Transfer make-up: the colours of lips, eyelids and skin change, nothing else. The pictures are not kept.

    The header ``X-Likeness`` is the similarity of the faces before and after (cosine of SFace; above about 0.36 it is
    the same person).
    """
    start = time.perf_counter()
    source = await decode_upload(request, context, image, _pixels)
    style = await decode_upload(request, context, reference, _pixels)
    given = {"lips": lips, "eyes": eyes, "skin": skin}
    amounts = {region: amount for region, amount in given.items() if amount is not None}

    def work(makeup: Makeup) -> tuple[Pictures, float]:
        from ganvas.apps.makeup import Amounts

        done = makeup.transfer(source, style, strength, Amounts(**amounts))
        return done.picture, done.likeness

    picture, similarity = await while_connected(request, context.state(MakeupState).submit(work))
    return await asyncio.to_thread(picture_answer, picture, start, {"X-Likeness": f"{similarity:.3f}"})


@router.post(
    "/v1/makeup/prepare",
    tags=["studio"],
    operation_id="prepareMakeUp",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("The picture to show beside the answer."),
)
async def prepare_make_up(
    request: Request,
    context: Context,
    image: Annotated[UploadFile, File(description="A face to change, or a face whose make-up to use.")],
) -> Response:
    """A picture in the size in which make-up is transferred, once a face was found in it. It is not kept."""
    start = time.perf_counter()
    pixels = await decode_upload(request, context, image, _pixels)
    await while_connected(request, context.state(MakeupState).submit(lambda makeup: makeup.face(pixels)))
    return await asyncio.to_thread(picture_answer, pixels, start)


def _pixels(image: Image.Image) -> Pictures:
    if max(image.size) > LONGEST_SIDE:
        image = image.copy()
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return np.array(image.convert("RGB"))
