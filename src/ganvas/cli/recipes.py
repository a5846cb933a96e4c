"""``ganvas recipes``: the shipped recipes."""

from __future__ import annotations

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN


@app.command(rich_help_panel=TRAIN)
def recipes() -> None:
    """List the recipes."""
    from ganvas.cli.output import Output

    Output().recipe_table()
