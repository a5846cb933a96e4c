"""``/v1/bundles/{id}/montage``: pages of faces, bred from those that were picked. Nothing is kept on the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from PIL import Image

from ganvas.apps.montage import BreedRequest, FaceSpace, Genes, breed, morph, tray
from ganvas.apps.montage.export import encode_face
from ganvas.apps.portrait import PortraitGenerator, parts_of
from ganvas.bundle import Bundle
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.responses import data_url, elapsed_milliseconds, picture_response
from ganvas.serve.core.roles import needs
from ganvas.serve.features.montage.schemas import (
    BreedMontage,
    ChangePart,
    ExportFace,
    MontageAnswer,
    MontageFace,
    MorphFaces,
)
from ganvas.serve.features.montage.state import MontageState
from ganvas.tasks.pictures import Pictures

router = APIRouter()


@router.post("/v1/bundles/{id}/montage", tags=["montage"], operation_id="breedMontage", openapi_extra=needs("player"))
async def breed_montage(request: Request, context: Context, id: str, body: BreedMontage) -> MontageAnswer:  # noqa: A002
    """Eighteen faces: new ones, or those that were picked and their children."""

    def made(space: FaceSpace) -> list[Genes]:
        picked = tuple(space.read(face) for face in body.picked)
        base = None if body.base is None else space.read(body.base)
        return breed(
            space, BreedRequest(body.seed, body.round, picked, base, tuple(body.locked), max(body.count, len(picked)))
        )

    return await _faces(request, context, id, made)


@router.post(
    "/v1/bundles/{id}/montage/part", tags=["montage"], operation_id="changeMontagePart", openapi_extra=needs("player")
)
async def change_part(request: Request, context: Context, id: str, body: ChangePart) -> MontageAnswer:  # noqa: A002
    """The same face with other eyes, another nose, mouth, or face and hair, of real sketches of the model's bank."""
    return await _faces(
        request, context, id, lambda space: tray(space, space.read(body.face), body.part, body.seed, body.count)
    )


@router.post(
    "/v1/bundles/{id}/montage/morph", tags=["montage"], operation_id="morphMontage", openapi_extra=needs("player")
)
async def morph_faces(request: Request, context: Context, id: str, body: MorphFaces) -> MontageAnswer:  # noqa: A002
    """Faces from one to another, both included; the middle is the mean of both."""
    return await _faces(
        request, context, id, lambda space: morph(space.read(body.first), space.read(body.second), body.count)
    )


@router.post(
    "/v1/bundles/{id}/montage/export",
    tags=["montage"],
    operation_id="exportMontage",
    openapi_extra=needs("player"),
    response_class=Response,
    responses=picture_response("The face, with its origin in its metadata (XMP)."),
)
async def export_face(request: Request, context: Context, id: str, body: ExportFace) -> Response:  # noqa: A002
    """A face as a PNG that says that a model drew it, which one, from what, and the code of the face."""
    opened = await asyncio.to_thread(context.bundle, id)
    faces, painted, _ = await _painted(request, context, opened, lambda space: [space.read(body.face)])
    content = await asyncio.to_thread(
        encode_face, Image.fromarray(painted[0]), opened.info, faces[0], body.round, visible=body.visible
    )
    return Response(content, media_type="image/png", headers={"Cache-Control": "no-store"})


async def _faces(
    request: Request, context: StudioContext, name: str, made: Callable[[FaceSpace], Sequence[Genes]]
) -> MontageAnswer:
    start = time.perf_counter()
    opened = await asyncio.to_thread(context.bundle, name)
    codes, painted, parts = await _painted(request, context, opened, made)
    pictures = await asyncio.to_thread(lambda: [data_url(picture) for picture in painted])
    faces = [MontageFace(code=code, picture=picture) for code, picture in zip(codes, pictures, strict=True)]
    return MontageAnswer(faces=faces, parts=list(parts), milliseconds=elapsed_milliseconds(start))


async def _painted(
    request: Request, context: StudioContext, opened: Bundle, made: Callable[[FaceSpace], Sequence[Genes]]
) -> tuple[list[str], Pictures, tuple[str, ...]]:
    """The codes and pictures of faces, and the parts of the model, computed in the model's worker."""
    state = context.state(MontageState)
    parts_of(opened)

    def work(generator: PortraitGenerator) -> tuple[list[str], Pictures, tuple[str, ...]]:
        space = state.space(opened, generator)
        faces = made(space)
        return [space.write(face) for face in faces], generator.paint(space.codes(faces)), tuple(space.groups)

    return await while_connected(request, context.engine.submit_generator(opened, work))
