"""What a large catalogue answers, and how fast: the review page's queries, and the work around them.

    python benchmarks/catalogue.py --pictures 100000 [--database postgresql://…]

The rows are made up (random hashes and scores, eight checks and one origin each; every fiftieth picture is a near copy
of another, half of these mirrored), a third of them is judged, two reviewers take part, and a tenth is shown to both.
Times are of one process on a catalogue that was read before; medians of ``--repeat`` runs. The queue and the
details are measured as the studio's routes give them, with JSON made of them. Processor time says what a machine with
nothing else to do would need; wall time is what was waited on this one.
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import Request
from sqlalchemy import insert, text, update

import ganvas
from ganvas.curate.catalog import Catalog, Origin
from ganvas.curate.catalog.tables import BallotRow, CheckRow, ImageRow, OriginRow, PlaceRow, SeatRow, VerdictRow
from ganvas.curate.review.review import Review
from ganvas.curate.review.schema import Verdict
from ganvas.serve.app import create_app
from ganvas.serve.core.roles import Person, set_person
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.curate import routes

CHECKS = ("faces", "turned", "eyes", "hair", "room", "occluded", "sharpness", "light")
PORTION = 10_000


def main() -> None:
    """Make the catalogue, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--database", help="an empty PostgreSQL database; SQLite by default")
    parser.add_argument("--repeat", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder), given.database) as catalog:
        kind = catalog.database.kind
        fill(catalog, given.pictures)
        review = Review(catalog)
        opening = timed(lambda: review.open_round(overlap=0.1), 1)
        judge(catalog, review, given.pictures // 3)
        rows = [("open a round", *opening), *page_queries(catalog, review, given.repeat)]
        rows.append(("group all look-alikes", *timed(catalog.duplicates, 3)))
    print(
        f"\n{given.pictures:,} pictures, {kind}; ganvas {ganvas.__version__}, {versions(kind)}; {platform.machine()}\n"
    )
    print("| what | ms | processor ms |\n|---|---:|---:|")
    for name, wall, processor in rows:
        print(f"| {name} | {wall:,.1f} | {processor:,.1f} |")


def versions(kind: str) -> str:
    """Which software answered."""
    return f"Python {platform.python_version()}, " + (f"SQLite {sqlite3.sqlite_version}" if kind == "sqlite" else kind)


def timed(work: Callable[[], Any], repeat: int) -> tuple[float, float]:
    """→ median milliseconds of wall time and of processor time."""
    wall, processor = [], []
    for _ in range(repeat):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return statistics.median(wall), statistics.median(processor)


def fill(catalog: Catalog, count: int) -> None:
    """Rows of pictures that do not exist."""
    generator = np.random.default_rng(0)
    plain = generator.integers(-(2**63), 2**63 - 1, count, dtype=np.int64)
    mirror = generator.integers(-(2**63), 2**63 - 1, count, dtype=np.int64)
    copies = np.arange(50, count, 50)
    plain[copies], mirror[copies] = plain[copies - 7] ^ 0b101, mirror[copies - 7]
    turned = copies[::2]
    plain[turned], mirror[turned] = mirror[turned], plain[turned]
    scores = generator.random((count, len(CHECKS))) ** 0.3
    now = datetime.now(UTC)
    for start in range(0, count, PORTION):
        some = range(start, min(start + PORTION, count))
        images = [
            {
                "id": at + 1, "sha256": f"{at:064x}", "suffix": ".jpg", "width": 512, "height": 640, "bytes": 90_000,
                "phash": int(plain[at]), "mirror": int(mirror[at]), "added": now, "score": float(scores[at].min()),
            }
            for at in some
        ]  # fmt: skip
        origins = [
            {
                "image_id": at + 1, "key": f"{at:032x}", "source": "search", "url": f"https://a.example/{at}.jpg",
                "keyword": f"word {at % 40}", "added": now,
            }
            for at in some
        ]  # fmt: skip
        checks = [
            {"image_id": at + 1, "name": name, "raw": 1.0, "score": float(scores[at, n]), "version": "1"}
            for at in some
            for n, name in enumerate(CHECKS)
        ]
        with catalog.database.writing() as session:
            session.execute(insert(ImageRow), images)
            session.execute(insert(OriginRow), origins)
            session.execute(insert(CheckRow), checks)
    refresh(catalog)


def refresh(catalog: Catalog) -> None:
    """What a database does by itself, sooner or later: look at its tables, to plan well."""
    with catalog.database.writing() as session:
        session.execute(text("ANALYZE"))
        if catalog.database.kind == "postgresql":
            highest = text("SELECT setval(pg_get_serial_sequence('image', 'id'), (SELECT max(id) FROM image))")
            session.execute(highest)


def judge(catalog: Catalog, review: Review, count: int) -> None:
    """Two reviewers answer the worst ``count`` pictures; written in bulk, as the review itself would leave it."""
    for name in ("Ann", "Bob"):
        review.join(1, name)
    with catalog.database.reading() as session:
        order = PlaceRow.score, PlaceRow.image_id
        places = session.query(PlaceRow).filter_by(round=1).order_by(*order).limit(count).all()
    said: list[dict[str, Any]] = []
    ballots: list[dict[str, Any]] = []
    for place in places:
        for name in ("Ann", "Bob") if place.shared else (("Ann", "Bob")[place.deal % 2],):
            verdict = "keep" if place.image_id % 3 else "drop"
            one = {"round": 1, "image_id": place.image_id, "reviewer": name, "verdict": verdict}
            said.append({**one, "id": len(said) + 1, "client_id": str(len(said)), "said": datetime.now(UTC)})
            ballots.append({**one, "shared": place.shared, "verdict_id": len(said)})
    for start in range(0, len(said), PORTION):
        with catalog.database.writing() as session:
            session.execute(insert(VerdictRow), said[start : start + PORTION])
            session.execute(insert(BallotRow), ballots[start : start + PORTION])
    with catalog.database.writing() as session:
        settled = [
            {
                "round": 1, "image_id": place.image_id, "pile": 2 if place.shared else 0,
                "keeps": (1 + place.shared) * (place.image_id % 3 > 0),
                "drops": (1 + place.shared) * (place.image_id % 3 == 0),
            }
            for place in places
        ]  # fmt: skip
        session.execute(update(PlaceRow), settled)
        results = [{"id": one.image_id, "result": "keep" if one.image_id % 3 else "drop"} for one in places]
        session.execute(update(ImageRow), results)
        last = [place for place in places if place.shared][-1]
        reached = {"reached_score": last.score, "reached_image": last.image_id}
        session.execute(update(SeatRow).where(SeatRow.round == 1).values(**reached))
        if catalog.database.kind == "postgresql":
            session.execute(
                text("SELECT setval(pg_get_serial_sequence('verdict', 'id'), (SELECT max(id) FROM verdict))")
            )
    refresh(catalog)


def page_queries(catalog: Catalog, review: Review, repeat: int) -> list[tuple[str, float, float]]:
    """What the review page asks for."""
    studio = create_app(settings=StudioSettings(catalog=catalog)).state.context
    asked = Request({"type": "http"})
    set_person(asked.scope, Person("owner", "Ann", "Ann"))
    numbers = iter(range(10**6))

    def queue(after: int | None = None) -> Any:
        return routes.get_queue(studio, 1, "Ann", after, 50)

    def decide() -> None:
        said = [Verdict(one, "keep", None, f"b{next(numbers)}") for one in waiting[-5:]]
        review.decide(1, "Ann", said)

    review.join(1, "Ann")
    first = queue().pictures
    assert len(first) == 50
    waiting = [one.id for one in first]
    detail = routes.get_picture
    rows = [
        ("queue: the next 50, with checks, origins, look-alikes, counts", lambda: queue().model_dump_json()),
        ("queue: the 50 after those", lambda: queue(waiting[-1]).model_dump_json()),
        ("one picture in full", lambda: detail(studio, waiting[0]).model_dump_json()),
        ("rounds and counts", lambda: routes.get_review(asked, studio).model_dump_json()),
        ("a reviewer's progress", lambda: review.progress(1, "Ann")),
        ("five verdicts written", decide),
        ("undo", lambda: review.undo(1, "Ann", f"u{next(numbers)}")),
        ("agreement of the round", lambda: review.agreement(1)),
        ("what the round changed", lambda: review.changes(1)),
        ("note a known picture's new origin", lambda: note(catalog, next(numbers))),
    ]
    return [(name, *timed(work, repeat)) for name, work in rows]


def note(catalog: Catalog, number: int) -> None:
    """The database's part of adding a picture that is there already."""
    with catalog.database.writing() as session:
        catalog._note_origin(session, 1, Origin("folder", path=str(number)))


if __name__ == "__main__":
    main()
