"""``ganvas pack``: prepare pictures once, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from ganvas.cli.app import app
from ganvas.cli.options import CURATE, Quiet, Sets, ZipEncoding, check_at_least, check_no_picture, megapixels
from ganvas.cli.pack_music import pack_music, survey_music
from ganvas.crops import Crop, Resize

if TYPE_CHECKING:
    from ganvas.tasks.preparation import PackSettings


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
        str,
        typer.Option(
            help="center, smart, stretch or pad; face, face-tight, face-wide (all hair) and face-fixed align faces."
        ),
    ] = "center",
    channels: Annotated[int, typer.Option(help="3 for colour, 1 for grey, 4 for colour and opacity.")] = 3,
    resize: Annotated[
        str, typer.Option(help="lanczos, or nearest for pixel art: no pixel is mixed with another.")
    ] = "lanczos",
    background: Annotated[
        str, typer.Option(help="Colour under transparent parts and around padded pictures: a name or #rrggbb.")
    ] = "white",
    white_level: Annotated[
        float | None,
        typer.Option(help="Value of white in pictures of more than 8 bits; guessed over the set by default."),
    ] = None,
    max_megapixels: Annotated[
        float, typer.Option(help="Largest picture that is decoded, in millions of pixels; JPEG files may have 4 times.")
    ] = 80.0,
    side_by_side: Annotated[
        str | None,
        typer.Option(help="Each file holds a pair side by side, whose source is left or right; single: no pairs."),
    ] = None,
    boxes: Annotated[
        Path | None, typer.Option(help="Annotations: a folder of Pascal VOC XML, a COCO .json or a .csv.")
    ] = None,
    margin: Annotated[float, typer.Option(help="Margin around each box, as a share of its longer side.")] = 0.1,
    classes_by: Annotated[str | None, typer.Option(help="CelebA: the attribute that makes two classes.")] = None,
    parts: Annotated[
        Path | None,
        typer.Option(help="A .csv that assigns each picture to train, validation or test (`ganvas split`)."),
    ] = None,
    zip_encoding: ZipEncoding = None,
    database: Annotated[str | None, typer.Option(help="Address of the catalogue's database.")] = None,
    shards: Annotated[
        str | None, typer.Option(help="Also write WebDataset shards here: a folder or an address such as s3://….")
    ] = None,
    shard_size: Annotated[int, typer.Option(help="Pictures per shard.")] = 1000,
    recipe: Annotated[
        str | None,
        typer.Option("--for", metavar="RECIPE", help="Prepare for this recipe, instead of --resolution and so on."),
    ] = None,
    sets: Sets = None,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Also keep a copy here, named by its content; its path is the last line printed."
        ),
    ] = None,
    processes: Annotated[int | None, typer.Option(help="Number of processes; one per core by default.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Music: say what would be packed and what not, and write nothing.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Prepare pictures, or music for a recipe that learns from it, in one file. `ganvas train` does this by itself."""
    import os

    from ganvas.cli.output import Output
    from ganvas.curate.dataset.pack import pack as pack_pictures
    from ganvas.curate.images.decode import DecodeOptions
    from ganvas.errors import UserError

    if crop not in get_args(Crop):
        raise UserError(f"--crop is one of {', '.join(get_args(Crop))}, not {crop!r}.")
    if resize not in get_args(Resize):
        raise UserError(f"--resize is one of {', '.join(get_args(Resize))}, not {resize!r}.")
    if channels not in (1, 3, 4):
        raise UserError(f"--channels is 3 (colour), 1 (grey) or 4 (colour and opacity), not {channels}.")
    if side_by_side not in (None, "left", "right", "single"):
        raise UserError(f"--side-by-side is left, right or single, not {side_by_side!r}.")
    check_no_picture(output, "a .zip")
    check_at_least("--processes", processes or 1, 1)
    check_at_least("--shard-size", shard_size, 1)
    if recipe is None and sets:
        raise UserError("--set changes a recipe: name it with --for.")
    wanted, resolved = "", None
    settings: PackSettings = {
        "resolution": resolution,
        "crop": crop,  # type: ignore[typeddict-item]
        "channels": channels,
        "side_by_side": side_by_side,  # type: ignore[typeddict-item]
        "decoding": DecodeOptions(megapixels(max_megapixels), white_level, background, channels == 4),
        "resize": resize,  # type: ignore[typeddict-item]
    }
    if recipe is not None:
        given = (resolution, crop, channels, side_by_side, resize, background, white_level, max_megapixels)
        if given != (64, "center", 3, None, "lanczos", "white", None, 80.0):
            raise UserError(
                "With --for the recipe decides how pictures are prepared; change it with --set data.KEY=VALUE."
            )
        from ganvas.recipe import load

        resolved = load(recipe, sets or [])
        from ganvas.tasks.preparation import settings_of_recipe

        settings = settings_of_recipe(resolved)
        wanted = resolved.model_dump_json(include={"family", "model", "data"})  # what a run cannot change later
    out, processes = Output(quiet), processes or os.cpu_count() or 1
    if dry_run:
        survey_music(out, source, resolved, processes)
        return
    if resolved is not None and resolved.data.roll is not None:
        pictures_only = {"--boxes": boxes, "--classes-by": classes_by, "--parts": parts, "--database": database}
        report = pack_music(out, source, output, resolved, processes, pictures_only | {"--shards": shards})
    else:
        with out.progress("packing") as progress:
            report = pack_pictures(
                source,
                output,
                **settings,
                boxes=boxes,
                margin=margin,
                classes_by=classes_by,
                parts_table=parts,
                zip_encoding=zip_encoding,
                database=database,
                processes=processes,
                progress=progress,
            )
        out.pack_report(report)
    if shards is not None:
        from ganvas.curate.dataset.dataset import Dataset
        from ganvas.curate.dataset.shards import write_shards

        with out.progress("writing shards") as progress:
            written = write_shards(Dataset(report.path), shards, shard_size=shard_size, progress=progress)
        left = written.shards - written.written
        there = f", {left:,} of which existed already" if left else ""
        out.line(f"{written.shards:,} shards{there}: {written.destination}")
    if into is not None:
        from ganvas.curate.dataset.snapshot import freeze

        typer.echo(freeze(report.path, into, Path(source).expanduser().resolve().stem or "set", wanted))
