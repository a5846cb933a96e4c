"""``ganvas publish``: put a bundle where others use it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import NO, USE, ComparedWith, ModelFolder, Quiet, compared_with


@app.command(rich_help_panel=USE)
def publish(
    path: ModelFolder,
    to: Annotated[Path, typer.Option(help="The folder of bundles that others use.", metavar="FOLDER")],
    name: Annotated[str | None, typer.Option(help="Name in that folder; its own name by default.")] = None,
    if_better: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="Replace another model only if this one is better by this metric."),
    ] = None,
    pictures: ComparedWith = None,
    quiet: Quiet = False,
) -> None:
    """Publish a bundle to a shared folder, atomically. Exit code 3: it is not better, and the old one stays."""
    from ganvas.cli.output import Output
    from ganvas.release.publish import publish as put

    done = put(path, to, name, metric=if_better, pictures=compared_with(pictures))
    said = {"published": "Published", "standing": "Nothing to do", "refused": "Not published"}[done.state]
    Output(quiet).line(f"{said}: {done.path} ({done.why}).", None if done.state != "refused" else "red")
    if done.state == "refused":
        raise typer.Exit(NO)
