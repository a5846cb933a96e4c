"""``/v1/makeup``: the make-up of references on a face, without a model."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any

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
    from ganvas.apps.makeup import MadeUp, Makeup

router = APIRouter()

LONGEST_SIDE = 2048  # pixels; larger pictures are made smaller

Amount = Annotated[
    float | None, Form(ge=0, le=1, description="Amount for this region; left out: an amount that looks natural.")
]
LikeEyes = Annotated[
    float | None, Form(ge=0, le=1, description="Amount for this region; left out: as eyes, where that is given.")
]
LikeSkin = Annotated[
    float | None, Form(ge=0, le=1, description="Amount for this region; left out: as skin, where that is given.")
]
Consent = Annotated[bool, Form(description="The person shown is an adult, and is the sender or agreed to this use.")]
_MADE_UP = {
    "X-Likeness": "Similarity of the faces before and after: cosine of SFace, at least 0.9.",
    "X-Make-Up-Share": "Share of the make-up that is applied, below 1 where more would have left a likeness below 0.9.",
    "X-Make-Up-Eyes": "The same share of eyes, liner and brows, which are reduced first.",
    "X-Make-Up-Missing": "Regions that no reference shows, separated by commas.",
}


def _made_up_response() -> dict[int | str, dict[str, Any]]:
    answer = picture_response("The picture with the make-up of the references, in its own size.")
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in _MADE_UP.items()}
    return {200: answer[200] | {"headers": headers}}


@router.post(
    "/v1/makeup",
    tags=["studio"],
    operation_id="makeUp",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=_made_up_response(),
)
async def make_up(
    request: Request,
    context: Context,
    image: Annotated[UploadFile, File(description="A face.")],
    reference: Annotated[list[UploadFile], File(description="One to six faces whose make-up to use, mixed.")],
    weight: Annotated[
        list[float] | None, Form(description="How far each reference counts, 0 or more; left out: equally.")
    ] = None,
    consent: Consent = False,
    strength: Annotated[
        float, Form(ge=0, le=1, description="Amount for all regions; 0: none, 1: that of the references.")
    ] = 1.0,
    lips: Amount = None,
    eyes: Amount = None,
    liner: LikeEyes = None,
    brows: LikeEyes = None,
    cheeks: LikeSkin = None,
    skin: Amount = None,
) -> Response:
    """Transfer make-up: the colours of lips, lids, brows and skin change, nothing else. The pictures are not kept."""
    start = time.perf_counter()
    from ganvas.apps.consent import check_consent

    check_consent(consent)
    _check_count(len(reference))
    source = await decode_upload(request, context, image, _pixels, still=True)
    styles = [await decode_upload(request, context, one, _pixels, still=True) for one in reference]
    given = {"lips": lips, "eyes": eyes, "skin": skin}
    given |= {"liner": _first(liner, eyes), "brows": _first(brows, eyes), "cheeks": _first(cheeks, skin)}
    amounts = {region: amount for region, amount in given.items() if amount is not None}

    def work(makeup: Makeup) -> MadeUp:
        from ganvas.apps.makeup import Amounts

        return makeup.transfer(source, styles, strength, Amounts(**amounts), weight)

    done = await while_connected(request, context.state(MakeupState).submit(work))
    values = (f"{done.likeness:.3f}", f"{done.share:.2f}", f"{done.eyes_share:.2f}", ",".join(done.missing))
    headers = dict(zip(_MADE_UP, values, strict=True))
    return await asyncio.to_thread(picture_answer, done.picture, start, headers, _mark)


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
    consent: Consent = False,
) -> Response:
    """A picture in the size in which make-up is transferred, once a face was found in it. It is not kept."""
    start = time.perf_counter()
    from ganvas.apps.consent import check_consent

    check_consent(consent)
    pixels = await decode_upload(request, context, image, _pixels, still=True)
    await while_connected(request, context.state(MakeupState).submit(lambda makeup: makeup.face(pixels)))
    return await asyncio.to_thread(picture_answer, pixels, start)


def _check_count(count: int) -> None:
    """Refuse too many references before any is decoded."""
    from ganvas.apps.makeup import check_weights

    check_weights(None, count)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _mark(picture: Pictures) -> bytes:
    """A PNG that says in its metadata what was done to it."""
    from ganvas.apps.makeup import MARK
    from ganvas.apps.provenance import encode_marked

    return encode_marked(picture, *MARK)


def _pixels(image: Image.Image) -> Pictures:
    if max(image.size) > LONGEST_SIDE:
        image = image.copy()
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return np.array(image.convert("RGB"))
