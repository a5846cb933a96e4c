"""The studio as an ASGI application: ``/v1`` for programs, pages for people."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from ganvas.serve.core import errors, static_files
from ganvas.serve.core.access import Access
from ganvas.serve.core.bundle_store import BundleStore
from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.decode_pool import DecodePool
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.feature import Feature
from ganvas.serve.core.hosts import ProxyMiddleware
from ganvas.serve.core.local_paths import LocalPaths
from ganvas.serve.core.metrics import open_metrics
from ganvas.serve.core.middleware import RequestMiddleware
from ganvas.serve.core.roles import RouteRules
from ganvas.serve.core.run_store import RunStore
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features import FEATURES
from ganvas.version import __version__


def create_app(
    features: Sequence[Feature] = FEATURES,
    settings: StudioSettings | None = None,
    *,
    static: Path | None = None,
    engine: Engine | None = None,
) -> FastAPI:
    """Make the studio.

    Args:
        features: The features it has.
        settings: What the operator chose; None: the defaults, without bundles and runs.
        static: Folder of the built pages; None: those of the package.
        engine: Runs the models; None: a new one with default settings.

    Raises:
        UserError: A feature cannot be opened, for example because its folder is not writable.
    """
    settings = settings or StudioSettings()
    runs, metrics = RunStore(settings.runs), open_metrics()
    context = StudioContext(
        settings,
        BundleStore(settings.bundles, runs, settings.starters),
        runs,
        engine or Engine(seconds=settings.answer_seconds, observe=metrics.count_answer),
        DecodePool(settings.limits),
        Access(
            settings.tokens,
            public=settings.public,
            rates=settings.rates,
            audit=settings.audit,
            monitors=settings.monitors,
        ),
        LocalPaths(settings),
        metrics,
    )
    closing = ExitStack()
    for feature in features:
        if feature.open_state is not None:
            state = feature.open_state(context, closing)
            context.states[type(state)] = state

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        context.stopping = True
        closing.close()
        context.engine.close()
        context.decoder.close()
        context.access.close()

    app = FastAPI(
        title="Ganvas studio",
        version=__version__,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load from another host
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.context = context
    for feature in features:
        for router in feature.routers:
            app.include_router(router)
    errors.install(app)
    static_files.install(app, static, settings.root_path)
    app.add_middleware(
        RequestMiddleware,
        limits=settings.limits,
        access=context.access,
        rules=RouteRules(router for feature in features for router in feature.routers),
        hosts=settings.hosts,
        metrics=metrics,
        frame_ancestors=settings.frame_ancestors,
    )
    app.add_middleware(ProxyMiddleware, proxies=settings.proxies, root_path=settings.root_path)
    _describe_errors(app)
    return app


def _describe_errors(app: FastAPI) -> None:
    """Let the OpenAPI document show problem details as the errors."""
    plain: Callable[[], dict[str, Any]] = app.openapi
    schema: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not schema:
            schema.update(errors.document(plain()))
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def openapi_json() -> str:
    """The OpenAPI document of ``/v1``, from which the types of the web app are generated."""
    return json.dumps(create_app().openapi(), indent=1, ensure_ascii=False) + "\n"
