"""Recording of verdicts, and the sums of rounds and results of pictures that follow from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ganvas.curate.catalog.database import Database
from ganvas.curate.catalog.records import Result
from ganvas.curate.catalog.tables import BallotRow, ImageRow, PlaceRow, SeatRow, VerdictRow, now
from ganvas.curate.review.schema import DONE, EVERYBODY, ONE, REASONS, Verdict, VerdictChoice, VerdictReceipt
from ganvas.errors import UserError


def lock(session: Session, number: int, name: str, images: Iterable[int]) -> None:
    # The reviewer first, then pictures by rising number: the same order everywhere, so there is no deadlock.
    session.scalars(select(SeatRow.number).filter_by(round=number, reviewer=name).with_for_update()).all()
    locked = select(ImageRow.id).where(ImageRow.id.in_(sorted(set(images)))).order_by(ImageRow.id)
    session.scalars(locked.with_for_update()).all()


def places_of(session: Session, number: int, images: Sequence[int]) -> dict[int, bool]:
    query = select(PlaceRow.image_id, PlaceRow.shared).where(PlaceRow.round == number, PlaceRow.image_id.in_(images))
    return {image_id: shared for image_id, shared in session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def record(
    database: Database, session: Session, number: int, name: str, verdict: Verdict, places: dict[int, bool]
) -> VerdictReceipt:
    why = _refusal(verdict, number, places)
    if why is not None:
        return VerdictReceipt(verdict.client_id, verdict.image_id, "refused", why)
    row = {"round": number, "reviewer": name, "said": now(), **verdict._asdict()}
    if verdict.verdict != "drop":
        row["reason"] = None
    fresh = database.insert_missing(session, VerdictRow, [row], returning=VerdictRow.id)
    if not fresh:
        return VerdictReceipt(verdict.client_id, verdict.image_id, "repeated")
    ballot = {
        "round": number,
        "image_id": verdict.image_id,
        "reviewer": name,
        "verdict": verdict.verdict,
        "reason": row["reason"],
        "shared": places.get(verdict.image_id, False),
        "verdict_id": fresh[0],
    }
    database.insert_or_replace(session, BallotRow, [ballot], ["round", "image_id", "reviewer"])
    return VerdictReceipt(verdict.client_id, verdict.image_id, "saved")


def settle(session: Session, number: int, images: Sequence[int]) -> None:
    """Update the sums of a round and the results of pictures from the ballots."""
    if not images:
        return
    said: dict[int, dict[int, list[BallotRow]]] = {image: {} for image in images}
    for ballot in session.scalars(select(BallotRow).where(BallotRow.image_id.in_(images))):
        said[ballot.image_id].setdefault(ballot.round, []).append(ballot)
    session.execute(update(ImageRow), [{"id": image, **_outcome(said[image])} for image in images])
    if number == 0:
        return
    shared = places_of(session, number, images)
    places = []
    for image in images:
        count = Counter(ballot.verdict for ballot in said[image].get(number, []))
        sums = {"keeps": count["keep"], "drops": count["drop"], "skips": count["skip"]}
        alone = DONE if count["keep"] + count["drop"] else ONE
        pile = EVERYBODY if shared[image] else alone
        places.append({"round": number, "image_id": image, "pile": pile, **sums})
    session.execute(update(PlaceRow), places)


def _refusal(verdict: Verdict, number: int, places: dict[int, bool]) -> UserError | None:
    if number and verdict.image_id not in places:
        return UserError(
            f"Picture {verdict.image_id} is not in round {number}.",
            code="verdict-not-in-round",
            params={"picture": verdict.image_id, "round": number},
        )
    if verdict.verdict not in get_args(VerdictChoice):
        return UserError(
            f"A verdict is keep, drop or skip, not {verdict.verdict!r}.",
            code="verdict-unknown",
            params={"verdict": verdict.verdict},
        )
    if not 1 <= len(verdict.client_id) <= 64:
        return UserError("A verdict needs a client_id of 1 to 64 letters.", code="verdict-client-id")
    if number and verdict.verdict == "drop" and verdict.reason not in {reason.key for reason in REASONS}:
        known = ", ".join(reason.key for reason in REASONS)
        return UserError(f"A reason to drop is one of {known}.", code="verdict-reason", params={"known": known})
    return None


def _outcome(said: dict[int, list[BallotRow]]) -> dict[str, Any]:
    """The result of a picture from its ballots by round: the majority in the last round that has verdicts."""
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
