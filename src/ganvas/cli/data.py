"""Commands that make and prepare pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.way import Quiet, app, at_least


@app.command()
def sample(
    what: Annotated[str, typer.Argument(help="What to draw: avatars.", metavar="avatars")] = "avatars",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("data/avatars"),
    count: Annotated[int, typer.Option(help="How many.")] = 1000,
    size: Annotated[int, typer.Option(help="Side of a picture, in pixels.")] = 128,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 0,
    style: Annotated[str, typer.Option(help="Style of the avatars.")] = "lorelei",
    quiet: Quiet = False,
) -> None:
    """Draw free pictures to try everything with: CC0 avatars, offline."""
    from ganvas.curate.avatars import draw_avatars
    from ganvas.telling import Teller
    from ganvas.terms import UserError

    if what != "avatars":
        raise UserError(f"There is no sample {what!r}; the one there is: `ganvas sample avatars`.")
    at_least("--count", count, 1)
    tell = Teller(quiet)
    with tell.counting("drawing") as progress:
        drawn = draw_avatars(output, count, size=size, seed=seed, style=style, progress=progress)
    tell.say(f"{drawn:,} avatars lie in {output}.")
    tell.next(f"ganvas train dcgan-quick --data {output}")


@app.command()
def pack(
    source: Annotated[Path, typer.Argument(help="A folder or zip of pictures.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .zip to write; a cache by default.")
    ] = None,
    resolution: Annotated[int, typer.Option(help="Side of the square pictures, in pixels.")] = 64,
    crop: Annotated[str, typer.Option(help="center, smart or stretch.")] = "center",
    channels: Annotated[int, typer.Option(help="3 for colour, 1 for grey.")] = 3,
    quiet: Quiet = False,
) -> None:
    """Prepare pictures once: cut square, resized, in one file. `train` does this by itself."""
    from ganvas.curate.pack import pack as pack_pictures
    from ganvas.telling import Teller
    from ganvas.terms import UserError

    if crop not in ("center", "smart", "stretch"):
        raise UserError(f"--crop is center, smart or stretch, not {crop!r}.")
    if channels not in (1, 3):
        raise UserError(f"--channels is 3 (colour) or 1 (grey), not {channels}.")
    tell = Teller(quiet)
    with tell.counting("packing") as progress:
        report = pack_pictures(source, output, resolution=resolution, crop=crop, channels=channels, progress=progress)  # type: ignore[arg-type]
    tell.packed(report)
