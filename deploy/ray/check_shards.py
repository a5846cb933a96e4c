"""Checks the pictures of many tar shards with Ray Data, and collects them in a catalogue.

    python deploy/ray/check_shards.py catalogue shards/*.tar --database postgresql://ganvas@db/faces --workers 8

The functions are those of `ganvas collect` and `ganvas curate`: each worker takes a shard, adds its pictures to the
catalogue, measures them and records the scores; at the end the whole catalogue is compared and proposals are made.
Shards are tar files of pictures, such as those of WebDataset, on storage that every worker sees, as must be the
catalogue's folder; several machines need PostgreSQL. What was measured is not measured again, so a run that was stopped
goes on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import ray

from ganvas.curate.catalog import Catalog, Check, Origin
from ganvas.curate.checks.measure import ALWAYS_MEASURED
from ganvas.curate.checks.rules import load_rules
from ganvas.curate.checks.run import WRITTEN_AT_ONCE, batched, check_all, measure_file
from ganvas.curate.checks.score import score
from ganvas.curate.faces.batch import fetch_networks, single_thread
from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.images.decode import PictureError


class ShardChecker:
    """A worker: one connection to the catalogue and one face reader for all its shards.

    Args:
        root: Folder of the catalogue.
        database: Address of its database; None: SQLite in the folder.
        rules: Name or file of the rules.
    """

    def __init__(self, root: str, database: str | None, rules: str) -> None:
        single_thread()
        self._catalog, self._rules = Catalog.open(Path(root), database), load_rules(rules, [])

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Check one shard; returns how many pictures were measured, known already, and refused."""
        counts = {"measured": 0, "known": 0, "refused": 0}
        for some in batched(self._results(row["shard"], counts), WRITTEN_AT_ONCE):
            self._catalog.record_many(some)
        return {"shard": row["shard"], **counts}

    def _results(self, shard: str, counts: dict[str, int]) -> Iterator[tuple[int, list[Check]]]:
        with tarfile.open(shard) as archive:
            for member in archive:
                if not member.isfile() or PurePosixPath(member.name).suffix.lower() not in PICTURE_SUFFIXES:
                    continue
                file = archive.extractfile(member)
                assert file is not None
                content = file.read()
                try:
                    added = self._catalog.add(content, Origin("archive", path=f"{Path(shard).name}/{member.name}"))
                except PictureError:
                    counts["refused"] += 1
                    continue
                if any(check.name == ALWAYS_MEASURED for check in self._catalog.checks_of([added.id])[added.id]):
                    counts["known"] += 1
                    continue
                counts["measured"] += 1
                image = self._catalog.image(added.id)
                assert image is not None
                yield added.id, score(measure_file(content, image.width), self._rules)


def check_shards(
    root: Path, shards: list[str], *, database: str | None = None, rules: str = "portrait", workers: int = 2
) -> list[dict[str, Any]]:
    """Check shards with Ray Data; returns the counts of each.

    Args:
        root: Folder of the catalogue.
        shards: Paths of tar files.
        database: Address of the catalogue's database; None: SQLite in the folder, for one machine.
        rules: Name or file of the rules.
        workers: Shards that are checked at once.
    """
    fetch_networks()
    Catalog.open(root, database).close()  # makes the tables before the workers need them
    rows = ray.data.from_items([{"shard": shard} for shard in shards], override_num_blocks=len(shards))
    checked = rows.map(
        ShardChecker,
        fn_constructor_kwargs={"root": str(root.absolute()), "database": database, "rules": rules},
        compute=ray.data.ActorPoolStrategy(size=workers),
    )
    return list(checked.iter_rows())


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("shards", nargs="+", type=Path, help="tar files")
    parser.add_argument("--database", default=os.environ.get("GANVAS_DATABASE"))
    parser.add_argument("--rules", default="portrait")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    found = [str(path.resolve()) for path in options.shards]
    start = time.perf_counter()
    rows = check_shards(
        options.catalogue, found, database=options.database, rules=options.rules, workers=options.workers
    )
    seconds = time.perf_counter() - start
    counts = {name: sum(row[name] for row in rows) for name in ("measured", "known", "refused")}
    print(f"{len(rows)} shards, {counts}: {counts['measured'] / seconds:.1f} pictures per second")
    with Catalog.open(options.catalogue, options.database) as catalog:
        result = check_all(catalog, load_rules(options.rules, []), processes=1)
    print(f"proposed: keep {result.keep}, drop {result.drop}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
