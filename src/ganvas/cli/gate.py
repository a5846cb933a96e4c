"""``ganvas gate``: is a model good enough, by a figure that was measured?"""

from __future__ import annotations

from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import NO, USE, ComparedWith, ModelFolder, Quiet, compared_with


@app.command(rich_help_panel=USE)
def gate(
    path: ModelFolder,
    metric: Annotated[str, typer.Option(help="The figure, such as kid_effnet.")],
    at_most: Annotated[float | None, typer.Option(help="The largest value that passes.")] = None,
    at_least: Annotated[float | None, typer.Option(help="The smallest value that passes.")] = None,
    pictures: ComparedWith = None,
    quiet: Quiet = False,
) -> None:
    """Check whether a model is good enough by a measured figure: exit code 0 if so, 3 if not."""
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.release.gate import figure, passes

    if at_most is None and at_least is None:
        raise UserError("Say what passes: --at-most or --at-least.")
    found = figure(path, metric, compared_with(pictures))
    bounds = {"at most": at_most, "at least": at_least}
    limits = [f"{which} {bound:g}" for which, bound in bounds.items() if bound is not None]
    passed = passes(found, at_most, at_least)
    verdict = "passes" if passed else "does not pass"
    Output(quiet).line(f"{found}: {verdict} ({', '.join(limits)}).", "green" if passed else "red")
    if not passed:
        raise typer.Exit(NO)
