"""``/v1/bundles/{id}/portrait``: a portrait from a drawing, as close to it or to real sketches as one likes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from base64 import b64encode
from concurrent.futures import Future
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from ganvas.apps.portrait import NEIGHBOURS, OWN, Painted, Wish, parts_of, sketches_of
from ganvas.bundle import Bundle
from ganvas.curate.images import encode_png
from ganvas.serve.answers import The, since, while_connected
from ganvas.serve.engine import BusyError, Pictures, prepare_source
from ganvas.serve.limits import too_many_bytes
from ganvas.serve.portrait_schemas import PortraitAnswer, PortraitParts, Shares, Sketches
from ganvas.terms import UserError

router = APIRouter()

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
) -> PortraitAnswer:
    """Paint a portrait from a drawing. Neither is kept."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(studio.bundle, id)
    parts_of(opened)
    if k > MOST:
        raise UserError(f"k is how many real sketches a drawing is compared with: 1 to {MOST}, not {k}.")
    shares = _shares(t)
    limits = studio.decoder.limits
    content = await image.read(limits.bytes + 1)
    if len(content) > limits.bytes:
        raise too_many_bytes(limits)

    def submit() -> Future[Painted]:
        drawing = studio.decoder.open(content, least=opened.info.data.resolution)
        sketch = prepare_source(opened, drawing, prepared=prepared)
        return studio.engine.submit_paint(opened, Wish(sketch, k, shares, shadow))

    painted = await while_connected(request, await asyncio.to_thread(submit))
    return await asyncio.to_thread(_answer, opened, painted, start)


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
    shadow = None if painted.shadow is None else _address(painted.shadow[:, :, None])
    return PortraitAnswer(portrait=_address(painted.portrait), shadow=shadow, milliseconds=since(start))


def _address(pixels: Pictures) -> str:
    return f"data:image/png;base64,{b64encode(encode_png(pixels)).decode()}"
