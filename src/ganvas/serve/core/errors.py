"""Errors of the studio as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from ganvas.errors import ErrorParams, UserError
from ganvas.inference.worker import BusyError, TimeLimitError

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """An error (RFC 9457).

    ``detail`` is one English sentence that says what is wrong and what to do. ``code`` and ``params`` say the same for
    a page in another language.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable name of the error, such as no-face.")
    params: dict[str, str | float] = Field(description="The values that stand in the sentence, by name.")


class MissingError(UserError):
    """What the address names does not exist (404)."""


class ConflictError(UserError):
    """The request does not fit the present state (409)."""


class NoRoomError(UserError):
    """There is no room for what was to be kept (507)."""


class UploadError(UserError):
    """An upload that is not accepted.

    Args:
        sentence: The error in English.
        status: The HTTP status.
        code: Name of the error.
        params: The values that stand in the sentence.
    """

    def __init__(
        self, sentence: str, *, status: Literal[413, 415, 422], code: str, params: ErrorParams | None = None
    ) -> None:
        super().__init__(sentence, code=code, params=params)
        self.status = status


class HTTPUserError(HTTPException):
    """A user error raised where the framework lets only its own errors pass, such as while a body is read."""

    def __init__(self, status: int, error: UserError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, str(error), headers)
        self.error = error


def problem(status: int, error: UserError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error as an answer."""
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=str(error), code=error.code, params=error.params
    )
    return JSONResponse(body.model_dump(), status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of the application a problem detail.

    Errors that nothing expects are answered by :class:`ganvas.serve.core.middleware.RequestMiddleware`.
    """
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)


async def _user_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserError)
    headers = {"Retry-After": "1"} if isinstance(error, BusyError) else None
    return problem(_status(error), request.app.state.context.paths.public(error), headers)


def _status(error: UserError) -> int:
    match error:
        case MissingError():
            return 404
        case ConflictError():
            return 409
        case UploadError():
            return error.status
        case NoRoomError():
            return 507
        case BusyError() | TimeLimitError():
            return 503
        case _:
            return 422


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    reason = first["msg"]
    return problem(
        422,
        UserError(
            f"{field}: {reason}; see /v1/openapi.json for what this address accepts.",
            code="invalid-request",
            params={"field": field, "reason": reason},
        ),
    )


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, _as_user_error(request, error), error.headers)


def _as_user_error(request: Request, error: HTTPException) -> UserError:
    if isinstance(error, HTTPUserError):
        return error.error
    path, method, detail = request.url.path, request.method, error.detail
    if error.status_code == 404 and detail == HTTPStatus(404).phrase:
        return UserError(
            f"There is nothing at {path}; see /v1/openapi.json for what there is.",
            code="no-address",
            params={"path": path},
        )
    if error.status_code == 405:
        return UserError(
            f"{path} does not accept {method}; see /v1/openapi.json for what it accepts.",
            code="no-method",
            params={"path": path, "method": method},
        )
    return UserError(detail, code="http-error", params={"detail": detail})


def internal_error() -> UserError:
    """The error for a fault in the studio itself."""
    return UserError(
        "Something went wrong in the studio; its log has the details. Try again, or report it.", code="internal"
    )


def document(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with problem details in place of FastAPI's own error models."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {"description": "What is wrong and what to do.", "content": content}
    models = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        models.pop(name, None)
    models["Problem"] = Problem.model_json_schema()
    return schema
