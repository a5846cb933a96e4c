"""Values that the catalogue takes and returns, independent of a database session."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

Result = Literal["keep", "drop", "disputed"]


class Origin(NamedTuple):
    """Where a picture came from. ``source`` is folder, archive, urls, search (or search:ENGINE), video, upload or
    collection:NAME."""

    source: str
    url: str | None = None
    page: str | None = None
    keyword: str | None = None
    licence: str | None = None
    path: str | None = None


class Added(NamedTuple):
    """The result of adding a picture: ``new`` is False when the same bytes were there already."""

    id: int
    sha256: str
    new: bool


class UrlState(NamedTuple):
    """The recorded answer of an address: enough for a conditional request, and for not requesting it twice."""

    url: str
    etag: str | None
    last_modified: str | None
    sha256: str | None
    outcome: str
    when: datetime


class KeywordCount(NamedTuple):
    """Counts of a keyword. ``found`` and ``new`` are sums over its searches, ``when`` is the time of the last one.

    ``kept`` and ``dropped`` count the pictures that came by this word as they are judged now.
    """

    engine: str
    keyword: str
    when: datetime
    found: int
    new: int
    kept: int
    dropped: int


class Check(NamedTuple):
    """One measurement of a picture: ``raw`` in its own unit, ``score`` in [0, 1] with 1 = good."""

    name: str
    raw: float | None
    score: float
    version: str
    detail: dict[str, Any] | None = None


class Image(NamedTuple):
    """A picture of the catalogue. ``path`` holds the original bytes; ``width × height`` is the picture upright.

    ``score`` is the lowest of its checks' scores (None while unchecked); ``result`` is the verdict as it stands.
    """

    id: int
    sha256: str
    path: Path
    width: int
    height: int
    bytes: int
    phash: int
    mirror: int
    added: datetime
    score: float | None
    result: Result | None
    reason: str | None


class Proposal(NamedTuple):
    """The proposal of the checks for a picture; ``reason`` states why it should be dropped."""

    image_id: int
    keep: bool
    reason: str | None = None


class Counts(NamedTuple):
    """How many pictures there are, by review result."""

    images: int
    keep: int
    drop: int
    disputed: int
    undecided: int
