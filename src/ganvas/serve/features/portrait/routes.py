"""``/v1/bundles/{id}/portrait``: a portrait from a drawing, as close to it or to real sketches as one likes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from base64 import b64encode
from concurrent.futures import Future
from typing import Annotated

import numpy as np
from fastapi import APIRouter, File, Form, Header, Request, UploadFile
from fastapi.responses import Response

from ganvas.apps.portrait import NEIGHBOURS, OWN, Painted, Wish, parts_of, sketches_of
from ganvas.bundle import Bundle
from ganvas.curate.images.decode import PictureError, encode_png
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.serve.core.context import The, picture_response, since, while_connected
from ganvas.serve.core.engine import BusyError, Pictures, prepare_source
from ganvas.serve.core.model_inputs import answer_picture, open_upload
from ganvas.serve.features.portrait.schemas import PortraitAnswer, PortraitParts, Shares, Sketches

router = APIRouter()

FINE = 512  # pixels of a photo's drawing: strokes look alike at every size, and paper is larger than models
MOST = 100  # sketches compared with: beyond them, weights are tiny and solving for them takes longer than painting


@router.get("/v1/bundles/{id}/portrait", tags=["draw"], operation_id="readPortraitParts")
async def read_parts(studio: The, id: str) -> PortraitParts:  # noqa: A002
    """What can be asked of a portrait; the model is made ready for the first stroke meanwhile."""
    opened = await asyncio.to_thread(studio.bundle, id)
    parts = parts_of(opened)
    known = await asyncio.to_thread(sketches_of, opened)
    with contextlib.suppress(BusyError):
        await asyncio.to_thread(studio.engine.warm_painter, opened)
    most = min(MOST, known)
    return PortraitParts(
        parts=list(parts),
        resolution=opened.info.data.resolution,
        sketches=known,
        k=Sketches(least=1, most=most, usual=min(NEIGHBOURS, most)),
        t=Shares(least=0.0, most=1.0, usual=OWN),
    )


@router.post("/v1/bundles/{id}/portrait", tags=["draw"], operation_id="paintPortrait")
async def paint_portrait(
    request: Request,
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="the drawing, dark strokes on white")],
    prepared: Annotated[bool, Form(description="false: a photo, which is made a drawing first")] = True,
    k: Annotated[int, Form(description="real sketches that each part is compared with, 1 to 100")] = NEIGHBOURS,
    t: Annotated[
        str,
        Form(
            description="share of the drawing itself that stays, 0 to 1: a number for all parts, or a JSON object of "
            "numbers by part"
        ),
    ] = str(OWN),
    shadow: Annotated[bool, Form(description="also draw the nearest real sketches")] = False,
    asker: Annotated[
        str,
        Header(
            alias="X-Asker",
            max_length=64,
            description="any name for whoever draws: those who draw at once take turns, each with the newest drawing",
        ),
    ] = "",
) -> PortraitAnswer:
    """Paint a portrait from a drawing. Neither is kept."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(studio.bundle, id)
    parts_of(opened)
    if k > MOST:
        raise UserError(f"k is how many real sketches a drawing is compared with: 1 to {MOST}, not {k}.")
    shares = _shares(t)
    drawing = await open_upload(studio, image, opened)

    def submit() -> Future[Painted]:
        sketch = prepare_source(opened, drawing, prepared=prepared)
        return studio.engine.submit_paint(opened, Wish(sketch, k, shares, shadow), asker or _address_of(request))

    painted = await while_connected(request, await asyncio.to_thread(submit))
    return await asyncio.to_thread(_answer, opened, painted, start)


@router.post(
    "/v1/bundles/{id}/sketch",
    tags=["draw"],
    operation_id="sketchPhoto",
    response_class=Response,
    responses=picture_response("Grey strokes on white, 512 pixels or the model's own size"),
)
async def sketch_photo(
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="a photo")],
) -> Response:
    """A photo as a drawing to go on from: cut as the model's pictures were, in lines such as it learned from."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(studio.bundle, id)
    data = opened.info.data
    if data.degradation is None or not data.degradation.startswith("sketch"):
        raise UserError(f"{opened.info.name} takes no drawings; choose a model that was trained on sketches.")
    photo = await open_upload(studio, image, opened)

    def work() -> Pictures:
        try:
            target = prepare_image(photo, max(FINE, data.resolution), data.crop, 3)
        except PictureError as error:
            raise UserError(f"This photo cannot be used ({error}); choose another.") from None
        # Of many styles the one that a pen can go on from.
        style = "sketch-contour" if data.degradation == "sketch-mixed" else str(data.degradation)
        return degradation(style)(target, np.random.default_rng(0))

    return answer_picture(await asyncio.to_thread(work), start)


def _shares(text: str) -> float | dict[str, float]:
    """:raises UserError: it is neither a number nor an object of numbers."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if _is_number(told):
        return float(told)
    if isinstance(told, dict) and all(_is_number(share) for share in told.values()):
        return {part: float(share) for part, share in told.items()}
    raise UserError(
        't is a number from 0 to 1, or a JSON object with one for each part, such as {"mouth": 0.8}; send one of them.'
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _answer(opened: Bundle, painted: Painted, start: float) -> PortraitAnswer:
    shadow = None if painted.shadow is None else _data_url(painted.shadow[:, :, None])
    return PortraitAnswer(portrait=_data_url(painted.portrait), shadow=shadow, milliseconds=since(start))


def _address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _data_url(pixels: Pictures) -> str:
    return f"data:image/png;base64,{b64encode(encode_png(pixels)).decode()}"
