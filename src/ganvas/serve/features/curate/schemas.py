"""What the review answers, exactly; see ``schemas.py``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Result = Literal["keep", "drop", "disputed"]
Saying = Literal["keep", "drop", "skip"]
Scope = Literal["all", "not_dropped", "kept", "dropped", "disputed", "undecided"]
ReviewerName = Field(min_length=1, max_length=100, description="who reviews; a new name takes part from then on")


class Plain(BaseModel):
    """Read from the catalogue's own values by name."""

    model_config = ConfigDict(from_attributes=True)


class DropReason(Plain):
    """Why a picture is dropped: the digit to press, the word that is kept, what it means."""

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
    """How many pictures there are, and how they are judged now."""

    images: int
    keep: int
    drop: int
    disputed: int
    undecided: int


class ReviewRound(Plain):
    """A round. ``settled`` pictures need nobody's look any more; ``shared`` ones are shown to every reviewer."""

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

    catalogue: str = Field(description="its name")
    reviewer: str | None = Field(description="who sits at this machine, as far as the studio was told")
    counts: CatalogueCounts
    rounds: list[ReviewRound]
    reasons: list[DropReason]
    checks: list[CheckDescription] = Field(description="of the rules for portraits, in their order")


class RoundRequest(BaseModel):
    """How to begin the next round."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope | None = Field(None, description="null: all in the first round, later those not dropped")
    overlap: float = Field(0.1, ge=0, le=1, description="share of pictures that every reviewer sees")


class ReviewerProgress(Plain):
    """How far a reviewer is; ``waiting`` counts the own pictures still to come."""

    kept: int
    dropped: int
    skipped: int
    waiting: int


class NamedProgress(ReviewerProgress):
    """How far one of the reviewers is."""

    reviewer: str


class RoundChange(Plain):
    """How many pictures a round moved from one verdict (null: undecided) to another."""

    before: Result | None
    after: Result | None
    pictures: int


class RoundDetail(ReviewRound):
    """A round with how far everybody is, and what it changed so far."""

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
    """A way by which a picture came."""

    source: str
    url: str | None
    page: str | None
    keyword: str | None
    licence: str | None
    path: str | None


class PictureProposal(BaseModel):
    """What the checks propose."""

    keep: bool
    reason: str | None


class Picture(BaseModel):
    """A picture of the catalogue. Add ``&size=N`` to ``thumbnail_url`` for other sizes."""

    id: int
    sha256: str
    width: int
    height: int
    thumbnail_url: str
    checks: list[PictureCheck] = Field(description="worst first")
    proposal: PictureProposal | None
    duplicates: list[PictureTwin] = Field(description="nearest first, at most 12")
    origins: list[PictureOrigin]


class QueuedPicture(Picture):
    """A picture that waits for a verdict. Others' verdicts of the round are not shown: opinions stay independent."""

    score: float = Field(description="the lowest of its checks when the round began; the queue goes by it")
    before: Result | None = Field(description="its verdict when the round began")
    shared: bool = Field(description="every reviewer sees it")
    lent: bool = Field(description="another reviewer's, who has not come so far")


class PictureDetail(Picture):
    """A picture with its verdict as it stands."""

    bytes: int
    added: datetime
    score: float | None
    result: Result | None
    reason: str | None


class ReviewQueue(BaseModel):
    """The next pictures, worst-scored first; ask ``after`` the last one for more, or without for where one stopped."""

    pictures: list[QueuedPicture]
    progress: ReviewerProgress


class SaidVerdict(BaseModel):
    """A verdict. ``client_id`` is made by the sender (a UUID): the same one sent again counts once."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(description="the picture")
    verdict: Saying
    reason: str | None = Field(None, description="key of a drop reason; needed to drop")
    client_id: str = Field(min_length=1, max_length=64)


class JoinRequest(BaseModel):
    """Take part in a round."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = ReviewerName


class VerdictsRequest(BaseModel):
    """Verdicts of one reviewer, in the order they were said."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = ReviewerName
    verdicts: list[SaidVerdict] = Field(min_length=1, max_length=500)


class VerdictAnswer(BaseModel):
    """What became of a verdict: ``repeated`` was saved before; ``refused`` says why."""

    client_id: str
    id: int
    status: Literal["saved", "repeated", "refused"]
    why: str | None


class VerdictsAnswer(BaseModel):
    """What became of each verdict, in order; one that is refused does not stop the others."""

    answers: list[VerdictAnswer]
    progress: ReviewerProgress


class UndoRequest(BaseModel):
    """Take back the last verdict that still stands; the same ``client_id`` sent again takes back only one."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = ReviewerName
    client_id: str = Field(min_length=1, max_length=64)


class UndoAnswer(BaseModel):
    """The picture that is open again; null when nothing was left to take back."""

    picture: QueuedPicture | None
    progress: ReviewerProgress


class PairAgreement(Plain):
    """Two reviewers over the pictures both judged; ``kappa`` is Cohen's."""

    a: str
    b: str
    pictures: int
    same: int
    kappa: float | None


class RoundAgreement(Plain):
    """How far reviewers agree beyond chance: 1 perfectly, 0 as chance would; null where that is not defined."""

    method: Literal["cohen", "fleiss"]
    reviewers: list[str]
    pictures: int = Field(description="judged by two or more")
    same: int
    kappa: float | None
    pairs: list[PairAgreement]
    disputed: list[int] = Field(description="pictures on which opinions differ")
