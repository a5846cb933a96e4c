"""The command that opens the studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import USE, app


@app.command(rich_help_panel=USE)
def studio(
    bundles: Annotated[Path, typer.Option(help="Folder that holds bundles.")] = Path("bundles"),
    runs: Annotated[Path, typer.Option(help="Folder that holds runs.")] = Path("runs"),
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets others in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8300,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    shared: Annotated[
        Path | None,
        typer.Option(
            help="People may share drawings by link; these are kept in this folder, and without it nothing is."
        ),
    ] = None,
) -> None:
    """Play with the models in the browser, and watch runs."""
    from ganvas.cli.doctor import EXTRAS, missing_modules
    from ganvas.cli.output import Teller
    from ganvas.errors import UserError

    if not 1 <= port <= 65535:
        raise UserError(f"--port is a number from 1 to 65535, not {port}.")
    if missing := missing_modules(EXTRAS["studio"][1]):
        raise UserError(f"The studio needs {', '.join(missing)}: run `pip install 'ganvas[studio]'`.")
    from ganvas.serve.core.settings import StudioSettings
    from ganvas.serve.server import serve

    tell = Teller()
    serve(
        StudioSettings(bundles=bundles, runs=runs, shared=shared),
        host=host,
        port=port,
        open_browser=open_browser,
        on_ready=lambda address: tell.say(f"The studio is at {address} (Ctrl+C ends it)."),
    )
