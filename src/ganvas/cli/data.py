"""Commands that make and prepare pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from ganvas.cli.app import CURATE, Quiet, Sets, app, at_least
from ganvas.spec import Crop


@app.command(rich_help_panel=CURATE)
def sample(
    what: Annotated[str, typer.Argument(help="What to draw: avatars.", metavar="avatars")] = "avatars",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("data/avatars"),
    count: Annotated[int, typer.Option(help="How many.")] = 1000,
    size: Annotated[int, typer.Option(help="Side of a picture, in pixels.")] = 128,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 0,
    style: Annotated[str, typer.Option(help="Style of the avatars.")] = "lorelei",
    quiet: Quiet = False,
) -> None:
    """Draw free pictures to try everything with: CC0 avatars, offline."""
    from ganvas.cli.output import Teller
    from ganvas.curate.avatars import draw_avatars
    from ganvas.errors import UserError

    if what != "avatars":
        raise UserError(f"There is no sample {what!r}; the one there is: `ganvas sample avatars`.")
    at_least("--count", count, 1)
    tell = Teller(quiet)
    with tell.counting("drawing") as progress:
        drawn = draw_avatars(output, count, size=size, seed=seed, style=style, progress=progress)
    tell.say(f"{drawn:,} avatars lie in {output}.")
    tell.next(f"ganvas train dcgan-quick --data {output}")


@app.command(rich_help_panel=CURATE)
def pack(
    source: Annotated[
        str, typer.Argument(help="A folder or zip of pictures, a catalogue, a packed set, or shards (s3://…).")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .zip to write; a cache by default.")
    ] = None,
    resolution: Annotated[int, typer.Option(help="Side of the square pictures, in pixels.")] = 64,
    crop: Annotated[
        str, typer.Option(help="center, smart, stretch; face or face-fixed turn faces upright and skip the rest.")
    ] = "center",
    channels: Annotated[int, typer.Option(help="3 for colour, 1 for grey.")] = 3,
    side_by_side: Annotated[
        str | None, typer.Option(help="Each picture holds a pair side by side; the source is left or right.")
    ] = None,
    boxes: Annotated[
        Path | None, typer.Option(help="Annotations: a folder of Pascal VOC XML, a COCO .json or a .csv.")
    ] = None,
    margin: Annotated[float, typer.Option(help="Round each box, as a share of its longer side.")] = 0.1,
    classes_by: Annotated[str | None, typer.Option(help="CelebA: the attribute that makes two classes.")] = None,
    parts: Annotated[
        Path | None, typer.Option(help="A .csv of which picture is for train, validation and test (`ganvas split`).")
    ] = None,
    database: Annotated[str | None, typer.Option(help="Address of the catalogue's database.")] = None,
    shards: Annotated[
        str | None, typer.Option(help="Write WebDataset shards here too: a folder or an address such as s3://….")
    ] = None,
    shard_size: Annotated[int, typer.Option(help="Pictures in a shard.")] = 1000,
    recipe: Annotated[
        str | None,
        typer.Option("--for", metavar="RECIPE", help="As this recipe wants them, in place of --resolution and so on."),
    ] = None,
    sets: Sets = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Keep it here too, named by its content; that path is the last line said."),
    ] = None,
    processes: Annotated[int | None, typer.Option(help="Processes; one a core by default.")] = None,
    quiet: Quiet = False,
) -> None:
    """Prepare pictures once: cut square, resized, in one file. `train` does this by itself."""
    import os

    from ganvas.cli.output import Teller
    from ganvas.curate.dataset.pack import pack as pack_pictures
    from ganvas.errors import UserError

    if crop not in get_args(Crop):
        raise UserError(f"--crop is one of {', '.join(get_args(Crop))}, not {crop!r}.")
    if channels not in (1, 3):
        raise UserError(f"--channels is 3 (colour) or 1 (grey), not {channels}.")
    if side_by_side not in (None, "left", "right"):
        raise UserError(f"--side-by-side is left or right, not {side_by_side!r}.")
    at_least("--processes", processes or 1, 1)
    at_least("--shard-size", shard_size, 1)
    if recipe is None and sets:
        raise UserError("--set changes a recipe: name it with --for.")
    minimum, wanted = 1, ""
    labels, frames = False, None
    if recipe is not None:
        if (resolution, crop, channels, side_by_side) != (64, "center", 3, None):
            raise UserError("With --for the recipe says how pictures are prepared; change it by --set data.KEY=VALUE.")
        from ganvas.recipe import load

        resolved = load(recipe, sets or [])
        resolution, crop, channels = resolved.data.resolution, resolved.data.crop, resolved.data.channels
        side_by_side, minimum = resolved.data.side_by_side, resolved.data.minimum
        labels, frames = resolved.data.labels > 0, resolved.data.frames
        wanted = resolved.model_dump_json(include={"family", "model", "data"})  # what a run cannot change later
    tell = Teller(quiet)
    with tell.counting("packing") as progress:
        report = pack_pictures(
            source,
            output,
            resolution=resolution,
            crop=crop,  # type: ignore[arg-type]
            channels=channels,
            minimum=minimum,
            side_by_side=side_by_side,  # type: ignore[arg-type]
            labels=labels,
            frames=frames,
            boxes=boxes,
            margin=margin,
            classes_by=classes_by,
            parts_table=parts,
            database=database,
            processes=processes or os.cpu_count() or 1,
            progress=progress,
        )
    tell.packed(report)
    if shards is not None:
        from ganvas.curate.dataset.dataset import Dataset
        from ganvas.curate.dataset.shards import write_shards

        with tell.counting("writing shards") as progress:
            written = write_shards(Dataset(report.path), shards, shard_size=shard_size, progress=progress)
        left = written.shards - written.written
        there = f", {left:,} of which were there already" if left else ""
        tell.say(f"{written.shards:,} shards{there}: {written.destination}")
    if into is not None:
        from ganvas.curate.dataset.snapshot import freeze

        typer.echo(freeze(report.path, into, Path(source).expanduser().resolve().stem or "set", wanted))
