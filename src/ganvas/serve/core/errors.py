"""Errors as RFC 9457 problem details, all of them: what was asked wrongly, what is not there, what broke."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ganvas.errors import UserError
from ganvas.serve.core.engine import BusyError
from ganvas.serve.core.uploads import UploadError
from ganvas.serve.schemas import Problem

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("ganvas.studio")


class MissingError(UserError):
    """What the address names does not exist."""


class NoRoomError(UserError):
    """What was to be kept finds no place."""


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error answer."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of the app be a problem detail."""
    app.add_exception_handler(UserError, _user)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


async def _user(request: Request, error: Exception) -> JSONResponse:
    match error:
        case MissingError():
            return problem(404, str(error))
        case UploadError():
            return problem(error.status, str(error))
        case NoRoomError():
            return problem(507, str(error))
        case BusyError():
            return problem(503, str(error), {"Retry-After": "1"})
        case _:
            return problem(422, str(error))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return problem(422, f"{where}: {first['msg']}; see /v1/openapi.json for what is asked here.")


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = {
        404: f"There is nothing at {request.url.path}; see /v1/openapi.json for what there is.",
        405: f"{request.method} does nothing at {request.url.path}; see /v1/openapi.json for what does.",
    }.get(error.status_code, error.detail)
    if error.detail and error.detail != HTTPStatus(error.status_code).phrase:
        detail = error.detail
    return problem(error.status_code, detail, dict(error.headers or {}))


async def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "Something broke in the studio; its log has the details. Try again, or report it.")


def document(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI schema with problem details in place of FastAPI's own error models."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {"description": "What is wrong and what to do", "content": content}
    models = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        models.pop(name, None)
    models["Problem"] = Problem.model_json_schema()
    return schema
