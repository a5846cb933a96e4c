"""``ganvas makeup``: the make-up of references on a face, without a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganvas.apps.makeup import Amounts, MadeUp


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
    from ganvas.errors import UserError
    from ganvas.files import write_atomically

    if not agree:
        raise UserError(f"--agree says that you agree: {STATEMENT}")
    out, amounts = Output(quiet), Amounts(lips, eyes, liner, brows, cheeks, skin)
    models = [_read(path) for path in reference]
    if sheet:
        place = output.with_suffix(".png")
        write_atomically(place, encode_marked(_sheet(faces, models, strength, amounts), *MARK))
        out.line(f"{len(faces)} × {len(models)} pictures: {place}")
        return
    check_weights(weight, len(models))
    application = Makeup()
    for face in faces:
        try:
            done = application.transfer(_read(face), models, strength, amounts, weight)
        except UserError as error:
            raise UserError(f"{face}: {error}") from None
        place = output / f"{face.stem}.png"
        write_atomically(place, encode_marked(done.picture, *MARK))
        out.line(f"{place}: likeness {done.likeness:.2f}{_reduced(done)}")


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


def _sheet(
    faces: list[Path], models: list[npt.NDArray[np.uint8]], strength: float, amounts: Amounts
) -> npt.NDArray[np.uint8]:
    """References above, faces at the left, and each face with the make-up of each reference."""
    from ganvas.apps.makeup.contact_sheet import contact_sheet

    return contact_sheet([_read(face) for face in faces], models, strength, amounts)


def _read(path: Path) -> npt.NDArray[np.uint8]:
    from ganvas.curate.faces.batch import pixels_of
    from ganvas.curate.images.decode import PictureError
    from ganvas.errors import UserError

    try:
        return pixels_of(path)
    except PictureError as problem:
        raise UserError(f"{path} cannot be used ({problem}); choose another picture.") from None
