"""What the address of a studio allows: the names it answers to, who must sign in, and what is said at start."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ganvas.serve.core.access_tokens import AccessTokens, chosen_token, fresh_tokens, read_tokens
from ganvas.serve.core.hosts import LOOPBACK, HostNames
from ganvas.serve.core.roles import Role
from ganvas.serve.core.settings import StudioSettings

TOKEN_VARIABLE = "GANVAS_STUDIO_TOKEN"


@dataclass(frozen=True)
class Opening:
    """What the address of a studio allows.

    Attributes:
        settings: The settings, with the names that are answered and the tokens.
        fresh: Tokens that were made for this start, by role; empty: none.
        sentences: What the operator should know about the address.
    """

    settings: StudioSettings
    fresh: Mapping[Role, str]
    sentences: tuple[str, ...]

    def links(self, url: str) -> list[tuple[Role, str]]:
        """The addresses that sign in with the fresh tokens, the most powerful last.

        A browser does not send the part behind the #, so that no log holds the token.
        """
        return [(role, f"{url}{self.settings.root_path}/sign-in#token={token}") for role, token in self.fresh.items()]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    return host in ("127.0.0.1", "::1", "localhost")


def open_at(settings: StudioSettings, host: str, tokens_file: Path | None = None) -> Opening:
    """Decide what an address allows.

    On a loopback address the person at the machine may do everything, and nobody else reaches the studio. On any other
    address, behind a proxy, with ``public`` and with tokens, people need a token for a role.

    Args:
        settings: What the operator chose; ``hosts`` holds additional names.
        host: The address to listen on.
        tokens_file: File of tokens; None: that of the environment variable ``GANVAS_STUDIO_TOKEN``, else fresh ones.

    Raises:
        UserError: The tokens cannot be read, or that of the variable is too short.
    """
    settings = replace(settings, hosts=_names(host, settings.hosts))
    chosen = os.environ.get(TOKEN_VARIABLE)
    demanded = not is_loopback(host) or settings.proxies or settings.public or tokens_file or chosen
    if settings.tokens is None and not demanded:
        return Opening(settings, {}, ("Only this machine reaches it, and whoever uses it may do everything.",))
    fresh: Mapping[Role, str] = {}
    tokens: AccessTokens
    if settings.tokens is not None:
        tokens, source = settings.tokens, "Tokens were given."
    elif tokens_file is not None:
        tokens, source = read_tokens(tokens_file), f"Tokens are those of {tokens_file}."
    elif chosen:
        tokens, source = chosen_token(chosen), f"The owner's token is that of {TOKEN_VARIABLE}."
    else:
        tokens, fresh = fresh_tokens()
        source = "These tokens hold until it ends (--tokens keeps them in a file):"
    return Opening(replace(settings, tokens=tokens), fresh, (*_consequences(settings, host), source))


def _consequences(settings: StudioSettings, host: str) -> list[str]:
    said = []
    if settings.public:
        said.append("Whoever reaches it may use the models; reviewing and more needs a token.")
    else:
        said.append("Whoever reaches it needs a token.")
    if not is_loopback(host) and not settings.proxies:
        said.append(
            "The connection is not encrypted: outside of a network that you trust, put a proxy with HTTPS before it."
        )
    if settings.audit is not None:
        said.append(f"Sign-ins, verdicts and changes are logged in {settings.audit}.")
    return said


def _names(host: str, more: HostNames) -> HostNames:
    """The names under which a studio on an address answers."""
    if is_loopback(host):
        return HostNames(more.names | frozenset(LOOPBACK))
    own = {host, socket.gethostname(), socket.getfqdn(), f"{socket.gethostname()}.local"}
    return HostNames(more.names | frozenset(LOOPBACK) | {name.lower() for name in own}, addresses=True)
