"""``ganvas translate``: pictures, folders and videos through a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, ModelFolder, Quiet, check_at_least

if TYPE_CHECKING:
    from ganvas.apps.recolour import Colours
    from ganvas.cli.output import Output
    from ganvas.inference.images import ImageOptions

VIDEOS = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".gif", ".mpg", ".mpeg", ".ogv"})


def _colour(region: str, names: str) -> Any:
    return typer.Option(
        metavar="COLOUR", help=f"Portraits: move the {region} to this colour: {names}, or any such as #c9a063."
    )


@app.command(rich_help_panel=USE)
def translate(
    path: ModelFolder,
    source: Annotated[Path, typer.Argument(help="A picture, a folder of pictures, or a video.", metavar="SOURCE")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder, .zip or picture (.png, .jpg, .webp); of a video an .mp4 or .gif."),
    ] = None,
    to: Annotated[str | None, typer.Option(help="Translation without pairs: the domain to go to (B).")] = None,
    prepared: Annotated[
        bool, typer.Option("--prepared", help="The sources are ready model inputs, such as drawings.")
    ] = False,
    size: Annotated[
        str,
        typer.Option(
            metavar="square|keep|N",
            help="The square of training, the picture's own size and shape, or N pixels on its shorter side.",
        ),
    ] = "square",
    video: Annotated[bool, typer.Option("--video", help="Treat SOURCE as a video, whatever its file name.")] = False,
    times: Annotated[int, typer.Option(help="Frame interpolation: 2 or 4 times as many frames.")] = 2,
    fps: Annotated[
        int | None, typer.Option(help="Frames per second of the film; by default those of the source.")
    ] = None,
    hair: Annotated[str | None, _colour("hair", "black, brown, auburn, blond, grey, white")] = None,
    skin: Annotated[str | None, _colour("skin", "fair, light, tan, brown, dark")] = None,
    background: Annotated[str | None, _colour("background", "white, grey, blue, green, sand, black")] = None,
    most: Annotated[int | None, typer.Option(help="Limit on the number of pictures, or frames of the video.")] = None,
    quiet: Quiet = False,
) -> None:
    """Translate a picture, a folder of pictures or a video, with any model that takes pictures.

    `--size keep` answers in the size and shape of each picture, where the model's networks take any size. A
    super-resolution model always keeps the shape; a frame interpolation model raises the frame rate.
    """
    from ganvas.apps.recolour import parse_colours
    from ganvas.cli.output import Output
    from ganvas.curate.own_folders import own_folders_below
    from ganvas.errors import UserError
    from ganvas.inference.whole import answer_size

    wanted = answer_size(size)
    if most is not None:
        check_at_least("--most", most, 1)
    colours = parse_colours({"hair": hair, "skin": skin, "background": background})
    out = Output(quiet)
    out.own_folders(own_folders_below(source))
    if not (video or source.suffix.lower() in VIDEOS):
        from ganvas.inference.images import ImageOptions

        options = ImageOptions(count=most or 2**31, source=source, prepared=prepared, domain=to, size=wanted)
        _translate_pictures(path, options, colours, output or Path("translated"), out)
        return
    if colours:
        raise UserError("Colours are changed in pictures and not in videos; leave --hair, --skin and --background out.")
    from ganvas.apps.video_writer import write_video
    from ganvas.collect.frames import rate
    from ganvas.inference.load import load_model
    from ganvas.inference.translate import direction_into, takes_frame_pairs
    from ganvas.inference.video import read_frames, translate_frames

    family = load_model(path).family
    direction = direction_into(family, to)
    speed = rate(source) * (times if takes_frame_pairs(family.data) else 1)
    place = output or Path(f"{source.stem}-translated.mp4")
    images = read_frames(source, most)
    frames = translate_frames(family, images, times=times, direction=direction, prepared=prepared, size=wanted)
    with out.console.status("translating"):
        count = write_video(place, frames, fps or min(max(round(speed), 1), 60))
    out.line(f"{count} frames: {place}")


def _translate_pictures(path: Path, options: ImageOptions, colours: Colours, place: Path, out: Output) -> None:
    """Translate pictures, change colours in them where asked, and say what was written."""
    from ganvas.apps.recolour.files import Recolouring
    from ganvas.inference.images import make_images, write_images
    from ganvas.inference.load import load_model
    from ganvas.inference.whole import takes_any_size

    model = load_model(path)
    stream = make_images(model.family, options)
    recolouring = Recolouring(colours, f"Made by the model {model.name}")
    with out.progress("translating") as progress:
        written = write_images(recolouring.of(stream), place, progress=progress, encode=recolouring.encode)
    out.line(f"{written.pictures} pictures: {written.path}")
    for sentence in recolouring.sentences():
        out.line(sentence, "yellow")
    out.source_report(stream.report)
    if options.size == "square" and takes_any_size(model.family):
        side = model.family.data.resolution
        out.line(f"They are squares of {side} px; --size keep answers in each picture's own size.")
