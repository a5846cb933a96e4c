"""``/v1/runs``: trainings, running and past."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from ganvas.runs.reader import sample_sheets
from ganvas.serve.core.context import Studio, The, picture_response, png, unchanged
from ganvas.serve.core.errors import MissingError
from ganvas.serve.features.runs import reader
from ganvas.serve.schemas import RunDetail, RunList, Stats

router = APIRouter()


@router.get("/v1/runs", tags=["runs"], operation_id="listRuns")
def list_runs(studio: The) -> RunList:
    """All trainings, running and past."""
    return RunList(runs=[reader.card(name, run) for name, run in studio.runs.ids().items()])


@router.get("/v1/runs/{id}", tags=["runs"], operation_id="getRun")
def get_run(studio: The, id: str) -> RunDetail:  # noqa: A002
    """A training: its recipe, its health, its sheets and measurements."""
    run = studio.run(id)
    made = studio.shelf.paths().get(id)
    return reader.detail(id, run, id if made == run.bundle else None)


@router.get("/v1/runs/{id}/stats", tags=["runs"], operation_id="getStats")
def get_stats(studio: The, id: str, after: Annotated[int, Query(ge=-1)] = -1) -> Stats:  # noqa: A002
    """The curves, from ``after`` on: ask again with ``next``."""
    return reader.read_stats(studio.run(id), after)


@router.get(
    "/v1/runs/{id}/sheets/{nimg}.png",
    tags=["runs"],
    operation_id="getSheet",
    response_class=Response,
    responses=picture_response("A grid of samples"),
)
def get_sheet(request: Request, studio: The, id: str, nimg: int) -> Response:  # noqa: A002
    """The samples at a moment of the training."""
    path = sample_sheets(studio.run(id)).get(nimg)
    try:
        content = path.read_bytes() if path else None
        etag = f'"{path.stat().st_mtime_ns:x}-{len(content)}"' if path and content else ""
    except OSError:
        content = None
    if content is None:
        raise MissingError(f"Run {id!r} has no sheet {nimg}; see /v1/runs for those there are.")
    return unchanged(request, etag, "no-cache") or png(content, etag, "no-cache")


@router.get(
    "/v1/runs/{id}/events",
    tags=["runs"],
    operation_id="followRun",
    response_class=StreamingResponse,
    responses={200: {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(
    request: Request,
    studio: The,
    id: str,  # noqa: A002
    after: Annotated[int, Query(ge=-1, description="stats up to this nimg are known")] = -1,
) -> StreamingResponse:
    """What happens, as it happens: ``stats``, ``status``, ``sheet``, ``metric``, and ``rewind`` when the run went
    back to a checkpoint (all stats follow again)."""
    run = await asyncio.to_thread(studio.run, id)
    last = request.headers.get("last-event-id", "")  # a browser that lost the connection says where it was
    follower = reader.Follower(id, run, int(last) if last.isdecimal() else after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(request, studio, follower), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, studio: Studio, follower: reader.Follower) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    quiet = 0.0
    while not studio.stopping and not await request.is_disconnected():
        news = await asyncio.to_thread(follower.look)
        for event in news:
            where = f"id: {event.data['nimg']}\n" if event.kind == "stats" else ""
            yield f"{where}event: {event.kind}\ndata: {json.dumps(event.data)}\n\n"
        quiet = 0.0 if news else quiet + studio.poll
        if quiet >= 15:  # lets proxies keep the line and the server notice that the other side is gone
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(studio.poll)
