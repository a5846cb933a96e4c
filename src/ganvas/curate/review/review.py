"""What reviewers say of pictures, and what follows from it.

The verdict of a picture is that of the last round in which somebody said keep or drop: the majority there, and
``disputed`` when there is none: then another reviewer of the round, or a round over the disputed ones, settles it.
Round 0 holds what the checks propose. What is said is only ever added to, also by taking it back.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, get_args

from sqlalchemy import Select, and_, select, tuple_, update
from sqlalchemy.orm import Session

from ganvas.curate.catalog.records import Proposal, Result
from ganvas.curate.catalog.tables import BallotRow, ImageRow, PlaceRow, RoundRow, SeatRow, VerdictRow, now
from ganvas.curate.review.rounds import Rounds
from ganvas.curate.review.schema import DONE, EVERYBODY, MACHINE, ONE, REASONS, Answer, Saying, Verdict, reviewer_name

BATCH = 500


class Review(Rounds):
    """The review of a catalogue: its rounds, and the verdicts in them."""

    # ── What is said ────────────────────────────────────────────────────────────────────────────────────────────────

    def decide(self, number: int, reviewer: str, verdicts: Sequence[Verdict]) -> list[Answer]:
        """Take verdicts, all that can be taken: one that is refused does not stop the others.

        Sending the same again (the same ``client_id``) is safe. A later verdict of the same reviewer on the same
        picture replaces the earlier one, which stays in the record. A closed round still takes what comes late.

        :raises UserError: there is no such round, or the reviewer has no name.
        """
        name = reviewer_name(reviewer)
        self.join(number, name)
        with self._database.writing() as session:
            self._lock(session, number, name, [verdict.image_id for verdict in verdicts])
            places = self._places(session, number, [verdict.image_id for verdict in verdicts])
            answers = [self._take(session, number, name, verdict, places) for verdict in verdicts]
            touched = sorted({answer.image_id for answer in answers if answer.status == "saved"})
            self._settle(session, number, touched)
            self._move(session, number, name)
        return answers

    def _lock(self, session: Session, number: int, name: str, images: Iterable[int]) -> None:
        # The reviewer first, then pictures by rising number: everybody in the same order, so nobody waits in a circle.
        session.scalars(select(SeatRow.number).filter_by(round=number, reviewer=name).with_for_update()).all()
        locked = select(ImageRow.id).where(ImageRow.id.in_(sorted(set(images)))).order_by(ImageRow.id)
        session.scalars(locked.with_for_update()).all()

    def _places(self, session: Session, number: int, images: Sequence[int]) -> dict[int, bool]:
        query = select(PlaceRow.image_id, PlaceRow.shared).where(
            PlaceRow.round == number, PlaceRow.image_id.in_(images)
        )
        return {image_id: shared for image_id, shared in session.execute(query)}  # noqa: C416 - rows are no pairs to mypy

    def _take(self, session: Session, number: int, name: str, verdict: Verdict, places: dict[int, bool]) -> Answer:
        why = _refusal(verdict, number, places)
        if why:
            return Answer(verdict.client_id, verdict.image_id, "refused", why)
        row = {"round": number, "reviewer": name, "said": now(), **verdict._asdict()}
        if verdict.verdict != "drop":
            row["reason"] = None
        fresh = self._database.insert_missing(session, VerdictRow, [row], returning=VerdictRow.id)
        if not fresh:
            return Answer(verdict.client_id, verdict.image_id, "repeated")
        ballot = {
            "round": number,
            "image_id": verdict.image_id,
            "reviewer": name,
            "verdict": verdict.verdict,
            "reason": row["reason"],
            "shared": places.get(verdict.image_id, False),
            "verdict_id": fresh[0],
        }
        self._database.insert_or_replace(session, BallotRow, [ballot], ["round", "image_id", "reviewer"])
        return Answer(verdict.client_id, verdict.image_id, "saved")

    def undo(self, number: int, reviewer: str, client_id: str) -> int | None:
        """Take back the reviewer's last verdict that still stands, as a new entry of the record.

        :param client_id: the sender's own; the same one sent twice takes back one verdict only.
        :returns: the picture that is open again, or None when nothing is left to take back.
        """
        name = reviewer_name(reviewer)
        self.join(number, name)
        with self._database.writing() as session:
            self._lock(session, number, name, [])
            done = select(VerdictRow).filter_by(round=number, reviewer=name, client_id=client_id)
            if (earlier := session.scalars(done).first()) is not None:
                return earlier.image_id
            last: VerdictRow | None = session.scalars(self._standing(number, name).limit(1)).first()
            if last is None:
                return None
            image_id = last.image_id
            self._lock(session, number, name, [image_id])
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
            self._settle(session, number, [image_id])
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
        """Remember up to where the shared pictures are answered, so that nobody walks over them again."""
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

    # ── What follows ────────────────────────────────────────────────────────────────────────────────────────────────

    def _settle(self, session: Session, number: int, images: Sequence[int]) -> None:
        """Bring the sums of a round and the verdicts of pictures in line with the ballots."""
        if not images:
            return
        said: dict[int, dict[int, list[BallotRow]]] = {image: {} for image in images}
        for ballot in session.scalars(select(BallotRow).where(BallotRow.image_id.in_(images))):
            said[ballot.image_id].setdefault(ballot.round, []).append(ballot)
        session.execute(update(ImageRow), [{"id": image, **_outcome(said[image])} for image in images])
        if number == 0:
            return
        shared = self._places(session, number, images)
        places = []
        for image in images:
            count = Counter(ballot.verdict for ballot in said[image].get(number, []))
            sums = {"keeps": count["keep"], "drops": count["drop"], "skips": count["skip"]}
            alone = DONE if count["keep"] + count["drop"] else ONE
            pile = EVERYBODY if shared[image] else alone
            places.append({"round": number, "image_id": image, "pile": pile, **sums})
        session.execute(update(PlaceRow), places)

    def proposals(self, images: Sequence[int]) -> dict[int, Proposal]:
        """What the checks propose for these pictures, where they propose something."""
        query = select(BallotRow).where(BallotRow.round == 0, BallotRow.image_id.in_(images))
        with self._database.reading() as session:
            found = session.scalars(query).all()
        return {row.image_id: Proposal(row.image_id, row.verdict == "keep", row.reason) for row in found}

    def propose(self, proposals: Iterable[Proposal]) -> int:
        """Write what the checks propose as round 0; see :meth:`Catalog.propose`."""
        waiting = iter(proposals)
        with self._database.writing() as session:
            zero = {"number": 0, "scope": "all", "overlap": 0.0, "opened": now()}
            self._database.insert_missing(session, RoundRow, [zero])
        changed = 0
        while some := list(islice(waiting, BATCH)):
            images = [proposal.image_id for proposal in some]
            with self._database.writing() as session:
                self._lock(session, 0, MACHINE, images)
                standing = {
                    ballot.image_id: (ballot.verdict == "keep", ballot.reason)
                    for ballot in session.scalars(
                        select(BallotRow).where(BallotRow.round == 0, BallotRow.image_id.in_(images))
                    )
                }
                news = [
                    one for one in some if standing.get(one.image_id) != (one.keep, None if one.keep else one.reason)
                ]
                for one in news:
                    verdict = Verdict(one.image_id, "keep" if one.keep else "drop", one.reason, uuid.uuid4().hex)
                    self._take(session, 0, MACHINE, verdict, {})
                self._settle(session, 0, sorted({one.image_id for one in news}))
            changed += len(news)
        return changed


def _refusal(verdict: Verdict, number: int, places: dict[int, bool]) -> str | None:
    if number and verdict.image_id not in places:
        return f"Picture {verdict.image_id} is not in round {number}."
    if verdict.verdict not in get_args(Saying):
        return f"A verdict is keep, drop or skip, not {verdict.verdict!r}."
    if not 1 <= len(verdict.client_id) <= 64:
        return "A verdict needs a client_id of 1 to 64 letters."
    if number and verdict.verdict == "drop" and verdict.reason not in {reason.key for reason in REASONS}:
        return f"A reason to drop is one of {', '.join(reason.key for reason in REASONS)}."
    return None


def _outcome(said: dict[int, list[BallotRow]]) -> dict[str, Any]:
    """The verdict of a picture from its ballots by round: the last round that decided, and the majority in it."""
    for number in sorted(said, reverse=True):
        count = Counter(ballot.verdict for ballot in said[number] if ballot.verdict != "skip")
        if not count:
            continue
        reasons = Counter(ballot.reason for ballot in said[number] if ballot.verdict == "drop" and ballot.reason)
        keeps, drops = count["keep"], count["drop"]
        result: Result = "keep" if keeps > drops else "drop" if drops > keeps else "disputed"
        reason = min(reasons, key=lambda key: (-reasons[key], key)) if reasons and result == "drop" else None
        return {"result": result, "reason": reason, "result_round": number}
    return {"result": None, "reason": None, "result_round": None}
