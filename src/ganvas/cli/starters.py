"""``ganvas starters``: the models that ship with Ganvas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE

starters_app = typer.Typer(help="The models that ship with Ganvas: list, copy.", invoke_without_command=True)
app.add_typer(starters_app, name="starters", rich_help_panel=USE)


@starters_app.callback()
def starters_list(context: typer.Context) -> None:
    """List the models that ship with Ganvas; the studio shows them unless it is started with --no-starters."""
    if context.invoked_subcommand is None:
        from ganvas.cli.output import Output

        Output().starters()


@starters_app.command("copy")
def starters_copy(
    name: Annotated[str, typer.Argument(help="A name from `ganvas starters`.", metavar="NAME")],
    folder: Annotated[Path, typer.Argument(help="Folder of bundles to copy it to.")] = Path("bundles"),
) -> None:
    """Copy a starter model, to continue training from it or to change it."""
    from ganvas import starters
    from ganvas.cli.output import Output

    out = Output()
    place = starters.copy(name, folder)
    out.line(f"Copied {name} to {place}.")
    out.next_steps(f"ganvas studio --bundles {folder}")
