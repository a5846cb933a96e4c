"""The command-line application: global options, memory settings and error output."""

from __future__ import annotations

import sys
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


def _print_version(wanted: bool) -> None:
    if wanted:
        from ganvas.version import __version__

        typer.echo(f"ganvas {__version__}")
        raise typer.Exit


# Short-lived commands that run networks keep freed memory for reuse; the studio returns it to the system.
COMPUTING = {"train", "evaluate", "measure", "generate", "translate", "card", "distil"}


@app.callback()
def _ganvas(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand in COMPUTING:
        keep_freed_memory()


def print_error(sentence: str) -> None:
    """Print what went wrong, in one line on standard error."""
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201 - the one place that prints errors
