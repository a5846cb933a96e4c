"""``ganvas makeup``: the make-up of references on a face, without a model."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganvas.apps.makeup import MadeUp


def _amount(text: str) -> Any:
    return typer.Option(min=0, max=1, help=text)


@app.command(rich_help_panel=USE)
def makeup(
    faces: Annotated[list[Path], typer.Argument(help="Photographs of one face each.", metavar="FACE…")],
    reference: Annotated[
        list[Path], typer.Option("--reference", "-r", help="A face whose make-up to use; several are mixed.")
    ],
    agree: Annotated[
        bool, typer.Option("--agree", help="Everyone shown is an adult, and is you or agreed to this use.")
    ] = False,
    weight: Annotated[
        list[float] | None, typer.Option(help="How far a reference counts, one per --reference, in their order.")
    ] = None,
    strength: Annotated[float, _amount("Of all regions together.")] = 1.0,
    lips: Annotated[float, _amount("Lipstick.")] = 1.0,
    eyes: Annotated[float, _amount("Eye shadow.")] = 0.8,
    liner: Annotated[float, _amount("The line along the lashes.")] = 0.8,
    brows: Annotated[float, _amount("Brows, where those of the reference are darker.")] = 0.3,
    cheeks: Annotated[float, _amount("Blush.")] = 0.7,
    skin: Annotated[float, _amount("The tone of the skin.")] = 0.7,
    sheet: Annotated[
        bool, typer.Option("--sheet", help="One picture: a row per face, and a column per reference, unmixed.")
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the pictures, or with --sheet the PNG to write.")
    ] = Path("made-up"),
    quiet: Quiet = False,
) -> None:
    """Transfer make-up from reference pictures to faces: lips, lids, brows and skin change, and nothing else."""
    from ganvas.apps.consent import STATEMENT
    from ganvas.apps.makeup import MARK, Amounts, Makeup, check_weights
    from ganvas.apps.provenance import encode_marked
    from ganvas.cli.output import Output
    from ganvas.cli.still_picture import read_still
    from ganvas.errors import UserError
    from ganvas.files import write_atomically

    if not agree:
        raise UserError(f"--agree says that you agree: {STATEMENT}")
    out, amounts = Output(quiet), Amounts(lips, eyes, liner, brows, cheeks, skin)
    application, models = Makeup(), []
    for path in reference:
        models.append(read_still(path))
        with _naming(path):
            application.face(models[-1], "reference")
    if sheet:
        from ganvas.apps.makeup.contact_sheet import contact_sheet

        bare = [read_still(face) for face in faces]
        for face, picture in zip(faces, bare, strict=True):
            with _naming(face):
                application.face(picture, "source")
        place = output.with_suffix(".png")
        rows, columns = _named(faces, bare), _named(reference, models)
        write_atomically(place, encode_marked(contact_sheet(rows, columns, strength, amounts), *MARK))
        out.line(f"{len(faces)} × {len(models)} pictures: {place}")
        return
    check_weights(weight, len(models))
    for face in faces:
        picture = read_still(face)
        with _naming(face):
            done = application.transfer(picture, models, strength, amounts, weight)
        place = output / f"{face.stem}.png"
        write_atomically(place, encode_marked(done.picture, *MARK))
        out.line(f"{place}: likeness {done.likeness:.2f}{_reduced(done)}")


def _named(paths: list[Path], pictures: list[npt.NDArray[np.uint8]]) -> list[tuple[str, npt.NDArray[np.uint8]]]:
    """Pictures with the stems of their files, or with their paths where several have one stem."""
    stems = [unicodedata.normalize("NFC", path.stem) for path in paths]  # some systems write syllables as letters
    names = [stem if stems.count(stem) == 1 else str(path) for stem, path in zip(stems, paths, strict=True)]
    return list(zip(names, pictures, strict=True))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Put the picture that a sentence is about in front of it."""
    from ganvas.errors import UserError

    try:
        yield
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _reduced(done: MadeUp) -> str:
    """What was left out or reduced."""
    said = ""
    if done.share < 1:
        said += f"; make-up at {done.share:.0%}, since more would leave a likeness below 0.9"
    elif done.eyes_share < 1:
        said += f"; eyes and brows at {done.eyes_share:.0%}, since more would leave a likeness below 0.9"
    if done.missing:
        said += f"; not shown by the references: {', '.join(done.missing)}"
    return said
