"""``/v1/runs``: training runs, past and in progress."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from ganvas.files import read_regular
from ganvas.runs.reader import MAX_LOG_BYTES, sample_sheets
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.responses import cached_png, not_modified, picture_response
from ganvas.serve.core.roles import needs
from ganvas.serve.features.runs import cards
from ganvas.serve.features.runs.follow import Follower
from ganvas.serve.features.runs.schemas import RunDetail, RunList, Stats

router = APIRouter()

KEEP_ALIVE_SECONDS = 15
LINE_ID = re.compile(r"[0-9]{1,18}")
EVENTS = {"description": "Server-sent events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}


@router.get("/v1/runs", tags=["runs"], operation_id="listRuns", openapi_extra=needs("reviewer"))
def list_runs(context: Context) -> RunList:
    """All training runs, past and in progress."""
    return RunList(runs=[cards.card(name, run) for name, run in context.runs.ids().items()])


@router.get("/v1/runs/{id}", tags=["runs"], operation_id="getRun", openapi_extra=needs("reviewer"))
def get_run(context: Context, id: str) -> RunDetail:  # noqa: A002
    """A training run: its recipe, diagnostics, sample sheets and measurements."""
    run = context.run(id)
    made = context.bundles.paths().get(id)
    return cards.detail(id, run, id if made == run.bundle else None)


@router.get("/v1/runs/{id}/stats", tags=["runs"], operation_id="getStats", openapi_extra=needs("reviewer"))
def get_stats(
    context: Context,
    id: str,  # noqa: A002
    after: Annotated[int, Query(ge=-1, description="Lines up to this number of images are left out.")] = -1,
) -> Stats:
    """The lines of ``stats.jsonl`` after a number of images; continue with ``next``."""
    return cards.read_stats(context.run(id), after)


@router.get(
    "/v1/runs/{id}/sheets/{nimg}.png",
    tags=["runs"],
    operation_id="getSheet",
    openapi_extra=needs("reviewer"),
    response_class=Response,
    responses=picture_response("A grid of samples."),
)
def get_sheet(request: Request, context: Context, id: str, nimg: int) -> Response:  # noqa: A002
    """The sample sheet of a number of images."""
    path = sample_sheets(context.run(id)).get(nimg)
    try:
        content = read_regular(path, MAX_LOG_BYTES) if path else None
        etag = f'"{path.stat().st_mtime_ns:x}-{len(content)}"' if path and content else ""
    except OSError:
        content = None
    if content is None:
        raise MissingError(
            f"Run {id!r} has no sample sheet {nimg}; see /v1/runs for those there are.",
            code="no-sheet",
            params={"run": id, "nimg": nimg},
        )
    return not_modified(request, etag, "no-cache") or cached_png(content, etag, "no-cache")


@router.get(
    "/v1/runs/{id}/events",
    tags=["runs"],
    operation_id="followRun",
    openapi_extra=needs("reviewer"),
    response_class=StreamingResponse,
    responses={200: EVENTS},
)
async def events(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    after: Annotated[int, Query(ge=-1, description="Lines of stats up to this number of images are left out.")] = -1,
) -> StreamingResponse:
    """The changes of a run as server-sent events.

    The events are ``stats``, ``status``, ``sheet``, ``metric``, and ``rewind`` when the run went back to a checkpoint
    (all stats follow again).
    """
    run = await asyncio.to_thread(context.run, id)
    last = request.headers.get("last-event-id", "")  # sent by a browser that lost the connection
    follower = Follower(id, run, int(last) if LINE_ID.fullmatch(last) else after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(request, context, follower), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, context: StudioContext, follower: Follower) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    poll = context.settings.poll
    quiet = 0.0
    # The stream of a run that was deleted ends; a page that connects again gets the error 404.
    while not context.stopping and follower.run.root.is_dir() and not await request.is_disconnected():
        news = await asyncio.to_thread(follower.read)
        for event in news:
            line_id = f"id: {event.data['nimg']}\n" if event.kind == "stats" else ""
            yield f"{line_id}event: {event.kind}\ndata: {json.dumps(event.data)}\n\n"
        quiet = 0.0 if news else quiet + poll
        if quiet >= KEEP_ALIVE_SECONDS:  # keeps proxies from closing the connection, and detects a closed one
            quiet = 0.0
            yield ": keep-alive\n\n"
        await asyncio.sleep(poll)
