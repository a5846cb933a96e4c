"""What collecting brings in: pieces offered, pictures taken into the catalogue, and a count of what became of each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import NamedTuple

from ganvas.curate.catalog import Added, Catalog, Origin
from ganvas.curate.file_kinds import other_kind
from ganvas.curate.images.decode import PictureError

EXAMPLES = 3  # of each reason, in the summary
_AHEAD = 128 * 2**20  # bytes that may wait to be stored
MAX_NAME = 300  # characters of a name that are kept: an archive may hold names of megabytes


class IncomingFile(NamedTuple):
    """A file that may be a picture, and where it comes from."""

    name: str  # as the summary calls it: a path, an address, a time in a video
    content: bytes
    origin: Origin


class Refusal(NamedTuple):
    """Something that was not taken; the reason is a phrase fit for a table."""

    name: str
    reason: str


class Ignored(NamedTuple):
    """A file beside the pictures that nobody would take for one: notes, tables, thumbnails of the system."""

    name: str


IngestItem = IncomingFile | Refusal | Ignored


@dataclass
class RefusalCount:
    """All that was refused for one reason."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class IngestCounts:
    """What came of collecting, counted while it goes; nothing that was offered is missing from it."""

    taken: int = 0
    known: int = 0  # the same bytes were in the catalogue; the new origin was added
    before: int = 0  # addresses whose pictures an earlier collecting stored, and that were not asked again
    unchanged: int = 0  # asked again, and the host said: the same as before
    ignored: int = 0
    requests: int = 0
    received: int = 0  # bytes that came over the network
    expected: int | None = None  # how many offers there will be, where that is known
    refused: dict[str, RefusalCount] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        """How many were refused, for whatever reason."""
        return sum(one.count for one in self.refused.values())

    @property
    def done(self) -> int:
        """How many offers were dealt with."""
        return self.taken + self.known + self.before + self.unchanged + self.ignored + self.refusals

    @property
    def good(self) -> bool:
        """Whether there are pictures to go on with, new or known."""
        return self.taken + self.known + self.before + self.unchanged > 0


ProgressListener = Callable[[IngestCounts], None]


class Ingester:
    """Takes pieces into a catalogue and counts; may be used from several threads."""

    def __init__(
        self, catalog: Catalog, counts: IngestCounts | None = None, listener: ProgressListener | None = None
    ) -> None:
        self.catalog = catalog
        self.counts = counts or IngestCounts()
        self._listener = listener
        self._lock = threading.Lock()

    def take(self, file: IncomingFile, *, etag: str | None = None, last_modified: str | None = None) -> Added | Refusal:
        """Decode a piece and store it, or refuse it with a reason.

        Args:
            etag, last_modified: what the address it came from said of it, kept for asking again.
        """
        try:
            added = self.catalog.add(file.content, file.origin, etag=etag, last_modified=last_modified)
        except PictureError as error:
            refusal = Refusal(file.name, reason_for(file.content, error))
            self.refuse(refusal)
            return refusal
        self.count(taken=int(added.new), known=int(not added.new))
        return added

    def refuse(self, refusal: Refusal) -> None:
        """Count a refusal and remember the first few names."""
        with self._lock:
            refusals = self.counts.refused.setdefault(refusal.reason, RefusalCount())
            refusals.count += 1
            if len(refusals.examples) < EXAMPLES:
                refusals.examples.append(readable(refusal.name))
        self._tell()

    def count(self, **more: int) -> None:
        """Add to the harvest's counts by their names."""
        with self._lock:
            for name, number in more.items():
                setattr(self.counts, name, getattr(self.counts, name) + number)
        self._tell()

    def expect(self, more: int) -> None:
        """Say that so many offers more are to come."""
        with self._lock:
            self.counts.expected = (self.counts.expected or 0) + more

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(self.counts)


def ingest_all(items: Iterable[IngestItem], ingester: Ingester, *, workers: int | None = None) -> IngestCounts:
    """Take every offer, several at a time: decoding leaves Python's lock, and writing waits for the disk.

    Ctrl+C, or an error of the source, lets those that are being stored end and drops those that wait.

    Args:
        workers: threads; by default four a core, since most of the time goes into waiting for the disk.
    """
    workers = workers or 4 * (os.cpu_count() or 1)
    waiting: dict[Future[Added | Refusal], int] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="take")
    try:
        for item in items:
            match item:
                case Refusal():
                    ingester.refuse(item)
                case Ignored():
                    ingester.count(ignored=1)
                case IncomingFile():
                    waiting[pool.submit(ingester.take, item)] = len(item.content)
            while len(waiting) >= 3 * workers or sum(waiting.values()) > _AHEAD:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                _results(done)
                for future in done:
                    del waiting[future]
        _results(waiting)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return ingester.counts


def _results(futures: Iterable[Future[Added | Refusal]]) -> None:
    for future in futures:
        future.result()


def readable(name: str) -> str:
    """A name from outside, fit for a terminal and for any database: what cannot be shown is spelt out.

    Undecodable bytes, control characters (which could drive a terminal) and lone surrogates become escapes; letters of
    every script stay.
    """
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name[: MAX_NAME + 1])
    return shown if len(name) <= MAX_NAME else f"{shown[:MAX_NAME]}…"


def reason_for(content: bytes, error: PictureError) -> str:
    """Why bytes are no picture: what they are, where that is known, rather than what a decoder said of them."""
    return (other_kind(content) if content else "empty") or str(error)
