"""What ``ganvas pack --for RECIPE`` does where the recipe learns from music."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganvas.cli.output import Output
    from ganvas.curate.dataset.pack import PackReport
    from ganvas.curate.music.pack import FileReport
    from ganvas.recipe import Recipe


def pack_music(
    out: Output, source: str, output: Path | None, recipe: Recipe, processes: int, pictures_only: Mapping[str, object]
) -> PackReport:
    """Pack music for a recipe and print the report.

    Args:
        out: Where the report is printed.
        source: A folder or zip of music files.
        output: The .zip to write; None: in the cache.
        recipe: Has ``data.roll``.
        processes: That read files.
        pictures_only: Options that apply to pictures alone, and their values.

    Raises:
        UserError: An option applies to pictures alone, or see :func:`ganvas.curate.music.pack.pack_rolls`.
    """
    from ganvas.curate.music.pack import pack_rolls
    from ganvas.errors import UserError

    given = [option for option, value in pictures_only.items() if value is not None]
    if given:
        raise UserError(f"{given[0]} is for pictures, and {recipe.name} learns from music; leave it out.")
    roll, minimum = recipe.data.roll, recipe.data.minimum
    assert roll is not None
    with out.progress("packing") as progress:
        report = pack_rolls(Path(source), output, roll=roll, minimum=minimum, processes=processes, progress=progress)
    out.pack_report(report)
    return report


def survey_music(out: Output, source: str, recipe: Recipe | None, processes: int) -> None:
    """Print what packing would give, file by file, and write nothing.

    Raises:
        UserError: There is no recipe, or it learns from pictures.
    """
    from ganvas.curate.music.pack import survey
    from ganvas.errors import UserError

    if recipe is None or recipe.data.roll is None:
        raise UserError("--dry-run is for music: name a recipe that learns from music by --for.")
    with out.progress("reading") as progress:
        files, report = survey(Path(source), recipe.data.roll, processes=processes, progress=progress)
    for file in files:
        out.line(f"{file.path}: {_found(file)}", "yellow" if file.reason else None)
    out.line(f"Nothing was written; packing would give {report.layout}")


def _found(file: FileReport) -> str:
    if file.reason:
        return f"cannot be used: {file.reason}"
    left_out = ", ".join(f"{count:,} {reason}" for reason, count in file.left_out.items() if count)
    return f"{len(file.phrases):,} phrases" + (f"; left out: {left_out}" if left_out else "")
