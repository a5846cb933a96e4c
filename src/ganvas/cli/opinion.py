"""``ganvas opinion``: blind rating of pictures or music by people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN, Quiet

if TYPE_CHECKING:
    from ganvas.apps.opinion.sources import Source
    from ganvas.apps.opinion.study import Mode

room = typer.Typer(
    no_args_is_help=True,
    help="Let people rate pictures or music without knowing where they come from: create, open, close, report.",
    epilog="Raters use the Opinion page of `ganvas studio --studies FOLDER`, FOLDER being the one the study lies in.",
)
app.add_typer(room, name="opinion", rich_help_panel=TRAIN)

StudyFolder = Annotated[Path, typer.Argument(help="The folder of the study.", metavar="STUDY")]


@room.command()
def create(
    study: StudyFolder,
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="[NAME=]PATH",
            help="What is compared: a folder of pictures or of music, a run or a bundle; repeat it for each.",
        ),
    ] = None,
    real: Annotated[
        Path | None,
        typer.Option(help="Folder of real pictures or music, hidden among the others; the references of --mode dcr."),
    ] = None,
    mode: Annotated[
        str, typer.Option(help="acr: one picture, 1 to 5; pairs: which of two; dcr: how far from its reference.")
    ] = "acr",
    title: Annotated[
        str | None, typer.Option(help="As raters see it; it must not tell what is compared. A question by default.")
    ] = None,
    count: Annotated[int, typer.Option(help="Pictures or clips rated per condition.")] = 12,
    per_rater: Annotated[
        int | None, typer.Option(help="Of these, how many one rater sees in each condition; all by default.")
    ] = None,
    training: Annotated[int, typer.Option(help="Questions at the beginning that do not count.")] = 3,
    source: Annotated[
        Path | None, typer.Option(help="For models that translate: the pictures that all of them translate.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the choice of what is rated, the orders, and models' first seed.")] = 0,
    quiet: Quiet = False,
) -> None:
    """Make a study: what is rated is copied under random names, without metadata, and shuffled anew for each rater."""
    from ganvas.apps.opinion import StudyOptions, create_study
    from ganvas.apps.opinion.create import describe_length
    from ganvas.cli.output import Output
    from ganvas.paths import writing

    out = Output(quiet)
    options = StudyOptions(
        title=title,
        mode=_mode(mode),
        sources=[_source(text) for text in sources or []],
        real=real,
        inputs=source,
        contents=count,
        per_rater=per_rater,
        training=training,
        seed=seed,
    )
    with out.progress("reading") as progress, writing(study):
        made = create_study(study, options, progress)
    asked, counted = describe_length(made)
    names = ", ".join(condition.name for condition in made.manifest.conditions)
    out.line(
        f"{len(made.manifest.conditions)} conditions ({names}), {asked} questions per rater ({counted} count): {study}"
    )
    for note in made.manifest.notes:
        out.line(note, "yellow")
    out.next_steps(f"ganvas opinion open {study}")


@room.command("open")
def open_study(study: StudyFolder, quiet: Quiet = False) -> None:
    """Let raters in."""
    from ganvas.apps.opinion import Study
    from ganvas.cli.output import Output

    found = Study(study)
    found.open()
    out = Output(quiet)
    out.line(f"{study} is open for ratings.")
    out.next_steps(f"ganvas studio --studies {study.parent}", f"ganvas opinion close {study}")


@room.command()
def close(study: StudyFolder, quiet: Quiet = False) -> None:
    """End the rating, for good; results can be read from now on."""
    from ganvas.apps.opinion import Study
    from ganvas.cli.output import Output

    found = Study(study)
    found.close()
    facts = found.facts()
    out = Output(quiet)
    raters = "1 rater" if facts.raters == 1 else f"{facts.raters} raters"
    out.line(f"{study} is closed: {raters}, of whom {facts.finished} answered everything.")
    out.next_steps(f"ganvas opinion report {study}")


@room.command()
def report(
    study: StudyFolder,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for report.md and report.json; the study's by default."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Evaluate a closed study: report.md and report.json."""
    from ganvas.apps.opinion import Study, markdown, results
    from ganvas.cli.output import Output
    from ganvas.files import write_atomically

    found = results(Study(study))
    folder = output or study
    write_atomically(folder / "report.json", found.model_dump_json(indent=1) + "\n")
    text = markdown(found)
    write_atomically(folder / "report.md", text)
    out = Output(quiet)
    out.line(text.partition("## Protocol")[0].rstrip())
    out.line(f"The report: {folder / 'report.md'}, {folder / 'report.json'}")


def _mode(text: str) -> Mode:
    from ganvas.apps.opinion.study import VALUES
    from ganvas.errors import UserError

    for mode in VALUES:
        if mode == text:
            return mode
    raise UserError(f"--mode is one of {', '.join(VALUES)}, not {text!r}.")


def _source(text: str) -> Source:
    from ganvas.apps.opinion.sources import Source

    name, equals, path = text.partition("=")
    if equals and name and not Path(text).exists():
        return Source(name.strip(), Path(path))
    return Source(Path(text).resolve().name, Path(text))
