"""Options of the commands that serve the studio: how it is reached, and by whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ganvas.cli.output import Output
    from ganvas.serve.opening import Opening

StudioHost = Annotated[
    str,
    typer.Option(
        help="Address to listen on. 127.0.0.1: only this machine reaches it, and may do everything. Any other, such as "
        "0.0.0.0: others reach it, and need a token for a role: player, reviewer or owner."
    ),
]
TokensFile = Annotated[
    Path | None,
    typer.Option(
        help="File of access tokens; GANVAS_STUDIO_TOKEN may hold the owner's; without both, new ones are printed."
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Another name under which the studio is reached; may be repeated."),
]
ProxyAddress = Annotated[
    list[str] | None,
    typer.Option(
        "--proxy",
        metavar="ADDRESS",
        help="Address or network of a proxy before the studio, whose X-Forwarded headers count; may be repeated. "
        "People then need tokens on every address.",
    ),
]
RootPath = Annotated[str, typer.Option(metavar="PATH", help="Path below which the studio lies, such as /ganvas.")]
AuditFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Log of sign-ins, verdicts and changes, as JSON lines.")
]
Public = Annotated[bool, typer.Option("--public", help="Let people without a token use models.")]
NewToken = Annotated[
    str | None,
    typer.Option(metavar="ROLE[:NAME]", help="Add a token to the file of --tokens, print it, and end."),
]
FrameAncestors = Annotated[
    list[str] | None,
    typer.Option(metavar="SITE", help="A site that may embed the studio, such as https://example.org; repeatable."),
]
MetricsFrom = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ADDRESS",
        help="Address or network, such as that of Prometheus, that may read /metrics without a token; repeatable.",
    ),
]
Rates = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COST=RATE", help="How often a person may do what costs, such as upload=60/minute; repeatable."
    ),
]


def network_settings(
    allow_host: list[str] | None, proxy: list[str] | None, root_path: str, audit: Path | None
) -> dict[str, Any]:
    """The settings of a studio that say how it is reached.

    Raises:
        UserError: one has another form.
    """
    from ganvas.serve.core.hosts import HostNames, check_proxies, check_root_path

    return {
        "hosts": HostNames(frozenset(name.lower() for name in allow_host or ())),
        "proxies": check_proxies(proxy or ()),
        "root_path": check_root_path(root_path),
        "audit": audit,
    }


def print_opening(out: Output, address: str, opening: Opening) -> None:
    """Print what the address of a studio allows."""
    for sentence in opening.sentences:
        out.line(sentence)
    for role, link in opening.links(address):
        out.line(f"  {role:9} {link}")


def read_rates(given: list[str]) -> dict[str, str]:
    """The rates of --rate by what costs.

    Raises:
        UserError: one has another form.
    """
    from ganvas.errors import UserError
    from ganvas.serve.core.access import RATES

    rates = dict(one.partition("=")[::2] for one in given)
    for cost, text in rates.items():
        if cost not in RATES or not text:
            raise UserError(f"--rate takes {', '.join(RATES)}, each as in upload=60/minute, not {cost!r}.")
    return rates


def print_new_token(file: Path | None, wanted: str) -> None:
    """Make the token of --new-token, keep its hash in the file of --tokens, and print it.

    Raises:
        UserError: there is no file, or no such role.
    """
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.serve.core.access_tokens import add_token
    from ganvas.serve.core.roles import ROLES

    role, _, name = wanted.partition(":")
    if file is None:
        raise UserError("--new-token needs the file that holds the tokens; add --tokens FILE.")
    if role not in ROLES:
        raise UserError(f"--new-token is a role ({', '.join(ROLES)}), with a name if you like: reviewer:ann.")
    Output().line(add_token(file, role, " ".join(name.split())))
