"""Commands for roads that nobody watches: a gate and a publication. `deploy/` shows them at work.

Their exit code 3 is an answer, not a fault: the gate stays shut, the model is not better, the round is not done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import NO, USE, Place, Quiet, app

if TYPE_CHECKING:
    from ganvas.evaluate.protocol import Part

Pictures = Annotated[
    str | None, typer.Option(help="Measured against held-out or train; held-out by default, where there are any.")
]


@app.command(rich_help_panel=USE)
def gate(
    path: Place,
    metric: Annotated[str, typer.Option(help="Which figure, such as kid_effnet.")],
    at_most: Annotated[float | None, typer.Option(help="The largest value that passes.")] = None,
    at_least: Annotated[float | None, typer.Option(help="The smallest value that passes.")] = None,
    pictures: Pictures = None,
    quiet: Quiet = False,
) -> None:
    """Ask whether a model is good enough, by a figure that was measured: exit code 0 if so, 3 if not."""
    from ganvas.cli.output import Teller
    from ganvas.errors import UserError
    from ganvas.release.gate import figure, passes

    if at_most is None and at_least is None:
        raise UserError("Say what passes: --at-most or --at-least.")
    found = figure(path, metric, _part(pictures))
    bounds = {"at most": at_most, "at least": at_least}
    limits = [f"{which} {bound:g}" for which, bound in bounds.items() if bound is not None]
    passed = passes(found, at_most, at_least)
    verdict = "passes" if passed else "does not pass"
    Teller(quiet).say(f"{found}: {verdict} ({', '.join(limits)}).", "green" if passed else "red")
    if not passed:
        raise typer.Exit(NO)


@app.command(rich_help_panel=USE)
def publish(
    path: Place,
    to: Annotated[Path, typer.Option(help="The folder of bundles that others use.", metavar="FOLDER")],
    name: Annotated[str | None, typer.Option(help="What to call it there; its own name by default.")] = None,
    if_better: Annotated[
        str | None, typer.Option(metavar="METRIC", help="Replace another model only when this one is better by it.")
    ] = None,
    pictures: Pictures = None,
    quiet: Quiet = False,
) -> None:
    """Put a bundle where others use it, whole or not at all. Exit code 3: it is not better, and the old one stays."""
    from ganvas.cli.output import Teller
    from ganvas.release.publish import publish as put

    done = put(path, to, name, metric=if_better, pictures=_part(pictures))
    said = {"published": "Published", "standing": "Nothing to do", "refused": "Not published"}[done.state]
    Teller(quiet).say(f"{said}: {done.path} ({done.why}).", None if done.state != "refused" else "red")
    if done.state == "refused":
        raise typer.Exit(NO)


def _part(pictures: str | None) -> Part | None:
    from ganvas.errors import UserError

    given = None if pictures is None else pictures.replace("-", "_")
    if given not in (None, "train", "held_out"):
        raise UserError(f"--pictures is held-out or train, not {pictures!r}.")
    return given  # type: ignore[return-value] # checked above
