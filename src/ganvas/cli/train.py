"""``ganvas train``: pack pictures, train, evaluate, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app, print_error
from ganvas.cli.options import TRAIN, Devices, Quiet, RecipeName, Sets, ZipEncoding


@app.command(rich_help_panel=TRAIN)
def train(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option("--data", "-d", help="A folder or zip of pictures.")],
    run: Annotated[Path | None, typer.Option(help="Folder of the run; runs/RECIPE-DATA by default.")] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="RUN|BUNDLE|FILE", help="Start from trained weights: a run, a bundle or a published file."
        ),
    ] = None,
    freeze_d: Annotated[
        int | None, typer.Option(help="FreezeD: number of discriminator layers that are not trained.")
    ] = None,
    sets: Sets = None,
    kimg: Annotated[float | None, typer.Option(help="Length of the training, in thousands of pictures shown.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan, memory and time, and stop.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over even if the run exists.")] = False,
    more_data: Annotated[
        bool,
        typer.Option("--more-data", help="Resume with other pictures of the same classes; all sets are credited."),
    ] = False,
    devices: Devices = None,
    zip_encoding: ZipEncoding = None,
    train_only: Annotated[bool, typer.Option("--train-only", help="Do not evaluate and export at the end.")] = False,
    quiet: Quiet = False,
) -> None:
    """Train on a folder of pictures, evaluate and export. Run the same command again to resume."""
    import json
    import os

    from ganvas.cli.output import Output
    from ganvas.pipeline import default_run, pack_for
    from ganvas.recipe import load
    from ganvas.runs.folder import RunDir

    changes = [*(sets or [])]
    changes += [f"train.kimg={kimg}"] if kimg is not None else []
    changes += [f"train.start={json.dumps(str(start))}"] if start is not None else []
    changes += [f"model.freeze_d={freeze_d}"] if freeze_d is not None else []
    changes += [f"train.devices={devices}"] if devices is not None else []
    resolved = load(recipe, changes)
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    out = Output(quiet or not first)
    with out.progress("packing") as progress:
        report = pack_for(resolved, data, progress, zip_encoding=zip_encoding)
    out.pack_report(report)
    out.plan(resolved, report.classes)
    if dry_run:
        out.estimate(resolved, report.path)
        return
    if run is None:
        place, taken = default_run(resolved, data, report.path)
        if taken is not None:
            out.line(f"{taken.root} is a run of other pictures, so this one has a folder of its own.")
    else:
        place = RunDir(run)
    summary = out.run_pipeline(
        resolved, place, report.path, data=data, fresh=fresh, more_data=more_data, train_only=train_only
    )
    if summary.state == "stopped":
        if first:
            at = f"{summary.nimg / 1000:.3g} kimg"
            print_error(f"Stopped at {at}; everything is saved in {place.root}. Run the same command again to resume.")
        raise SystemExit(130)
    if first:
        out.run_files(place)
