"""Download of pictures from lists of addresses and from web pages: hosts in parallel, each at its own rate."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from ganvas.collect import robots
from ganvas.collect.fetch import AGENT, Fetched, Fetcher, FetchError, check_address, host_of
from ganvas.collect.html import Page, read_page
from ganvas.collect.ingest import IncomingFile, Ingester, Refusal
from ganvas.collect.rate_limit import LONGEST_PAUSE
from ganvas.collect.robots import Robots
from ganvas.curate.catalog import Origin, UrlState
from ganvas.curate.file_kinds import HEAD_BYTES, picture_format

HOSTS_AT_ONCE = 16
R = TypeVar("R")
_STORED, _REFUSED, _FAILED = "stored", "refused: ", "failed: "


class PictureUrl(NamedTuple):
    """The address of a picture, and how it was found."""

    url: str
    source: str = "urls"
    page: str | None = None
    keyword: str | None = None
    licence: str | None = None


class RobotsCache:
    """The robots.txt of every host, read once per host."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[str, asyncio.Future[Robots]] = {}

    async def allow(self, url: str) -> bool:
        """Whether the robots.txt of the host allows a request for this address; its Crawl-delay is obeyed as well.

        Raises:
            FetchError: the file could not be read, so that its rules are unknown.
        """
        site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._read(site))
        return (await asyncio.shield(self._rules[site])).allows(url)

    async def _read(self, site: str) -> Robots:
        try:
            answer = await self._fetcher.get(f"{site}/robots.txt", size=10 * robots.MAX_BYTES)
        except FetchError as error:
            if error.status is not None:
                return robots.OPEN  # RFC 9309: a host that has no such file (4xx) allows everything
            if error.lasting:
                raise
            raise FetchError(f"its robots.txt cannot be read: {error}", lasting=False) from None
        if answer is None:
            return robots.OPEN
        rules = Robots.parse(answer.content[: robots.MAX_BYTES].decode("utf-8", "replace"), AGENT)
        if rules.delay is not None:
            if rules.delay > LONGEST_PAUSE:
                return robots.CLOSED
            self._fetcher.pace.slow_down(host_of(site), rules.delay)
        return rules


