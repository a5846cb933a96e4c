"""``/v1/bundles/{id}``: walks in latent space. They need the family, so torch answers, in the bundle's worker."""

from __future__ import annotations

import asyncio
import base64
import binascii
import importlib.util
import io
import time
from collections.abc import Iterable, Sequence
from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np
import torch
from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import Response
from torch import Tensor

from ganvas.apps.latent_space import Place, fitting, latent_space, locate, pictures, shape_of
from ganvas.apps.latent_walks import mix, walk
from ganvas.apps.projection import Space
from ganvas.apps.sefa import STRONGEST, Directions, directions, move
from ganvas.apps.video_writer import encode_video
from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.serve.core.context import Studio, The, since, while_connected
from ganvas.serve.core.engine import Pictures, check_label, prepare_picture
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.uploads import too_many_bytes
from ganvas.serve.features.explore.projections import picture_url
from ganvas.serve.features.explore.schemas import (
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
    Point,
    ProjectionStarted,
    ProjectionState,
)
from ganvas.serve.features.neighbours.routes import has_pictures
from ganvas.spec import Task

router = APIRouter()
TYPES = {"mp4": "video/mp4", "gif": "image/gif"}
# Directions of the loaded families, by the layers they are for: a slider asks for the same ones many times a second.
_known: WeakKeyDictionary[Family, dict[tuple[int | None, int | None], Directions]] = WeakKeyDictionary()


@router.get("/v1/bundles/{id}/abilities", tags=["explore"], operation_id="readAbilities")
async def read_abilities(request: Request, studio: The, id: str) -> Abilities:  # noqa: A002
    """What can be done with a model: by its family, and by what is on this machine."""
    opened = await asyncio.to_thread(_bundle, studio, id)

    def count_layers(family: Family) -> tuple[int, int]:
        return shape_of(family)[0], len(latent_space(family).sefa_weights())

    future = studio.engine.submit_family(opened, count_layers)
    layers, direction_layers = await while_connected(request, future)
    return Abilities(
        layers=layers,
        direction_layers=direction_layers,
        films=["mp4", "gif"] if importlib.util.find_spec("av") else ["gif"],
        neighbours=await asyncio.to_thread(has_pictures, studio, id),
    )


@router.post("/v1/bundles/{id}/interpolate", tags=["explore"], operation_id="interpolate")
async def interpolate(request: Request, studio: The, id: str, asked: InterpolateRequest) -> Frames:  # noqa: A002
    """A walk from each point to the next, as pictures."""
    start = time.perf_counter()
    images = await asyncio.to_thread(_urls, await _walk(request, studio, id, asked))
    return Frames(images=images, milliseconds=since(start))


@router.post(
    "/v1/bundles/{id}/film",
    tags=["explore"],
    operation_id="film",
    response_class=Response,
    responses={
        200: {
            "description": "The film",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES.values()},
        }
    },
)
async def film(request: Request, studio: The, id: str, asked: FilmRequest) -> Response:  # noqa: A002
    """A walk from each point to the next, as a film."""
    frames = await _walk(request, studio, id, asked)

    def encode() -> bytes:
        content = io.BytesIO()
        encode_video(content, frames, f".{asked.format}", asked.fps)
        return content.getvalue()

    content = await asyncio.to_thread(encode)
    return Response(content, media_type=TYPES[asked.format], headers={"Cache-Control": "no-store"})


@router.post("/v1/bundles/{id}/mix", tags=["explore"], operation_id="mix")
async def mix_styles(request: Request, studio: The, id: str, asked: MixRequest) -> MixAnswer:  # noqa: A002
    """The rows' pictures with layers of the columns'."""
    opened = await asyncio.to_thread(_bundle, studio, id)
    start = time.perf_counter()
    rows, columns = _places(opened, asked.rows), _places(opened, asked.columns)

    def work(family: Family) -> tuple[int, list[Pictures]]:
        left, top = _locate(family, rows, asked.psi), _locate(family, columns, asked.psi)
        layers = left.shape[1]
        last = max(layers // 2 - 1, asked.first_layer) if asked.last_layer is None else asked.last_layer
        chosen = _layers(asked.first_layer, last, layers)
        mixed = mix(family, left, top, chosen) if chosen else left[:, None]
        return layers, list(pictures(family, torch.cat([left, top, mixed.flatten(0, 1)])))

    layers, made = await while_connected(request, studio.engine.submit_family(opened, work))
    urls = await asyncio.to_thread(_urls, made)
    count, width = len(rows), len(columns)
    cells = urls[count + width :]
    return MixAnswer(
        layers=layers,
        rows=urls[:count],
        columns=urls[count : count + width],
        cells=[cells[row * width : (row + 1) * width] for row in range(count)],
        milliseconds=since(start),
    )


@router.get("/v1/bundles/{id}/directions", tags=["explore"], operation_id="listDirections")
async def list_directions(
    request: Request,
    studio: The,
    id: str,  # noqa: A002
    first_layer: Annotated[int | None, Query(ge=0, description="left out: all layers")] = None,
    last_layer: Annotated[int | None, Query(ge=0)] = None,
    count: Annotated[int, Query(ge=1, le=64)] = 16,
) -> DirectionsAnswer:
    """What the model can change: directions found in its weights."""
    opened = await asyncio.to_thread(_bundle, studio, id)
    future = studio.engine.submit_family(opened, lambda family: _directions(family, first_layer, last_layer))
    known = await while_connected(request, future)
    return DirectionsAnswer(
        layers=known.available,
        first_layer=known.layers.start,
        last_layer=known.layers.stop - 1,
        strongest=STRONGEST,
        directions=[DirectionInfo(number=one.number, share=one.share) for one in known.found[:count]],
    )


@router.post("/v1/bundles/{id}/edit", tags=["explore"], operation_id="edit")
async def edit(request: Request, studio: The, id: str, asked: EditRequest) -> Frames:  # noqa: A002
    """Pictures moved along directions: what the sliders ask."""
    opened = await asyncio.to_thread(_bundle, studio, id)
    start = time.perf_counter()
    places = _places(opened, asked.points)
    strengths = [(one.number, one.strength) for one in asked.strengths]

    def work(family: Family) -> list[Pictures]:
        latent = _locate(family, places, asked.psi)
        if strengths:
            latent = move(latent, _directions(family, asked.first_layer, asked.last_layer), strengths)
        return list(pictures(family, latent))

    made = await while_connected(request, studio.engine.submit_family(opened, work))
    return Frames(images=await asyncio.to_thread(_urls, made), milliseconds=since(start))


# ── Projection ──────────────────────────────────────────────────────────────────────────────────────────────────────


@router.post("/v1/bundles/{id}/project", tags=["explore"], operation_id="project", status_code=202)
async def start_projection(
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="any picture")],
    steps: Annotated[int, Form(ge=1, le=2000)] = 300,
    plus: Annotated[bool, Form(description="a style for each layer: nearer, but worse to move on")] = False,
    label: Annotated[int | None, Form(alias="class", description="left out: the one that begins nearest")] = None,
    client: Annotated[str, Form(max_length=64, description="who asks: a newer search stops their older one")] = "",
) -> ProjectionStarted:
    """Look for a photograph's place in latent space, in the background. The photograph is not kept."""
    opened = await asyncio.to_thread(_bundle, studio, id)
    if label is not None:
        check_label(opened, label, 0)
    limits = studio.decoder.limits
    content = await image.read(limits.bytes + 1)
    if len(content) > limits.bytes:
        raise too_many_bytes(limits)

    def submit() -> str:
        picture = studio.decoder.open(content, least=opened.info.data.resolution)
        target = prepare_picture(opened, picture)
        space: Space = "layers" if plus else "shared"
        return studio.projections.start(opened, target, client=client, steps=steps, space=space, label=label)

    return ProjectionStarted(id=await asyncio.to_thread(submit))


