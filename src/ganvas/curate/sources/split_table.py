"""Tables that assign pictures to train, validation and test."""

from __future__ import annotations

import csv
from pathlib import Path

from ganvas.curate.manifest import SplitName
from ganvas.curate.sources.dataset_layouts import SPLITS
from ganvas.errors import UserError


def read_split_table(table: Path) -> dict[str, SplitName]:
    """Which part a picture belongs to, by its path and by its sha256: a CSV with the columns path (or sha256) and part,
    such as `ganvas split` writes.

    Raises:
        UserError: it cannot be read, or names other parts than train, validation and test.
    """
    try:
        rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{table} cannot be read ({error}); name a table that `ganvas split` wrote.") from None
    found: dict[str, SplitName] = {}
    for row in rows:
        part = SPLITS.get((row.get("part") or row.get("split") or "").strip().lower())
        keys = [row[name] for name in ("path", "filename", "sha256") if row.get(name)]
        if part is None or not keys:
            raise UserError(f"{table} needs the columns path and part, each part train, validation or test.")
        found |= dict.fromkeys(keys, part)
    return found
