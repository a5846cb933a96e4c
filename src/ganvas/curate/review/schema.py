"""The types of a review: drop reasons, verdicts, rounds, queue entries, progress."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from ganvas.curate.catalog.records import Image, Result
from ganvas.errors import UserError

VerdictChoice = Literal["keep", "drop", "skip"]
Scope = Literal["all", "not_dropped", "kept", "dropped", "disputed", "undecided"]
MACHINE = "checks"  # the reviewer of round 0
DONE, ONE, EVERYBODY = 0, 1, 2  # the piles of a round
UNCHECKED = 1.0
DEALS = 1 << 30
OVERLAP = 0.1


class Reason(NamedTuple):
    """A reason to drop a picture: the key to press, the stored word, and its meaning."""

    digit: int
    key: str
    meaning: str


REASONS = (
    Reason(1, "turned", "head turned or tilted"),
    Reason(2, "eyes", "eyes closed, or a wink"),
    Reason(3, "hair", "hair or fringe over the eyes"),
    Reason(4, "cut", "cut off: no room above the hair"),
    Reason(5, "occluded", "something before the face: hand, microphone, mask"),
    Reason(6, "quality", "blurred, dark, hard shadow or too small"),
    Reason(7, "text", "text, product, collage or border"),
    Reason(8, "kind", "not such a picture: drawing, grey, several or none"),
    Reason(9, "duplicate", "the same as another"),
    Reason(0, "other", "something else"),
)


class Verdict(NamedTuple):
    """The verdict of a reviewer on a picture. A ``client_id``, chosen by the sender, counts once however often it is
    sent."""

    image_id: int
    verdict: VerdictChoice
    reason: str | None
    client_id: str


class VerdictReceipt(NamedTuple):
    """What was done with a verdict: saved, repeated (saved before), or refused for ``why``."""

    client_id: str
    image_id: int
    status: Literal["saved", "repeated", "refused"]
    why: UserError | None = None


class Round(NamedTuple):
    """A round of review, with the number of its pictures and of those that need no more verdicts (``settled``)."""

    number: int
    scope: Scope
    overlap: float
    opened: datetime
    closed: datetime | None
    pictures: int
    settled: int
    shared: int
    reviewers: tuple[str, ...]


class QueueEntry(NamedTuple):
    """A picture that waits for a verdict; ``before`` is its result when the round began.

    ``shared``: every reviewer sees it. ``lent``: it is another's, who has not come so far.
    """

    image: Image
    score: float
    before: Result | None
    shared: bool
    lent: bool


class Progress(NamedTuple):
    """The progress of a reviewer in a round; ``waiting`` counts the assigned pictures still to come."""

    kept: int
    dropped: int
    skipped: int
    waiting: int


class Change(NamedTuple):
    """How many pictures a round moved from one result to another; None is undecided."""

    before: Result | None
    after: Result | None
    pictures: int


def reviewer_name(given: str) -> str:
    """The stored form of a reviewer's name.

    Raises:
        UserError: it is empty, too long, or the checks' own.
    """
    name = " ".join(given.replace("\0", "").split())
    if not name or len(name) > 100 or name == MACHINE:
        raise UserError(
            f"A reviewer needs a name of 1 to 100 letters other than {MACHINE!r}.",
            code="reviewer-name",
            params={"reserved": MACHINE},
        )
    return name
