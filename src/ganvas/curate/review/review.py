"""The review of a catalogue: verdicts of reviewers, and the results of pictures.

The verdict of a picture is that of the last round in which somebody said keep or drop: the majority there, and
``disputed`` when there is none: then another reviewer of the round, or a round over the disputed ones, settles it.
Round 0 holds what the checks propose. What is said is only ever added to, also by taking it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.orm import Session

from ganvas.curate.catalog.tables import BallotRow, PlaceRow, SeatRow, VerdictRow
from ganvas.curate.review.rounds import Rounds
from ganvas.curate.review.schema import EVERYBODY, Verdict, VerdictReceipt, reviewer_name
from ganvas.curate.review.verdicts import lock, places_of, record, settle

BATCH = 500


class Review(Rounds):
    """The review of a catalogue: its rounds, and the verdicts in them."""

    # ── What is said ────────────────────────────────────────────────────────────────────────────────────────────────

    def decide(self, number: int, reviewer: str, verdicts: Sequence[Verdict]) -> list[VerdictReceipt]:
        """Record verdicts; one that is refused does not stop the others.

        Sending the same again (the same ``client_id``) is safe. A later verdict of the same reviewer on the same
        picture replaces the earlier one, which stays in the record. A closed round still takes what comes late.

        Raises:
            UserError: there is no such round, or the reviewer has no name.
        """
        name = reviewer_name(reviewer)
        self.join(number, name)
        with self._database.writing() as session:
            lock(session, number, name, [verdict.image_id for verdict in verdicts])
            places = places_of(session, number, [verdict.image_id for verdict in verdicts])
            answers = [record(self._database, session, number, name, verdict, places) for verdict in verdicts]
            touched = sorted({answer.image_id for answer in answers if answer.status == "saved"})
            settle(session, number, touched)
            self._move(session, number, name)
        return answers

    def undo(self, number: int, reviewer: str, client_id: str) -> int | None:
        """Undo the last verdict of the reviewer that still counts, as a new entry of the record.

        Args:
            client_id: the sender's own; the same one sent twice takes back one verdict only.

        Returns:
            the picture that is open again, or None when nothing is left to take back.
        """
        name = reviewer_name(reviewer)
        self.join(number, name)
        with self._database.writing() as session:
            lock(session, number, name, [])
            done = select(VerdictRow).filter_by(round=number, reviewer=name, client_id=client_id)
            if (earlier := session.scalars(done).first()) is not None:
                return earlier.image_id
            last: VerdictRow | None = session.scalars(self._standing(number, name).limit(1)).first()
            if last is None:
                return None
            image_id = last.image_id
            lock(session, number, name, [image_id])
            session.add(
                VerdictRow(
                    round=number,
                    reviewer=name,
                    image_id=image_id,
                    verdict="undo",
                    undoes=last.id,
                    client_id=client_id,
                )
            )
            session.flush()
            self._restore(session, number, name, image_id)
            settle(session, number, [image_id])
            place = session.get_one(PlaceRow, (number, image_id))
            seat = session.get_one(SeatRow, (number, name))
            if (seat.reached_score, seat.reached_image) >= (place.score, place.image_id):
                seat.reached_score, seat.reached_image = -1.0, 0  # found again at the next verdict
        return image_id

    def _standing(self, number: int, name: str) -> Select[Any]:
        later = VerdictRow.__table__.alias("later")
        undone = select(later.c.id).where(later.c.undoes == VerdictRow.id)
        return (
            select(VerdictRow)
            .where(VerdictRow.round == number, VerdictRow.reviewer == name, VerdictRow.verdict != "undo")
            .where(~undone.exists())
            .order_by(VerdictRow.id.desc())
        )

    def _restore(self, session: Session, number: int, name: str, image_id: int) -> None:
        ballot = session.get_one(BallotRow, (number, image_id, name))
        said = self._standing(number, name).where(VerdictRow.image_id == image_id).limit(1)
        before: VerdictRow | None = session.scalars(said).first()
        if before is None:
            session.delete(ballot)
        else:
            ballot.verdict, ballot.reason, ballot.verdict_id = before.verdict, before.reason, before.id
        session.flush()

    def _move(self, session: Session, number: int, name: str) -> None:
        """Store up to where the shared pictures are answered, so that the queue starts after them."""
        seat = session.get_one(SeatRow, (number, name))
        reached = (seat.reached_score, seat.reached_image)
        first = self._waiting(session, seat, PlaceRow.pile == EVERYBODY, reached, 1)
        shared = and_(PlaceRow.round == number, PlaceRow.pile == EVERYBODY)
        query = select(PlaceRow.score, PlaceRow.image_id).where(shared)
        if first:
            query = query.where(tuple_(PlaceRow.score, PlaceRow.image_id) < (first[0].score, first[0].image_id))
        last = session.execute(query.order_by(PlaceRow.score.desc(), PlaceRow.image_id.desc()).limit(1)).first()
        if last is not None:
            seat.reached_score, seat.reached_image = last.score, last.image_id