@router.get("/v1/projections/{id}", tags=["explore"], operation_id="getProjection")
def get_projection(studio: The, id: str) -> ProjectionState:  # noqa: A002
    """Where a search stands, with its picture, and its latent once it is finished."""
    found = studio.projections.look(id)
    if found is None:
        raise MissingError(f"There is no projection {id!r}; start one with POST /v1/bundles/ID/project.")
    return found


@router.delete("/v1/projections/{id}", tags=["explore"], operation_id="stopProjection", status_code=204)
def stop_projection(studio: The, id: str) -> Response:  # noqa: A002
    """Give a search up; one that has ended meanwhile, or that was never there, needs nothing."""
    studio.projections.stop(id)
    return Response(status_code=204)


# ── What several routes do ──────────────────────────────────────────────────────────────────────────────────────────


def _bundle(studio: Studio, name: str) -> Bundle:
    opened = studio.bundle(name)
    if opened.info.task is not Task.SYNTHESIS:
        raise UserError(f"{opened.info.name} translates pictures and has no latent space to walk in; ask another one.")
    return opened


async def _walk(request: Request, studio: Studio, name: str, asked: InterpolateRequest) -> list[Pictures]:
    legs = len(asked.points) - (not asked.loop)
    if legs * asked.steps > FRAMES:
        raise UserError(f"A walk has at most {FRAMES} frames, not {legs * asked.steps}; ask for fewer steps or points.")
    opened = await asyncio.to_thread(_bundle, studio, name)
    places = _places(opened, asked.points)

    def work(family: Family) -> list[Pictures]:
        ends = _locate(family, places, asked.psi)
        return list(pictures(family, walk(family, ends, asked.steps, loop=asked.loop)))

    return await while_connected(request, studio.engine.submit_family(opened, work))


def _places(opened: Bundle, points: Sequence[Point]) -> list[Place]:
    found = []
    for point in points:
        latent = None if point.latent is None else _latent(point.latent)
        found.append(Place(str(point.seed), point.seed, check_label(opened, point.label, point.seed), latent))
    return found


def _latent(text: str) -> Tensor:
    try:
        numbers = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float32)
    except (binascii.Error, ValueError):
        raise UserError("A latent is base64 of float32 numbers, as a projection gives it; send that.") from None
    return torch.from_numpy(numbers)


def _locate(family: Family, places: Sequence[Place], psi: float) -> Tensor:
    shape = shape_of(family)
    fitted = []
    for place in places:
        if place.latent is not None:
            latent = place.latent
            whole = latent.view(shape) if latent.numel() == shape[0] * shape[1] else latent[None]
            place = place._replace(latent=fitting(whole, family, "The latent"))
        fitted.append(place)
    return locate(family, fitted, psi)


def _layers(first: int, last: int, available: int) -> range:
    if not first <= last < available:
        raise UserError(f"Layers go from 0 to {available - 1}, the lower first, not from {first} to {last}.")
    return range(first, last + 1)


def _directions(family: Family, first: int | None, last: int | None) -> Directions:
    kept = _known.setdefault(family, {})
    key = (first, last)
    if key not in kept:
        chosen = None
        if first is not None or last is not None:
            available = max(len(latent_space(family).sefa_weights()), 1)
            chosen = _layers(first or 0, available - 1 if last is None else last, available)
        if len(kept) >= 32:
            kept.clear()
        kept[key] = directions(family, chosen)
    return kept[key]


def _urls(made: Iterable[Pictures]) -> list[str]:
    return [picture_url(picture) for picture in made]
