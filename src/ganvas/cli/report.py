"""``ganvas report``: what was collected, dropped and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import (
    CURATE,
    CatalogFolder,
    DatabaseUrl,
    Distance,
    Quiet,
    check_distance,
    check_no_picture,
    open_catalog,
)


@app.command(rich_help_panel=CURATE)
def report(
    catalogue: CatalogFolder = Path("catalogue"),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write an HTML page.", metavar="FILE")
    ] = None,
    database: DatabaseUrl = None,
    distance: Distance = 6,
    quiet: Quiet = False,
) -> None:
    """Report on a collection: origins, drop reasons, duplicates, sizes, licences, rounds, agreement."""
    from ganvas.cli.output import Output
    from ganvas.files import write_atomically

    check_no_picture(output, "an HTML page")
    out = Output(quiet)
    check_distance(distance)
    with open_catalog(catalogue, database) as catalog:
        from ganvas.curate.review.report import make_report, report_text
        from ganvas.curate.review.report_page import report_html

        found = make_report(catalog, distance=distance)
        for line in report_text(found).splitlines():
            out.line(line)
        if output is not None:
            write_atomically(output, report_html(found, catalog))
            out.line(f"\nThe page is {output}.")
