"""``/v1/bundles/{id}/generate`` and ``image.png``: pictures from seeds."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from ganvas.bundle import Bundle
from ganvas.curate.images.decode import encode_png
from ganvas.errors import UserError
from ganvas.inference.generate import class_of_seed
from ganvas.serve.core import bundle_store
from ganvas.serve.core.context import Context
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.parameters import SEEDS, Psi, Seed
from ganvas.serve.core.responses import (
    cache_headers,
    cached_png,
    data_url,
    elapsed_milliseconds,
    not_modified,
    picture_response,
)
from ganvas.serve.core.roles import needs
from ganvas.serve.features.generate.schemas import GenerateAnswer, GeneratedImage, GenerateRequest
from ganvas.tasks.pictures import Pictures

router = APIRouter()


@router.get(
    "/v1/bundles/{id}/image.png",
    tags=["bundles"],
    operation_id="getImage",
    openapi_extra=needs("player"),
    response_class=Response,
    responses=picture_response("The picture of this seed."),
)
async def image(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    seed: Seed,
    label: Annotated[
        int | None, Query(alias="class", description="Number of the class; left out: the one that the seed decides.")
    ] = None,
    psi: Psi = 1.0,
) -> Response:
    """One picture at a permanent address."""
    opened = await asyncio.to_thread(context.bundle, id)
    etag, cache = cache_headers(request, opened, seed, label, psi)
    if (known := not_modified(request, etag, cache)) is not None:
        return known
    pictures = await while_connected(request, context.engine.submit_generate(opened, [seed], label, psi))
    return cached_png(await asyncio.to_thread(encode_png, pictures[0]), etag, cache)


@router.post("/v1/bundles/{id}/generate", tags=["bundles"], operation_id="generate", openapi_extra=needs("player"))
async def generate(request: Request, context: Context, id: str, body: GenerateRequest) -> GenerateAnswer:  # noqa: A002
    """Pictures of up to 64 seeds."""
    if not all(0 <= seed < SEEDS for seed in body.seeds):
        most = SEEDS - 1
        raise UserError(
            f"Seeds are whole numbers from 0 to {most}; give others.", code="seed-range", params={"most": most}
        )
    opened = await asyncio.to_thread(context.bundle, id)
    start = time.perf_counter()
    future = context.engine.submit_generate(opened, body.seeds, body.label, body.psi)
    pictures = await while_connected(request, future)
    images = await asyncio.to_thread(_images, id, opened, body, pictures)
    return GenerateAnswer(images=images, milliseconds=elapsed_milliseconds(start))


def _images(name: str, opened: Bundle, body: GenerateRequest, pictures: Pictures) -> list[GeneratedImage]:
    classes = len(opened.info.data.classes)
    images = []
    for seed, picture in zip(body.seeds, pictures, strict=True):
        label = (body.label if body.label is not None else class_of_seed(seed, classes)) if classes else None
        options = ("" if label is None else f"&class={label}") + ("" if body.psi == 1 else f"&psi={body.psi:g}")
        url = f"{bundle_store.address(name)}/image.png?seed={seed}{options}&v={opened.fingerprint[:12]}"
        images.append(GeneratedImage(seed=seed, label=label, url=url, data=data_url(picture)))
    return images
