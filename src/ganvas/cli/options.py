"""Options, arguments and checks that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ganvas.curate.catalog import Catalog
    from ganvas.evaluate.protocol import Subset

# The panels under which help lists the commands.
CURATE = "Collect, curate, pack"
TRAIN = "Train and measure"
USE = "Use and publish"
MACHINE = "This machine"

NO = 3  # exit code of a command that asks a question: the answer is no

RecipeName = Annotated[str, typer.Argument(help="A name from `ganvas recipes`, or a YAML file.", metavar="RECIPE")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, such as train.kimg=100.")
]
ModelFolder = Annotated[Path, typer.Argument(help="The folder of a run or of a bundle.", metavar="RUN|BUNDLE")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Devices = Annotated[int | None, typer.Option(help="Number of processes that train together.")]
CatalogFolder = Annotated[Path, typer.Argument(help="The folder of the catalogue.", metavar="CATALOGUE")]
DatabaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="The PostgreSQL database that holds the catalogue's data.")
]
ZipEncoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Encoding of file names in a zip that are not UTF-8, such as cp949; detected."),
]
Distance = Annotated[int, typer.Option(help="Bits of 64 that may differ between pictures that count as duplicates.")]
Features = Annotated[
    str | None, typer.Option(help="Feature network: auto, effnet, inception or inception-clean; the recipe's if unset.")
]
ComparedWith = Annotated[
    str | None,
    typer.Option(help="Use the figure against held-out or train pictures; held-out by default, where there are any."),
]


def check_at_least(option: str, value: int, least: int) -> None:
    """Refuse a number that is too small.

    Raises:
        UserError: ``value`` is below ``least``.
    """
    from ganvas.errors import UserError

    if value < least:
        raise UserError(f"{option} must be {least} or more, not {value}.")


def megapixels(millions: float) -> int:
    """The number of pixels of --max-megapixels.

    Raises:
        UserError: it is not a number above 0.
    """
    from ganvas.errors import UserError

    if not 0 < millions < 1e5:
        raise UserError(f"--max-megapixels is a number above 0 and below 100,000, not {millions:g}.")
    return round(millions * 1e6)


def check_no_picture(output: Path | None, what: str, option: str = "--output") -> None:
    """Refuse a path with a picture's ending where something else is written.

    Raises:
        UserError: ``output`` is such a path.
    """
    from ganvas.curate.file_kinds import PICTURE_SUFFIXES
    from ganvas.errors import UserError

    if output is not None and output.suffix.lower() in PICTURE_SUFFIXES:
        raise UserError(f"{option} names {what} here, and {output.name} is the name of a picture; choose another name.")


def check_distance(distance: int) -> int:
    """A Hamming distance between perceptual hashes.

    Raises:
        UserError: it is not between 0 and 16.
    """
    from ganvas.errors import UserError

    if not 0 <= distance <= 16:
        raise UserError(f"--distance is a number from 0 to 16, not {distance}.")
    return distance


def open_catalog(folder: Path, database: str | None) -> Catalog:
    """Open a catalogue that exists: a mistyped folder does not become an empty one.

    Raises:
        UserError: there is no catalogue.
    """
    from ganvas.curate.catalog import Catalog
    from ganvas.errors import UserError

    if not database and not os.environ.get("GANVAS_DATABASE") and not (folder / "catalog.db").is_file():
        raise UserError(f"There is no catalogue in {folder}; `ganvas collect SOURCE --catalog {folder}` makes one.")
    return Catalog.open(folder, database)


def compared_with(pictures: str | None) -> Subset | None:
    """The value of :data:`ComparedWith`, checked.

    Raises:
        UserError: it is neither held-out nor train.
    """
    from ganvas.errors import UserError

    given = None if pictures is None else pictures.replace("-", "_")
    if given not in (None, "train", "held_out"):
        raise UserError(f"--pictures is held-out or train, not {pictures!r}.")
    return given  # type: ignore[return-value] # checked above


def check_studio_installed() -> None:
    """Refuse to start the studio without its extra.

    Raises:
        UserError: a package of the ``studio`` extra is missing.
    """
    from ganvas.cli.extras import missing_packages
    from ganvas.errors import UserError

    if missing := missing_packages("studio"):
        raise UserError(f"The studio needs {', '.join(missing)}: run `pip install 'ganvas[studio]'`.")
