"""What the routes share: the studio they work with, answers that can be cached, work that ends with its client."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.runs.folder import RunDir
from ganvas.serve.core.bundle_store import Shelf
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.uploads import Decoder
from ganvas.serve.features.runs.reader import Runs

if TYPE_CHECKING:  # reviewing needs an extra that playing with models does not
    from ganvas.curate.review.review import Review
    from ganvas.serve.features.drawings.drawing_store import SharedDrawings
    from ganvas.serve.features.explore.projections import Projections

SEEDS = 2**53  # the whole numbers that JavaScript holds exactly
T = TypeVar("T")
FOREVER = "public, max-age=31536000, immutable"


@dataclass
class Studio:
    """What the routes work with."""

    shelf: Shelf
    runs: Runs
    engine: Engine
    decoder: Decoder
    poll: float  # seconds between two looks at a run's files
    projections: Projections
    stopping: bool = False
    review: Review | None = None  # of the catalogue that is attached
    reviewer: str | None = None  # who sits at this machine, as far as was said
    shared: SharedDrawings | None = None  # None: no drawing is kept, whatever is asked

    def bundle(self, name: str) -> Bundle:
        """The bundle of this id.

        :raises MissingError: there is none.
        """
        found = self.shelf.find(name)
        if found is None:
            raise MissingError(f"There is no bundle {name!r}; see /v1/bundles for those there are.")
        return found

    def run(self, name: str) -> RunDir:
        """The run of this id.

        :raises MissingError: there is none.
        """
        found = self.runs.find(name)
        if found is None:
            raise MissingError(f"There is no run {name!r}; see /v1/runs for those there are.")
        return found


def _studio(request: Request) -> Studio:
    found: Studio = request.app.state.studio
    return found


The = Annotated[Studio, Depends(_studio)]
Seed = Annotated[int, Query(ge=0, lt=SEEDS, description="any whole number; the same one, the same picture")]


def picture_response(description: str) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of an answer that is a PNG."""
    content = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": description, "content": content}}


def since(start: float) -> float:
    """Milliseconds since ``start``, by ``time.perf_counter``."""
    return round((time.perf_counter() - start) * 1000, 1)


async def while_connected(request: Request, future: Future[T]) -> T:
    """Wait for an answer; when the client goes first, work that has not begun is dropped."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    work = asyncio.wrap_future(future)
    left = asyncio.create_task(gone())
    both: set[asyncio.Future[Any]] = {work, left}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
        return await work
    except asyncio.CancelledError:
        future.cancel()
        if left.done():  # nobody hears this
            raise UserError("The request was given up by its sender.") from None
        raise
    finally:
        left.cancel()


# ── Pictures that can be cached ─────────────────────────────────────────────────────────────────────────────────────


def freshness(request: Request, opened: Bundle, *parts: object) -> tuple[str, str]:
    """→ the ETag and how long to keep it: for ever under an address that names this very model."""
    etag = '"' + "-".join([opened.fingerprint[:16], *map(str, parts)]) + '"'
    same = request.query_params.get("v") == opened.fingerprint[:12]
    return etag, FOREVER if same else "public, max-age=0, must-revalidate"


def unchanged(request: Request, etag: str, cache: str) -> Response | None:
    """304, when the client has this very answer already."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": cache}) if etag in known else None


def png(content: bytes, etag: str, cache: str) -> Response:
    """A PNG with how long it may be kept."""
    return Response(content, media_type="image/png", headers={"ETag": etag, "Cache-Control": cache})
