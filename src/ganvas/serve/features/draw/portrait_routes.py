"""``/v1/bundles/{id}/portrait`` and ``sketch``: a portrait from a drawing, and a drawing from a photo."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, File, Form, Header, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.apps.placement import HERE
from ganvas.apps.portrait import NEIGHBOURS, OWN, Portrait, PortraitRequest, anchors_of, parts_of, sketches_of
from ganvas.apps.recolour import Colours, Recoloured, encode_recoloured, parse_colours
from ganvas.bundle import Bundle
from ganvas.curate.images.decode import PictureError
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.sketch.degrade import Degradation, degradation
from ganvas.errors import UserError
from ganvas.inference.worker import BusyError
from ganvas.serve.core.bundle_inputs import prepare_drawing, prepare_source
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.responses import data_url, elapsed_milliseconds, picture_answer, picture_response
from ganvas.serve.core.roles import needs, person_of
from ganvas.serve.core.uploads import decode_upload
from ganvas.serve.features.draw.schemas import (
    MOST_SKETCHES,
    Anchor,
    DrawingPlacement,
    PortraitAnswer,
    PortraitParts,
    Shares,
    Sketches,
)
from ganvas.serve.features.draw.state import DrawState
from ganvas.tasks.pictures import Pictures

if TYPE_CHECKING:  # needs an extra that portraits in the model's own colours do not
    from ganvas.curate.faces import FaceReader

router = APIRouter()

RegionColour = Annotated[
    str | None,
    Form(
        max_length=64,
        description="Colour to move this region of the portrait to, #c9a063 or a name of a swatch such as black; left "
        "out: as painted.",
    ),
]
SKETCH_SIDE = 512  # pixels of a photo's drawing: strokes look alike at every size, and paper is larger than models


@router.get("/v1/bundles/{id}/portrait", tags=["draw"], operation_id="readPortraitParts", openapi_extra=needs("player"))
async def read_parts(context: Context, id: str) -> PortraitParts:  # noqa: A002
    """The options of a portrait. The model is loaded meanwhile, so that the first drawing need not wait."""
    opened = await asyncio.to_thread(context.bundle, id)
    parts = parts_of(opened)
    known = await asyncio.to_thread(sketches_of, opened)
    with contextlib.suppress(BusyError):
        await asyncio.to_thread(context.engine.preload_portraits, opened)
    most = min(MOST_SKETCHES, known)
    return PortraitParts(
        parts=list(parts),
        resolution=opened.info.data.resolution,
        sketches=known,
        k=Sketches(least=1, most=most, usual=min(NEIGHBOURS, most)),
        t=Shares(least=0.0, most=1.0, usual=OWN),
        anchors={name: Anchor(x=x, y=y) for name, (x, y) in anchors_of(opened).items()},
    )


@router.post(
    "/v1/bundles/{id}/portrait",
    tags=["draw"],
    operation_id="paintPortrait",
    openapi_extra=needs("player", cost="upload"),
)
async def paint_portrait(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="The drawing, dark strokes on white.")],
    prepared: Annotated[bool, Form(description="False: a photo, from which a drawing is made first.")] = True,
    k: Annotated[
        int, Form(description="Number of real sketches that each part is compared with, 1 to 100.")
    ] = NEIGHBOURS,
    t: Annotated[
        str,
        Form(
            description="Share of the drawing itself that stays, 0 to 1: one number for all parts, or a JSON object "
            "with a number per part."
        ),
    ] = str(OWN),
    shadow: Annotated[bool, Form(description="Also return the nearest real sketches.")] = False,
    place: Annotated[
        bool, Form(description="Bring a face that was drawn small, off-centre or turned to where the model expects it.")
    ] = False,
    hair: RegionColour = None,
    skin: RegionColour = None,
    background: RegionColour = None,
    client: Annotated[
        str,
        Header(
            alias="X-Asker",
            max_length=64,
            description="Any name of the client: clients that draw at once take turns, each with its newest drawing.",
        ),
    ] = "",
) -> PortraitAnswer:
    """Paint a portrait from a drawing. Neither is kept."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, id)
    parts_of(opened)
    if k > MOST_SKETCHES:
        raise UserError(
            f"k is the number of real sketches that a drawing is compared with: 1 to {MOST_SKETCHES}, not {k}.",
            code="sketch-count",
            params={"most": MOST_SKETCHES, "k": k},
        )
    shares = _parse_shares(t)
    colours = parse_colours({"hair": hair, "skin": skin, "background": background})

    def submit(drawing: Image.Image) -> Future[Portrait]:
        sketch = (
            prepare_drawing(opened, drawing)
            if place and prepared
            else prepare_source(opened, drawing, prepared=prepared)
        )
        return context.engine.submit_portrait(
            opened, PortraitRequest(sketch, k, shares, shadow, place), client or person_of(request).key
        )

    painted = await while_connected(request, await decode_upload(request, context, image, submit, opened))
    recoloured = await _recolour(request, context, painted.portrait, colours) if colours else None
    return await asyncio.to_thread(_answer, painted, recoloured, opened, colours, start)


