"""``ganvas review``: the review of collected pictures in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import CURATE, NO, CatalogFolder, DatabaseUrl, check_studio_installed, open_catalog
from ganvas.cli.studio_access import (
    AllowHost,
    AuditFile,
    ProxyAddress,
    RootPath,
    StudioHost,
    TokensFile,
    network_settings,
    print_opening,
)


@app.command(rich_help_panel=CURATE)
def review(
    catalogue: CatalogFolder = Path("catalogue"),
    reviewer: Annotated[str | None, typer.Option(help="Your name; the page asks for it by default.")] = None,
    database: DatabaseUrl = None,
    new_round: Annotated[bool, typer.Option("--new-round", help="Open the next round first.")] = False,
    scope: Annotated[
        str | None,
        typer.Option(help="New round: all, not_dropped, kept, dropped, disputed or undecided."),
    ] = None,
    overlap: Annotated[float, typer.Option(help="New round: share of pictures that every reviewer sees.")] = 0.1,
    bundles: Annotated[Path, typer.Option(help="Folder of bundles.")] = Path("bundles"),
    runs: Annotated[Path, typer.Option(help="Folder of runs.")] = Path("runs"),
    host: StudioHost = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8300,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    tokens: TokensFile = None,
    allow_host: AllowHost = None,
    proxy: ProxyAddress = None,
    root_path: RootPath = "",
    audit: AuditFile = None,
    status: Annotated[
        bool,
        typer.Option("--status", help="Print the progress of the round; exit code 3 until all pictures are settled."),
    ] = False,
) -> None:
    """Review pictures in the browser: keep or drop, in rounds, with several reviewers."""
    from ganvas.cli.output import Output
    from ganvas.errors import UserError

    if not 0 <= port <= 65535:
        raise UserError(f"--port is a number from 0 to 65535, not {port}.")
    if not status:
        check_studio_installed()
    from ganvas.curate.review.review import Review
    from ganvas.curate.review.schema import reviewer_name

    out = Output()
    name = None if reviewer is None else reviewer_name(reviewer)
    with open_catalog(catalogue, database) as catalog:
        rounds = Review(catalog)
        earlier = rounds.rounds()
        if new_round or not earlier:
            current = rounds.open_round(scope, overlap)  # type: ignore[arg-type] # it names the scopes
        else:
            came = rounds.extend(earlier[-1].number)
            if came:
                out.line(f"{came:,} new pictures were added to the round.")
            current = rounds.round(earlier[-1].number)
        out.line(
            f"Round {current.number}: {current.settled:,} of {current.pictures:,} pictures settled, "
            f"{len(current.reviewers):,} reviewers so far."
        )
        if status:
            raise typer.Exit(0 if current.settled >= current.pictures else NO)
        from ganvas.serve.core.settings import StudioSettings
        from ganvas.serve.opening import Opening
        from ganvas.serve.server import serve

        def ready(address: str, opening: Opening) -> None:
            shown = f"{address}{opening.settings.root_path}"
            out.line(f"Review at {shown} (Ctrl+C ends it; all verdicts are saved).")
            print_opening(out, address, opening)

        network = network_settings(allow_host, proxy, root_path, audit)
        serve(
            StudioSettings(bundles=bundles, runs=runs, catalog=catalog, reviewer=name, **network),
            host=host,
            port=port,
            open_browser=open_browser,
            tokens_file=tokens,
            on_ready=ready,
        )
