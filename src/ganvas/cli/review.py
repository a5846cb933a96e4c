"""Commands for what was collected: check, review, report, split, keywords."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import CURATE, NO, Quiet, app, at_least

if TYPE_CHECKING:
    from ganvas.curate.catalog import Catalog

Catalogue = Annotated[Path, typer.Argument(help="The folder of the catalogue.", metavar="CATALOGUE")]
DatabaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="The PostgreSQL database that holds the catalogue's data.")
]
Distance = Annotated[int, typer.Option(help="Bits of 64 that may differ between pictures that look the same.")]


def _opened(folder: Path, database: str | None) -> Catalog:
    """A catalogue that exists: a mistyped folder is not made into an empty one."""
    import os

    from ganvas.curate.catalog import Catalog
    from ganvas.errors import UserError

    if not database and not os.environ.get("GANVAS_DATABASE") and not (folder / "catalog.db").is_file():
        raise UserError(f"There is no catalogue in {folder}; `ganvas collect SOURCE --catalog {folder}` begins one.")
    return Catalog.open(folder, database)


def _near(distance: int) -> int:
    from ganvas.errors import UserError

    if not 0 <= distance <= 16:
        raise UserError(f"--distance is a number from 0 to 16, not {distance}.")
    return distance


@app.command(rich_help_panel=CURATE)
def review(
    catalogue: Catalogue = Path("catalogue"),
    reviewer: Annotated[str | None, typer.Option(help="Your name; the page asks otherwise.")] = None,
    database: DatabaseUrl = None,
    new_round: Annotated[bool, typer.Option("--new-round", help="Begin the next round first.")] = False,
    scope: Annotated[
        str | None,
        typer.Option(help="New round: all, not_dropped, kept, dropped, disputed or undecided."),
    ] = None,
    overlap: Annotated[float, typer.Option(help="New round: share of pictures that every reviewer sees.")] = 0.1,
    bundles: Annotated[Path, typer.Option(help="Folder that holds bundles.")] = Path("bundles"),
    runs: Annotated[Path, typer.Option(help="Folder that holds runs.")] = Path("runs"),
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets others in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8300,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Only say how far the round is; exit code 3 until all are settled.")
    ] = False,
) -> None:
    """Look through the pictures in the browser and say keep or drop, in rounds and with others."""
    from ganvas.cli.doctor import EXTRAS, missing_modules
    from ganvas.cli.output import Teller
    from ganvas.errors import UserError

    if not 0 <= port <= 65535:
        raise UserError(f"--port is a number from 0 to 65535, not {port}.")
    if not status and (missing := missing_modules(EXTRAS["studio"][1])):
        raise UserError(f"The studio needs {', '.join(missing)}: run `pip install 'ganvas[studio]'`.")
    from ganvas.curate.review.review import Review
    from ganvas.curate.review.schema import reviewer_name

    tell = Teller()
    name = None if reviewer is None else reviewer_name(reviewer)
    with _opened(catalogue, database) as catalog:
        rounds = Review(catalog)
        earlier = rounds.rounds()
        if new_round or not earlier:
            current = rounds.open_round(scope, overlap)  # type: ignore[arg-type] # it names the scopes
        else:
            came = rounds.extend(earlier[-1].number)
            if came:
                tell.say(f"{came:,} pictures came since the round began and were added to it.")
            current = rounds.round(earlier[-1].number)
        tell.say(
            f"Round {current.number}: {current.settled:,} of {current.pictures:,} pictures settled, "
            f"{len(current.reviewers):,} reviewers so far."
        )
        if status:
            raise typer.Exit(0 if current.settled >= current.pictures else NO)
        from ganvas.serve.core.settings import StudioSettings
        from ganvas.serve.server import serve

        serve(
            StudioSettings(bundles=bundles, runs=runs, catalog=catalog, reviewer=name),
            host=host,
            port=port,
            open_browser=open_browser,
            on_ready=lambda address: tell.say(f"Review at {address} (Ctrl+C ends it; everything said is kept)."),
        )


@app.command(rich_help_panel=CURATE)
def report(
    catalogue: Catalogue = Path("catalogue"),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it as an HTML page as well.", metavar="FILE")
    ] = None,
    database: DatabaseUrl = None,
    distance: Distance = 6,
    quiet: Quiet = False,
) -> None:
    """Tell what came of the collecting: from where, dropped why, duplicates, sizes, licences, rounds, agreement."""
    from ganvas.cli.output import Teller
    from ganvas.files import write_atomically

    tell = Teller(quiet)
    _near(distance)
    with _opened(catalogue, database) as catalog:
        from ganvas.curate.review.report import gather, text
        from ganvas.curate.review.report_page import page

        found = gather(catalog, distance=distance)
        for line in text(found).splitlines():
            tell.say(line)
        if output is not None:
            write_atomically(output, page(found, catalog))
            tell.say(f"\nThe page is {output}.")


@app.command(rich_help_panel=CURATE)
def keywords(
    catalogue: Catalogue = Path("catalogue"),
    database: DatabaseUrl = None,
) -> None:
    """Show which search words brought how many pictures, and how many of them are kept."""
    from rich.markup import escape
    from rich.table import Table

    from ganvas.cli.output import Teller

    tell = Teller()
    with _opened(catalogue, database) as catalog:
        rows = catalog.keywords()
    if not rows:
        tell.say("No word was searched for yet.")
        tell.next(f"ganvas collect --search WORD --catalog {catalogue}")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("word", overflow="fold")
    for heading in ("found", "new", "kept", "dropped"):
        table.add_column(heading, justify="right")
    table.add_column("engine")
    table.add_column("last searched")
    for row in rows:
        numbers = (f"{count:,}" for count in (row.found, row.new, row.kept, row.dropped))
        table.add_row(escape(row.keyword), *numbers, escape(row.engine), row.when.strftime("%Y-%m-%d"))
    tell.console.print(table)


@app.command(rich_help_panel=CURATE)
def split(
    catalogue: Catalogue = Path("catalogue"),
    output: Annotated[Path, typer.Option("--output", "-o", help="The table to write.", metavar="FILE.csv")] = Path(
        "split.csv"
    ),
    ratios: Annotated[str, typer.Option(help="Shares of train, validation and test.")] = "0.8,0.1,0.1",
    seed: Annotated[int, typer.Option(help="Another seed, another split.")] = 0,
    faces: Annotated[bool, typer.Option("--faces", help="Keep pictures of one face together, too.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All pictures, not only those kept.")] = False,
    database: DatabaseUrl = None,
    distance: Distance = 6,
    quiet: Quiet = False,
) -> None:
    """Divide the kept pictures into train, validation and test, look-alikes always on one side."""
    from ganvas.cli.output import Teller
    from ganvas.errors import UserError
    from ganvas.files import write_atomically

    tell = Teller(quiet)
    at_least("--seed", seed, 0)
    _near(distance)
    try:
        shares = tuple(float(share) for share in ratios.split(","))
    except ValueError:
        shares = ()
    if len(shares) != 3:
        raise UserError(f"--ratios is three numbers such as 0.8,0.1,0.1, not {ratios!r}.")
    with _opened(catalogue, database) as catalog:
        from ganvas.curate.dataset.splits import split as divide

        images = list(catalog.images(result=None if everything else "keep"))
        if not images:
            raise UserError("No picture is kept yet: review them first, or take --all.")
        embeddings = None
        if faces:
            from ganvas.curate.faces.embeddings import embeddings_of

            with tell.counting("reading faces") as progress:
                embeddings = embeddings_of([image.path for image in images], progress)
        groups = [group.ids for group in catalog.duplicates(distance)]
        found = divide(
            [image.id for image in images], ratios=shares, seed=seed, duplicates=groups, embeddings=embeddings
        )
    part = found.part()
    group_of = {number: group[0] for group in found.groups for number in group}
    lines = ["id,sha256,path,part,group"]
    for image in images:
        path = image.path.relative_to(catalogue)
        lines.append(f"{image.id},{image.sha256},{path.as_posix()},{part[image.id]},{group_of.get(image.id, image.id)}")
    write_atomically(output, "\n".join(lines) + "\n")
    tell.say(
        f"{len(found.train):,} for training, {len(found.validation):,} for validation, "
        f"{len(found.test):,} for the test; {len(found.groups):,} groups stay together: {output}"
    )
