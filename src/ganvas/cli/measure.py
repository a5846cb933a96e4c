"""``ganvas measure``: compare pictures with pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN, Features, Quiet


@app.command(rich_help_panel=TRAIN)
def measure(
    made: Annotated[Path, typer.Argument(help="A picture or a folder: what was generated.", metavar="A")],
    real: Annotated[Path, typer.Argument(help="A picture or a folder: what it should be.", metavar="B")],
    metrics: Annotated[
        str | None,
        typer.Option(help="Such as psnr_y,ssim,lpips_alex or kid,fid; by default chosen by whether the names match."),
    ] = None,
    border: Annotated[int, typer.Option(help="Pixels of each side left out of pairs.", min=0)] = 0,
    features: Features = None,
    quiet: Quiet = False,
) -> None:
    """Compare pictures with pictures: pair by pair where names match, else as two distributions.

    Pairs: psnr, psnr_y, ssim, ssim_y, ms_ssim, ms_ssim_y, gmsd, lpips_alex, lpips_vgg.

    Distributions: kid, fid, is, precision, recall, mifid.
    """
    from ganvas.cli.output import Output
    from ganvas.curate.own_folders import own_folders_below
    from ganvas.evaluate.image_folders import AS_PAIRS, AS_SETS, are_pairs, compare
    from ganvas.evaluate.report import notes, table

    out = Output(quiet)
    out.own_folders(own_folders_below(made, real))
    if metrics is None:
        wanted: list[str] = list(AS_PAIRS if are_pairs(made, real) else AS_SETS)
    else:
        wanted = [metric.strip() for metric in metrics.split(",") if metric.strip()]
    with out.console.status("measuring"):
        results = compare(made, real, wanted, features=features or "auto", border=border)
    out.console.print(table(results))
    for note in notes(results):
        out.line(note)
