"""``ganvas sample``: draw free pictures to try everything with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import CURATE, Quiet, check_at_least, check_no_picture


@app.command(rich_help_panel=CURATE)
def sample(
    what: Annotated[str, typer.Argument(help="What to draw: avatars.", metavar="avatars")] = "avatars",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("data/avatars"),
    count: Annotated[int, typer.Option(help="How many.")] = 1000,
    size: Annotated[int, typer.Option(help="Side of a picture, in pixels.")] = 128,
    seed: Annotated[int, typer.Option(help="Seed: another seed draws other avatars.")] = 0,
    style: Annotated[str, typer.Option(help="Style of the avatars.")] = "lorelei",
    quiet: Quiet = False,
) -> None:
    """Draw free pictures to try everything with: CC0 avatars, offline."""
    from ganvas.cli.output import Output
    from ganvas.curate.avatars import draw_avatars
    from ganvas.errors import UserError

    if what != "avatars":
        raise UserError(f"There is no sample {what!r}; the one there is: `ganvas sample avatars`.")
    check_no_picture(output, "a folder")
    check_at_least("--count", count, 1)
    out = Output(quiet)
    with out.progress("drawing") as progress:
        drawn = draw_avatars(output, count, size=size, seed=seed, style=style, progress=progress)
    out.line(f"Saved {drawn:,} avatars to {output}.")
    out.next_steps(f"ganvas train dcgan-quick --data {output}")
