"""``ganvas publish``, ``ganvas rollback`` and ``ganvas pull``: bundles where others use them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import NO, USE, ComparedWith, ModelFolder, Quiet, compared_with

if TYPE_CHECKING:
    from ganvas.release.publish import Publication


@app.command(rich_help_panel=USE)
def publish(
    path: ModelFolder,
    to: Annotated[
        str,
        typer.Option(
            help="The folder of bundles that others use; hf://OWNER/NAME, a repository of the Hugging Face Hub; or "
            "s3://BUCKET/FOLDER.",
            metavar="FOLDER|ADDRESS",
        ),
    ],
    name: Annotated[str | None, typer.Option(help="Name in that folder; its own name by default.")] = None,
    if_better: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="Replace another model only if this one is better by this metric."),
    ] = None,
    pictures: ComparedWith = None,
    private: Annotated[
        bool, typer.Option("--private", help="Hub: a repository that is made is private; public by default.")
    ] = False,
    licence: Annotated[
        str | None,
        typer.Option("--licence", help="Hub: licence of the model, such as cc-by-4.0; refers to its credits if unset."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Publish a bundle to a folder, the Hub or S3, at once. Exit code 3: it is not better, and the old one stays."""
    from ganvas.release.addresses import publish as put

    compared = compared_with(pictures)
    done = put(path, to, name, metric=if_better, pictures=compared, private=private, licence=licence)
    _say(done, quiet, {"published": "Published", "standing": "Nothing to do", "refused": "Not published"})


@app.command(rich_help_panel=USE)
def rollback(
    place: Annotated[
        str,
        typer.Argument(
            help="The published bundle: FOLDER/NAME, hf://OWNER/NAME or s3://BUCKET/FOLDER/NAME.", metavar="PUBLISHED"
        ),
    ],
    quiet: Quiet = False,
) -> None:
    """Put the bundle that the present one replaced back. Repeated, it restores the newer one."""
    from ganvas.release.addresses import rollback as back

    _say(back(place), quiet, {"published": "Rolled back"})


@app.command(rich_help_panel=USE)
def pull(
    source: Annotated[
        str,
        typer.Argument(
            help="The published bundle: hf://OWNER/NAME, also with @REVISION, s3://BUCKET/FOLDER/NAME or FOLDER/NAME.",
            metavar="PUBLISHED",
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="The folder of bundles that it comes to.", metavar="FOLDER")],
    name: Annotated[str | None, typer.Option(help="Name in that folder; that in the address by default.")] = None,
    quiet: Quiet = False,
) -> None:
    """Fetch a published bundle into a folder, verified file by file; it appears there at once."""
    from ganvas.cli.output import Output
    from ganvas.release.addresses import pull as fetch

    _say(fetch(source, folder, name), quiet, {"published": "Fetched", "standing": "Nothing to do"})
    Output(quiet).next_steps(f"ganvas studio --bundles {folder}")


def _say(done: Publication, quiet: bool, words: dict[str, str]) -> None:
    from ganvas.cli.output import Output

    Output(quiet).line(f"{words[done.state]}: {done.path} ({done.why}).", None if done.state != "refused" else "red")
    if done.state == "refused":
        raise typer.Exit(NO)
