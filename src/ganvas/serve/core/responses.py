"""Answers that are pictures: PNG files, data URLs, and how long they may be cached."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from ganvas.bundle import Bundle
from ganvas.curate.images.decode import encode_png
from ganvas.tasks.pictures import Pictures

FOREVER = "public, max-age=31536000, immutable"


def picture_response(description: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entry of an answer that is a PNG."""
    content = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": description, "content": content}}


def elapsed_milliseconds(start: float) -> float:
    """Milliseconds since ``start``, a value of ``time.perf_counter``."""
    return round((time.perf_counter() - start) * 1000, 1)


def data_url(picture: Pictures, encode: Callable[[Pictures], bytes] = encode_png) -> str:
    """A picture, uint8 [H, W, 1 or 3], as ``data:image/png;base64,…``; ``encode`` writes the PNG."""
    return f"data:image/png;base64,{b64encode(encode(picture)).decode()}"


def picture_answer(
    picture: Pictures,
    start: float,
    headers: dict[str, str] | None = None,
    encode: Callable[[Pictures], bytes] = encode_png,
) -> Response:
    """A PNG that must not be cached, with the time it took in ``X-Milliseconds``.

    Args:
        picture: uint8 [H, W, 1 or 3].
        start: When the request came, a value of ``time.perf_counter``.
        headers: More headers.
        encode: Writes the PNG.
    """
    own = {"X-Milliseconds": f"{elapsed_milliseconds(start):.1f}", "Cache-Control": "no-store"}
    return Response(encode(picture), media_type="image/png", headers=own | (headers or {}))


def cache_headers(request: Request, opened: Bundle, *parts: object) -> tuple[str, str]:
    """The ``ETag`` and ``Cache-Control`` of an answer that a bundle gives.

    It may be cached for ever under an address whose parameter ``v`` names this version of the bundle.

    Args:
        request: The request.
        opened: The bundle.
        parts: What else decides the answer, such as the seed.
    """
    etag = '"' + "-".join([opened.fingerprint[:16], *map(str, parts)]) + '"'
    same = request.query_params.get("v") == opened.fingerprint[:12]
    return etag, FOREVER if same else "public, max-age=0, must-revalidate"


def not_modified(request: Request, etag: str, cache: str) -> Response | None:
    """The answer 304 when the client has the answer of this ``ETag`` already, else None."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": cache}) if etag in known else None


def cached_png(content: bytes, etag: str, cache: str) -> Response:
    """A PNG file with its ``ETag`` and ``Cache-Control``."""
    return Response(content, media_type="image/png", headers={"ETag": etag, "Cache-Control": cache})
