"""The tables of a catalogue (SQLAlchemy). A change here needs a migration in ``migrations/versions``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

REVISIONS = ("r0001",)  # oldest first; a catalogue with any other revision was written by a newer Ganvas


class UtcTime(TypeDecorator[datetime]):
    """A time with its time zone, also from databases without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ImageRow(Base):
    """One picture, stored once, however often it was found."""

    __tablename__ = "image"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    suffix: Mapped[str] = mapped_column(String(8))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    phash: Mapped[int] = mapped_column(BigInteger)  # 64 bits, signed as databases know them
    mirror: Mapped[int] = mapped_column(BigInteger)
    added: Mapped[datetime] = mapped_column(UtcTime, default=now)
    # Kept beside the picture so that lists and counts need no sums: both follow from other tables.
    score: Mapped[float | None]
    result: Mapped[str | None] = mapped_column(String(8), index=True)
    reason: Mapped[str | None] = mapped_column(String(64))
    result_round: Mapped[int | None]


class OriginRow(Base):
    """One origin of a picture. ``key`` is a digest of the other columns, so that each origin is stored once."""

    __tablename__ = "origin"
    __table_args__ = (UniqueConstraint("image_id", "key"), Index("ix_origin_keyword_image_id", "keyword", "image_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    key: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    page: Mapped[str | None] = mapped_column(Text)
    keyword: Mapped[str | None] = mapped_column(String(500))
    licence: Mapped[str | None] = mapped_column(Text)
    path: Mapped[str | None] = mapped_column(Text)
    added: Mapped[datetime] = mapped_column(UtcTime, default=now)


class AddressRow(Base):
    """The last answer of a URL. URLs may be longer than an index allows, so the key is a digest."""

    __tablename__ = "address"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(Text)
    changed: Mapped[datetime] = mapped_column(UtcTime, default=now)


class SearchRow(Base):
    """One search for a keyword."""

    __tablename__ = "search"
    __table_args__ = (Index("ix_search_engine_keyword", "engine", "keyword"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    engine: Mapped[str] = mapped_column(String(64))
    keyword: Mapped[str] = mapped_column(String(500))
    found: Mapped[int]
    new: Mapped[int]
    made: Mapped[datetime] = mapped_column(UtcTime, default=now)


class CheckRow(Base):
    """The newest measurement of each name for each picture."""

    __tablename__ = "check"

    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    raw: Mapped[float | None]
    score: Mapped[float]
    version: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class RoundRow(Base):
    """A round of review. Round 0 holds the proposals of the checks."""

    __tablename__ = "round"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(String(16))
    overlap: Mapped[float]
    opened: Mapped[datetime] = mapped_column(UtcTime, default=now)
    closed: Mapped[datetime | None] = mapped_column(UtcTime)


class SeatRow(Base):
    """A reviewer who takes part in a round. Up to and including ``reached``, the shared pictures are answered."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("round", "number"),)

    round: Mapped[int] = mapped_column(ForeignKey("round.number"), primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(100), primary_key=True)
    number: Mapped[int]
    reached_score: Mapped[float] = mapped_column(default=-1.0)
    reached_image: Mapped[int] = mapped_column(default=0)
    joined: Mapped[datetime] = mapped_column(UtcTime, default=now)


class PlaceRow(Base):
    """A picture in a round: its score when the round began, its reviewer, and the votes.

    ``pile`` is 0 when nobody need look any more, 1 while it waits for its one reviewer, 2 when it is for everybody.
    """

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_queue", "round", "pile", "score", "image_id", "deal"),)

    round: Mapped[int] = mapped_column(ForeignKey("round.number"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True, index=True)
    score: Mapped[float]
    deal: Mapped[int]
    shared: Mapped[bool]
    pile: Mapped[int]
    keeps: Mapped[int] = mapped_column(default=0)
    drops: Mapped[int] = mapped_column(default=0)
    skips: Mapped[int] = mapped_column(default=0)
    before: Mapped[str | None] = mapped_column(String(8))


class VerdictRow(Base):
    """All verdicts, in order. Rows are only added; an undo is a row too."""

    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("round", "reviewer", "client_id"),
        Index("ix_verdict_image_id_round", "image_id", "round"),
        Index("ix_verdict_round_reviewer_id", "round", "reviewer", "id"),  # the last verdict, for undo
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(ForeignKey("round.number"))
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    reviewer: Mapped[str] = mapped_column(String(100))
    verdict: Mapped[str] = mapped_column(String(8))  # keep, drop, skip or undo
    reason: Mapped[str | None] = mapped_column(String(64))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("verdict.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(64))
    said: Mapped[datetime] = mapped_column(UtcTime, default=now)


class BallotRow(Base):
    """The current verdict of each reviewer on each picture; it follows from the verdicts."""

    __tablename__ = "ballot"
    __table_args__ = (Index("ix_ballot_counts", "round", "reviewer", "verdict", "shared"),)

    round: Mapped[int] = mapped_column(ForeignKey("round.number"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True, index=True)
    reviewer: Mapped[str] = mapped_column(String(100), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(64))
    shared: Mapped[bool]  # as of its place, so that counts need no join
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"))
