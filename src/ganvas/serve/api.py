"""The studio over HTTP: ``/v1`` for programs, the pages for people."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, File, Form, Query, Request, UploadFile
from fastapi.responses import Response, StreamingResponse

from ganvas import __version__
from ganvas.bundle import Bundle
from ganvas.curate.images import encode_png
from ganvas.serve import pages, problems, runs, shelf
from ganvas.serve.engine import Engine, Pictures, label_of
from ganvas.serve.guard import Guard
from ganvas.serve.limits import Decoder, Limits, too_many_bytes
from ganvas.serve.problems import MissingError
from ganvas.serve.runs import Runs
from ganvas.serve.schemas import (
    BundleDetail,
    BundleList,
    GenerateAnswer,
    GeneratedImage,
    GenerateRequest,
    Health,
    RefusedBundle,
    RunDetail,
    RunList,
    Stats,
)
from ganvas.serve.shelf import Shelf
from ganvas.terms import RunDir, Task, UserError

SEEDS = 2**53  # the whole numbers that JavaScript holds exactly
FOREVER = "public, max-age=31536000, immutable"


@dataclass
class Studio:
    """What the routes work with."""

    shelf: Shelf
    runs: Runs
    engine: Engine
    decoder: Decoder
    poll: float  # seconds between two looks at a run's files
    stopping: bool = False

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


def _picture(description: str) -> dict[int | str, dict[str, Any]]:
    content = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": description, "content": content}}


def create_app(
    bundles: Path | None,
    runs: Path | None,
    static: Path | None = None,
    *,
    engine: Engine | None = None,
    limits: Limits | None = None,
    hosts: tuple[str, ...] = (),
    poll: float = 0.5,
) -> FastAPI:
    """The studio as an ASGI application.

    :param bundles: folder of bundle folders; None or absent: none.
    :param runs: folder of run folders; their finished bundles are served as well.
    :param static: the built pages; None: those of the package.
    :param hosts: names it answers to; empty: any.
    :param poll: seconds between two looks at the files of a run that is watched.
    """
    limits = limits or Limits()
    found = Runs(runs)
    studio = Studio(Shelf(bundles, found), found, engine or Engine(), Decoder(limits), poll)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        studio.stopping = True
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
    _add_bundles(app)
    _add_runs(app)
    problems.install(app)
    pages.install(app, static)
    app.add_middleware(Guard, limits=limits, hosts=hosts)
    plain: Callable[[], dict[str, Any]] = app.openapi
    schema: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not schema:
            schema.update(problems.document(plain()))
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def openapi_json() -> str:
    """The OpenAPI schema of ``/v1``, from which the web app's types are made."""
    return json.dumps(create_app(None, None).openapi(), indent=1, ensure_ascii=False) + "\n"


# ── Bundles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_bundles(app: FastAPI) -> None:
    @app.get("/v1/health", tags=["studio"], operation_id="health")
    def health(studio: The) -> Health:
        """How the studio is."""
        return Health(
            version=__version__,
            engine=studio.engine.name,
            bundles=len(studio.shelf.paths()),
            runs=len(studio.runs.ids()),
        )

    @app.get("/v1/bundles", tags=["bundles"], operation_id="listBundles")
    def list_bundles(studio: The) -> BundleList:
        """All trained models."""
        found, refused = studio.shelf.all()
        return BundleList(
            bundles=[shelf.card(name, opened) for name, opened in found.items()],
            refused=[RefusedBundle(id=name, reason=reason) for name, reason in refused.items()],
        )

    @app.get("/v1/bundles/{id}", tags=["bundles"], operation_id="getBundle")
    def get_bundle(studio: The, id: str) -> BundleDetail:  # noqa: A002
        """A trained model: what it is, how it was trained, whose pictures it learned from."""
        return shelf.detail(id, studio.bundle(id))

    @app.get(
        "/v1/bundles/{id}/preview.png",
        tags=["bundles"],
        operation_id="getPreview",
        response_class=Response,
        responses=_picture("What the model makes"),
    )
    def preview(request: Request, studio: The, id: str) -> Response:  # noqa: A002
        """A grid of what the model makes."""
        opened = studio.bundle(id)
        etag, cache = _freshness(request, opened)
        return _unchanged(request, etag, cache) or _png(opened.preview, etag, cache)

    _add_answers(app)


