"""Image searches through icrawler: keywords → addresses of pictures; each keyword is used once per engine.

icrawler builds the addresses of result pages and parses them; the requests are made here, with the same rate limits and
size limits as all others.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator
from queue import Empty
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlsplit, urlunsplit

import httpx

from ganvas.collect.crawl import Crawl, PictureUrl
from ganvas.collect.fetch import Fetched, FetchError
from ganvas.collect.ingest import Refusal
from ganvas.curate.catalog import normal_keyword
from ganvas.errors import UserError

ENGINES = ("bing", "google", "baidu", "flickr")
MOST = 1_000  # engines repeat results after about this many
_FLICKR_LICENCES = {
    "0": "All rights reserved",
    "1": "CC BY-NC-SA 2.0",
    "2": "CC BY-NC 2.0",
    "3": "CC BY-NC-ND 2.0",
    "4": "CC BY 2.0",
    "5": "CC BY-SA 2.0",
    "6": "CC BY-ND 2.0",
    "7": "No known copyright restrictions",
    "8": "United States Government work",
    "9": "CC0 1.0",
    "10": "Public Domain Mark 1.0",
}
_FLICKR_SIZES = ("original", "large 2048", "large 1600", "large", "medium 800", "medium 640", "medium", "small")


class SearchHit(NamedTuple):
    """A picture that an engine found."""

    url: str
    page: str | None = None  # the page on which the engine found it, if it is stated
    licence: str | None = None


class SearchOutcome(NamedTuple):
    """The result of one keyword; ``found`` is None when it was skipped because it had been used before."""

    keyword: str
    found: int | None
    new: int = 0


class Engine:
    """One image search.

    Args:
        filters: restrictions of the search, named as in icrawler, such as ``{"license": "publicdomain"}``.
        at: a server to use instead of the engine's own: ``http://HOST[:PORT]``.

    Raises:
        UserError: the engine or a filter is not known, icrawler is not installed, or Flickr's key is missing.
    """

    def __init__(self, name: str, filters: dict[str, str] | None = None, at: str | None = None) -> None:
        if name not in ENGINES:
            raise UserError(f"There is no engine {name!r}; choose one of {', '.join(ENGINES)}.")
        self.name = name
        self.filters = filters or {}
        self._at = at
        self._key = os.environ.get("FLICKR_APIKEY", "")
        if name == "flickr" and not self._key:
            raise UserError("Flickr wants a key of your own; put it into the environment as FLICKR_APIKEY.")
        try:
            from icrawler import builtin
            from icrawler.utils import CachedQueue, Signal
        except ImportError:
            raise UserError("Searching needs the extra: pip install 'ganvas[collect]'.") from None
        signal = Signal()
        signal.set(feeder_exited=False, parser_exited=False, reach_max_num=False)
        title = name.title()
        # Some engines export only the parser by name; the feeder is in the same module.
        module = __import__(f"icrawler.builtin.{name}", fromlist=["_"])
        self._feeder = getattr(module, f"{title}Feeder")(1, signal, None)
        self._feeder.out_queue = CachedQueue()  # without a limit, because nothing empties it while it is filled
        self._parser = getattr(builtin, f"{title}Parser")(1, signal, None)
        for part in (self._feeder, self._parser):
            part.logger = logging.getLogger("ganvas.collect.search")
        self._queue = CachedQueue
        self.pages_of("a", 1)  # so that an unknown filter is reported now

    def pages_of(self, keyword: str, count: int) -> Iterator[str]:
        """The addresses of the result pages for a word."""
        self._feeder.out_queue = self._queue()
        try:
            if self.name == "flickr":
                wanted = {"text": keyword, "per_page": 100, "extras": "license,owner_name", **self.filters}
                self._feeder.feed(self._key, max_num=count, **wanted)
            else:
                # Two of the feeders insert the word into the address unquoted.
                word = keyword if self.name == "google" else quote_plus(keyword)
                self._feeder.feed(word, 0, count, filters=self.filters or None)
        except (KeyError, ValueError, TypeError, AssertionError) as error:
            said = str(error).strip("'\"") or "this value is not known"
            raise UserError(f"{self.name} cannot filter so: {' '.join(said.split())}.") from None
        urls = []
        while True:
            try:
                urls.append(self._moved(self._feeder.out_queue.get_nowait()))
            except Empty:
                return iter(urls)

    def _moved(self, url: str) -> str:
        if self._at is None:
            return url
        here = urlsplit(self._at)
        return urlunsplit(urlsplit(url)._replace(scheme=here.scheme, netloc=here.netloc))

    def read(self, answer: Fetched, get: Callable[[str], bytes]) -> list[SearchHit]:
        """The pictures on a result page; an answer that cannot be parsed has none.

        Args:
            get: fetches another address of the engine (Flickr lists the sizes of each picture at one of its own).
        """
        response = httpx.Response(200, content=answer.content)
        arguments: dict[str, Any] = {}
        if self.name == "flickr":
            arguments = {"apikey": self._key, "size_preference": list(_FLICKR_SIZES)}
            self._parser.session = _Session(lambda url: get(self._moved(url)))
        try:
            tasks = list(self._parser.parse(response, **arguments) or [])
        except Exception:  # noqa: BLE001 - the parser may raise anything on pages that have changed
            return []
        pages = _bing_pages(answer.content) if self.name == "bing" else {}
        narrowed = self.filters.get("license")
        stated = f"{self.name} filter: {narrowed}" if narrowed else None
        hits = []
        for task in tasks:
            url, photo = str(task["file_url"]), task.get("meta")
            if isinstance(photo, dict):
                page = f"https://www.flickr.com/photos/{photo.get('owner')}/{photo.get('id')}"
                hits.append(SearchHit(url, page, _FLICKR_LICENCES.get(str(photo.get("license")), stated)))
            else:
                hits.append(SearchHit(url, pages.get(url), stated))
        return hits


class _Session:
    """The HTTP session given to Flickr's parser."""

    def __init__(self, get: Callable[[str], bytes]) -> None:
        self._get = get

    def get(self, url: str) -> httpx.Response:
        return httpx.Response(200, content=self._get(url))


