"""Names of the parts train, validation and test, and tables that assign pictures to them."""

from __future__ import annotations

import csv
from pathlib import Path

from ganvas.curate.file_names import name_key
from ganvas.curate.manifest import SplitName
from ganvas.errors import UserError

# Names of folders and table entries, in lower case, of each part.
SPLITS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "eval"), "test"),
}


def read_split_table(table: Path) -> dict[str, SplitName]:
    """Which part a picture belongs to, by its path in NFC and by its sha256.

    A table is a CSV with the columns path (or sha256) and part, such as `ganvas split` writes.

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
        found |= dict.fromkeys(map(name_key, keys), part)
    return found
