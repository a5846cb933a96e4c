"""A collection run: from a source of any kind into a catalogue, with counts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ganvas.collect.archive import about_names
from ganvas.collect.crawl import Crawl, PictureUrl
from ganvas.collect.fetch import Fetcher, Limits
from ganvas.collect.file_kinds import SourceKind, source_kind
from ganvas.collect.frames import frames
from ganvas.collect.ingest import Ingester, Refusal, ingest_all
from ganvas.collect.local_files import count_files, items_of
from ganvas.collect.open_datasets import AVATARS, avatars, download, find, items_of_collection
from ganvas.collect.rate_limit import RateLimiter, RealClock
from ganvas.collect.search import Engine, SearchOutcome, search
from ganvas.curate.file_kinds import UTF16_MARKS
from ganvas.errors import UserError

MAX_LIST_BYTES = 256 * 2**20


def _nothing(sentence: str) -> None:
    """Discard the sentence."""


@dataclass(frozen=True)
class NetworkOptions:
    """Limits and options of network requests."""

    delay: float = 1.0  # seconds between two requests to one host
    size: int = 20_000_000  # bytes of one picture
    seconds: float = 60.0  # for one request
    private: bool = False
    obey_robots: bool = False  # obey robots.txt for lists and searches too; crawls of pages always do
    refresh: bool = False
    contact: str | None = None


@dataclass
class CollectSession:
    """A collection into a catalogue; ``ingester.counts`` holds its counts."""

    ingester: Ingester
    conduct: NetworkOptions = field(default_factory=NetworkOptions)
    licence: str | None = None
    workers: int | None = None
    say: Callable[[str], None] = _nothing
    zip_encoding: str | None = None  # of names in a zip that are not marked as UTF-8; None: detected
    searched: bool = False  # keywords were processed, even if all of them had been used before

    def files(self, source: Path) -> None:
        """Ingest a folder, an archive or a single picture.

        Raises:
            UserError: the source cannot be used.
        """
        own = self.ingester.catalog.root.resolve()
        items = items_of(source, licence=self.licence, without=own, encoding=self.zip_encoding)
        if source.is_file() and (said := about_names(source, self.zip_encoding)):
            self.say(said)
        if (files := count_files(source, without=own)) is not None:
            self.ingester.expect(files)
        ingest_all(items, self.ingester, workers=self.workers)

    def video(self, source: Path, *, every: float = 1.0, most: int | None = None) -> None:
        """Ingest the frames of a video."""
        ingest_all(frames(source, every=every, most=most, licence=self.licence), self.ingester, workers=self.workers)

    def addresses(self, source: Path | str) -> None:
        """Download one address, or those of a text file: one per line, optionally with a tab and the licence.

        Raises:
            UserError: the file cannot be read, or holds no address.
        """
        wanted_urls = (
            [PictureUrl(source, licence=self.licence)] if isinstance(source, str) else list(self._listed(source))
        )
        if not wanted_urls:
            raise UserError(f"{source} holds no address; write one in each line, such as https://example.org/1.jpg.")
        self._crawl(lambda crawl: crawl.take(wanted_urls))

    def pages(self, starts: list[str], *, depth: int = 0, most: int = 200) -> None:
        """Download the pictures of web pages."""
        self._crawl(lambda crawl: crawl.walk(starts, depth=depth, most=most, licence=self.licence))

    def words(
        self, engine: Engine, keywords: list[str], *, count: int = 100, again: bool = False
    ) -> list[SearchOutcome]:
        """Run image searches, one after another."""
        done: list[SearchOutcome] = []

        async def work(crawl: Crawl) -> None:
            done.extend(
                await search(crawl, engine, keywords, count=count, licence=self.licence, again=again, say=self.say)
            )

        self._crawl(work)
        self.searched = True
        return done

    def collection(self, name: str, *, count: int = 1000) -> None:
        """Ingest a named open collection.

        Raises:
            UserError: there is none of this name, or it cannot be downloaded.
        """
        if name == AVATARS:
            ingest_all(avatars(count, progress=None), self.ingester, workers=self.workers)
            return
        chosen = find(name)
        folder = self.ingester.catalog.root / "collections"

        async def fetch() -> Path:
            async with self._fetcher(Limits(seconds=3600.0)) as fetcher:
                return await download(chosen, fetcher, folder)

        self.say(f"{chosen.name}: {chosen.about}. Licence: {chosen.licence}. From {chosen.page}.")
        ingest_all(items_of_collection(chosen, asyncio.run(fetch())), self.ingester, workers=self.workers)

    # ── The network ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _fetcher(self, limits: Limits) -> Fetcher:
        clock = RealClock()
        return Fetcher(
            RateLimiter(self.conduct.delay, clock),
            limits=limits,
            clock=clock,
            private=self.conduct.private,
            contact=self.conduct.contact,
            asked=lambda received: self.ingester.count(requests=1, received=received),
        )

    def _crawl(self, work: Callable[[Crawl], Coroutine[None, None, None]]) -> None:
        async def run() -> None:
            limits = Limits(size=self.conduct.size, seconds=self.conduct.seconds)
            async with (
                self._fetcher(limits) as fetcher,
                Crawl(
                    self.ingester, fetcher, refresh=self.conduct.refresh, obey_robots=self.conduct.obey_robots
                ) as crawl,
            ):
                await work(crawl)

        asyncio.run(run())

    def _listed(self, path: Path) -> Iterator[PictureUrl]:
        text = read_text(path)
        for number, line in enumerate(text.splitlines(), start=1):
            url, _, licence = line.strip().partition("\t")
            if not url or url.startswith("#"):
                continue
            if not url.lower().startswith(("http://", "https://")):
                self.ingester.expect(1)
                self.ingester.refuse(Refusal(f"line {number}: {url}", "not an http or https address"))
                continue
            yield PictureUrl(url, licence=licence.strip() or self.licence)


def read_text(path: Path) -> str:
    """A text file in UTF-8 or UTF-16, with or without a mark; other bytes become question marks.

    Raises:
        UserError: it cannot be read, or is too large to be a list.
    """
    try:
        if path.stat().st_size > MAX_LIST_BYTES:
            raise UserError(f"{path} is too large for a list; split it.")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}).") from None
    if content.startswith(UTF16_MARKS):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


def collect_source(session: CollectSession, source: str, *, every: float = 1.0, most: int | None = None) -> SourceKind:
    """Collect from a source of any kind: an address, a folder, an archive, a picture, a video, a list of addresses.

    Args:
        every, most: for a video, see :func:`ganvas.collect.frames.frames`.

    Raises:
        UserError: it is none of these.
    """
    if source.lower().startswith(("http://", "https://")):
        session.addresses(source)
        return SourceKind.URLS
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source):
        raise UserError(f"{source} cannot be requested; use an http or https address.")
    path = Path(source).expanduser()
    kind = source_kind(path)
    if kind is SourceKind.VIDEO:
        session.video(path, every=every, most=most)
    elif kind is SourceKind.URLS:
        session.addresses(path)
    else:
        session.files(path)
    return kind
