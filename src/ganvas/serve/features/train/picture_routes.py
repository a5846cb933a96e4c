"""``/v1/picture-sets``: the pictures and the music that can be trained on, and uploads of more."""

from __future__ import annotations

import asyncio
import io
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.curate.music.sources import UPLOADED, uploaded_kind
from ganvas.errors import UserError
from ganvas.runs.queue import TrainingError
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.errors import ConflictError, UploadError
from ganvas.serve.core.roles import needs, person_of
from ganvas.serve.core.run_store import valid_utf8
from ganvas.serve.core.uploads import decode_upload, read_upload
from ganvas.serve.features.train.picture_sets import PictureSet, for_training, is_ignored
from ganvas.serve.features.train.schemas import (
    ExpectedFiles,
    KeptPicture,
    NewPictureSet,
    PicturePaths,
    PictureSetCard,
    PictureSetDetail,
    PictureSetList,
    ReceivedZip,
    SuggestionList,
    Unpacked,
)
from ganvas.serve.features.train.state import TrainState
from ganvas.serve.features.train.suggestions import suggestions_for

router = APIRouter()
SAMPLES = 60  # pictures of the contact sheet
NEEDS_PICTURES = ("queued", "running", "paused")  # states of a training that goes on with its pictures
INTERRUPTED = UserError(
    "The zip was not unpacked to its end; choose the same zip again, and it goes on where it was.",
    code="zip-interrupted",
)
THUMBNAIL: dict[int | str, dict[str, Any]] = {
    200: {"description": "WebP", "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/v1/picture-sets", tags=["train"], operation_id="listPictureSets", openapi_extra=needs("owner"))
def list_picture_sets(context: Context) -> PictureSetList:
    """The pictures that can be trained on."""
    return PictureSetList(sets=[_card(one) for one in context.state(TrainState).pictures.all()])


@router.post(
    "/v1/picture-sets",
    tags=["train"],
    operation_id="createPictureSet",
    openapi_extra=needs("owner", audit="create-picture-set"),
    status_code=201,
)
def create_picture_set(context: Context, body: NewPictureSet) -> PictureSetCard:
    """A new folder for an upload; its name gets digits where it is taken."""
    sets = context.state(TrainState).pictures
    return _card(sets.get(sets.create(body.name)))


@router.get("/v1/picture-sets/{id}", tags=["train"], operation_id="getPictureSet", openapi_extra=needs("owner"))
def get_picture_set(context: Context, id: str) -> PictureSetDetail:  # noqa: A002
    """Pictures that can be trained on: the first of them, and what was not kept of an upload."""
    state = context.state(TrainState)
    found = state.pictures.get(id)
    folder = found.kind == "folder"
    unpacking = _unpacked(context, id)  # before the files, so that with its end all of them are counted
    samples, count = state.pictures.samples(id, SAMPLES) if folder else ([], 0)
    pieces, music = state.pictures.samples(id, SAMPLES, UPLOADED) if folder else ([], 0)
    return PictureSetDetail(
        **_card(found).model_dump(),
        count=count,
        samples=samples,
        music=music,
        pieces=pieces,
        dropped=state.pictures.dropped(id),
        unpacking=unpacking,
    )


@router.delete(
    "/v1/picture-sets/{id}",
    tags=["train"],
    operation_id="deletePictureSet",
    openapi_extra=needs("owner", audit="delete-picture-set"),
    status_code=204,
)
def delete_picture_set(context: Context, id: str) -> None:  # noqa: A002
    """Delete an upload for good, unless a training needs it."""
    state = context.state(TrainState)
    trainings = [] if state.opened is None else state.opened.all()
    needing = next((one.run for one in trainings if one.data == id and one.state in NEEDS_PICTURES), None)
    if needing is not None:
        raise ConflictError(
            f"Run {needing!r} is trained on these pictures; stop or delete it first.",
            code="pictures-in-use",
            params={"run": needing},
        )
    state.pictures.delete(id)


@router.put(
    "/v1/picture-sets/{id}/expected",
    tags=["train"],
    operation_id="expectPictures",
    openapi_extra=needs("owner"),
    status_code=204,
)
def expect_pictures(context: Context, id: str, body: ExpectedFiles) -> None:  # noqa: A002
    """Say how many files an upload has before it begins, and when it has ended, so that an interruption is noticed."""
    context.state(TrainState).pictures.expect(id, body.files)


@router.get(
    "/v1/picture-sets/{id}/paths", tags=["train"], operation_id="listPicturePaths", openapi_extra=needs("owner")
)
def list_picture_paths(context: Context, id: str) -> PicturePaths:  # noqa: A002
    """The files that a set has: those which an upload that goes on need not send again."""
    return PicturePaths(paths=[valid_utf8(path) for path in context.state(TrainState).pictures.files(id)])


@router.get(
    "/v1/picture-sets/{id}/thumbnail",
    tags=["train"],
    operation_id="getSetThumbnail",
    openapi_extra=needs("owner"),
    response_class=Response,
    responses=THUMBNAIL,
)
async def get_thumbnail(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    path: Annotated[str, Query(max_length=1000, description="Path of the picture in its folder.")],
    size: Annotated[int, Query(ge=16, le=512, description="The longer side in pixels.")] = 160,
) -> Response:
    """A smaller copy of a picture, upright and without its metadata."""
    sets = context.state(TrainState).pictures
    content = await asyncio.to_thread(sets.read, id, path, context.decoder.limits.bytes)
    future = context.decoder.submit(
        content, lambda image: _webp(image, size), person=person_of(request).key, least=size // 2
    )
    picture = await while_connected(request, future)
    return Response(picture, media_type="image/webp", headers={"Cache-Control": "private, max-age=600"})


@router.post("/v1/picture-sets/{id}/pictures", tags=["train"], operation_id="addPicture", openapi_extra=needs("owner"))
async def add_picture(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="The picture, MIDI file or score.")],
    path: Annotated[str, Form(max_length=1000, description="Its path, such as cats/1.jpg; a folder may be a class.")],
) -> KeptPicture:
    """Add a picture or a music file to an upload.

    It is decoded first; one that cannot be used is counted with the reason.
    """
    sets = context.state(TrainState).pictures
    if is_ignored(path):
        return KeptPicture(kept=False, error=None)
    try:
        content = await read_upload(context, image)
        await image.seek(0)
        kind = uploaded_kind(path)
        if kind is None:
            await decode_upload(request, context, image, lambda picture: None)
        else:
            person = person_of(request).key
            await while_connected(request, context.decoder.check_music(content, kind, person=person))
        target = await asyncio.to_thread(sets.target, id, path)
    except UserError as error:
        if not isinstance(error, UploadError) and error.code != "file-name":
            raise
        await asyncio.to_thread(sets.drop, id, path, error)
        return KeptPicture(kept=False, error=_described(for_training(error)))
    await asyncio.to_thread(sets.keep, target, content)
    return KeptPicture(kept=True, error=None)