@router.post(
    "/v1/bundles/{id}/sketch",
    tags=["draw"],
    operation_id="sketchPhoto",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("Grey strokes on white; its side is 512 pixels, or the model's own if that is larger."),
)
async def sketch_photo(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="A photo.")],
) -> Response:
    """A drawing made from a photo, to continue drawing on, in the style that the model was trained on."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, id)
    style = _sketch_style(opened)

    def work(photo: Image.Image) -> Pictures:
        data = opened.info.data
        try:
            target = prepare_image(photo, max(SKETCH_SIDE, data.resolution), data.crop, 3)
        except PictureError as error:
            raise UserError(
                f"This photo cannot be used ({error}); choose another.",
                code="photo-unusable",
                params={"reason": str(error)},
            ) from None
        return style(target, np.random.default_rng(0))

    made = await decode_upload(request, context, image, work, opened)
    return await asyncio.to_thread(picture_answer, made, start)


def _sketch_style(opened: Bundle) -> Degradation:
    """The degradation that makes drawings such as the model takes, in a style that a pen can continue."""
    name = opened.info.data.degradation
    style = None if name is None else degradation(name)
    if style is None or not style.draws:
        model = opened.info.name
        raise UserError(
            f"{model} does not take drawings; choose a model that was trained on sketches.",
            code="no-drawings",
            params={"model": model},
        )
    return style if style.redrawn_by is None else degradation(style.redrawn_by)


def _parse_shares(text: str) -> float | dict[str, float]:
    """A number for all parts, or numbers by part.

    Raises:
        UserError: The text is neither.
    """
    try:
        shares = json.loads(text)
    except (ValueError, RecursionError):
        shares = None
    if _is_number(shares):
        return float(shares)
    if isinstance(shares, dict) and all(_is_number(share) for share in shares.values()):
        return {part: float(share) for part, share in shares.items()}
    raise UserError(
        't is a number from 0 to 1, or a JSON object with one number per part, such as {"mouth": 0.8}.',
        code="share-format",
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


async def _recolour(request: Request, context: StudioContext, portrait: Pictures, colours: Colours) -> Recoloured:
    def work(reader: FaceReader) -> Recoloured:
        from ganvas.apps.recolour.recolour import recolour

        return recolour(portrait, colours, reader)

    return await while_connected(request, context.state(DrawState).submit_faces(work))


def _answer(
    painted: Portrait, recoloured: Recoloured | None, opened: Bundle, colours: Colours, start: float
) -> PortraitAnswer:
    shadow = None if painted.shadow is None else data_url(painted.shadow[:, :, None])
    placement = None if painted.placement == HERE else DrawingPlacement(**painted.placement._asdict())
    if recoloured is None:
        portrait = data_url(painted.portrait)
    else:
        learned = ", ".join(dict.fromkeys(credit.name for credit in opened.info.credits)) or "pictures without credits"
        made_by = f"Drawn by the model {opened.info.name}, which learned from {learned}"
        portrait = data_url(recoloured.picture, lambda _: encode_recoloured(recoloured, colours, made_by))
    return PortraitAnswer(
        portrait=portrait,
        shadow=shadow,
        placement=placement,
        uncoloured=[] if recoloured is None else list(recoloured.missing),
        milliseconds=elapsed_milliseconds(start),
    )
