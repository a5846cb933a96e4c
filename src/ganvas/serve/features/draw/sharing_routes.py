"""``/v1/drawings``: drawings shared by link, where the operator allows it."""

from __future__ import annotations

import asyncio
import json

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ganvas.apps.portrait import NEIGHBOURS, OWN, parts_of
from ganvas.curate.sketch.drawings import parse_drawing
from ganvas.errors import UserError
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.errors import MissingError, UploadError
from ganvas.serve.core.roles import needs
from ganvas.serve.features.draw.drawing_store import BYTES, Drawings
from ganvas.serve.features.draw.schemas import SharedDrawing, SharedLink
from ganvas.serve.features.draw.state import DrawState

router = APIRouter()

# The body is read in steps, so that one that is too large is never parsed.
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SharedDrawing"}}},
}


@router.post(
    "/v1/drawings",
    tags=["draw"],
    operation_id="shareDrawing",
    openapi_extra={"requestBody": BODY} | needs("player", cost="upload", audit="share"),
)
async def share_drawing(request: Request, context: Context) -> SharedLink:
    """Keep a drawing for everybody who has its link: its strokes and settings, without the portrait."""
    store = _store(context)
    drawing = _parse(await _body(request))
    return SharedLink(id=await asyncio.to_thread(_keep, context, store, drawing))


@router.get("/v1/drawings/{id}", tags=["draw"], operation_id="readSharedDrawing", openapi_extra=needs("player"))
async def read_shared(context: Context, id: str) -> SharedDrawing:  # noqa: A002
    """A drawing that was shared."""
    content = await asyncio.to_thread(_store(context).find, id)
    if content is None:
        raise MissingError("The drawing of this link no longer exists; ask for a new link.", code="no-drawing")
    return SharedDrawing.model_validate_json(content)


def _store(context: StudioContext) -> Drawings:
    store = context.state(DrawState).shared
    if store is None:
        raise MissingError(
            "Drawings are not shared by link here; the operator of the studio can allow it with --shared FOLDER.",
            code="sharing-off",
        )
    return store


async def _body(request: Request) -> bytes:
    """The body of a request.

    Raises:
        UploadError: It is not sent as JSON, or is too large.
    """
    # A page of another site cannot send this type without a preflight request, so it cannot fill the folder through a
    # visitor's browser.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UploadError(
            "This is not a drawing; send it as application/json.", status=415, code="drawing-content-type"
        )
    content = bytearray()
    async for chunk in request.stream():
        if len(content) <= BYTES:  # the rest is read and dropped, so that the sender gets the answer
            content += chunk
    _check_size(content)
    return bytes(content)


def _check_size(content: bytes | bytearray) -> None:
    if len(content) > BYTES:
        kilobytes = BYTES // 1000
        raise UploadError(
            f"This drawing is larger than {kilobytes} kB, too large for a link; save it to a file instead.",
            status=413,
            code="drawing-too-large",
            params={"kilobytes": kilobytes},
        )


def _parse(content: bytes) -> SharedDrawing:
    try:
        return SharedDrawing.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from None


def _keep(context: StudioContext, store: Drawings, shared: SharedDrawing) -> str:
    """Keep a valid drawing in one canonical form, so that the same drawing always has the same bytes."""
    opened = context.bundle(shared.model)
    drawing = parse_drawing(shared.drawing, "What was sent")
    if any(mark.tool == "picture" for mark in drawing.marks):
        raise UserError(
            "A drawing that begins with a photo cannot be shared by link; share one that has strokes only.",
            code="drawing-with-photo",
        )
    if not drawing.marks:
        raise UserError("The drawing is empty; draw something to share.", code="drawing-empty")
    k, t = shared.k, shared.t
    if k is not None or t is not None:
        parts, shares = parts_of(opened), t or {}
        if unknown := sorted(shares.keys() - set(parts)):
            part, known = unknown[0], ", ".join(parts)
            raise UserError(
                f"There is no part {part!r}; the parts are {known}.",
                code="unknown-part",
                params={"part": part, "known": known},
            )
        k, t = k or NEIGHBOURS, {part: round(shares.get(part, OWN), 4) for part in parts}
    kept = SharedDrawing(model=shared.model, k=k, t=t, colours=shared.colours or None, drawing=drawing.told())
    told = kept.model_dump(exclude={"colours"} if kept.colours is None else None)  # ids of drawings without stay
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    _check_size(content)
    return store.keep(content)
