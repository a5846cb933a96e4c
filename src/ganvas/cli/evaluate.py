"""Commands that measure: evaluate a model, compare two places of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.way import TRAIN, Place, Quiet, app

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
    quiet: Quiet = False,
) -> None:
    """Measure a model against real pictures: KID, FID, precision, recall; of pairs also PSNR, SSIM, LPIPS, GMSD.

    Each figure carries its protocol. `--all` adds what else applies (MiFID, IS, diversity, figures of the Y channel)
    and writes a report with pictures, RUN/evaluation/report.md.
    """
    from ganvas.telling import Teller

    Teller(quiet).compare(path, data, count, features, everything=everything)


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
    from ganvas.evaluate.folders import AS_PAIRS, AS_SETS, are_pairs, compare
    from ganvas.evaluate.report import notes, table
    from ganvas.telling import Teller

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
