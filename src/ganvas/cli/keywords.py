"""``ganvas keywords``: the search words of a catalogue."""

from __future__ import annotations

from pathlib import Path

from ganvas.cli.app import app
from ganvas.cli.options import CURATE, CatalogFolder, DatabaseUrl, open_catalog


@app.command(rich_help_panel=CURATE)
def keywords(
    catalogue: CatalogFolder = Path("catalogue"),
    database: DatabaseUrl = None,
) -> None:
    """List search words with the number of pictures found and kept."""
    from rich.markup import escape
    from rich.table import Table

    from ganvas.cli.output import Output

    out = Output()
    with open_catalog(catalogue, database) as catalog:
        rows = catalog.crawl_log.keywords()
    if not rows:
        out.line("No word was searched for yet.")
        out.next_steps(f"ganvas collect --search WORD --catalog {catalogue}")
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
    out.console.print(table)
