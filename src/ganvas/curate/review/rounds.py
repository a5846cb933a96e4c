"""Rounds of review: their pictures, the queue of each reviewer, progress and changes.

A round is a frozen list of pictures, the worst-scored first (a picture's score is the lowest of its checks'; unchecked
ones come last). A part of it, the overlap, is shown to every reviewer; each other picture is dealt to one of them. When
a reviewer joins, what nobody has answered is dealt anew; a reviewer who is done gets what the others have left.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import get_args

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ganvas.curate.catalog import Catalog
from ganvas.curate.catalog.tables import BallotRow, ImageRow, PlaceRow, RoundRow, SeatRow, now
from ganvas.curate.review.agreement import Agreement, compare
from ganvas.curate.review.schema import (
    DEALS,
    DONE,
    EVERYBODY,
    ONE,
    OVERLAP,
    UNCHECKED,
    Change,
    Progress,
    QueueEntry,
    Round,
    Scope,
    reviewer_name,
)
from ganvas.errors import UserError


class Rounds:
    """The rounds of a catalogue. Several processes and threads may use it at once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._database = catalog.database

    # ── Rounds ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def open_round(self, scope: Scope | None = None, overlap: float = OVERLAP) -> Round:
        """Open the next round; the one before is closed.

        Args:
            scope: which pictures by their verdict now; by default all in the first round, and later those that are not
                dropped.
            overlap: share of pictures, in [0, 1], that every reviewer sees: what agreement is measured on.

        Raises:
            UserError: there is no such picture, or somebody has just begun a round.
        """
        if not 0 <= overlap <= 1:
            raise UserError(
                f"The overlap is a share from 0 to 1, not {overlap:g}.",
                code="overlap-range",
                params={"overlap": overlap},
            )
        if scope is not None and scope not in get_args(Scope):
            raise UserError(
                f"There is no scope {scope!r}; it is one of {', '.join(get_args(Scope))}.",
                code="unknown-scope",
                params={"scope": scope, "known": ", ".join(get_args(Scope))},
            )
        try:
            with self._database.writing() as session:
                last = session.scalar(select(func.max(RoundRow.number))) or 0
                chosen: Scope = scope or ("all" if last == 0 else "not_dropped")
                session.execute(
                    update(RoundRow).where(RoundRow.number > 0, RoundRow.closed.is_(None)).values(closed=now())
                )
                session.add(RoundRow(number=last + 1, scope=chosen, overlap=overlap, opened=now()))
                session.flush()
                if not self._deal(session, last + 1, chosen, overlap):
                    wanted = "" if chosen == "all" else f" that is {chosen.replace('_', ' ')}"
                    raise UserError(
                        f"There is no picture{wanted} to review; collect some, or choose another scope.",
                        code="nothing-to-review",
                        params={"scope": chosen},
                    )
        except IntegrityError:
            raise UserError("Another reviewer has just opened this round; join it.", code="round-taken") from None
        return self.round(last + 1)

    def extend(self, number: int) -> int:
        """Add pictures that were collected since to a round, when they are in its scope. → how many."""
        with self._database.writing() as session:
            row = self._round(session, number, lock=True)
            return self._deal(session, number, row.scope, row.overlap)

    def _deal(self, session: Session, number: int, scope: str, overlap: float) -> int:
        placed = select(PlaceRow.image_id).where(PlaceRow.round == number, PlaceRow.image_id == ImageRow.id)
        rows = session.execute(
            select(ImageRow.id, ImageRow.sha256, ImageRow.score, ImageRow.result)
            .where(*_in_scope(scope), ~placed.exists())
            .order_by(ImageRow.id)
        ).all()
        places = []
        for image_id, sha256, score, result in rows:
            chance = int.from_bytes(hashlib.sha256(f"{number}/{sha256}".encode()).digest()[:8])
            shared = (chance >> 32) < overlap * 2**32
            places.append(
                {
                    "round": number,
                    "image_id": image_id,
                    "score": UNCHECKED if score is None else score,
                    "deal": chance % DEALS,
                    "shared": shared,
                    "pile": EVERYBODY if shared else ONE,
                    "before": result,
                }
            )
        for start in range(0, len(places), 5000):
            self._database.insert_missing(session, PlaceRow, places[start : start + 5000])
        return len(places)

    def rounds(self) -> list[Round]:
        """All rounds people review in, the first one first."""
        with self._database.reading() as session:
            rows = session.scalars(select(RoundRow).where(RoundRow.number > 0).order_by(RoundRow.number)).all()
            return [self._described(session, row) for row in rows]

    def round(self, number: int) -> Round:
        """One round.

        Raises:
            UserError: there is no such round.
        """
        with self._database.reading() as session:
            return self._described(session, self._round(session, number))

    def has_round(self, number: int) -> bool:
        """Whether people review in a round of this number."""
        with self._database.reading() as session:
            return number > 0 and session.get(RoundRow, number) is not None

    def _described(self, session: Session, row: RoundRow) -> Round:
        piles: Counter[int] = Counter()
        counted = select(PlaceRow.pile, func.count()).where(PlaceRow.round == row.number).group_by(PlaceRow.pile)
        for pile, count in session.execute(counted):
            piles[pile] = count
        seats = session.scalars(select(SeatRow.reviewer).filter_by(round=row.number).order_by(SeatRow.number)).all()
        answered = dict.fromkeys(seats, 0)  # of the shared ones, which are settled when the slowest has come so far
        by_reviewer = (
            select(BallotRow.reviewer, func.count())
            .where(BallotRow.round == row.number, BallotRow.verdict != "skip", BallotRow.shared)
            .group_by(BallotRow.reviewer)
        )
        for reviewer, count in session.execute(by_reviewer):
            answered[reviewer] = count
        return Round(
            row.number,
            row.scope,  # type: ignore[arg-type]
            row.overlap,
            row.opened,
            row.closed,
            piles.total(),
            piles[DONE] + min(answered.values(), default=0),
            piles[EVERYBODY],
            tuple(seats),
        )

    def _round(self, session: Session, number: int, *, lock: bool = False) -> RoundRow:
        query = select(RoundRow).where(RoundRow.number == number, RoundRow.number > 0)
        row = session.scalars(query.with_for_update() if lock else query).first()
        if row is None:
            raise UserError(
                f"There is no round {number}; `ganvas review --new-round` opens the next one.",
                code="no-such-round",
                params={"round": number},
            )
        return row

    # ── What comes next ─────────────────────────────────────────────────────────────────────────────────────────────

    def join(self, number: int, reviewer: str) -> None:
        """Add a reviewer to a round; pictures without an answer are assigned anew.

        Raises:
            UserError: the round does not exist, or the name is empty or too long.
        """
        name = reviewer_name(reviewer)
        with self._database.reading() as session:
            self._round(session, number)
            if session.get(SeatRow, (number, name)) is not None:
                return
        with self._database.writing() as session:
            self._round(session, number, lock=True)
            if session.get(SeatRow, (number, name)) is None:
                seats = session.scalar(select(func.count()).select_from(SeatRow).filter_by(round=number)) or 0
                session.add(SeatRow(round=number, reviewer=name, number=seats))

    def has_reviewer(self, number: int, reviewer: str) -> bool:
        """Whether a reviewer takes part in a round.

        Raises:
            UserError: the name is empty or too long.
        """
        name = reviewer_name(reviewer)
        with self._database.reading() as session:
            return session.get(SeatRow, (number, name)) is not None

    def queue(self, number: int, reviewer: str, after: int | None = None, count: int = 50) -> list[QueueEntry]:
        """The next pictures of a reviewer, worst-scored first; after the own ones, those of others.

        Args:
            after: the picture (its id) after which to go on; None: from where the reviewer stopped.
        """
        self.join(number, reviewer)
        with self._database.reading() as session:
            seat = session.get_one(SeatRow, (number, reviewer_name(reviewer)))
            seats = session.scalar(select(func.count()).select_from(SeatRow).filter_by(round=number)) or 1
            start = self._start(session, number, after)
            mine = and_(PlaceRow.pile == ONE, PlaceRow.deal % seats == seat.number)
            found = self._waiting(session, seat, mine, start, count)
            shared = max(start, (seat.reached_score, seat.reached_image))
            found += self._waiting(session, seat, PlaceRow.pile == EVERYBODY, shared, count)
            found = sorted(found, key=lambda place: (place.score, place.image_id))[:count]
            lent = not found and seats > 1
            if lent:
                found = self._waiting(session, seat, PlaceRow.pile == ONE, start, count)
        return self._queued(found, lent=lent)

    def _queued(self, places: list[PlaceRow], *, lent: bool) -> list[QueueEntry]:
        images = {image.id: image for image in self.catalog.images(ids=[place.image_id for place in places])}
        return [
            QueueEntry(images[place.image_id], place.score, place.before, place.shared, lent)  # type: ignore[arg-type]
            for place in places
        ]

    def place(self, number: int, image_id: int) -> QueueEntry | None:
        """The queue entry of a picture of a round, whoever is assigned to it; None when it is not in the round."""
        with self._database.reading() as session:
            found = session.get(PlaceRow, (number, image_id))
        return None if found is None else self._queued([found], lent=False)[0]

    def _start(self, session: Session, number: int, after: int | None) -> tuple[float, int]:
        place = None if after is None else session.get(PlaceRow, (number, after))
        return (-1.0, 0) if place is None else (place.score, place.image_id)

    def _waiting(
        self, session: Session, seat: SeatRow, which: ColumnElement[bool], start: tuple[float, int], count: int
    ) -> list[PlaceRow]:
        answered = select(BallotRow.image_id).where(
            BallotRow.round == seat.round,
            BallotRow.image_id == PlaceRow.image_id,
            BallotRow.reviewer == seat.reviewer,
        )
        query = (
            select(PlaceRow)
            .where(PlaceRow.round == seat.round, which, tuple_(PlaceRow.score, PlaceRow.image_id) > start)
            .where(~answered.exists())
            .order_by(PlaceRow.score, PlaceRow.image_id)
            .limit(count)
        )
        return list(session.scalars(query))

    def skipped(self, number: int, reviewer: str, count: int = 50) -> list[QueueEntry]:
        """The pictures that a reviewer skipped and has not answered since."""
        with self._database.reading() as session:
            query = (
                select(PlaceRow)
                .join(BallotRow, and_(BallotRow.round == PlaceRow.round, BallotRow.image_id == PlaceRow.image_id))
                .where(PlaceRow.round == number, BallotRow.verdict == "skip")
                .where(BallotRow.reviewer == reviewer_name(reviewer))
                .order_by(PlaceRow.score, PlaceRow.image_id)
                .limit(count)
            )
            found = list(session.scalars(query))
        return self._queued(found, lent=False)

    def progress(self, number: int, reviewer: str) -> Progress:
        """The progress of a reviewer in a round."""
        name = reviewer_name(reviewer)
        with self._database.reading() as session:
            self._round(session, number)
            said: Counter[str] = Counter()
            shared = 0
            counted = (
                select(BallotRow.verdict, BallotRow.shared, func.count())
                .where(BallotRow.round == number, BallotRow.reviewer == name)
                .group_by(BallotRow.verdict, BallotRow.shared)
            )
            for verdict, is_shared, count in session.execute(counted):
                said[verdict] += count
                shared += count if is_shared else 0
            seat = session.get(SeatRow, (number, name))
            seats = session.scalar(select(func.count()).select_from(SeatRow).filter_by(round=number)) or 1
            own = PlaceRow.deal % seats == (seat.number if seat else 0)
            alone = (
                select(func.count()).select_from(PlaceRow).where(PlaceRow.round == number, PlaceRow.pile == ONE, own)
            )
            put_off = alone.join(
                BallotRow, and_(BallotRow.round == PlaceRow.round, BallotRow.image_id == PlaceRow.image_id)
            ).where(BallotRow.reviewer == name, BallotRow.verdict == "skip", BallotRow.round == number)
            everybody = (
                select(func.count()).select_from(PlaceRow).where(PlaceRow.round == number, PlaceRow.pile == EVERYBODY)
            )
            waiting = (session.scalar(alone) or 0) - (session.scalar(put_off) or 0)
            waiting += (session.scalar(everybody) or 0) - shared
        return Progress(said["keep"], said["drop"], said["skip"], waiting)

    # ── What came of it ─────────────────────────────────────────────────────────────────────────────────────────────

    def changes(self, number: int) -> list[Change]:
        """The changes of a round: pictures by their result before it and by its votes.

        Pictures on which nobody said keep or drop in this round are left out.
        """
        after = case(
            (PlaceRow.keeps > PlaceRow.drops, "keep"), (PlaceRow.keeps < PlaceRow.drops, "drop"), else_="disputed"
        )
        query = (
            select(PlaceRow.before, after, func.count())
            .where(PlaceRow.round == number, PlaceRow.keeps + PlaceRow.drops > 0)
            .group_by(PlaceRow.before, after)
        )
        with self._database.reading() as session:
            self._round(session, number)
            found = [Change(before, now_, count) for before, now_, count in session.execute(query)]
        return sorted(found, key=lambda change: -change.pictures)

    def agreement(self, number: int) -> Agreement:
        """The agreement of the reviewers of a round, over the pictures that two or more of them answered."""
        query = (
            select(BallotRow.image_id, BallotRow.reviewer, BallotRow.verdict)
            .join(PlaceRow, and_(PlaceRow.round == BallotRow.round, PlaceRow.image_id == BallotRow.image_id))
            .where(BallotRow.round == number, BallotRow.verdict != "skip", PlaceRow.keeps + PlaceRow.drops >= 2)
        )
        answers: dict[int, dict[str, str]] = {}
        with self._database.reading() as session:
            self._round(session, number)
            for image_id, reviewer, verdict in session.execute(query):
                answers.setdefault(image_id, {})[reviewer] = verdict
        return compare(answers)


def _in_scope(scope: str) -> list[ColumnElement[bool]]:
    match scope:
        case "kept":
            return [ImageRow.result == "keep"]
        case "dropped":
            return [ImageRow.result == "drop"]
        case "disputed":
            return [ImageRow.result == "disputed"]
        case "undecided":
            return [ImageRow.result.is_(None)]
        case "not_dropped":
            return [or_(ImageRow.result.is_(None), ImageRow.result != "drop")]
        case _:
            return []
