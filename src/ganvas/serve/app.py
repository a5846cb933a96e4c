"""The studio over HTTP: ``/v1`` for programs, the pages for people."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from ganvas import __version__
from ganvas.serve.core import errors, static_files
from ganvas.serve.core.bundle_store import Shelf
from ganvas.serve.core.context import Studio
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.middleware import Guard
from ganvas.serve.core.uploads import Decoder, Limits
from ganvas.serve.features.bundles import routes as bundles
from ganvas.serve.features.drawings import routes as drawings
from ganvas.serve.features.drawings.drawing_store import SharedDrawings
from ganvas.serve.features.explore import routes as explore
from ganvas.serve.features.explore.projections import Projections
from ganvas.serve.features.neighbours import routes as neighbours
from ganvas.serve.features.portrait import routes as portrait
from ganvas.serve.features.reference import routes as reference
from ganvas.serve.features.review import routes as review
from ganvas.serve.features.runs import routes as runs
from ganvas.serve.features.runs.reader import Runs

if TYPE_CHECKING:
    from ganvas.curate.catalog import Catalog

# Each has a ``router``.
ROOMS = (
    bundles,
    portrait,
    drawings,
    reference,
    explore,
    neighbours,
    runs,
    review,
)


def create_app(
    bundles: Path | None,
    runs: Path | None,
    static: Path | None = None,
    *,
    engine: Engine | None = None,
    limits: Limits | None = None,
    hosts: tuple[str, ...] = (),
    poll: float = 0.5,
    catalog: Catalog | None = None,
    reviewer: str | None = None,
    shared: SharedDrawings | None = None,
) -> FastAPI:
    """The studio as an ASGI application.

    :param bundles: folder of bundle folders; None or absent: none.
    :param runs: folder of run folders; their finished bundles are served as well.
    :param static: the built pages; None: those of the package.
    :param hosts: names it answers to; empty: any.
    :param poll: seconds between two looks at the files of a run that is watched.
    :param catalog: the pictures to review; it stays open as long as the caller wants.
    :param reviewer: who sits at this machine, so that the page need not ask.
    :param shared: where drawings are kept that people share by link; None: they may not.
    """
    limits = limits or Limits()
    found = Runs(runs)
    studio = Studio(Shelf(bundles, found), found, engine or Engine(), Decoder(limits), poll, Projections())
    studio.shared = shared
    if catalog is not None:
        from ganvas.curate.review.review import Review

        studio.review, studio.reviewer = Review(catalog), reviewer

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        studio.stopping = True
        studio.projections.close()
        studio.engine.close()
        studio.decoder.close()

    app = FastAPI(
        title="Ganvas studio",
        version=__version__,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load from another host
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.studio = studio
    for room in ROOMS:
        app.include_router(room.router)
    errors.install(app)
    static_files.install(app, static)
    app.add_middleware(Guard, limits=limits, hosts=hosts)
    plain: Callable[[], dict[str, Any]] = app.openapi
    schema: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not schema:
            schema.update(errors.document(plain()))
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def openapi_json() -> str:
    """The OpenAPI schema of ``/v1``, from which the web app's types are made."""
    return json.dumps(create_app(None, None).openapi(), indent=1, ensure_ascii=False) + "\n"