@router.post("/v1/picture-sets/{id}/zip", tags=["train"], operation_id="addZipPart", openapi_extra=needs("owner"))
async def add_zip_part(
    context: Context,
    id: str,  # noqa: A002
    part: Annotated[UploadFile, File(description="A part of the zip.")],
    offset: Annotated[int, Form(ge=0, description="Where in the zip the part begins.")],
) -> ReceivedZip:
    """Add a part of a zip to an upload; an upload that was interrupted goes on at ``size``."""
    content = await read_upload(context, part)
    size = await asyncio.to_thread(context.state(TrainState).unpacker.receive, id, offset, content)
    return ReceivedZip(size=size)


@router.post(
    "/v1/picture-sets/{id}/unpack",
    tags=["train"],
    operation_id="unpackZip",
    openapi_extra=needs("owner", audit="unpack-zip"),
    status_code=202,
)
def unpack_zip(context: Context, id: str) -> Unpacked:  # noqa: A002
    """Unpack the zip of an upload in the background."""
    context.state(TrainState).unpacker.start(id)
    found = _unpacked(context, id)
    assert found is not None
    return found


@router.get(
    "/v1/picture-sets/{id}/suggestions", tags=["train"], operation_id="suggestRecipes", openapi_extra=needs("owner")
)
def suggest_recipes(context: Context, id: str) -> SuggestionList:  # noqa: A002
    """What the pictures are, and what can be learned from them, best first."""
    return suggestions_for(context.state(TrainState).pictures.find(id))


def _card(found: PictureSet) -> PictureSetCard:
    return PictureSetCard(name=found.name, kind=found.kind, uploaded=found.uploaded, expected=found.expected)


def _unpacked(context: StudioContext, name: str) -> Unpacked | None:
    unpacker = context.state(TrainState).unpacker
    state = unpacker.state(name)
    if state is None:
        if not unpacker.was_interrupted(name):
            return None
        return Unpacked(done=0, total=0, ended=True, error=_described(INTERRUPTED))
    error = None if state.error is None else _described(state.error)
    return Unpacked(done=state.done, total=state.total, ended=state.ended, error=error)


def _described(error: UserError) -> TrainingError:
    return TrainingError(sentence=str(error), code=error.code, params=error.params)


def _webp(image: Image.Image, size: int) -> bytes:
    image.thumbnail((size, size))
    file = io.BytesIO()
    image.convert("RGB").save(file, "WEBP", quality=80)
    return file.getvalue()
