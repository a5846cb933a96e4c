"""``ganvas generate music``: pieces of a trained model as MIDI files, piano rolls and audio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.generate import room
from ganvas.cli.options import ModelFolder, Quiet, check_at_least


@room.command()
def music(
    path: ModelFolder,
    count: Annotated[int, typer.Option(help="How many pieces.")] = 8,
    seed: Annotated[int, typer.Option(help="Seed of the first; the next ones follow.")] = 0,
    bars: Annotated[
        int | None, typer.Option(help="Bars per piece; more than a phrase's are interpolated between seeds.")
    ] = None,
    between: Annotated[
        str | None, typer.Option(help="One piece that passes through these seeds, such as 3,7,12.")
    ] = None,
    accompany: Annotated[
        Path | None, typer.Option(help="MIDI or MusicXML file with the track that the model accompanies.")
    ] = None,
    tempo: Annotated[
        float | None, typer.Option(help="Quarter notes per minute; that of the training data unless given, or 100.")
    ] = None,
    programs: Annotated[
        str | None,
        typer.Option(
            help="General MIDI programs of the tracks, counted from 0, such as 40,40,41,42; those of the training data "
            "unless given."
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="Probability above which a note sounds; lower plays more notes.")
    ] = 0.5,
    draw: Annotated[bool, typer.Option("--draw", help="Draw each note with its probability, by the seed.")] = False,
    audio: Annotated[str | None, typer.Option(help="Also write audio: wav or ogg; needs FluidSynth.")] = None,
    font: Annotated[Path | None, typer.Option("--sound-font", help="Sound font of the audio, .sf2 or .sf3.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")] = Path("generated"),
    quiet: Quiet = False,
) -> None:
    """Compose pieces: MIDI files, a sheet of piano rolls, and audio on demand."""
    from ganvas.apps.music import PieceOptions, write_pieces
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.inference.load import load_model
    from ganvas.inference.music import MusicOptions, roll_spec

    check_at_least("--count", count, 1)
    check_at_least("--seed", seed, 0)
    if audio not in (None, "wav", "ogg"):
        raise UserError(f"--audio is wav or ogg, not {audio!r}.")
    out = Output(quiet)
    model = load_model(path)
    spec = roll_spec(model.data, model.name)
    phrases = 1
    if bars is not None:
        if bars < spec.bars or bars % spec.bars:
            raise UserError(f"--bars is a multiple of {spec.bars}, the length of this model's phrases, not {bars}.")
        phrases = bars // spec.bars
    options = PieceOptions(
        pieces=count,
        seed=seed,
        phrases=phrases,
        through=_seeds(between) if between is not None else (),
        accompany=accompany,
        music=MusicOptions("bernoulli" if draw else "threshold", threshold),
        tempo=tempo,
        programs=_programs(programs),
        audio=None if audio is None else f".{audio}",
        font=font,
    )
    with out.progress("composing") as progress:
        written = write_pieces(model.family, output, options, progress)
    heard = f", with audio (.{audio})" if written.audio else ""
    out.line(f"{len(written.midi)} pieces{heard}: {output}; piano rolls: {written.sheet}")
    if written.silent:
        verb = "has" if written.silent == 1 else "have"
        out.line(f"{written.silent} of the pieces {verb} no notes: lower --threshold, or train longer.", "yellow")


def _seeds(text: str) -> tuple[int, ...]:
    from ganvas.errors import UserError

    numbers = [part.strip() for part in text.split(",")]
    if len(numbers) < 2 or not all(number.isdecimal() for number in numbers):
        raise UserError(f"--between takes two or more seeds separated by commas, such as 3,7, not {text!r}.")
    return tuple(map(int, numbers))


def _programs(text: str | None) -> tuple[int, ...] | None:
    from ganvas.errors import UserError

    if text is None:
        return None
    numbers = [part.strip() for part in text.split(",")]
    if not all(number.isdecimal() for number in numbers):
        raise UserError(f"--programs are numbers from 0 to 127 separated by commas, not {text!r}.")
    return tuple(map(int, numbers))
