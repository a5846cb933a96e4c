"""``ganvas translate``: pictures, folders and videos through a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, ModelFolder, Quiet, check_at_least

VIDEOS = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".gif", ".mpg", ".mpeg", ".ogv"})


@app.command(rich_help_panel=USE)
def translate(
    path: ModelFolder,
    source: Annotated[Path, typer.Argument(help="A picture, a folder of pictures, or a video.", metavar="SOURCE")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder or .zip; of a video an .mp4 or .gif.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Translation without pairs: the domain to go to (B).")] = None,
    prepared: Annotated[
        bool, typer.Option("--prepared", help="The sources are ready model inputs, such as drawings.")
    ] = False,
    video: Annotated[bool, typer.Option("--video", help="Treat SOURCE as a video, whatever its file name.")] = False,
    times: Annotated[int, typer.Option(help="Frame interpolation: 2 or 4 times as many frames.")] = 2,
    fps: Annotated[
        int | None, typer.Option(help="Frames per second of the film; by default those of the source.")
    ] = None,
    most: Annotated[int | None, typer.Option(help="Limit on the number of pictures, or frames of the video.")] = None,
    quiet: Quiet = False,
) -> None:
    """Translate a picture, a folder of pictures or a video, with any model that takes pictures.

    A super-resolution model keeps the aspect of each picture; a frame interpolation model raises the frame rate.
    """
    from ganvas.cli.output import Output
    from ganvas.curate.own_folders import own_folders_below
    from ganvas.inference.images import ImageOptions, make_images, write_images
    from ganvas.inference.load import load_model

    if most is not None:
        check_at_least("--most", most, 1)
    out = Output(quiet)
    out.own_folders(own_folders_below(source))
    if not (video or source.suffix.lower() in VIDEOS):
        options = ImageOptions(count=most or 2**31, source=source, prepared=prepared, domain=to)
        stream = make_images(load_model(path).family, options)
        with out.progress("translating") as progress:
            written = write_images(stream, output or Path("translated"), progress=progress)
        out.line(f"{written.pictures} pictures: {written.path}")
        return
    from ganvas.apps.video_writer import write_video
    from ganvas.collect.frames import rate
    from ganvas.inference.translate import direction_into, takes_frame_pairs
    from ganvas.inference.video import read_frames, translate_frames

    family = load_model(path).family
    direction = direction_into(family, to)
    speed = rate(source) * (times if takes_frame_pairs(family.data) else 1)
    place = output or Path(f"{source.stem}-translated.mp4")
    frames = translate_frames(family, read_frames(source, most), times=times, direction=direction, prepared=prepared)
    with out.console.status("translating"):
        count = write_video(place, frames, fps or min(max(round(speed), 1), 60))
    out.line(f"{count} frames: {place}")
