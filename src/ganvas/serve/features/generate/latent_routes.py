"""``/v1/bundles/{id}``: walks, mixtures and directions in latent space.

They need the family, so torch runs them, in the thread of the bundle.
"""

from __future__ import annotations

import asyncio
import importlib.util
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import torch
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from ganvas.apps.latent_space import latent_space, pictures, shape_of
from ganvas.apps.latent_walks import mix, walk
from ganvas.apps.sefa import STRONGEST, move
from ganvas.apps.video_writer import write_video
from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.responses import data_url, elapsed_milliseconds
from ganvas.serve.core.roles import needs, person_of
from ganvas.serve.features.generate.latents import (
    directions_of_layers,
    latent_bundle,
    layer_range,
    locate_places,
    places_of,
)
from ganvas.serve.features.generate.schemas import (
    FRAMES,
    Abilities,
    DirectionInfo,
    DirectionsAnswer,
    EditRequest,
    FilmRequest,
    Frames,
    InterpolateRequest,
    MixAnswer,
    MixRequest,
)
from ganvas.serve.features.generate.state import GenerateState
from ganvas.serve.features.generate.training_pictures import has_training_pictures
from ganvas.tasks.pictures import Pictures

router = APIRouter()
TYPES = {"mp4": "video/mp4", "gif": "image/gif"}


@router.get("/v1/bundles/{id}/abilities", tags=["explore"], operation_id="readAbilities", openapi_extra=needs("player"))
async def read_abilities(request: Request, context: Context, id: str) -> Abilities:  # noqa: A002
    """What this model supports with the software and the files on this machine."""
    opened = await asyncio.to_thread(latent_bundle, context, id)

    def count_layers(family: Family) -> tuple[int, int]:
        return shape_of(family)[0], len(latent_space(family).sefa_weights())

    future = context.engine.submit_family(opened, count_layers)
    layers, direction_layers = await while_connected(request, future)
    return Abilities(
        layers=layers,
        direction_layers=direction_layers,
        films=["mp4", "gif"] if importlib.util.find_spec("av") else ["gif"],
        # Training pictures are for those who work on the model.
        neighbours=person_of(request).may("reviewer") and await asyncio.to_thread(has_training_pictures, context, id),
    )


@router.post(
    "/v1/bundles/{id}/interpolate", tags=["explore"], operation_id="interpolate", openapi_extra=needs("player")
)
async def interpolate(request: Request, context: Context, id: str, body: InterpolateRequest) -> Frames:  # noqa: A002
    """The pictures of a walk from each point to the next."""
    start = time.perf_counter()
    images = await asyncio.to_thread(_urls, await _walk(request, context, id, body))
    return Frames(images=images, milliseconds=elapsed_milliseconds(start))


@router.post(
    "/v1/bundles/{id}/film",
    tags=["explore"],
    operation_id="film",
    openapi_extra=needs("player"),
    response_class=Response,
    responses={
        200: {
            "description": "The film.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES.values()},
        }
    },
)
async def film(request: Request, context: Context, id: str, body: FilmRequest) -> Response:  # noqa: A002
    """The film of a walk from each point to the next."""
    frames = await _walk(request, context, id, body)

    def encode() -> bytes:
        with tempfile.TemporaryDirectory(prefix="ganvas-") as folder:  # the mp4 index is moved to the front of a file
            path = Path(folder) / f"film.{body.format}"
            write_video(path, frames, body.fps)
            return path.read_bytes()

    content = await asyncio.to_thread(encode)
    return Response(content, media_type=TYPES[body.format], headers={"Cache-Control": "no-store"})


