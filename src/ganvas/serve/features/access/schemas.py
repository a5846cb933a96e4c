"""Answers about the session."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ganvas.serve.core.roles import Role


class SessionState(BaseModel):
    """What the person who sends the request may do."""

    role: Role | None = Field(
        description="player uses models, reviewer also judges, owner does everything; null: none."
    )
    name: str = Field(description="The person's name; empty: unknown.")
    named: bool = Field(description="The name belongs to the token and cannot be another.")
    signed_in: bool = Field(description="The role comes from a token.")
    local: bool = Field(description="The studio serves this machine only: nobody signs in, and everything is allowed.")


class SignInRequest(BaseModel):
    """A token, and who uses it."""

    token: str = Field(min_length=1, max_length=200)
    name: str = Field("", max_length=100, description="Name of the person; a token that has a name keeps its own.")
