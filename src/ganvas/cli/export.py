"""``ganvas export``: write the model of a run as a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet, check_no_picture


@app.command(rich_help_panel=USE)
def export(
    path: Annotated[Path, typer.Argument(help="The folder of a run.", metavar="RUN")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; RUN/bundle by default.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="Include an ONNX graph; by default if possible.")
    ] = None,
    best: Annotated[
        bool, typer.Option("--best", help="Export the checkpoint with the best quick metric instead of the newest.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--with-discriminator",
            help="Include the networks that only training needs, to continue training from the bundle.",
        ),
    ] = False,
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Quantise decoder graphs to int8 where the result looks the same and is faster."),
    ] = False,
    weights: Annotated[
        Literal["float32", "float16", "int8"],
        typer.Option(help="Number format of the stored networks: float16 halves their size, int8 quarters it."),
    ] = "float32",
    quiet: Quiet = False,
) -> None:
    """Export the model of a run as a bundle: weights, ONNX, card, preview, checksums."""
    from ganvas.cli.output import Output
    from ganvas.runs.folder import RunDir

    check_no_picture(output, "the folder of a bundle")
    out = Output(quiet)
    out.export(RunDir(path), output, onnx, best=best, whole=whole, int8=int8, weights=weights)
    out.next_steps(f"ganvas studio --bundles {(output or path / 'bundle').parent}")
