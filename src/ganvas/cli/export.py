"""``ganvas export``: write the model of a run as a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet, check_no_picture


@app.command(rich_help_panel=USE)
def export(
    path: Annotated[
        Path, typer.Argument(help="The folder of a run; with --page also that of a bundle.", metavar="RUN")
    ],
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
        Literal["float32", "float16", "int8"] | None,
        typer.Option(
            help="Number format of the stored networks: float16 halves their size, int8 quarters it. By default a "
            "bundle has float32, a page float16, or int8 where that would take more than 30 MB.",
            show_default=False,
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Also write the model as a web page that runs in the browser alone, for any static page host.",
        ),
    ] = None,
    webgpu: Annotated[
        bool,
        typer.Option("--webgpu/--no-webgpu", help="Include the page's runtime for graphics processors, 27 MB."),
    ] = True,
    quiet: Quiet = False,
) -> None:
    """Export the model of a run as a bundle: weights, ONNX, card, preview, checksums; or as a web page."""
    from ganvas.cli.output import Output
    from ganvas.inference.load import is_bundle
    from ganvas.release.web_page import check_template
    from ganvas.runs.folder import RunDir

    check_no_picture(output, "the folder of a bundle")
    check_no_picture(page, "the folder of a web page", "--page")
    out = Output(quiet)
    if page is not None and is_bundle(path):
        check_only_page(path, output, onnx, best=best, whole=whole, int8=int8)
        out.web_page(path, page, weights, webgpu=webgpu)
        return
    if page is not None:
        check_template()
    out.export(RunDir(path), output, onnx, best=best, whole=whole, int8=int8, weights=weights or "float32")
    if page is not None:
        out.web_page(output or path / "bundle", page, weights, webgpu=webgpu)
        return
    out.next_steps(f"ganvas studio --bundles {(output or path / 'bundle').parent}")


def check_only_page(path: Path, output: Path | None, onnx: bool | None, **flags: bool) -> None:
    """Check that nothing is asked of a bundle that only a run can give.

    Raises:
        UserError: It is.
    """
    from ganvas.errors import UserError

    names = {"best": "--best", "whole": "--with-discriminator", "int8": "--int8"}
    asked = [names[name] for name, on in flags.items() if on]
    asked += ["--output"] if output is not None else []
    asked += ["--onnx" if onnx else "--no-onnx"] if onnx is not None else []
    if asked:
        raise UserError(f"{path} is a bundle already, so {', '.join(asked)} does not apply; leave it out.")
