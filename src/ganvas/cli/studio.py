"""``ganvas studio``: the web application."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, DatabaseUrl, check_studio_installed, open_catalog
from ganvas.cli.studio_access import (
    AllowHost,
    AuditFile,
    FrameAncestors,
    MetricsFrom,
    NewToken,
    ProxyAddress,
    Public,
    Rates,
    RootPath,
    StudioHost,
    TokensFile,
    network_settings,
    print_new_token,
    print_opening,
    read_rates,
)


@app.command(rich_help_panel=USE)
def studio(
    bundles: Annotated[Path, typer.Option(help="Folder of bundles.")] = Path("bundles"),
    runs: Annotated[Path, typer.Option(help="Folder of runs.")] = Path("runs"),
    pictures: Annotated[
        Path, typer.Option(help="Folder of folders of pictures to train on; pictures that are uploaded go there.")
    ] = Path("pictures"),
    galleries: Annotated[
        Path, typer.Option(help="Folder of galleries that `ganvas lookalike build` made, for the Look-alike page.")
    ] = Path("galleries"),
    studies: Annotated[
        Path, typer.Option(help="Folder of studies that `ganvas opinion create` made, for the Opinion page.")
    ] = Path("studies"),
    host: StudioHost = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8300,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    shared: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            envvar="GANVAS_SHARED",
            help="Allow sharing drawings by link, and keep them in this folder, or in the database of an address such "
            "as postgresql://USER@HOST/NAME; nothing is kept without it.",
        ),
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="A catalogue to review on the Curate page; see `ganvas review`.")
    ] = None,
    database: DatabaseUrl = None,
    answer_seconds: Annotated[
        float, typer.Option(help="Longest time for one answer of a model; one that takes longer is stopped.")
    ] = 120.0,
    public: Public = False,
    tokens: TokensFile = None,
    new_token: NewToken = None,
    allow_host: AllowHost = None,
    proxy: ProxyAddress = None,
    root_path: RootPath = "",
    frame_ancestors: FrameAncestors = None,
    metrics_from: MetricsFrom = None,
    rate: Rates = None,
    audit: AuditFile = None,
    starters: Annotated[
        bool, typer.Option("--starters/--no-starters", help="Show the models that ship with Ganvas.")
    ] = True,
) -> None:
    """Use models in the browser, and watch training runs.

    On this machine alone nobody signs in. On any other address people need a token: a player uses models, a reviewer
    also judges pictures and sees training runs, an owner does everything.
    """
    from ganvas.cli.output import Output
    from ganvas.errors import UserError

    if not 1 <= port <= 65535:
        raise UserError(f"--port is a number from 1 to 65535, not {port}.")
    if database is not None and catalogue is None:
        raise UserError("--database holds the data of a catalogue; add --catalogue FOLDER.")
    if not answer_seconds > 0:
        raise UserError(f"--answer-seconds is a number above 0, not {answer_seconds:g}.")
    check_studio_installed()
    if new_token is not None:
        print_new_token(tokens, new_token)
        return
    from ganvas import starters as shipped
    from ganvas.serve.core.hosts import check_frame_ancestors, check_proxies
    from ganvas.serve.core.settings import StudioSettings
    from ganvas.serve.opening import Opening
    from ganvas.serve.server import serve

    out = Output()

    def ready(address: str, opening: Opening) -> None:
        out.line(f"The studio is at {address}{opening.settings.root_path} (Ctrl+C ends it).")
        print_opening(out, address, opening)

    settings = StudioSettings(
        bundles=bundles,
        runs=runs,
        pictures=pictures,
        galleries=galleries,
        studies=studies,
        starters=shipped.FOLDER if starters else None,
        shared=shared if shared is None or "://" in shared else Path(shared),
        answer_seconds=answer_seconds,
        public=public,
        rates=read_rates(rate or []),
        frame_ancestors=check_frame_ancestors(frame_ancestors or ()),
        monitors=check_proxies(metrics_from or (), option="--metrics-from"),
        **network_settings(allow_host, proxy, root_path, audit),
    )
    with nullcontext() if catalogue is None else open_catalog(catalogue, database) as catalog:
        serve(
            replace(settings, catalog=catalog),
            host=host,
            port=port,
            open_browser=open_browser,
            tokens_file=tokens,
            on_ready=ready,
        )
