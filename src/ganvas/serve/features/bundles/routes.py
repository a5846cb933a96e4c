"""``/v1/bundles``: trained models and their answers."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas import __version__
from ganvas.bundle import Bundle
from ganvas.curate.images.decode import encode_png
from ganvas.curate.images.prepare import whole_picture
from ganvas.errors import UserError
from ganvas.models.tiling import check_size
from ganvas.serve.core import bundle_store
from ganvas.serve.core.context import (
    SEEDS,
    Seed,
    The,
    freshness,
    picture_response,
    png,
    since,
    unchanged,
    while_connected,
)
from ganvas.serve.core.engine import Pictures, check_direction, enlarges, label_of, prepare_picture, prepare_source
from ganvas.serve.core.model_inputs import answer_picture, least_side, open_upload, read_upload
from ganvas.serve.schemas import (
    BundleDetail,
    BundleList,
    GenerateAnswer,
    GeneratedImage,
    GenerateRequest,
    Health,
    RefusedBundle,
)
from ganvas.spec import Task

router = APIRouter()

Direction = Literal["a_to_b", "b_to_a"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


@router.get("/v1/health", tags=["studio"], operation_id="health")
def health(studio: The) -> Health:
    """How the studio is."""
    return Health(
        version=__version__,
        engine=studio.engine.name,
        bundles=len(studio.shelf.paths()),
        runs=len(studio.runs.ids()),
        catalogue=studio.review.catalog.root.absolute().name if studio.review else None,
        shares=studio.shared is not None,
    )


@router.get("/v1/bundles", tags=["bundles"], operation_id="listBundles")
def list_bundles(studio: The) -> BundleList:
    """All trained models."""
    found, refused = studio.shelf.all()
    return BundleList(
        bundles=[bundle_store.card(name, opened) for name, opened in found.items()],
        refused=[RefusedBundle(id=name, reason=reason) for name, reason in refused.items()],
    )


@router.get("/v1/bundles/{id}", tags=["bundles"], operation_id="getBundle")
def get_bundle(studio: The, id: str) -> BundleDetail:  # noqa: A002
    """A trained model: what it is, how it was trained, whose pictures it learned from."""
    return bundle_store.detail(id, studio.bundle(id))


@router.get(
    "/v1/bundles/{id}/preview.png",
    tags=["bundles"],
    operation_id="getPreview",
    response_class=Response,
    responses=picture_response("What the model makes"),
)
def preview(request: Request, studio: The, id: str) -> Response:  # noqa: A002
    """A grid of what the model makes."""
    opened = studio.bundle(id)
    etag, cache = freshness(request, opened)
    return unchanged(request, etag, cache) or png(opened.preview, etag, cache)


@router.get(
    "/v1/bundles/{id}/image.png",
    tags=["bundles"],
    operation_id="getImage",
    response_class=Response,
    responses=picture_response("The picture of this seed"),
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
    etag, cache = freshness(request, opened, seed, label, psi)
    if (known := unchanged(request, etag, cache)) is not None:
        return known
    pictures = await while_connected(request, studio.engine.submit_generate(opened, [seed], label, psi))
    return png(encode_png(pictures[0]), etag, cache)


@router.post("/v1/bundles/{id}/generate", tags=["bundles"], operation_id="generate")
async def generate(request: Request, studio: The, id: str, asked: GenerateRequest) -> GenerateAnswer:  # noqa: A002
    """Pictures of up to 64 seeds."""
    if not all(0 <= seed < SEEDS for seed in asked.seeds):
        raise UserError(f"Seeds are whole numbers from 0 to {SEEDS - 1}; give others.")
    opened = await asyncio.to_thread(studio.bundle, id)
    start = time.perf_counter()
    future = studio.engine.submit_generate(opened, asked.seeds, asked.label, asked.psi)
    pictures = await while_connected(request, future)
    images = await asyncio.to_thread(_images, id, opened, asked, pictures)
    return GenerateAnswer(images=images, milliseconds=since(start))


@router.post(
    "/v1/bundles/{id}/translate",
    tags=["bundles"],
    operation_id="translate",
    response_class=Response,
    responses=picture_response("The translation"),
)
async def translate(
    request: Request,
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="any picture")],
    prepared: Annotated[bool, Form(description="it is what the model takes already, a drawing say")] = False,
    direction: Annotated[Direction, Form(description="without pairs: from which domain to which")] = "a_to_b",
) -> Response:
    """Translate a picture. It is not kept."""
    opened = await asyncio.to_thread(studio.bundle, id)
    way = DIRECTIONS.index(direction)
    check_direction(opened, way)
    return await _answer_about(
        request,
        studio,
        opened,
        image,
        lambda picture: studio.engine.submit_translate(opened, picture, prepared=prepared, direction=way),
    )


@router.post(
    "/v1/bundles/{id}/heatmap",
    tags=["bundles"],
    operation_id="heatmap",
    response_class=Response,
    responses=picture_response("Grey, of the model's size: white where it looks most"),
)
async def heatmap(
    request: Request,
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="any picture")],
    prepared: Annotated[bool, Form(description="it is what the model takes already")] = False,
    direction: Annotated[Direction, Form(description="from which domain to which")] = "a_to_b",
) -> Response:
    """Where a model looks when it translates a picture (U-GAT-IT). The picture is not kept."""
    opened = await asyncio.to_thread(studio.bundle, id)
    way = DIRECTIONS.index(direction)
    check_direction(opened, way)
    return await _answer_about(
        request,
        studio,
        opened,
        image,
        lambda picture: studio.engine.submit_heatmap(opened, picture, prepared=prepared, direction=way),
    )


@router.post(
    "/v1/bundles/{id}/prepare",
    tags=["bundles"],
    operation_id="prepare",
    response_class=Response,
    responses=picture_response("The picture as it stands beside the answer"),
)
async def prepare(
    studio: The,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="any picture")],
) -> Response:
    """Cut a picture as the model takes it: what a page shows beside the answer and sends again as ``prepared``.

    For a model that enlarges, which takes pictures whole, it is enlarged to the answer's size by bicubic interpolation.
    The picture is not kept.
    """
    start = time.perf_counter()
    opened = await asyncio.to_thread(studio.bundle, id)
    picture = await open_upload(studio, image, opened)
    return answer_picture(await asyncio.to_thread(_beside, opened, picture), start)


def _beside(opened: Bundle, picture: Image.Image) -> Pictures:
    """What the answer to a picture is compared with."""
    info = opened.info
    if info.task is Task.REFERENCE:
        return prepare_picture(opened, picture)
    check_direction(opened, 0)
    seen = prepare_source(opened, picture, prepared=False)
    if not enlarges(opened):
        return seen
    scale = info.data.source_scale
    check_size(picture.width, picture.height, scale)
    larger = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BICUBIC)
    return whole_picture(larger, info.data.source_channels)


async def _answer_about(
    request: Request,
    studio: The,
    opened: Bundle,
    image: UploadFile,
    ask: Callable[[Image.Image], Future[Pictures]],
) -> Response:
    """Read an uploaded picture, ask about it, and answer with a PNG that nobody keeps."""
    start = time.perf_counter()
    content = await read_upload(studio, image)

    def submit() -> Future[Pictures]:
        return ask(studio.decoder.open(content, least=least_side(opened)))

    made = await while_connected(request, await asyncio.to_thread(submit))
    return answer_picture(made, start)


def _images(name: str, opened: Bundle, asked: GenerateRequest, pictures: Pictures) -> list[GeneratedImage]:
    classes = len(opened.info.data.classes)
    images = []
    for seed, picture in zip(asked.seeds, pictures, strict=True):
        label = (asked.label if asked.label is not None else label_of(seed, classes)) if classes else None
        options = ("" if label is None else f"&class={label}") + ("" if asked.psi == 1 else f"&psi={asked.psi:g}")
        url = f"{bundle_store.address(name)}/image.png?seed={seed}{options}&v={opened.fingerprint[:12]}"
        data = b64encode(encode_png(picture)).decode()
        images.append(GeneratedImage(seed=seed, label=label, url=url, data=f"data:image/png;base64,{data}"))
    return images
