"""``/v1/bundles/{id}/reference``: a picture in the style of another one, or of a seed."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.serve.core.bundle_inputs import check_label, prepare_picture
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.parameters import SEEDS
from ganvas.serve.core.responses import picture_answer, picture_response
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import decode_upload
from ganvas.serve.features.translate.state import MakeupState
from ganvas.setting_names import first_of
from ganvas.tasks.pictures import Pictures
from ganvas.tasks.reference import keeps_lines, reference_request

router = APIRouter()


@router.post(
    "/v1/bundles/{id}/reference",
    tags=["bundles"],
    operation_id="carryOver",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses=picture_response("The picture in the other style."),
)
async def carry_over(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="Any picture.")],
    reference: Annotated[
        UploadFile | None, File(description="The picture whose style to use; left out: the style of the seed.")
    ] = None,
    label: Annotated[
        int | None,
        Form(
            alias="class",
            description="Number of the domain to translate to; left out, without a reference: the one that the seed "
            "decides.",
        ),
    ] = None,
    seed: Annotated[
        int, Form(ge=0, lt=SEEDS, description="Seed of the style; the same seed gives the same style.")
    ] = 0,
    share: Annotated[
        float | None,
        Form(ge=0, le=1, description="Share of the style that comes from the seed; left out: 0 with a reference."),
    ] = None,
    keep: Annotated[
        bool, Form(description="For faces: change lips, eyelids and skin only, and keep everything else.")
    ] = False,
    strength: Annotated[float, Form(ge=0, le=1, description="With keep: how much of the change to apply.")] = 1.0,
    prepared: Annotated[bool, Form(description="True: both pictures are cropped as the model takes them.")] = False,
) -> Response:
    """Translate a picture to a domain, in the style of a reference or of a seed. The pictures are not kept."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, id)
    _check_task(opened)
    if reference is not None and label is None:
        domains = first_of([f"{number}: {name}" for number, name in enumerate(opened.info.data.classes)])
        raise UserError(
            f"Name the domain of the reference with class ({domains}).",
            code="reference-domain",
            params={"domains": domains},
        )
    domain = check_label(opened, label, seed)
    seed_share = share if share is not None else float(reference is None)

    def prepare(picture: Image.Image) -> Pictures:
        return prepare_picture(opened, picture, prepared=prepared)

    def prepare_reference(picture: Image.Image) -> Pictures:
        return prepare_picture(opened, picture, prepared=prepared, reference=True)

    x = await decode_upload(request, context, image, prepare, opened)
    x_ref = x if reference is None else await decode_upload(request, context, reference, prepare_reference, opened)
    fields = _fields(opened, x, x_ref, domain, seed, seed_share)
    answer = (await while_connected(request, context.engine.submit_fields(opened, fields)))[0]
    if not keep:
        return await asyncio.to_thread(picture_answer, answer, start)
    answer, similarity = await while_connected(request, _keep_person(context, x, answer, strength))
    return await asyncio.to_thread(picture_answer, answer, start, {"X-Likeness": f"{similarity:.3f}"})


def _check_task(opened: Bundle) -> None:
    if "reference" not in opened.info.accepts:
        model = opened.info.name
        raise UserError(
            f"{model} does not take a reference; choose a model that translates by reference.",
            code="no-reference",
            params={"model": model},
        )


def _keep_person(
    context: StudioContext, source: Pictures, answer: Pictures, strength: float
) -> Future[tuple[Pictures, float]]:
    """The change restricted to lips, eyelids and skin, and the similarity of the faces (cosine of SFace)."""

    def work(makeup: Any) -> tuple[Pictures, float]:
        done = makeup.keep_person(_rgb(source), _rgb(answer), strength)
        return done.picture, done.likeness

    return context.state(MakeupState).submit(work)


def _rgb(pixels: Pictures) -> Pictures:
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def _fields(opened: Bundle, x: Pictures, x_ref: Pictures, label: int, seed: int, seed_share: float) -> dict[str, Any]:
    """The tensors of the request, as the engine takes them."""
    info = opened.info
    lines = keeps_lines(info.config)
    fields = reference_request(
        x[None], x_ref[None], [label], z_dim=info.z_dim, lines=lines, seeds=[seed], share=seed_share
    )
    return {name: tensor.numpy() for name, tensor in fields._asdict().items()}