@router.post("/v1/bundles/{id}/mix", tags=["explore"], operation_id="mix", openapi_extra=needs("player"))
async def mix_styles(request: Request, context: Context, id: str, body: MixRequest) -> MixAnswer:  # noqa: A002
    """The pictures of the rows with layers of the columns (style mixing)."""
    opened = await asyncio.to_thread(latent_bundle, context, id)
    start = time.perf_counter()
    rows, columns = places_of(opened, body.rows), places_of(opened, body.columns)

    def work(family: Family) -> tuple[int, list[Pictures]]:
        left, top = locate_places(family, rows, body.psi), locate_places(family, columns, body.psi)
        layers = left.shape[1]
        last = max(layers // 2 - 1, body.first_layer) if body.last_layer is None else body.last_layer
        chosen = layer_range(body.first_layer, last, layers)
        mixed = mix(family, left, top, chosen) if chosen else left[:, None]
        return layers, list(pictures(family, torch.cat([left, top, mixed.flatten(0, 1)])))

    layers, made = await while_connected(request, context.engine.submit_family(opened, work))
    urls = await asyncio.to_thread(_urls, made)
    count, width = len(rows), len(columns)
    cells = urls[count + width :]
    return MixAnswer(
        layers=layers,
        rows=urls[:count],
        columns=urls[count : count + width],
        cells=[cells[row * width : (row + 1) * width] for row in range(count)],
        milliseconds=elapsed_milliseconds(start),
    )


@router.get(
    "/v1/bundles/{id}/directions", tags=["explore"], operation_id="listDirections", openapi_extra=needs("player")
)
async def list_directions(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    first_layer: Annotated[int | None, Query(ge=0, description="Left out: the first one there is.")] = None,
    last_layer: Annotated[int | None, Query(ge=0, description="Left out: the last one there is.")] = None,
    count: Annotated[int, Query(ge=1, le=64, description="How many directions to list.")] = 16,
) -> DirectionsAnswer:
    """Directions in latent space that were found in the model's weights (SeFa)."""
    opened = await asyncio.to_thread(latent_bundle, context, id)
    state = context.state(GenerateState)
    future = context.engine.submit_family(
        opened, lambda family: directions_of_layers(state, family, first_layer, last_layer)
    )
    known = await while_connected(request, future)
    return DirectionsAnswer(
        layers=known.available,
        first_layer=known.layers.start,
        last_layer=known.layers.stop - 1,
        strongest=STRONGEST,
        directions=[DirectionInfo(number=one.number, share=one.share) for one in known.found[:count]],
    )


@router.post("/v1/bundles/{id}/edit", tags=["explore"], operation_id="edit", openapi_extra=needs("player"))
async def edit(request: Request, context: Context, id: str, body: EditRequest) -> Frames:  # noqa: A002
    """Pictures moved along directions."""
    opened = await asyncio.to_thread(latent_bundle, context, id)
    start = time.perf_counter()
    places, state = places_of(opened, body.points), context.state(GenerateState)
    strengths = [(one.number, one.strength) for one in body.strengths]

    def work(family: Family) -> list[Pictures]:
        latent = locate_places(family, places, body.psi)
        if strengths:
            latent = move(latent, directions_of_layers(state, family, body.first_layer, body.last_layer), strengths)
        return list(pictures(family, latent))

    made = await while_connected(request, context.engine.submit_family(opened, work))
    return Frames(images=await asyncio.to_thread(_urls, made), milliseconds=elapsed_milliseconds(start))


async def _walk(request: Request, context: StudioContext, name: str, body: InterpolateRequest) -> list[Pictures]:
    legs = len(body.points) - (not body.loop)
    if legs * body.steps > FRAMES:
        frames = legs * body.steps
        raise UserError(
            f"A walk has at most {FRAMES} frames, not {frames}; request fewer steps or points.",
            code="too-many-frames",
            params={"most": FRAMES, "frames": frames},
        )
    opened = await asyncio.to_thread(latent_bundle, context, name)
    places = places_of(opened, body.points)

    def work(family: Family) -> list[Pictures]:
        ends = locate_places(family, places, body.psi)
        return list(pictures(family, walk(family, ends, body.steps, loop=body.loop)))

    return await while_connected(request, context.engine.submit_family(opened, work))


def _urls(made: Iterable[Pictures]) -> list[str]:
    return [data_url(picture) for picture in made]
