"""The command that trains."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import TRAIN, Devices, Quiet, RecipeName, Sets, app, complain


@app.command(rich_help_panel=TRAIN)
def train(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option("--data", "-d", help="A folder or zip of pictures.")],
    run: Annotated[Path | None, typer.Option(help="Folder of the run; runs/RECIPE-DATA by default.")] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", metavar="RUN|BUNDLE|FILE", help="Begin from trained weights: a run, a bundle, a file."),
    ] = None,
    freeze_d: Annotated[
        int | None, typer.Option(help="FreezeD: layers of the discriminator that stay as they were begun from.")
    ] = None,
    sets: Sets = None,
    kimg: Annotated[float | None, typer.Option(help="How long, in thousands of pictures shown.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would take.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where a run stands already.")] = False,
    devices: Devices = None,
    train_only: Annotated[bool, typer.Option("--train-only", help="Neither evaluate nor export at the end.")] = False,
    quiet: Quiet = False,
) -> None:
    """Train on a folder of pictures, evaluate and export. The same command goes on where it was stopped."""
    import json
    import os

    from ganvas.cli.output import Teller
    from ganvas.curate.dataset.pack import pack as pack_pictures
    from ganvas.recipe import load
    from ganvas.runs.folder import RunDir

    changes = [*(sets or [])]
    changes += [f"train.kimg={kimg}"] if kimg is not None else []
    changes += [f"train.start={json.dumps(str(start))}"] if start is not None else []
    changes += [f"model.freeze_d={freeze_d}"] if freeze_d is not None else []
    changes += [f"train.devices={devices}"] if devices is not None else []
    resolved = load(recipe, changes)
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    tell = Teller(quiet or not first)
    settings, pictures = resolved.data, data
    if settings.frames is not None and data.is_file() and data.suffix.lower() != ".zip":
        from ganvas.collect.frames import extracted

        with tell.console.status("reading the video"):
            pictures = extracted(data)
    with tell.counting("packing") as progress:
        report = pack_pictures(
            pictures,
            resolution=settings.resolution,
            crop=settings.crop,
            channels=settings.channels,
            minimum=settings.minimum,
            side_by_side=settings.side_by_side,
            labels=settings.labels > 0,
            frames=settings.frames,
            processes=os.cpu_count() or 1,
            progress=progress,
        )
    tell.packed(report)
    tell.plan(resolved, report.classes)
    if dry_run:
        tell.forecast(resolved, report.path)
        return
    place = RunDir(run or Path("runs") / f"{resolved.name}-{data.resolve().stem}")
    summary = tell.train(resolved, place, report.path, called=data.resolve().stem, fresh=fresh)
    if summary.state == "stopped":
        if first:
            at = f"{summary.nimg / 1000:.3g} kimg"
            complain(f"Stopped at {at}; all is saved in {place.root}, the same command goes on.")
        raise SystemExit(130)
    if first:
        if not train_only:
            tell.finish(place)
        tell.trained(place)
