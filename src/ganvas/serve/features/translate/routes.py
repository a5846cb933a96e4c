"""``/v1/bundles/{id}/translate``, ``heatmap`` and ``prepare``: a picture in, a picture out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.bundle import Bundle
from ganvas.curate.images.prepare import whole_picture
from ganvas.inference.whole import AnswerSize, answer_size
from ganvas.models.tiling import check_size
from ganvas.serve.core.bundle_inputs import (
    check_direction,
    enlarges,
    prepare_picture,
    prepare_source,
    prepare_whole,
    whole_multiple,
)
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.responses import picture_answer, picture_response
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import decode_upload
from ganvas.tasks.pictures import Pictures

router = APIRouter()

Direction = Literal["a_to_b", "b_to_a"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
Upload = Annotated[UploadFile, File(description="Any picture.")]
Prepared = Annotated[
    bool, Form(description="True: the picture already is what the model takes, for example a drawing.")
]
SizeField = Annotated[
    str,
    Form(
        max_length=8,
        description="square: the square of training; keep: the picture's own size; a number: pixels of its shorter "
        "side. Models with the capability any_size take all three.",
    ),
]
DirectionField = Annotated[Direction, Form(description="Models trained without pairs: from which domain to which one.")]


@router.post(
    "/v1/bundles/{id}/translate",
    tags=["bundles"],
    operation_id="translate",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("The translation."),
)
async def translate(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Upload,
    prepared: Prepared = False,
    direction: DirectionField = "a_to_b",
    size: SizeField = "square",
) -> Response:
    """Translate a picture. It is not kept."""
    opened = await asyncio.to_thread(context.bundle, id)
    number, wanted = DIRECTIONS.index(direction), answer_size(size)
    check_direction(opened, number)

    def submit(picture: Image.Image) -> Future[Pictures]:
        return context.engine.submit_translate(opened, picture, prepared=prepared, direction=number, size=wanted)

    return await _answer(request, context, opened, image, submit, full_size=wanted != "square")


@router.post(
    "/v1/bundles/{id}/heatmap",
    tags=["bundles"],
    operation_id="heatmap",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("The attention map: grey, of the model's size, white where the attention is highest."),
)
async def heatmap(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Upload,
    prepared: Prepared = False,
    direction: DirectionField = "a_to_b",
) -> Response:
    """The attention map of a translation, from a model that has one (U-GAT-IT). The picture is not kept."""
    opened = await asyncio.to_thread(context.bundle, id)
    number = DIRECTIONS.index(direction)
    check_direction(opened, number)
    return await _answer(
        request,
        context,
        opened,
        image,
        lambda picture: context.engine.submit_heatmap(opened, picture, prepared=prepared, direction=number),
    )


@router.post(
    "/v1/bundles/{id}/prepare",
    tags=["bundles"],
    operation_id="prepare",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("The picture to show beside the answer."),
)
async def prepare(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Upload,
    size: SizeField = "square",
) -> Response:
    """Crop a picture as the model takes it: a page shows it beside the answer and sends it again as ``prepared``.

    A model that enlarges takes whole pictures; for it the picture is enlarged to the size of the answer by bicubic
    interpolation. The picture is not kept.
    """
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, id)
    wanted = answer_size(size)

    def compared(found: Image.Image) -> Pictures:
        return _comparison(opened, found, wanted)

    whole = wanted != "square"
    picture = await decode_upload(request, context, image, compared, opened, full_size=whole)
    return await asyncio.to_thread(picture_answer, picture, start)


def _comparison(opened: Bundle, picture: Image.Image, size: AnswerSize) -> Pictures:
    """The picture that the answer is compared with, uint8 [H, W, 1 or 3]."""
    info = opened.info
    if "reference" in info.accepts:
        return prepare_picture(opened, picture)
    check_direction(opened, 0)
    if size != "square" and not enlarges(opened):
        whole_multiple(opened)  # refused where the model takes squares only
        return prepare_whole(opened, picture, size, prepared=False)
    source = prepare_source(opened, picture, prepared=False)
    if not enlarges(opened):
        return source
    scale = info.data.source_scale
    check_size(picture.width, picture.height, scale)
    larger = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BICUBIC)
    return whole_picture(larger, info.data.source_channels)


async def _answer(
    request: Request,
    context: StudioContext,
    opened: Bundle,
    image: UploadFile,
    submit: Callable[[Image.Image], Future[Pictures]],
    *,
    full_size: bool = False,
) -> Response:
    """Read an uploaded picture, give it to the model, and answer with a PNG."""
    start = time.perf_counter()
    running = await decode_upload(request, context, image, submit, opened, full_size=full_size)
    made = await while_connected(request, running)
    return await asyncio.to_thread(picture_answer, made, start)
