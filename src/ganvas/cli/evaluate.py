"""``ganvas evaluate``: measure a model against real pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN, Features, ModelFolder, Quiet


@app.command(rich_help_panel=TRAIN)
def evaluate(
    path: ModelFolder,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="Real pictures; by default those of the run.")
    ] = None,
    count: Annotated[int | None, typer.Option(help="Pictures to make.")] = None,
    features: Features = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every metric that applies, and a report with pictures.")
    ] = False,
    drawings: Annotated[
        str | None,
        typer.Option(
            help="Of a model that paints portraits from drawings: a folder of drawings (pictures, or files of the Draw "
            "page), or auto: the real portraits, drawn.",
            metavar="FOLDER|auto",
        ),
    ] = None,
    photos: Annotated[
        Path | None, typer.Option(help="Photographs with the names of the drawings: what they should become.")
    ] = None,
    neighbours: Annotated[
        list[int] | None, typer.Option("-k", help="Real sketches each drawing is drawn towards; 1, 3 and 10.", min=1)
    ] = None,
    own: Annotated[
        list[float] | None,
        typer.Option("-t", help="Share of the drawing itself that stays; 0 and 0.4.", min=0, max=1),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Evaluate a model: KID, FID, precision, recall; for pairs also PSNR, SSIM, LPIPS, GMSD.

    Each figure is printed with its protocol. `--all` adds the other metrics that apply (MiFID, IS, diversity, those of
    the Y channel) and writes a report with pictures, RUN/evaluation/report.md.

    `--drawings` measures the effect of the manifold of real sketches: portraits of each drawing as it is and projected
    onto the -k nearest real sketches, with KID, how often a face is found, and a sheet of pictures.
    """
    from ganvas.cli.output import Output
    from ganvas.curate.own_folders import own_folders_below

    out = Output(quiet)
    folders = [data, photos, None if drawings in (None, "auto") else Path(str(drawings))]
    out.own_folders(own_folders_below(*folders))
    if drawings is None:
        out.evaluate(path, data, count, features, everything=everything)
        return
    from ganvas.apps.drawings import evaluate_drawings, option_grid, table

    chosen = option_grid(neighbours or (1, 3, 10), own or (0, 0.4))
    with out.progress("portraits") as progress:
        found = evaluate_drawings(
            path, drawings, chosen, data=data, photos=photos, features=features, progress=progress
        )
    out.console.print(table(found.judged))
    out.line(f"The sheet is {found.sheet}.")
