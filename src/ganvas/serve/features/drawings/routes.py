"""``/v1/drawings``: drawings shared by link, where the operator allows it. Portraits are painted anew from them."""

from __future__ import annotations

import asyncio
import json

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ganvas.apps.portrait import NEIGHBOURS, OWN, parts_of
from ganvas.curate.sketch.drawings import parse_drawing
from ganvas.errors import UserError
from ganvas.serve.core.context import Studio, The
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.uploads import UploadError
from ganvas.serve.features.drawings.drawing_store import BYTES, SharedDrawings
from ganvas.serve.features.drawings.schemas import SharedDrawing, SharedLink

router = APIRouter()

# The body is read by hand, so that what is too large is never taken apart.
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SharedDrawing"}}},
}


@router.post("/v1/drawings", tags=["draw"], operation_id="shareDrawing", openapi_extra={"requestBody": BODY})
async def share_drawing(request: Request, studio: The) -> SharedLink:
    """Keep a drawing for whoever has its link: its strokes and settings, no portrait."""
    store = _store(studio)
    told = _told(await _body(request))
    return SharedLink(id=await asyncio.to_thread(_keep, studio, store, told))


@router.get("/v1/drawings/{id}", tags=["draw"], operation_id="readSharedDrawing")
async def read_shared(studio: The, id: str) -> SharedDrawing:  # noqa: A002
    """A drawing that was shared."""
    content = await asyncio.to_thread(_store(studio).find, id)
    if content is None:
        raise MissingError("The drawing of this link is not here any more; ask for a new link.")
    return SharedDrawing.model_validate_json(content)


def _store(studio: Studio) -> SharedDrawings:
    if studio.shared is None:
        raise MissingError(
            "Drawings are not shared by link here; whoever runs the studio can allow it with --shared FOLDER."
        )
    return studio.shared


async def _body(request: Request) -> bytes:
    """:raises UploadError: it is not sent as JSON, or too large."""
    # A page of another site cannot send this type unasked: it cannot fill the folder through a visitor's browser.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UploadError(415, "This is no drawing; send it as application/json.")
    content = bytearray()
    async for chunk in request.stream():
        if len(content) <= BYTES:  # the rest is heard out, so that the sender hears why; the guard bounds it
            content += chunk
    _check_size(content)
    return bytes(content)


def _check_size(content: bytes | bytearray) -> None:
    if len(content) > BYTES:
        raise UploadError(
            413, f"This drawing is larger than {BYTES // 1000} kB, too large for a link; save it instead."
        )


def _told(content: bytes) -> SharedDrawing:
    try:
        return SharedDrawing.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from None


def _keep(studio: Studio, store: SharedDrawings, told: SharedDrawing) -> str:
    """Keep what is known to be a drawing, written one way, so that the same one always is the same bytes."""
    opened = studio.bundle(told.model)
    drawing = parse_drawing(told.drawing, "What was sent")
    if any(mark.tool == "picture" for mark in drawing.marks):
        raise UserError("A drawing that begins with a photo is not shared by link; share one of strokes alone.")
    if not drawing.marks:
        raise UserError("There is nothing on the paper; draw something to share.")
    k, t = told.k, told.t
    if k is not None or t is not None:
        parts, shares = parts_of(opened), t or {}
        if unknown := sorted(shares.keys() - set(parts)):
            raise UserError(f"There is no part {unknown[0]!r}; the parts are {', '.join(parts)}.")
        k, t = k or NEIGHBOURS, {part: round(shares.get(part, OWN), 4) for part in parts}
    kept = SharedDrawing(model=told.model, k=k, t=t, drawing=drawing.told())
    content = json.dumps(kept.model_dump(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    _check_size(content)
    return store.keep(content)
