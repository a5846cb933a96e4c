"""Commands for a trained model: export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import USE, Quiet, app


@app.command(rich_help_panel=USE)
def export(
    path: Annotated[Path, typer.Argument(help="The folder of a run.", metavar="RUN")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; RUN/bundle by default.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="With an ONNX graph; if possible by default.")
    ] = None,
    best: Annotated[
        bool, typer.Option("--best", help="The checkpoint with the best quick metric, not the newest.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--with-discriminator", help="Keep what only training needs, to train on from the bundle.")
    ] = False,
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Graphs that paint from codes in int8, where that looks the same and is faster."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write a run's model as a bundle: weights, ONNX, card, preview, checksums."""
    from ganvas.cli.output import Teller
    from ganvas.runs.folder import RunDir

    tell = Teller(quiet)
    tell.export(RunDir(path), output, onnx, best=best, whole=whole, int8=int8)
    tell.next(f"ganvas studio --bundles {(output or path / 'bundle').parent}")


@app.command("import", rich_help_panel=USE)
def import_weights(
    file: Annotated[Path, typer.Argument(help="A .pkl, .pt or .pth file that somebody published.", metavar="FILE")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; bundles/NAME by default.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the model; the file's name by default.")] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Name of a class, once for each, in label order.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="With an ONNX graph; if possible by default.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a bundle of published weights: StyleGAN2, R3GAN, BigGAN, DCGAN, pix2pix, CycleGAN, U-GAT-IT, StarGAN v2, …

    The kind of the file is told from its content. Nothing in it is run.
    """
    from ganvas.bundle import Credit, write
    from ganvas.cli.output import Teller
    from ganvas.errors import UserError
    from ganvas.models.capabilities import HasStandingStatistics
    from ganvas.models.imports import read

    tell = Teller(quiet)
    called = name or file.stem
    place = output or Path("bundles") / Path(called).name
    if output is None and place.exists():
        raise UserError(f"{place} exists already; give another --name or an --output.")
    with tell.console.status("reading"):
        imported = read(file, classes=tuple(classes or ()))
        if isinstance(imported.family, HasStandingStatistics):
            imported.family.measure_standing_statistics()
    side = imported.family.data.resolution
    tell.say(f"{file} holds a {type(imported.family).__name__} of {side} × {side} px, written by {imported.origin}.")
    credit = Credit(
        name=f"weights of {imported.origin}",
        licence=None,
        source=file.name,
        count=None,
        text=f"sha256 {imported.sha256}\nTheir licence is that of whoever published them.",
    )
    with tell.console.status("writing"):
        bundle = write(place, imported.family, name=called, kimg=imported.kimg, credits=[credit], onnx=onnx)
    tell.say(f"The bundle is {bundle.path}.")
    tell.next(f"ganvas generate {bundle.path}", f"ganvas studio --bundles {bundle.path.parent}")
