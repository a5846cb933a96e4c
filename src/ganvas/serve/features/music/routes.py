"""``/v1/bundles/{id}/music``, ``compose`` and ``accompany``: the format of a model's music, and pieces of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.inference.music import MusicOptions, Rolls, compose, given_track, interpolate, joined, notes_of, roll_spec
from ganvas.inference.session import Session
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.parameters import SEEDS
from ganvas.serve.core.responses import elapsed_milliseconds
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import read_upload
from ganvas.serve.features.music.schemas import ComposeRequest, Composition, MusicFormat, NoteInfo
from ganvas.serve.features.music.sheets import format_of

router = APIRouter()

MAX_GIVEN = 64  # phrases of a given file that are accompanied


@router.get("/v1/bundles/{id}/music", tags=["music"], operation_id="readMusicFormat", openapi_extra=needs("player"))
async def read_music_format(context: Context, id: str) -> MusicFormat:  # noqa: A002
    """The tracks, the time grid and the range of the music that this model makes."""
    opened = await asyncio.to_thread(context.bundle, id)
    info = opened.info
    roll_spec(info.data, info.name)
    return format_of(info.data, _given_index(opened))


@router.post("/v1/bundles/{id}/compose", tags=["music"], operation_id="compose", openapi_extra=needs("player"))
async def compose_piece(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    body: ComposeRequest,
) -> Composition:
    """A piece of one phrase from a seed, or of several whose latent moves from seed to seed."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, id)
    info = opened.info
    roll_spec(info.data, info.name)
    options = MusicOptions("bernoulli" if body.draw else "threshold", body.threshold)

    def work(session: Session) -> Rolls:
        if len(body.seeds) == body.phrases == 1:
            return compose(session, info.z_dim, info.data, body.seeds, options)
        return interpolate(session, info.z_dim, info.data, body.seeds, body.phrases, options)

    return await _answer(request, context, opened, work, start)


@router.post(
    "/v1/bundles/{id}/accompany",
    tags=["music"],
    operation_id="accompany",
    openapi_extra=needs("player", cost="upload"),
)
async def accompany(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    music: Annotated[UploadFile, File(description="A MIDI file or a MusicXML score with the track to accompany.")],
    seed: Annotated[int, Form(ge=0, lt=SEEDS, description="The same seed gives the same piece.")] = 0,
    threshold: Annotated[
        float, Form(gt=0, lt=1, description="A note sounds where its probability is above this.")
    ] = 0.5,
) -> Composition:
    """The given track with the other tracks of the model. The file is not kept."""
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, id)
    info = opened.info
    spec = roll_spec(info.data, info.name)
    index = _given_index(opened)
    if index is None:
        raise UserError(
            f"{info.name} was not trained to accompany a track; choose a model that was, or give it seeds only.",
            code="accompanies-nothing",
            params={"model": info.name},
        )
    content = await read_upload(context, music)
    name = music.filename or "music.mid"
    given = await asyncio.to_thread(given_track, name, content, spec, spec.tracks[index].name)
    if len(given) > MAX_GIVEN:
        raise UserError(
            f"{name} has {len(given):,} phrases, and at most {MAX_GIVEN} are accompanied at once; give a part of it.",
            code="music-too-long",
            params={"file": name, "phrases": len(given), "most": MAX_GIVEN},
        )

    def work(session: Session) -> Rolls:
        options = MusicOptions(threshold=threshold, given=given)
        return compose(session, info.z_dim, info.data, [seed] * len(given), options)

    return await _answer(request, context, opened, work, start)


def _given_index(opened: Bundle) -> int | None:
    """Index of the track that a model accompanies; None where it takes none."""
    info = opened.info
    if "accompanies" not in info.capabilities:
        return None
    names = [track.name for track in roll_spec(info.data, info.name).tracks]
    return names.index(str(info.config["accompany"]))


async def _answer(
    request: Request, context: StudioContext, opened: Bundle, work: Callable[[Session], Rolls], start: float
) -> Composition:
    """Compose in the worker of the bundle, and answer with the notes."""
    rolls = await while_connected(request, context.engine.submit_session(opened, work))
    roll, spec = joined(rolls), roll_spec(opened.info.data)
    notes = await asyncio.to_thread(notes_of, roll, spec)
    return Composition(
        notes=[NoteInfo(track=n.track, pitch=n.pitch, start=n.start, length=n.length) for n in notes],
        steps=len(roll),
        milliseconds=elapsed_milliseconds(start),
    )
