"""``/v1/bundles/{id}/reference`` and ``/v1/makeup``: a picture in the style of another, or of a seed."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.serve.core.context import SEEDS, The, picture_response, while_connected
from ganvas.serve.core.engine import Pictures, check_label, prepare_picture
from ganvas.serve.core.model_inputs import answer_picture, open_upload
from ganvas.spec import Task
from ganvas.tasks.reference import keeps_lines
from ganvas.tasks.reference import request as reference_request

router = APIRouter()

LARGEST = 2048  # pixels of the longer side of a picture that is made up without a model

_one_at_a_time = ThreadPoolExecutor(1, "make-up")  # the face networks serve one thread
_artist: list[Any] = []  # the one object that makes up, once it was needed

Amount = Annotated[float | None, Form(ge=0, le=1, description="how much of this region; left out: what looks natural")]


@router.post(
    "/v1/bundles/{id}/reference",
    tags=["bundles"],
    operation_id="carryOver",
    response_class=Response,
    responses=picture_response("The picture in the other style"),
)
async def carry_over(
    request: Request,
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="any picture")],
    reference: Annotated[UploadFile | None, File(description="whose style to take; left out: the seed's")] = None,
    label: Annotated[
        int | None, Form(alias="class", description="the domain to go to; left out: by seed the seed's own")
    ] = None,
    seed: Annotated[int, Form(ge=0, lt=SEEDS, description="of the style; the same one, the same style")] = 0,
    share: Annotated[
        float | None, Form(ge=0, le=1, description="how much of the style is the seed's; 0 with a reference")
    ] = None,
    keep: Annotated[bool, Form(description="faces: change lips, lids and skin alone, and keep all else")] = False,
    strength: Annotated[float, Form(ge=0, le=1, description="with keep: how much of the change to take")] = 1.0,
    prepared: Annotated[bool, Form(description="both pictures are cut as the model takes them already")] = False,
) -> Response:
    """Carry a picture into a domain, in the style of a reference or of a seed. The pictures are not kept."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(studio.bundle, id)
    if opened.info.task is not Task.REFERENCE:
        raise UserError(f"{opened.info.name} takes no reference; ask a model of the task reference.")
    source = await open_upload(studio, image, opened)
    model = None if reference is None else await open_upload(studio, reference, opened)
    if model is not None and label is None:
        named = ", ".join(f"{number}: {name}" for number, name in enumerate(opened.info.data.classes))
        raise UserError(f"Say with class of which domain the reference is ({named}).")
    part = share if share is not None else float(model is None)
    domain = check_label(opened, label, seed)
    given = await asyncio.to_thread(prepare_picture, opened, source, prepared=prepared)
    wanted = (
        None
        if model is None
        else await asyncio.to_thread(prepare_picture, opened, model, prepared=prepared, whose="the reference")
    )
    asked = await asyncio.to_thread(_fields, opened, given, wanted, domain, seed, part)
    answer = (await while_connected(request, studio.engine.submit_fields(opened, asked)))[0]
    headers = {}
    if keep:
        work = _one_at_a_time.submit(_kept, given, answer, strength)
        answer, likeness = await while_connected(request, work)
        headers["X-Likeness"] = f"{likeness:.3f}"
    return answer_picture(answer, start, headers)


@router.post(
    "/v1/makeup",
    tags=["studio"],
    operation_id="makeUp",
    response_class=Response,
    responses=picture_response("The picture with the reference's make-up, in its own size"),
)
async def make_up(
    request: Request,
    studio: The,
    image: Annotated[UploadFile, File(description="a face")],
    reference: Annotated[UploadFile, File(description="a face whose make-up to take")],
    strength: Annotated[float, Form(ge=0, le=1, description="of all regions; 0: none, 1: the reference's")] = 1.0,
    lips: Amount = None,
    eyes: Amount = None,
    skin: Amount = None,
) -> Response:
    """Make-up without a model: colours of lips, lids and skin, all else as it was. The pictures are not kept.

    ``X-Likeness`` says how much it still is the same person (cosine of SFace, above about 0.36: yes).
    """
    start = time.perf_counter()
    source, model = (await open_upload(studio, image), await open_upload(studio, reference))
    wished = {"lips": lips, "eyes": eyes, "skin": skin}
    amounts = {name: amount for name, amount in wished.items() if amount is not None}

    def work() -> tuple[Pictures, float]:
        artist = _makeup()
        from ganvas.apps.makeup import Amounts

        done = artist.transfer(_pixels(source), _pixels(model), strength, Amounts(**amounts))
        return done.picture, done.likeness

    picture, likeness = await while_connected(request, _one_at_a_time.submit(work))
    return answer_picture(picture, start, {"X-Likeness": f"{likeness:.3f}"})


@router.post(
    "/v1/makeup/prepare",
    tags=["studio"],
    operation_id="prepareMakeUp",
    response_class=Response,
    responses=picture_response("The picture as it stands beside the answer"),
)
async def prepare_make_up(
    request: Request,
    studio: The,
    image: Annotated[UploadFile, File(description="a face to make up, or one whose make-up to take")],
) -> Response:
    """A picture in the size in which it is made up, once it is sure that it shows a face. It is not kept."""
    start = time.perf_counter()
    picture = await open_upload(studio, image)

    def work() -> Pictures:
        pixels = _pixels(picture)
        _makeup().face(pixels)
        return pixels

    return answer_picture(await while_connected(request, _one_at_a_time.submit(work)), start)


def _makeup() -> Any:
    import ganvas.curate.faces  # noqa: F401 - says which extra is missing
    from ganvas.apps.makeup import Makeup

    if not _artist:
        _artist.append(Makeup())
    return _artist[0]


def _kept(source: Pictures, answer: Pictures, strength: float) -> tuple[Pictures, float]:
    done = _makeup().keep_person(_three(source), _three(answer), strength)
    return done.picture, done.likeness


def _three(pixels: Pictures) -> Pictures:
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def _pixels(image: Image.Image) -> Pictures:
    if max(image.size) > LARGEST:
        image = image.copy()
        image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return np.array(image.convert("RGB"))


def _fields(
    opened: Bundle, source: Pictures, model: Pictures | None, label: int, seed: int, share: float
) -> dict[str, Any]:
    """The tensors of the request, as the engine takes them."""
    info = opened.info
    given = source[None]
    wanted = given if model is None else model[None]
    lines = keeps_lines(info.config)
    asked = reference_request(given, wanted, [label], z_dim=info.z_dim, lines=lines, seeds=[seed], share=share)
    return {name: tensor.numpy() for name, tensor in asked._asdict().items()}
