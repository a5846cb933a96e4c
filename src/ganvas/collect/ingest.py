"""Ingest of files into a catalogue, with counts of what was stored, known, refused and ignored."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import NamedTuple

from ganvas.curate.catalog import Added, Catalog, Origin
from ganvas.curate.file_kinds import other_kind
from ganvas.curate.file_names import shown_name
from ganvas.curate.images.decode import MAX_PIXELS, PictureError

EXAMPLES = 3  # of each reason, in the summary
_AHEAD = 128 * 2**20  # bytes that may wait to be stored
MAX_NAME = 300  # characters of a name that are kept: an archive may hold names of megabytes


class IncomingFile(NamedTuple):
    """A file that may be a picture, and its origin."""

    name: str  # for the summary: a path, an address, a time in a video
    content: bytes
    origin: Origin


class Refusal(NamedTuple):
    """Something that was not stored; the reason is a short phrase for a table."""

    name: str
    reason: str


class Ignored(NamedTuple):
    """A file beside the pictures that is clearly none: notes, tables, thumbnails of the operating system."""

    name: str


IngestItem = IncomingFile | Refusal | Ignored


@dataclass
class RefusalCount:
    """How many files were refused for one reason, and the names of the first."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class IngestCounts:
    """Counts of an ingest, updated while it runs; every item is counted once."""

    taken: int = 0
    known: int = 0  # the same bytes were in the catalogue; the new origin was added
    before: int = 0  # addresses whose pictures an earlier crawl stored, and that were not requested again
    unchanged: int = 0  # requested again, and the host answered: not modified
    ignored: int = 0
    ignored_names: list[str] = field(default_factory=list)  # the first of them
    requests: int = 0
    received: int = 0  # bytes that came over the network
    expected: int | None = None  # how many items there will be, where that is known
    refused: dict[str, RefusalCount] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        """How many were refused, for whatever reason."""
        return sum(one.count for one in self.refused.values())

    @property
    def done(self) -> int:
        """How many items are done."""
        return self.taken + self.known + self.before + self.unchanged + self.ignored + self.refusals

    @property
    def good(self) -> bool:
        """Whether any picture is in the catalogue now, new or known."""
        return self.taken + self.known + self.before + self.unchanged > 0


ProgressListener = Callable[[IngestCounts], None]


class Ingester:
    """Stores files in a catalogue and counts; may be used from several threads."""

    def __init__(
        self,
        catalog: Catalog,
        counts: IngestCounts | None = None,
        listener: ProgressListener | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        self.catalog = catalog
        self.max_pixels = max_pixels
        catalog.store.clear_leftovers()
        self.counts = counts or IngestCounts()
        self._listener = listener
        self._lock = threading.Lock()

    def take(self, file: IncomingFile, *, etag: str | None = None, last_modified: str | None = None) -> Added | Refusal:
        """Decode a file and store it, or refuse it with a reason.

        Args:
            etag, last_modified: validators of its address, stored for conditional requests.
        """
        try:
            added = self.catalog.add(
                file.content, file.origin, etag=etag, last_modified=last_modified, max_pixels=self.max_pixels
            )
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

    def ignore(self, item: Ignored) -> None:
        """Count a file that is clearly no picture and remember the first few names."""
        with self._lock:
            self.counts.ignored += 1
            if len(self.counts.ignored_names) < EXAMPLES:
                self.counts.ignored_names.append(readable(item.name))
        self._tell()

    def count(self, **more: int) -> None:
        """Add to the counts by their names."""
        with self._lock:
            for name, number in more.items():
                setattr(self.counts, name, getattr(self.counts, name) + number)
        self._tell()

    def expect(self, more: int) -> None:
        """Announce this many further items."""
        with self._lock:
            self.counts.expected = (self.counts.expected or 0) + more

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(self.counts)


def ingest_all(items: Iterable[IngestItem], ingester: Ingester, *, workers: int | None = None) -> IngestCounts:
    """Ingest every item, several at a time: decoding releases Python's lock, and writing waits for the disk.

    Ctrl+C, or an error of the source, finishes what is being stored and drops what is waiting.

    Args:
        workers: threads; by default four per core, since most of the time is spent waiting for the disk.
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
                    ingester.ignore(item)
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
    """A name from an untrusted source, made safe for a terminal and any database by escapes.

    See :func:`shown_name`; at most ``MAX_NAME`` characters are kept.
    """
    shown = shown_name(name[: MAX_NAME + 1])
    return shown if len(name) <= MAX_NAME else f"{shown[:MAX_NAME]}…"


def reason_for(content: bytes, error: PictureError) -> str:
    """Why bytes are no picture: their kind where it is recognised, else the decoder's message."""
    return (other_kind(content) if content else "empty") or str(error)
