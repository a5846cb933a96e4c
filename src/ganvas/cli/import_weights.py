"""``ganvas import``: turn published weights into a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet, check_no_picture


@app.command("import", rich_help_panel=USE)
def import_weights(
    file: Annotated[Path, typer.Argument(help="A .pkl, .pt or .pth file that somebody published.", metavar="FILE")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; bundles/NAME by default.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the model; by default the file name.")] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Name of a class; repeat in label order.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="Include an ONNX graph; by default if possible.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a bundle of published weights: StyleGAN2, R3GAN, BigGAN, DCGAN, pix2pix, CycleGAN, U-GAT-IT, StarGAN v2, …

    The format is recognised from the content. No code in the file is executed.
    """
    from ganvas.bundle import Credit, write_bundle
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.models.capabilities import HasStandingStatistics
    from ganvas.models.imports import read

    check_no_picture(output, "the folder of a bundle")
    out = Output(quiet)
    called = name or file.stem
    place = output or Path("bundles") / Path(called).name
    if output is None and place.exists():
        raise UserError(f"{place} exists already; give another --name or an --output.")
    with out.console.status("reading"):
        imported = read(file, classes=tuple(classes or ()))
        if isinstance(imported.family, HasStandingStatistics):
            imported.family.measure_standing_statistics()
    side = imported.family.data.resolution
    out.line(f"{file} holds a {type(imported.family).__name__} of {side} × {side} px, written by {imported.origin}.")
    credit = Credit(
        name=f"weights of {imported.origin}",
        licence=None,
        source=file.name,
        count=None,
        text=f"sha256 {imported.sha256}\nTheir licence is that of whoever published them.",
    )
    with out.console.status("writing"):
        bundle = write_bundle(place, imported.family, name=called, kimg=imported.kimg, credits=[credit], onnx=onnx)
    out.line(f"The bundle is {bundle.path}.")
    out.next_steps(f"ganvas generate {bundle.path}", f"ganvas studio --bundles {bundle.path.parent}")
