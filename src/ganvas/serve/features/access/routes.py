"""``/v1/session``: who the person is, signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ganvas.errors import UserError
from ganvas.serve.core.access import COOKIE
from ganvas.serve.core.access_tokens import SESSION_SECONDS
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.errors import HTTPUserError
from ganvas.serve.core.roles import Person, needs, person_of
from ganvas.serve.features.access.schemas import SessionState, SignInRequest

router = APIRouter()


@router.get("/v1/session", tags=["studio"], operation_id="getSession", openapi_extra=needs("anyone"))
def get_session(request: Request, context: Context) -> SessionState:
    """What the person who sends this may do."""
    return _state(context, person_of(request))


@router.post(
    "/v1/session",
    tags=["studio"],
    operation_id="signIn",
    openapi_extra=needs("anyone", cost="sign-in", audit="sign-in"),
)
def sign_in(request: Request, response: Response, context: Context, body: SignInRequest) -> SessionState:
    """Sign in with a token: a cookie keeps the session for 30 days, or until the token is withdrawn."""
    tokens = context.access.tokens
    if tokens is None:
        return _state(context, person_of(request))
    name = " ".join(body.name.split())
    person, session = tokens.person(body.token.strip(), name), tokens.open_session(body.token.strip(), name)
    if person is None or session is None:
        raise HTTPUserError(
            403,
            UserError("This token is not valid; copy it again, or ask the operator for another.", code="wrong-token"),
        )
    secure = request.url.scheme == "https"
    # A page of another site that embeds the studio makes its cookies third-party ones.
    embedded = secure and bool(context.settings.frame_ancestors)
    response.set_cookie(
        COOKIE,
        session,
        max_age=SESSION_SECONDS,
        path=f"{context.settings.root_path}/",
        secure=secure,
        httponly=True,
        samesite="none" if embedded else "lax",
    )
    response.headers["Cache-Control"] = "no-store"
    return _state(context, person)


@router.delete("/v1/session", tags=["studio"], operation_id="signOut", status_code=204, openapi_extra=needs("anyone"))
def sign_out(context: Context) -> Response:
    """Sign out in this browser."""
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path=f"{context.settings.root_path}/")
    return response


def _state(context: StudioContext, person: Person) -> SessionState:
    local = context.access.tokens is None
    signed_in = not local and person.role is not None and not person.key.startswith("at ")
    return SessionState(role=person.role, name=person.name, named=person.named, signed_in=signed_in, local=local)