def _add_answers(app: FastAPI) -> None:
    @app.get(
        "/v1/bundles/{id}/image.png",
        tags=["bundles"],
        operation_id="getImage",
        response_class=Response,
        responses=_picture("The picture of this seed"),
    )
    async def image(
        request: Request,
        studio: The,
        id: str,  # noqa: A002
        seed: Seed,
        label: Annotated[int | None, Query(alias="class", description="left out: the seed's own class")] = None,
        psi: Annotated[float, Query(gt=0, le=1, description="truncation; 1: none")] = 1.0,
    ) -> Response:
        """One picture: an address to keep and to pass on."""
        opened = await asyncio.to_thread(studio.bundle, id)
        etag, cache = _freshness(request, opened, seed, label, psi)
        if (unchanged := _unchanged(request, etag, cache)) is not None:
            return unchanged
        pictures = await _while_connected(request, studio.engine.submit_generate(opened, [seed], label, psi))
        return _png(encode_png(pictures[0]), etag, cache)

    @app.post("/v1/bundles/{id}/generate", tags=["bundles"], operation_id="generate")
    async def generate(request: Request, studio: The, id: str, asked: GenerateRequest) -> GenerateAnswer:  # noqa: A002
        """Pictures of up to 64 seeds."""
        if not all(0 <= seed < SEEDS for seed in asked.seeds):
            raise UserError(f"Seeds are whole numbers from 0 to {SEEDS - 1}; give others.")
        opened = await asyncio.to_thread(studio.bundle, id)
        start = time.perf_counter()
        future = studio.engine.submit_generate(opened, asked.seeds, asked.label, asked.psi)
        pictures = await _while_connected(request, future)
        images = await asyncio.to_thread(_images, id, opened, asked, pictures)
        return GenerateAnswer(images=images, milliseconds=_since(start))

    @app.post(
        "/v1/bundles/{id}/translate",
        tags=["bundles"],
        operation_id="translate",
        response_class=Response,
        responses=_picture("The translation"),
    )
    async def translate(
        request: Request,
        studio: The,
        id: str,  # noqa: A002
        image: Annotated[UploadFile, File(description="any picture")],
        prepared: Annotated[bool, Form(description="it is what the model takes already, a drawing say")] = False,
    ) -> Response:
        """Translate a picture. It is not kept."""
        opened = await asyncio.to_thread(studio.bundle, id)
        if opened.info.task not in (Task.PAIRED, Task.UNPAIRED):
            raise UserError(f"{opened.info.name} does not translate pictures; ask it for seeds instead.")
        start = time.perf_counter()
        limits = studio.decoder.limits
        content = await image.read(limits.bytes + 1)
        if len(content) > limits.bytes:
            raise too_many_bytes(limits)

        def submit() -> Future[Pictures]:
            picture = studio.decoder.open(content, least=opened.info.data.resolution)
            return studio.engine.submit_translate(opened, picture, prepared=prepared)

        made = await _while_connected(request, await asyncio.to_thread(submit))
        headers = {"X-Milliseconds": f"{_since(start):.1f}", "Cache-Control": "no-store"}
        return Response(encode_png(made), media_type="image/png", headers=headers)


def _images(name: str, opened: Bundle, asked: GenerateRequest, pictures: Pictures) -> list[GeneratedImage]:
    from base64 import b64encode

    classes = len(opened.info.data.classes)
    images = []
    for seed, picture in zip(asked.seeds, pictures, strict=True):
        label = (asked.label if asked.label is not None else label_of(seed, classes)) if classes else None
        options = ("" if label is None else f"&class={label}") + ("" if asked.psi == 1 else f"&psi={asked.psi:g}")
        url = f"{shelf.address(name)}/image.png?seed={seed}{options}&v={opened.fingerprint[:12]}"
        data = b64encode(encode_png(picture)).decode()
        images.append(GeneratedImage(seed=seed, label=label, url=url, data=f"data:image/png;base64,{data}"))
    return images


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)


async def _while_connected(request: Request, future: Future[Pictures]) -> Pictures:
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


def _freshness(request: Request, opened: Bundle, *parts: object) -> tuple[str, str]:
    """→ the ETag and how long to keep it: for ever under an address that names this very model."""
    etag = '"' + "-".join([opened.fingerprint[:16], *map(str, parts)]) + '"'
    same = request.query_params.get("v") == opened.fingerprint[:12]
    return etag, FOREVER if same else "public, max-age=0, must-revalidate"


def _unchanged(request: Request, etag: str, cache: str) -> Response | None:
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": cache}) if etag in known else None


def _png(content: bytes, etag: str, cache: str) -> Response:
    return Response(content, media_type="image/png", headers={"ETag": etag, "Cache-Control": cache})


# ── Runs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_runs(app: FastAPI) -> None:
    @app.get("/v1/runs", tags=["runs"], operation_id="listRuns")
    def list_runs(studio: The) -> RunList:
        """All trainings, running and past."""
        return RunList(runs=[runs.card(name, run) for name, run in studio.runs.ids().items()])

    @app.get("/v1/runs/{id}", tags=["runs"], operation_id="getRun")
    def get_run(studio: The, id: str) -> RunDetail:  # noqa: A002
        """A training: its recipe, its health, its sheets and measurements."""
        run = studio.run(id)
        made = studio.shelf.paths().get(id)
        return runs.detail(id, run, id if made == run.bundle else None)

    @app.get("/v1/runs/{id}/stats", tags=["runs"], operation_id="getStats")
    def get_stats(studio: The, id: str, after: Annotated[int, Query(ge=-1)] = -1) -> Stats:  # noqa: A002
        """The curves, from ``after`` on: ask again with ``next``."""
        return runs.read_stats(studio.run(id), after)

    @app.get(
        "/v1/runs/{id}/sheets/{nimg}.png",
        tags=["runs"],
        operation_id="getSheet",
        response_class=Response,
        responses=_picture("A grid of samples"),
    )
    def get_sheet(request: Request, studio: The, id: str, nimg: int) -> Response:  # noqa: A002
        """The samples at a moment of the training."""
        path = runs.sheets(studio.run(id)).get(nimg)
        try:
            content = path.read_bytes() if path else None
            etag = f'"{path.stat().st_mtime_ns:x}-{len(content)}"' if path and content else ""
        except OSError:
            content = None
        if content is None:
            raise MissingError(f"Run {id!r} has no sheet {nimg}; see /v1/runs for those there are.")
        return _unchanged(request, etag, "no-cache") or _png(content, etag, "no-cache")

    @app.get(
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
        follower = runs.Follower(id, run, int(last) if last.isdecimal() else after)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_stream(request, studio, follower), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, studio: Studio, follower: runs.Follower) -> AsyncIterator[str]:
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
