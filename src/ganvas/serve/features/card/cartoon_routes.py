"""``/v1/card/cartoon``: the face of a photograph, drawn by a model."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from concurrent.futures import Future
from typing import Annotated, Literal, NamedTuple

import numpy as np
from fastapi import APIRouter, File, Form, Request, UploadFile
from PIL import Image

from ganvas.apps.card import check_installed
from ganvas.bundle import Bundle
from ganvas.curate.images.animation import refuse_animation
from ganvas.errors import UserError
from ganvas.runs.folder import RunDir
from ganvas.serve.core.bundle_inputs import check_direction, check_label, prepare_picture, takes_any_size
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.parameters import SEEDS
from ganvas.serve.core.responses import elapsed_milliseconds
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import read_upload
from ganvas.serve.features.card.schemas import CartoonAnswer
from ganvas.serve.features.card.state import CardState
from ganvas.serve.features.card.uploads import decode_picture
from ganvas.tasks.pictures import Pictures
from ganvas.tasks.reference import keeps_lines, reference_request

router = APIRouter()


class _Style(NamedTuple):
    """Which drawing of a model is wanted."""

    direction: int
    label: int
    seed: int
    any_size: bool


@router.post(
    "/v1/card/cartoon",
    tags=["card"],
    operation_id="drawCartoon",
    openapi_extra=needs("player", cost="upload"),
)
async def draw_cartoon(
    request: Request,
    context: Context,
    image: Annotated[UploadFile, File(description="A photograph of one person.")],
    bundle: Annotated[str, Form(description="Id of the model that draws.")],
    direction: Annotated[
        Literal["a_to_b", "b_to_a"], Form(description="Models trained without pairs: from which domain to which one.")
    ] = "a_to_b",
    label: Annotated[int | None, Form(alias="class", description="Models with several domains: to which one.")] = None,
    seed: Annotated[int, Form(ge=0, lt=SEEDS, description="Seed of the style, of models that take one.")] = 0,
    scope: Annotated[
        Literal["head", "photograph"], Form(description="The head alone, or the whole photograph.")
    ] = "head",
    background: Annotated[
        Literal["keep", "remove"], Form(description="remove: all but the person becomes transparent.")
    ] = "remove",
    detail: Annotated[
        int, Form(ge=64, le=1024, description="Pixels of the drawing's side, of models that take any size.")
    ] = 640,
) -> CartoonAnswer:
    """Draw the only face of a photograph, cut out upright and laid back. The photograph is not kept."""
    check_installed()
    from ganvas.apps.card import cartoon
    from ganvas.apps.consent import only_face

    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, bundle)
    style = _style(opened, direction, label, seed)
    content = await read_upload(context, image)
    refuse_animation(content)
    photo = await decode_picture(request, context, content)
    photo = cartoon.reduced(photo[..., :3], cartoon.LONGEST_SIDE)
    state, info = context.state(CardState), opened.info
    if scope == "photograph" and style.any_size:
        photo = cartoon.resized(photo, detail)
        face = await while_connected(request, state.submit_faces(lambda reader: only_face(reader.faces(photo))))
        drawn = await while_connected(request, _translated(context, opened, photo, style))
        made = await while_connected(
            request,
            state.submit_faces(lambda reader: cartoon.finish_whole(photo, face, drawn, reader, background)),
        )
    else:
        side = detail if style.any_size else info.data.resolution
        head = await while_connected(
            request,
            state.submit_faces(
                lambda reader: cartoon.find_head(photo, reader, info.data, detail=side, background=background)
            ),
        )
        drawn = await while_connected(request, _translated(context, opened, head.square, style))
        made = await asyncio.to_thread(cartoon.finish, photo, head, drawn, scope=scope, background=background)
    return await while_connected(request, _answer(context, bundle, info.name, photo, made, start))


def _style(opened: Bundle, direction: str, label: int | None, seed: int) -> _Style:
    info = opened.info
    if "picture" not in info.accepts or info.data.labels:
        raise UserError(
            f"{info.name} takes no photographs; choose a model that translates pictures.",
            code="takes-no-photographs",
            params={"model": info.name},
        )
    number = 1 if direction == "b_to_a" else 0
    if "reference" in info.accepts:
        return _Style(0, check_label(opened, label, seed), seed, any_size=False)
    check_direction(opened, number)
    return _Style(number, 0, seed, takes_any_size(opened))


def _translated(context: StudioContext, opened: Bundle, square: Pictures, style: _Style) -> Future[Pictures]:
    """The translation of a square or, by a model of any size, of a picture."""
    info, image = opened.info, Image.fromarray(square)
    if "reference" not in info.accepts:
        return context.engine.submit_translate(
            opened,
            image,
            prepared=info.data.degradation is None,
            direction=style.direction,
            size="keep" if style.any_size else "square",
        )
    x = prepare_picture(opened, image, prepared=True)
    lines = keeps_lines(info.config)
    fields = reference_request(
        x[None], x[None], [style.label], z_dim=info.z_dim, lines=lines, seeds=[style.seed], share=1.0
    )
    arrays = {name: tensor.numpy() for name, tensor in fields._asdict().items()}
    made: Future[Pictures] = Future()

    def first(done: Future[Pictures]) -> None:
        if done.cancelled():
            made.cancel()
        elif (error := done.exception()) is not None:
            made.set_exception(error)
        else:
            made.set_result(done.result()[0])

    context.engine.submit_fields(opened, arrays).add_done_callback(first)
    return made


def _answer(
    context: StudioContext, bundle: str, model: str, photo: Pictures, made: object, start: float
) -> Future[CartoonAnswer]:
    """The answer, with the pre-check of photograph and drawing."""
    from ganvas.apps.card.cartoon import Cartoon
    from ganvas.apps.card.colour import main_colours
    from ganvas.apps.card.content_checks import check_copies, check_photograph
    from ganvas.apps.card.drawing import pictures_of_run
    from ganvas.apps.card.marks import marked_png
    from ganvas.curate.faces import FaceReader

    assert isinstance(made, Cartoon)
    cartoon = made
    state, run = context.state(CardState), context.runs.find(bundle)

    def work(reader: FaceReader) -> CartoonAnswer:
        trained = pictures_of_run(RunDir(run.root)) if run is not None else None
        findings = check_photograph(photo) + check_copies(cartoon.picture, state.hashes(trained))
        png = marked_png(np.ascontiguousarray(cartoon.picture), model)
        return CartoonAnswer(
            picture=f"data:image/png;base64,{b64encode(png).decode()}",
            width=cartoon.picture.shape[1],
            height=cartoon.picture.shape[0],
            face=cartoon.face,
            colours=main_colours(photo),
            findings=findings,
            milliseconds=elapsed_milliseconds(start),
        )

    return state.submit_faces(work)
