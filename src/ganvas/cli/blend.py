"""``ganvas blend`` and ``ganvas distil``: two generators joined, and a fast translator trained on what they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ganvas.cli.app import app, print_error
from ganvas.cli.options import TRAIN, Quiet, Sets, check_no_picture


@app.command(rich_help_panel=TRAIN)
def blend(
    first: Annotated[Path, typer.Argument(metavar="A", help="Run or bundle that gives the coarse layers.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Run or bundle that gives the fine layers.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the bundle.")],
    at: Annotated[
        int | None, typer.Option(metavar="RES", help="Swap: side in pixels of the first feature maps of B.")
    ] = None,
    mode: Annotated[
        Literal["swap", "interpolate"],
        typer.Option(help="swap: layers below RES of A, the others of B; interpolate: all weights between A and B."),
    ] = "swap",
    width: Annotated[
        float, typer.Option(metavar="OCTAVES", help="Swap: A fades into B over so many octaves around RES.")
    ] = 0.0,
    share: Annotated[float, typer.Option(metavar="0..1", help="Interpolate: share of B; 0 is A, 1 is B.")] = 0.5,
    mapping: Annotated[
        Literal["a", "b", "both"] | None,
        typer.Option(help="Whose mapping network is used. By default A's in a swap, both in an interpolation."),
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="Include an ONNX graph; by default if possible.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Join two StyleGAN2 models, of which one was trained from the other, into one bundle.

    Swapped layers give the shapes of one and the texture of the other, such as faces drawn in the style of cartoons.
    """
    from ganvas.cli.output import Output
    from ganvas.release.blend import BlendOptions
    from ganvas.release.blend import blend as join

    check_no_picture(output, "the folder of a bundle")
    out = Output(quiet)
    with out.console.status("joining"):
        made = join(first, second, output, BlendOptions(mode, at, width, share, mapping), onnx=onnx)
    related = made.ancestry
    if not related.shared:
        out.line(
            f"The two share no ancestry: neither was trained from the other as far as is recorded, and their weights "
            f"correlate by {related.correlation:.2f}. Expect noise; begin one from the other (`ganvas train --from`).",
            "yellow",
        )
    elif related.recorded:
        said = f"Both descend from {', '.join(related.recorded)}"
        out.line(f"{said}; their weights correlate by {related.correlation:.2f}.")
    else:
        out.line(f"Their weights correlate by {related.correlation:.2f}, so they share an ancestor; none is recorded.")
    out.bundle(made.bundle, wanted_onnx=onnx is not False)
    out.next_steps(f"ganvas generate {output}", f"ganvas distil {first} {output} --pairs 2000")


@app.command(rich_help_panel=TRAIN)
def distil(
    source: Annotated[Path, typer.Argument(metavar="A", help="Run or bundle that makes the sources of the pairs.")],
    teacher: Annotated[
        Path, typer.Argument(metavar="TEACHER", help="Run or bundle that makes the targets, such as a blend with A.")
    ],
    pairs: Annotated[int, typer.Option(help="Number of pairs.")] = 2000,
    recipe: Annotated[str, typer.Option(help="Recipe of the translator, for pairs of pictures.")] = "pix2pix-64",
    run: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/distil-TEACHER by default. Pairs lie beside it.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The first seed of the pairs.")] = 0,
    psi: Annotated[
        float | None, typer.Option(help="Truncation of both models; 0.7 by default, if they have it.")
    ] = None,
    sets: Sets = None,
    kimg: Annotated[float | None, typer.Option(help="Length of the training, in thousands of pictures shown.")] = None,
    pairs_only: Annotated[bool, typer.Option("--pairs-only", help="Make the pairs, and do not train.")] = False,
    quiet: Quiet = False,
) -> None:
    """Train a fast translator on pairs that two models make from the same latents.

    The sources are pictures of A, the targets those of TEACHER. The translator takes photographs like those that A was
    trained on. Run the same command again to resume.
    """
    from ganvas.cli.output import Output
    from ganvas.pipeline import pack_for
    from ganvas.recipe import load
    from ganvas.release.distil import write_pairs
    from ganvas.runs.folder import RunDir

    out = Output(quiet)
    place = run or Path("runs") / f"distil-{teacher.resolve().name}"
    folder = place.with_name(f"{place.name}-pairs")
    with out.progress("generating pairs") as progress:
        made = write_pairs(source, teacher, folder, pairs, seed=seed, psi=psi, progress=progress)
    out.line(f"{made.pairs:,} pairs {'were there already' if made.reused else 'made'}: {made.folder}")
    if pairs_only:
        out.next_steps(f"ganvas train {recipe} --data {folder} --set data.resolution={made.resolution}")
        return
    changes = [
        f"data.resolution={made.resolution}",
        *(sets or []),
        *([f"train.kimg={kimg}"] if kimg is not None else []),
    ]
    resolved = load(recipe, changes)
    with out.progress("packing") as progress:
        report = pack_for(resolved, folder, progress)
    out.pack_report(report)
    out.plan(resolved, report.classes)
    summary = out.run_pipeline(
        resolved, RunDir(place), report.path, data=folder, fresh=False, more_data=False, train_only=False
    )
    if summary.state == "stopped":
        print_error(f"Stopped; everything is saved in {place}. Run the same command again to resume.")
        raise SystemExit(130)
    out.run_files(RunDir(place))
