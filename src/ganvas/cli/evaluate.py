"""Commands that measure: evaluate a model, compare two places of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import TRAIN, Place, Quiet, app

Features = Annotated[str | None, typer.Option(help="auto, effnet, inception or inception-clean.")]


@app.command(rich_help_panel=TRAIN)
def evaluate(
    path: Place,
    data: Annotated[Path | None, typer.Option("--data", "-d", help="Real pictures; a run knows its own.")] = None,
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
    """Measure a model against real pictures: KID, FID, precision, recall; of pairs also PSNR, SSIM, LPIPS, GMSD.

    Each figure carries its protocol. `--all` adds what else applies (MiFID, IS, diversity, figures of the Y channel)
    and writes a report with pictures, RUN/evaluation/report.md.

    `--drawings` tells what the manifold of real sketches is worth: portraits of each drawing as it is and drawn towards
    the -k nearest real sketches, with KID, how often a face is found, and a sheet of pictures.
    """
    from ganvas.cli.output import Teller

    tell = Teller(quiet)
    if drawings is None:
        tell.compare(path, data, count, features, everything=everything)
        return
    from ganvas.apps.drawings import evaluate_drawings, table, ways

    chosen = ways(neighbours or (1, 3, 10), own or (0, 0.4))
    with tell.counting("portraits") as progress:
        found = evaluate_drawings(
            path, drawings, chosen, data=data, photos=photos, features=features, progress=progress
        )
    tell.console.print(table(found.judged))
    tell.say(f"The sheet is {found.sheet}.")


@app.command(rich_help_panel=TRAIN)
def measure(
    made: Annotated[Path, typer.Argument(help="A picture or a folder: what was made.", metavar="A")],
    real: Annotated[Path, typer.Argument(help="A picture or a folder: what it should be.", metavar="B")],
    metrics: Annotated[
        str | None, typer.Option(help="Such as psnr_y,ssim,lpips_alex or kid,fid; chosen by the names if left out.")
    ] = None,
    border: Annotated[int, typer.Option(help="Pixels of each side left out of pairs.", min=0)] = 0,
    features: Features = None,
    quiet: Quiet = False,
) -> None:
    """Compare pictures with pictures: pair by pair where names match, else as two distributions.

    Pairs: psnr, psnr_y, ssim, ssim_y, ms_ssim, ms_ssim_y, gmsd, lpips_alex, lpips_vgg.

    Distributions: kid, fid, is, precision, recall, mifid.
    """
    from ganvas.cli.output import Teller
    from ganvas.evaluate.image_folders import AS_PAIRS, AS_SETS, are_pairs, compare
    from ganvas.evaluate.report import notes, table

    tell = Teller(quiet)
    if metrics is None:
        wanted: list[str] = list(AS_PAIRS if are_pairs(made, real) else AS_SETS)
    else:
        wanted = [metric.strip() for metric in metrics.split(",") if metric.strip()]
    with tell.console.status("measuring"):
        results = compare(made, real, wanted, features=features or "auto", border=border)
    tell.console.print(table(results))
    for note in notes(results):
        tell.say(note)
