"""Access tokens, of which only hashes are kept, and the sessions that they open, as signed cookies."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
from pathlib import Path
from typing import Annotated

import itsdangerous
from pydantic import BaseModel, Field, ValidationError

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.serve.core.roles import ROLES, Person, Role

SESSION_SECONDS = 30 * 24 * 3600
SHORTEST = 16  # characters of a token that the operator chooses
MAX_FILE = 1_000_000  # bytes
Name = Annotated[str, Field(max_length=100)]


class StoredToken(BaseModel):
    """A token as it is kept."""

    role: Role
    name: Name = ""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class _Content(BaseModel):
    secret: str = Field(min_length=32)
    tokens: list[StoredToken]


def digest(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class AccessTokens:
    """The tokens of a studio.

    Args:
        tokens: The tokens.
        secret: Signs the sessions; whoever has it can make any.
        file: Where both are kept; a change of the file takes effect at the next request. None: nowhere.
    """

    def __init__(self, tokens: list[StoredToken], secret: str, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._modified = None if file is None else file.stat().st_mtime_ns
        self._set(tokens, secret)

    def _set(self, tokens: list[StoredToken], secret: str) -> None:
        self._tokens = {token.sha256: token for token in tokens}
        self._signer = itsdangerous.URLSafeTimedSerializer(secret, salt="ganvas session")

    def _current(self) -> dict[str, StoredToken]:
        with self._lock:
            if self._file is not None:
                try:
                    modified = self._file.stat().st_mtime_ns
                except OSError:  # the file was deleted: nobody has a token any more
                    self._tokens, self._modified = {}, None
                    return {}
                if modified != self._modified:
                    content = _read(self._file)
                    self._set(content.tokens, content.secret)
                    self._modified = modified
            return self._tokens

    @property
    def names(self) -> frozenset[str]:
        """Names that belong to a token."""
        return frozenset(token.name for token in self._current().values() if token.name)

    def person(self, token: str, name: str = "") -> Person | None:
        """The person of a token; None: there is no such token.

        Args:
            token: The token.
            name: The person's own name, where the token has none.
        """
        wanted = digest(token)
        for known, stored in self._current().items():
            if hmac.compare_digest(known, wanted):
                return _person(stored, name)
        return None

    def open_session(self, token: str, name: str) -> str | None:
        """The content of a session's cookie; None: there is no such token."""
        if self.person(token) is None:
            return None
        signed = self._signer.dumps([digest(token)[:16], name])
        return signed if isinstance(signed, str) else signed.decode()

    def person_of_session(self, cookie: str) -> Person | None:
        """The person of a session; None: it is not valid, has expired, or its token was withdrawn."""
        tokens = self._current()
        try:
            start, name = self._signer.loads(cookie, max_age=SESSION_SECONDS)
        except (itsdangerous.BadData, ValueError, TypeError):
            return None
        found = [stored for known, stored in tokens.items() if known[:16] == start]
        return _person(found[0], str(name)) if found else None


def _person(stored: StoredToken, name: str) -> Person:
    own = stored.name or name
    return Person(stored.role, f"{stored.sha256[:16]} {own}", own, named=bool(stored.name))


def fresh_tokens() -> tuple[AccessTokens, dict[Role, str]]:
    """Tokens that hold until the studio ends, and what they are."""
    made = {role: secrets.token_urlsafe(18) for role in ROLES}
    stored = [StoredToken(role=role, sha256=digest(token)) for role, token in made.items()]
    return AccessTokens(stored, secrets.token_hex(32)), made


def chosen_token(token: str) -> AccessTokens:
    """The one token of an operator who chose it, that of the owner; its sessions outlive the studio.

    Raises:
        UserError: It is too short to keep anybody out.
    """
    if len(token) < SHORTEST:
        raise UserError(f"A token needs at least {SHORTEST} characters, not {len(token)}; choose a longer one.")
    secret = hmac.new(token.encode(), b"ganvas session", hashlib.sha256).hexdigest()
    return AccessTokens([StoredToken(role="owner", sha256=digest(token))], secret)


def read_tokens(file: Path) -> AccessTokens:
    """The tokens of a file.

    Raises:
        UserError: It cannot be read, or holds no tokens.
    """
    content = _read(file)
    if not content.tokens:
        raise UserError(f"{file} holds no token; make one with `ganvas studio --tokens {file} --new-token owner`.")
    return AccessTokens(content.tokens, content.secret, file)


def add_token(file: Path, role: Role, name: str = "") -> str:
    """Make a token, add its hash to a file, and return it. The file is made if absent, readable by its owner only.

    Raises:
        UserError: The file cannot be read or written, or the name is taken.
    """
    content = _read(file) if file.exists() else _Content(secret=secrets.token_hex(32), tokens=[])
    if name and any(stored.name == name for stored in content.tokens):
        raise UserError(f"{file} has a token for {name} already; choose another name, or remove its entry first.")
    token = secrets.token_urlsafe(18)
    content.tokens.append(StoredToken(role=role, name=name, sha256=digest(token)))
    before = os.umask(0o077)
    try:
        write_atomically(file, content.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written ({error.strerror}); choose another --tokens.") from None
    finally:
        os.umask(before)
    return token


def _read(file: Path) -> _Content:
    try:
        with file.open("rb") as opened:
            return _Content.model_validate(json.loads(opened.read(MAX_FILE)))
    except FileNotFoundError:
        raise UserError(
            f"There is no file {file}; make it with `ganvas studio --tokens {file} --new-token owner`."
        ) from None
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); check its permissions.") from None
    except (ValueError, RecursionError, ValidationError):
        raise UserError(f"{file} does not hold tokens; make another with --new-token.") from None