class Crawl:
    """A crawler that stores the pictures of addresses in a catalogue.

    The answer of an address is stored in the catalogue together with its picture, so that a crawl that was stopped or
    killed continues without requesting again what it has.

    Args:
        refresh: request addresses again that were done; hosts may answer "unchanged".
        obey_robots: obey robots.txt for single pictures too; crawls of pages always do.
    """

    def __init__(
        self, ingester: Ingester, fetcher: Fetcher, *, refresh: bool = False, obey_robots: bool = False
    ) -> None:
        self.ingester = ingester
        self.fetcher = fetcher
        self.robots_cache = RobotsCache(fetcher)
        self.refresh = refresh
        self.obey_robots = obey_robots
        self._seen: set[str] = set()
        self._pool = ThreadPoolExecutor(thread_name_prefix="store")

    async def __aenter__(self) -> Crawl:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def take(self, wanted_urls: Iterable[PictureUrl], *, obey_robots: bool | None = None) -> None:
        """Download and store each address: hosts in parallel, the addresses of one host one after another."""
        queues: dict[str, deque[PictureUrl]] = {}
        for wanted in wanted_urls:
            try:
                url = str(check_address(wanted.url))
            except FetchError as error:
                self.ingester.expect(1)
                self.ingester.refuse(Refusal(wanted.url, str(error)))
                continue
            if url not in self._seen:
                self._seen.add(url)
                queues.setdefault(host_of(url), deque()).append(wanted._replace(url=url))
        self.ingester.expect(sum(map(len, queues.values())))
        gate = asyncio.Semaphore(HOSTS_AT_ONCE)
        obey_robots = self.obey_robots if obey_robots is None else obey_robots

        async def drain(queue: deque[PictureUrl]) -> None:
            async with gate:
                while queue:
                    await self._deal(queue.popleft(), obey_robots)

        try:
            async with asyncio.TaskGroup() as group:
                for queue in queues.values():
                    group.create_task(drain(queue))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # such as a full disk: the first one is reported

    async def _deal(self, wanted: PictureUrl, obey_robots: bool) -> None:
        state = await self._off_loop(self.ingester.catalog.crawl_log.url_state, wanted.url)
        if state is not None and not self.refresh and self._settled(wanted, state):
            return
        known = state if state is not None and state.outcome == _STORED else None
        try:
            answer = await self.fetcher.get(
                wanted.url,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
                referer=wanted.page,
                allowed=self.robots_cache.allow if obey_robots else None,
            )
        except FetchError as error:
            self.ingester.refuse(Refusal(wanted.url, str(error)))
            if known is None:
                # Only the answer of the host is permanent: limits, --private and robots.txt may differ next time.
                outcome = _FAILED if error.status is None else _REFUSED
                await self._off_loop(self._note, wanted.url, outcome + str(error))
            return
        if answer is None:
            self.ingester.count(unchanged=1)
        else:
            await self._off_loop(self._store, wanted, answer)

    def _settled(self, wanted: PictureUrl, state: UrlState) -> bool:
        """Count an address that an earlier crawl finished."""
        if state.outcome == _STORED:
            self.ingester.count(before=1)
            return True
        if state.outcome.startswith(_REFUSED):
            self.ingester.refuse(Refusal(wanted.url, state.outcome.removeprefix(_REFUSED)))
            return True
        return False

    def _store(self, wanted: PictureUrl, answer: Fetched) -> None:
        origin = Origin(wanted.source, url=wanted.url, page=wanted.page, keyword=wanted.keyword, licence=wanted.licence)
        file = IncomingFile(wanted.url, answer.content, origin)
        taken = self.ingester.take(file, etag=answer.etag, last_modified=answer.last_modified)
        if isinstance(taken, Refusal):
            self._note(wanted.url, _REFUSED + taken.reason)

    def _note(self, url: str, outcome: str) -> None:
        self.ingester.catalog.crawl_log.note_url(url, etag=None, last_modified=None, sha256=None, outcome=outcome)

    async def _off_loop(self, work: Callable[..., R], *arguments: object) -> R:
        """Run blocking work (the database, decoding) in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    # ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def walk(self, starts: Iterable[str], *, depth: int = 0, most: int = 200, licence: str | None = None) -> None:
        """Store the pictures of web pages and of the pages they link to on the same host; robots.txt is obeyed.

        Args:
            depth: how many links away from the first pages; 0 is these alone.
            most: the maximum number of pages.
        """
        waiting = deque((url, 0) for url in starts)
        hosts: set[str] = set()
        seen: set[str] = set()
        read = 0
        while waiting and read < most:
            url, away = waiting.popleft()
            try:
                url = str(check_address(url))
                if url in seen:
                    continue
                seen.add(url)
                if away == 0:
                    hosts.add(host_of(url))
                read += 1
                page = await self._page(url, licence)
            except FetchError as error:
                self.ingester.expect(1)
                self.ingester.refuse(Refusal(url, f"page not read: {error}"))
                continue
            if page is None:
                continue
            seen.add(page.url)
            if away == 0:
                hosts.add(host_of(page.url))
            if page.forbids_pictures:
                self.ingester.expect(len(page.pictures))
                for picture in page.pictures:
                    self.ingester.refuse(Refusal(picture, "its page forbids robots to use its pictures"))
            else:
                await self.take(
                    [PictureUrl(one, "page", page.url, None, licence) for one in page.pictures], obey_robots=True
                )
            if away < depth and not page.forbids_following:
                waiting.extend((link, away + 1) for link in page.links if _host(link) in hosts)

    async def _page(self, url: str, licence: str | None) -> Page | None:
        answer = await self.fetcher.get(url, allowed=self.robots_cache.allow)
        if answer is None:
            return None
        if picture_format(answer.content[:HEAD_BYTES]):  # the link led to a picture and not to a page
            self.ingester.expect(1)
            await self._off_loop(self._store, PictureUrl(url, "page", None, None, licence), answer)
            return None
        try:
            return await self._off_loop(read_page, answer)
        except Exception:  # noqa: BLE001 - parsers raise anything on hostile bytes
            raise FetchError("it cannot be parsed as a web page", lasting=True) from None


def _host(link: str) -> str | None:
    try:
        return host_of(check_address(link))
    except FetchError:
        return None  # pages hold invalid links of every kind
