"""The catalogue: every picture once, with its origins, measurements and review result."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from ganvas.curate.catalog.crawl_log import CrawlLog, normal_keyword, storable
from ganvas.curate.catalog.database import Database, locate
from ganvas.curate.catalog.records import (
    Added,
    Check,
    Counts,
    Image,
    Origin,
    Result,
)
from ganvas.curate.catalog.store import Store, digest, read_properties
from ganvas.curate.catalog.tables import CheckRow, ImageRow, OriginRow, now
from ganvas.curate.catalog.thumbnails import Thumbnails
from ganvas.curate.duplicates import DuplicateGroup, Hashes, LookAlike, group_duplicates
from ganvas.curate.images.decode import MAX_PIXELS

BATCH = 500


class Catalog:
    """A folder of pictures with its database; see :meth:`open`.

    Several processes and threads may use the same catalogue at once. Nothing is ever deleted from it.
    """

    def __init__(self, root: Path, database: Database) -> None:
        self.root = root
        self.database = database
        self.crawl_log = CrawlLog(database)
        self.store = Store(root / "store")
        self.thumbnails = Thumbnails(root / "thumbnails")
        self._hashes = Hashes()

    @classmethod
    def open(cls, root: Path, database: str | None = None) -> Catalog:
        """Open a catalogue, making it when there is none and bringing its tables up to date.

        Args:
            root: its folder: the pictures lie under ``store``, and the data in ``catalog.db`` unless ``database`` (or
                the environment's ``GANVAS_DATABASE``) is the address of a PostgreSQL database.

        Raises:
            UserError: the database cannot be reached, or was written by a newer Ganvas.
        """
        return cls(Path(root), Database(locate(Path(root), database)))

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ── Pictures come ───────────────────────────────────────────────────────────────────────────────────────────────

    def add(
        self,
        content: bytes,
        origin: Origin,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> Added:
        """Store a picture. The same bytes again only add an origin, and the same origin again adds nothing.

        A picture with an address is remembered as that address's answer (``stored``) in the same transaction, so that
        a collector killed at any moment never asks again for what it has.

        Args:
            content: the file as it came; it is kept unchanged.
            etag, last_modified: what the address said of it, for conditional requests.
            max_pixels: the largest width × height that is taken.

        Raises:
            PictureError: this is no picture that can be used; nothing is kept of it.
        """
        sha256 = digest(content)
        known = self._find(sha256)
        if known is not None:
            self.store.put(content, sha256, known[1])  # in case the file was lost
            with self.database.writing() as session:
                self._note_origin(session, known[0], origin)
                self.crawl_log.note_answer(session, origin.url, etag, last_modified, sha256)
            return Added(known[0], sha256, new=False)
        measured = read_properties(content, max_pixels)
        self.store.put(content, sha256, measured.suffix)
        values = {"sha256": sha256, "bytes": len(content), "added": now(), **measured._asdict()}
        with self.database.writing() as session:
            fresh = self.database.insert_missing(session, ImageRow, [values], returning=ImageRow.id)
            number = fresh[0] if fresh else session.scalars(select(ImageRow.id).filter_by(sha256=sha256)).one()
            self._note_origin(session, number, origin)
            self.crawl_log.note_answer(session, origin.url, etag, last_modified, sha256)
        return Added(number, sha256, new=bool(fresh))

    def _find(self, sha256: str) -> tuple[int, str] | None:
        with self.database.reading() as session:
            row = session.execute(select(ImageRow.id, ImageRow.suffix).filter_by(sha256=sha256)).first()
        return None if row is None else (row.id, row.suffix)

    def _note_origin(self, session: Session, image_id: int, origin: Origin) -> None:
        noted = origin._replace(keyword=None if origin.keyword is None else normal_keyword(origin.keyword))
        noted = Origin(*(None if part is None else storable(part) for part in noted))  # type: ignore[arg-type]
        key = hashlib.sha256("\0".join(part or "" for part in noted).encode()).hexdigest()[:32]
        row = {"image_id": image_id, "key": key, "added": now(), **noted._asdict()}
        self.database.insert_missing(session, OriginRow, [row])

    def origins(self, image_id: int) -> list[Origin]:
        """Every origin of a picture, oldest first."""
        return self.origins_of([image_id])[image_id]

    def origins_of(self, ids: Sequence[int]) -> dict[int, list[Origin]]:
        """Every origin of each of these pictures, oldest first."""
        found: dict[int, list[Origin]] = {number: [] for number in ids}
        query = select(OriginRow).where(OriginRow.image_id.in_(ids)).order_by(OriginRow.id)
        with self.database.reading() as session:
            for row in session.scalars(query):
                found[row.image_id].append(Origin(row.source, row.url, row.page, row.keyword, row.licence, row.path))
        return found

    # ── Pictures are read ───────────────────────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        return self.counts().images

    def counts(self) -> Counts:
        """How many pictures there are, by review result."""
        with self.database.reading() as session:
            rows = session.execute(select(ImageRow.result, func.count()).group_by(ImageRow.result)).all()
        by: dict[str | None, int] = {row[0]: row[1] for row in rows}
        return Counts(sum(by.values()), by.get("keep", 0), by.get("drop", 0), by.get("disputed", 0), by.get(None, 0))

    def image(self, image_id: int) -> Image | None:
        """One picture by its number, or None."""
        return next(iter(self.images(ids=[image_id])), None)

    def images(
        self,
        *,
        result: Result | None = None,
        ids: Sequence[int] | None = None,
        lacking: tuple[str, str] | None = None,
        after: int = 0,
    ) -> Iterator[Image]:
        """The pictures by rising number, read in portions: a catalogue of any size fits.

        Args:
            result: only those judged so now.
            ids: only these.
            lacking: (name, version) of a check: only pictures that do not have it, or only in another version.
            after: only those with a higher number: to go on where one stopped.
        """
        wanted: list[ColumnElement[bool]] = []
        if result is not None:
            wanted.append(ImageRow.result == result)
        if lacking is not None:
            measured = and_(
                CheckRow.image_id == ImageRow.id, CheckRow.name == lacking[0], CheckRow.version == lacking[1]
            )
            wanted.append(~select(CheckRow.image_id).where(measured).exists())
        if ids is not None:
            chosen = sorted(set(ids))
            for start in range(0, len(chosen), BATCH):
                yield from self._portion([*wanted, ImageRow.id.in_(chosen[start : start + BATCH])], after)
            return
        while True:
            portion = self._portion(wanted, after)
            yield from portion
            if len(portion) < BATCH:
                return
            after = portion[-1].id

    def _portion(self, wanted: list[ColumnElement[bool]], after: int) -> list[Image]:
        query = select(ImageRow).where(*wanted, ImageRow.id > after).order_by(ImageRow.id).limit(BATCH)
        with self.database.reading() as session:
            return [self._image(row) for row in session.scalars(query)]

    def _image(self, row: ImageRow) -> Image:
        return Image(
            row.id,
            row.sha256,
            self.store.path(row.sha256, row.suffix),
            row.width,
            row.height,
            row.bytes,
            row.phash,
            row.mirror,
            row.added,
            row.score,
            row.result,  # type: ignore[arg-type]
            row.reason,
        )

    # ── Pictures are measured and judged ────────────────────────────────────────────────────────────────────────────

    def record(self, image_id: int, checks: Iterable[Check]) -> None:
        """Write measurements of one picture; an earlier one of the same name is replaced.

        Raises:
            ValueError: a score lies outside [0, 1].
        """
        self.record_many([(image_id, list(checks))])

    def record_many(self, measured: Iterable[tuple[int, Sequence[Check]]]) -> None:
        """Write measurements of several pictures in one transaction, which is many times faster than one by one."""
        rows: list[dict[str, Any]] = []
        for image_id, checks in measured:
            for check in checks:
                if not 0 <= check.score <= 1:
                    raise ValueError(f"the score of {check.name} must be in [0, 1], not {check.score}")
                raw = check.raw if check.raw is not None and math.isfinite(check.raw) else None
                rows.append({"image_id": image_id, **check._asdict(), "raw": raw})
        rows.sort(key=lambda row: (row["image_id"], row["name"]))  # the same order everywhere: no deadlocks
        touched = sorted({row["image_id"] for row in rows})
        lowest = select(func.min(CheckRow.score)).where(CheckRow.image_id == ImageRow.id).scalar_subquery()
        with self.database.writing() as session:
            for start in range(0, len(rows), BATCH):
                self.database.insert_or_replace(session, CheckRow, rows[start : start + BATCH], ["image_id", "name"])
            for start in range(0, len(touched), BATCH):
                some = ImageRow.id.in_(touched[start : start + BATCH])
                session.execute(update(ImageRow).where(some).values(score=lowest))

    def checks(self, image_id: int) -> list[Check]:
        """The measurements of a picture, worst score first."""
        return self.checks_of([image_id])[image_id]

    def checks_of(self, ids: Sequence[int]) -> dict[int, list[Check]]:
        """The measurements of several pictures, each worst score first."""
        found: dict[int, list[Check]] = {number: [] for number in ids}
        columns = (CheckRow.image_id, CheckRow.name, CheckRow.raw, CheckRow.score, CheckRow.version, CheckRow.detail)
        query = select(*columns).where(CheckRow.image_id.in_(ids)).order_by(CheckRow.score, CheckRow.name)
        with self.database.reading() as session:
            for image_id, *check in session.execute(query):  # columns, not objects: four times as fast
                found[image_id].append(Check(*check))
        return found

    # ── Pictures that are alike ─────────────────────────────────────────────────────────────────────────────────────

    def duplicates(self, distance: int = 6) -> list[DuplicateGroup]:
        """Groups of near duplicates, mirrored ones included; see :func:`ganvas.curate.duplicates.group_duplicates`.

        Args:
            distance: how many of the 64 bits of the perceptual hash may differ.
        """
        return group_duplicates(self._known_hashes(), distance)

    def twins(self, ids: Sequence[int], distance: int = 6) -> dict[int, list[LookAlike]]:
        """The near duplicates of each of these pictures, nearest first."""
        hashes = self._known_hashes()
        return {number: hashes.near(number, distance) for number in ids}

    def _known_hashes(self) -> Hashes:
        with self.database.reading() as session:
            query = select(ImageRow.id, ImageRow.phash, ImageRow.mirror).order_by(ImageRow.id)
            self._hashes.extend(lambda after: session.execute(query.where(ImageRow.id > after)).all())
        return self._hashes