def _bing_pages(content: bytes) -> dict[str, str]:
    """Picture → the page that shows it: Bing states it, and icrawler's parser omits it."""
    from bs4 import BeautifulSoup

    pages = {}
    for tag in BeautifulSoup(content, "lxml").find_all("a", attrs={"m": True}):
        try:
            told = json.loads(str(tag["m"]))
            pages[str(told["murl"])] = str(told["purl"])
        except (ValueError, KeyError, TypeError):
            continue
    return pages


async def search(
    crawl: Crawl,
    engine: Engine,
    keywords: list[str],
    *,
    count: int = 100,
    licence: str | None = None,
    again: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
) -> list[SearchOutcome]:
    """Search each keyword, store what is found, and record the keyword in the crawl log once all of it is done.

    A keyword that was interrupted is searched again next time; pictures that were stored are not downloaded again.

    Args:
        count: the maximum number of pictures per keyword.
        licence: recorded as the licence where the engine states none.
        again: use keywords again that were used before.
        say: is called with a sentence about each keyword.
    """
    done = []
    used: set[str] = set()
    for keyword in keywords:
        plain = normal_keyword(keyword)
        if not plain or plain in used:
            continue
        used.add(plain)
        if not again and crawl.ingester.catalog.crawl_log.searched(engine.name, plain):
            say(f"{plain!r} was searched on {engine.name} before and is not used again (--again uses it).")
            done.append(SearchOutcome(plain, None))
            continue
        hits = await _hits(crawl, engine, plain, count)
        if hits is None:
            say(f"{engine.name} did not answer for {plain!r}; the word stays unused.")
            continue
        if not hits:
            say(
                f"{engine.name} found nothing for {plain!r}: it may have no pictures, or refuse programs; not recorded."
            )
            done.append(SearchOutcome(plain, 0))
            continue
        before = crawl.ingester.counts.taken
        source = f"search:{engine.name}"
        await crawl.take([PictureUrl(hit.url, source, hit.page, plain, licence or hit.licence) for hit in hits])
        new = crawl.ingester.counts.taken - before
        crawl.ingester.catalog.crawl_log.note_search(engine.name, plain, found=len(hits), new=new)
        say(f"{plain!r} on {engine.name}: {len(hits):,} found, {new:,} new.")
        done.append(SearchOutcome(plain, len(hits), new))
    return done


async def _hits(crawl: Crawl, engine: Engine, keyword: str, count: int) -> list[SearchHit] | None:
    """The first ``count`` pictures for a keyword, or None when the engine could not be reached."""
    found: dict[str, SearchHit] = {}
    loop = asyncio.get_running_loop()

    def get(url: str) -> bytes:
        answer = asyncio.run_coroutine_threadsafe(crawl.fetcher.get(url), loop).result()
        return answer.content if answer is not None else b""

    for number, url in enumerate(engine.pages_of(keyword, min(count, MOST))):
        try:
            answer = await crawl.fetcher.get(url, allowed=crawl.robots_cache.allow if crawl.obey_robots else None)
        except FetchError as error:
            crawl.ingester.expect(1)
            crawl.ingester.refuse(Refusal(f"{engine.name}: {keyword}", f"search page not read: {error}"))
            if number == 0:
                return None
            break
        new = await asyncio.to_thread(engine.read, answer, get) if answer is not None else []
        fresh = {hit.url: hit for hit in new if hit.url not in found}
        found.update(fresh)
        if not fresh or len(found) >= count:
            break
    return list(found.values())[:count]
