"""The command that checks pictures: curate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import CURATE, Quiet, check_at_least, check_no_picture

if TYPE_CHECKING:
    from rich.table import Table

    from ganvas.cli.output import Output
    from ganvas.curate.checks.rules import Rules
    from ganvas.curate.checks.run import CheckSummary


MAX_RELAXED = 5  # rules that are printed with what keeps more pictures


@app.command(rich_help_panel=CURATE)
def curate(
    source: Annotated[
        Path, typer.Argument(help="A catalogue, or a folder of pictures.", metavar="CATALOGUE|FOLDER")
    ] = Path("catalogue"),
    catalog: Annotated[
        Path | None,
        typer.Option("--catalog", "-c", help="For a folder: its catalogue; FOLDER-catalogue by default."),
    ] = None,
    rules: Annotated[
        str,
        typer.Option(
            help="Rules: portrait, portrait-any-colour, art or object, or a YAML file with a `curate:` section."
        ),
    ] = "portrait",
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CHECK.limit=N|CHECK=null", help="Relax or disable a check, such as grey=null."),
    ] = None,
    sheets: Annotated[
        Path | None, typer.Option(help="Write a picture of the best and worst of each check into this folder.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="The PostgreSQL database that holds the catalogue's data.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(help="Pictures measured in parallel; one per core by default.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure pictures again that were measured before.")] = False,
    quiet: Quiet = False,
) -> None:
    """Check every picture and propose which to keep and which to drop, with reasons. Run it again to resume.

    Nothing is deleted: proposals are round 0 of the review, and a person's verdict outranks them.
    """
    from ganvas.cli.output import Output
    from ganvas.curate.catalog import Catalog
    from ganvas.curate.checks.example_sheets import write_sheets
    from ganvas.curate.checks.rules import load_rules
    from ganvas.curate.checks.run import check_all

    check_no_picture(sheets, "a folder", "--sheets")
    check_at_least("--processes", 1 if processes is None else processes, 1)
    chosen = load_rules(rules, sets or [])
    out = Output(quiet)
    root, folder = _place(source, catalog, database)
    with Catalog.open(root, database) as opened:
        if folder is not None:
            _take(opened, folder, out)
        with out.progress("checking") as progress:
            outcome = check_all(opened, chosen, processes=processes, again=again, progress=progress)
        if sheets is not None:
            written = write_sheets(opened, chosen, sheets)
            out.line(f"{len(written)} sheets of the worst and the best pictures: {sheets}")
    if not quiet:
        out.console.print(table(outcome, chosen))
        for sentence in _relaxations(outcome, rules, sets or []):
            out.line(sentence)
    out.next_steps(f"ganvas review {root}", f"ganvas report {root}")


def table(outcome: CheckSummary, rules: Rules) -> Table:
    """A table of what is proposed, by reason."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    total = max(outcome.keep + outcome.drop, 1)
    shown = Table(box=box.SIMPLE, title=f"proposed: {rules.about or 'by your rules'}", title_justify="left")
    for heading in ("", "pictures", "share", "for this alone"):
        shown.add_column(heading, justify="left" if not heading else "right")

    def row(name: str, count: int, style: str | None = None, *, alone: int | None = None) -> None:
        only = "" if alone is None else f"{alone:,}"
        shown.add_row(escape(name), f"{count:,}", f"{100 * count / total:.1f} %", only, style=style)

    row("keep", outcome.keep, "bold green")
    row("  of these, to review first", outcome.doubtful)
    row("drop", outcome.drop, "bold red")
    for reason, count in outcome.reasons:
        alone = sum(cause.alone for cause in outcome.causes if cause.reason == reason)
        row(f"  {reason}", count, alone=alone)
    return shown


def _relaxations(outcome: CheckSummary, rules: str, sets: list[str]) -> list[str]:
    """How to keep more pictures: the limits of the rules that alone drop most, and other sets of rules."""
    said = []
    for cause in [cause for cause in outcome.causes if cause.alone][:MAX_RELAXED]:
        limit = f"--set {cause.check}.limit={cause.limit:g} keeps {cause.kept:,} of them, " if cause.limit else ""
        said.append(f"{cause.alone:,} only for {cause.reason}: {limit}--set {cause.check}=null all.")
    better = [other for other in outcome.alternatives if other.keep > outcome.keep]
    if better and not sets and Path(rules).suffix == "":
        named = ", ".join(f"--rules {other.name} {other.keep:,}" for other in better)
        said.append(f"Other rules keep more: {named}.")
    return said


def _place(source: Path, catalog: Path | None, database: str | None) -> tuple[Path, Path | None]:
    """The folder of the catalogue, and the folder whose pictures have to be added to it first (None: none)."""
    import os

    from ganvas.errors import UserError

    source = source.expanduser()
    if (source / "catalog.db").is_file() or (
        (database or os.environ.get("GANVAS_DATABASE")) and (source / "store").is_dir()
    ):
        if catalog is not None:
            raise UserError(f"{source} is a catalogue itself: leave --catalog out, or name a folder of pictures.")
        return source, None
    if not source.is_dir():
        raise UserError(
            f"There is no catalogue or folder {source}: collect pictures with `ganvas collect`, or name one."
        )
    if catalog is None:
        whole = source.resolve()
        catalog = whole.with_name(f"{whole.name}-catalogue")
    root = catalog.expanduser()
    if root.resolve() == source.resolve() or source.resolve() in root.resolve().parents:
        raise UserError(f"The catalogue cannot lie inside {source}: name another place with --catalog.")
    return root, source


def _take(opened: object, folder: Path, out: Output) -> None:
    from ganvas.collect.ingest import IngestCounts, Ingester, ingest_all
    from ganvas.collect.local_files import items_of_folder as offers_of_folder
    from ganvas.curate.catalog import Catalog
    from ganvas.curate.own_folders import REASON
    from ganvas.errors import UserError

    assert isinstance(opened, Catalog)
    with out.progress("adding") as progress:

        def listener(harvest: IngestCounts) -> None:
            progress(harvest.done, harvest.done)

        harvest = ingest_all(offers_of_folder(folder), Ingester(opened, listener=listener))
    if not harvest.good and not len(opened):
        raise UserError(f"{folder} has no pictures: name a folder of pictures, or a catalogue.")
    out.line(f"{folder}: {harvest.taken:,} pictures added to {opened.root}, {harvest.known:,} known already.")
    if left_out := harvest.refused.pop(REASON, None):
        out.line(
            f"{left_out.count:,} folders were left out because Ganvas itself wrote them: "
            f"{', '.join(left_out.examples)}.",
            "yellow",
        )
    if harvest.refusals:
        most = max(harvest.refused.items(), key=lambda item: item[1].count)
        files = "1 file" if harvest.refusals == 1 else f"{harvest.refusals:,} files"
        out.line(f"{files} could not be used, most often: {most[0]}.", "yellow")
    out.others(harvest.ignored, harvest.ignored_names)
