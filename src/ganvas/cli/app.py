"""What the commands share: the application, the options many take, and the way an error reaches the user."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.malloc import keep_freed_memory

app = typer.Typer(
    name="ganvas",
    help="From a folder of pictures to a GAN in the browser.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from ganvas import __version__

        typer.echo(f"ganvas {__version__}")
        raise typer.Exit


# Commands whose time goes into networks, and which end. The studio does not end: it gives back what it does not use.
COMPUTING = {"train", "evaluate", "measure", "generate", "translate"}


@app.callback()
def _ganvas(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    if context.invoked_subcommand in COMPUTING:
        keep_freed_memory()


# The rooms of the house, as help groups the commands.
CURATE = "Collect, curate, pack"
TRAIN = "Train and measure"
USE = "Use and publish"
MACHINE = "This machine"

RecipeName = Annotated[
    str, typer.Argument(help="A name that `ganvas recipes` lists, or a YAML file.", metavar="RECIPE")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, such as train.kimg=100.")
]
Place = Annotated[Path, typer.Argument(help="The folder of a run or of a bundle.", metavar="RUN|BUNDLE")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Devices = Annotated[int | None, typer.Option(help="Processes that train together.")]

NO = 3  # exit code: a question was asked, and the answer is no


def at_least(option: str, value: int, least: int) -> None:
    """Refuse a number that is too small."""
    from ganvas.errors import UserError

    if value < least:
        raise UserError(f"{option} must be {least} or more, not {value}.")


def complain(sentence: str) -> None:
    """Say what went wrong, in one line on standard error."""
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201 - the one way out for errors
