"""Requests and answers of the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Result = Literal["keep", "drop", "disputed"]
VerdictChoice = Literal["keep", "drop", "skip"]
Scope = Literal["all", "not_dropped", "kept", "dropped", "disputed", "undecided"]
ReviewerName = Field(min_length=1, max_length=100, description="Name of the reviewer.")


class Plain(BaseModel):
    """A model that is read from the catalogue's types by attribute."""

    model_config = ConfigDict(from_attributes=True)


class DropReason(Plain):
    """A reason to drop a picture: the key on the keyboard, the stored name, and the meaning."""

    digit: int
    key: str
    meaning: str


class CheckDescription(Plain):
    """What to show beside a check's score: its label, the unit of its measure, and whether it is only a hint."""

    name: str
    title: str
    unit: str = Field(description="such as ° or px; empty where there is none")
    hint: bool = Field(description="cannot decide reliably, so it never proposes to drop a picture")
    limit: float = Field(description="the measure of score 0.5")
    good: float = Field(description="the measure of score 1")
    reason: str = Field(description="what is said of pictures dropped for it")


class CatalogueCounts(Plain):
    """Numbers of pictures by verdict."""

    images: int
    keep: int
    drop: int
    disputed: int
    undecided: int


class ReviewRound(Plain):
    """A round. ``settled`` counts pictures that need no more verdicts, ``shared`` those that every reviewer sees."""

    number: int
    scope: Scope
    overlap: float
    opened: datetime
    closed: datetime | None
    pictures: int
    settled: int
    shared: int
    reviewers: list[str]


class ReviewState(BaseModel):
    """The catalogue under review."""

    catalogue: str = Field(description="Name of the catalogue.")
    reviewer: str | None = Field(description="Name of the person at this machine; null: unknown.")
    counts: CatalogueCounts
    rounds: list[ReviewRound]
    reasons: list[DropReason]
    checks: list[CheckDescription] = Field(description="of the rules for portraits, in their order")


class RoundRequest(BaseModel):
    """The next round."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope | None = Field(
        None, description="Which pictures; null: all in the first round, later those not dropped."
    )
    overlap: float = Field(0.1, ge=0, le=1, description="Share of pictures that every reviewer sees.")


class ReviewerProgress(Plain):
    """The progress of a reviewer; ``waiting`` counts the own pictures still to come."""

    kept: int
    dropped: int
    skipped: int
    waiting: int


class NamedProgress(ReviewerProgress):
    """The progress of a reviewer, with the name."""

    reviewer: str


class RoundChange(Plain):
    """How many pictures a round moved from one verdict (null: undecided) to another."""

    before: Result | None
    after: Result | None
    pictures: int


class RoundDetail(ReviewRound):
    """A round with the progress of every reviewer and the changes so far."""

    progress: list[NamedProgress]
    changes: list[RoundChange]


class PictureCheck(Plain):
    """A measurement: ``raw`` in its own unit, ``score`` from 0 (bad) to 1 (good)."""

    name: str
    raw: float | None
    score: float
    version: str
    detail: dict[str, Any] | None


class PictureTwin(BaseModel):
    """A picture that looks the same: ``distance`` of 64 bits differ, after mirroring when ``mirrored``."""

    id: int
    distance: int
    mirrored: bool
    thumbnail_url: str


class PictureOrigin(Plain):
    """An origin of a picture."""

    source: str
    url: str | None
    page: str | None
    keyword: str | None
    licence: str | None
    path: str | None


class PictureProposal(BaseModel):
    """The proposal of the checks."""

    keep: bool
    reason: str | None


class Picture(BaseModel):
    """A picture of the catalogue. Add ``&size=N`` to ``thumbnail_url`` for other sizes."""

    id: int
    sha256: str
    width: int
    height: int
    thumbnail_url: str
    checks: list[PictureCheck] = Field(description="Lowest score first.")
    proposal: PictureProposal | None
    duplicates: list[PictureTwin] = Field(description="Nearest first, at most 12.")
    origins: list[PictureOrigin]


class QueuedPicture(Picture):
    """A picture that waits for a verdict. Verdicts of others are not shown, so that opinions stay independent."""

    score: float = Field(description="The lowest score of its checks when the round began, which orders the queue.")
    before: Result | None = Field(description="Its verdict when the round began; null: none.")
    shared: bool = Field(description="Every reviewer sees it.")
    lent: bool = Field(description="It belongs to another reviewer, who has not reached it.")


class PictureDetail(Picture):
    """A picture with its present verdict."""

    bytes: int
    added: datetime
    score: float | None
    result: Result | None
    reason: str | None


class ReviewQueue(BaseModel):
    """The next pictures, lowest score first. Continue with ``after`` and the number of the last one."""

    pictures: list[QueuedPicture]
    progress: ReviewerProgress


class SaidVerdict(BaseModel):
    """A verdict. ``client_id`` is made by the sender (a UUID): the same one sent again counts once."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(description="Number of the picture.")
    verdict: VerdictChoice
    reason: str | None = Field(None, description="Key of a drop reason; required to drop.")
    client_id: str = Field(min_length=1, max_length=64)


class JoinRequest(BaseModel):
    """Take part in a round."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = ReviewerName


class VerdictsRequest(BaseModel):
    """Verdicts of one reviewer, in the order in which they were given."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = ReviewerName
    verdicts: list[SaidVerdict] = Field(min_length=1, max_length=500)


class VerdictAnswer(BaseModel):
    """The result of a verdict: ``repeated`` if it was saved before, ``refused`` with the reason."""

    client_id: str
    id: int
    status: Literal["saved", "repeated", "refused"]
    why: str | None = Field(description="Why it was refused, in English; null: it was not.")
    code: str | None = Field(description="Name of the reason, as in the errors; null: none.")
    params: dict[str, str | float] = Field(description="The values that stand in the reason, by name.")


class VerdictsAnswer(BaseModel):
    """The result of each verdict, in order; a refused one does not stop the others."""

    answers: list[VerdictAnswer]
    progress: ReviewerProgress


class UndoRequest(BaseModel):
    """Take back the last verdict that still counts; the same ``client_id`` sent again takes back no other."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = ReviewerName
    client_id: str = Field(min_length=1, max_length=64)


class UndoAnswer(BaseModel):
    """The picture whose verdict was taken back; null: there was none."""

    picture: QueuedPicture | None
    progress: ReviewerProgress


class PairAgreement(Plain):
    """The agreement of two reviewers on the pictures that both judged; ``kappa`` is Cohen's."""

    a: str
    b: str
    pictures: int
    same: int
    kappa: float | None


class RoundAgreement(Plain):
    """The agreement of the reviewers beyond chance: 1 is perfect, 0 is chance; null where it is not defined."""

    method: Literal["cohen", "fleiss"]
    reviewers: list[str]
    pictures: int = Field(description="Number of pictures that two or more judged.")
    same: int
    kappa: float | None
    pairs: list[PairAgreement]
    disputed: list[int] = Field(description="Numbers of the pictures on which verdicts differ.")
