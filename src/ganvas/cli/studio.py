"""``ganvas studio``: the web application."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, check_studio_installed


@app.command(rich_help_panel=USE)
def studio(
    bundles: Annotated[Path, typer.Option(help="Folder of bundles.")] = Path("bundles"),
    runs: Annotated[Path, typer.Option(help="Folder of runs.")] = Path("runs"),
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets others in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8300,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    shared: Annotated[
        Path | None,
        typer.Option(help="Allow sharing drawings by link, and keep them in this folder; nothing is kept without it."),
    ] = None,
    answer_seconds: Annotated[
        float, typer.Option(help="Longest time for one answer of a model; one that takes longer is stopped.")
    ] = 120.0,
    starters: Annotated[
        bool, typer.Option("--starters/--no-starters", help="Show the models that ship with Ganvas.")
    ] = True,
) -> None:
    """Use models in the browser, and watch training runs."""
    from ganvas.cli.output import Output
    from ganvas.errors import UserError

    if not 1 <= port <= 65535:
        raise UserError(f"--port is a number from 1 to 65535, not {port}.")
    if not answer_seconds > 0:
        raise UserError(f"--answer-seconds is a number above 0, not {answer_seconds:g}.")
    check_studio_installed()
    from ganvas import starters as shipped
    from ganvas.serve.core.settings import StudioSettings
    from ganvas.serve.server import serve

    out = Output()
    serve(
        StudioSettings(
            bundles=bundles,
            runs=runs,
            starters=shipped.FOLDER if starters else None,
            shared=shared,
            answer_seconds=answer_seconds,
        ),
        host=host,
        port=port,
        open_browser=open_browser,
        on_ready=lambda address: out.line(f"The studio is at {address} (Ctrl+C ends it)."),
    )
