"""Searching by words: what the engines of icrawler ask and read, and the ledger that uses no word twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crawl_server import CrawlServer
from support.visitor import Visitor, reasons

from ganvas.collect.crawl import Crawl
from ganvas.collect.ingest import IngestCounts
from ganvas.collect.search import ENGINES, Engine, SearchOutcome, search
from ganvas.curate.catalog import Catalog
from ganvas.errors import UserError


@pytest.fixture
def server() -> Iterator[CrawlServer]:
    with CrawlServer() as running:
        yield running


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setenv("FLICKR_APIKEY", "key")
    with Catalog.open(tmp_path / "catalogue") as opened:
        yield Visitor(opened)


def ask(
    visitor: Visitor,
    server: CrawlServer,
    words: list[str],
    *,
    engine: str = "bing",
    count: int = 100,
    again: bool = False,
) -> tuple[IngestCounts, list[SearchOutcome], list[str]]:
    done: list[SearchOutcome] = []
    said: list[str] = []

    async def work(crawl: Crawl) -> None:
        chosen = Engine(engine, at=server.url(""))
        done.extend(await search(crawl, chosen, words, count=count, again=again, say=said.append))

    return visitor.run(work), done, said


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_brings_pictures_with_their_word(server: CrawlServer, visitor: Visitor, engine: str) -> None:
    counts, done, _ = ask(visitor, server, ["Red & blue #1 얼굴"], engine=engine)
    assert server.asked["search:red & blue #1 얼굴"] >= 1  # the engine got the word as it was meant
    assert done == [SearchOutcome("red & blue #1 얼굴", 12, 12)]
    assert counts.taken == 12
    origins = [visitor.catalog.origins(image.id)[0] for image in visitor.catalog.images()]
    assert {(one.source, one.keyword) for one in origins} == {(f"search:{engine}", "red & blue #1 얼굴")}
    if engine == "bing":
        assert all(one.page and "/pages/" in one.page for one in origins)
    if engine == "flickr":
        assert {one.licence for one in origins} == {"CC BY 2.0"}
        assert all(one.url and "_t" not in one.url for one in origins)  # the large one, not the thumbnail


def test_no_word_is_used_twice_unless_asked(server: CrawlServer, visitor: Visitor) -> None:
    ask(visitor, server, ["cat", "dog"])
    asked = server.asked.copy()
    counts, done, said = ask(visitor, server, ["  CAT ", "dog", "Dog"])
    assert server.asked == asked  # not one request
    assert done == [SearchOutcome("cat", None), SearchOutcome("dog", None)]
    assert counts.done == 0
    assert all("not used again" in sentence for sentence in said)
    _, done, _ = ask(visitor, server, ["cat"], again=True)
    assert done == [SearchOutcome("cat", 12, 0)]
    _, done, _ = ask(visitor, server, ["cat"], engine="google")  # another engine, another search
    assert done[0].found == 12
    counts = {(one.engine, one.keyword): (one.found, one.new) for one in visitor.catalog.crawl_log.keywords()}
    assert counts[("bing", "cat")] == (24, 12)


def test_a_word_may_bring_no_more_than_asked(server: CrawlServer, visitor: Visitor) -> None:
    assert ask(visitor, server, ["cat"], count=5)[0].taken == 5


def test_a_word_that_was_stopped_in_the_middle_is_not_used_up(server: CrawlServer, visitor: Visitor) -> None:
    async def stopped(crawl: Crawl) -> None:
        take = crawl.ingester.take
        calls = iter(range(5))

        def until_the_fifth(*arguments: object, **more: object) -> object:
            if next(calls, None) is None:
                raise KeyError("stopped")
            return take(*arguments, **more)  # type: ignore[arg-type]

        crawl.ingester.take = until_the_fifth  # type: ignore[method-assign, assignment]
        await search(crawl, Engine("bing", at=server.url("")), ["cat"])

    with pytest.raises(KeyError):
        visitor.run(stopped)
    assert not visitor.catalog.crawl_log.searched("bing", "cat")
    counts, done, _ = ask(visitor, server, ["cat"])
    assert (counts.before, counts.taken) == (5, 7)
    assert done == [SearchOutcome("cat", 12, 7)]
    assert [times for path, times in server.asked_below("/pictures/").items()].count(2) == 1  # the one in hand


def test_an_engine_that_gives_no_answer_uses_no_word_up(server: CrawlServer, visitor: Visitor) -> None:
    async def work(crawl: Crawl) -> None:
        await search(crawl, Engine("bing", at="http://127.0.0.1:9"), ["cat"])

    assert list(reasons(visitor.run(work))) == ["search page not read: no connection to the host"]
    assert not visitor.catalog.crawl_log.searched("bing", "cat")


def test_a_page_that_is_not_the_engines_brings_nothing_and_says_so(
    server: CrawlServer, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("support.crawl_server._Handler._hits", lambda *_: [])
    for engine in ENGINES:
        counts, done, said = ask(visitor, server, ["cat"], engine=engine)
        assert done == [SearchOutcome("cat", 0)]
        assert "found nothing" in said[0]
        assert counts.done == 0
        assert not visitor.catalog.crawl_log.searched(engine, "cat")


def test_what_an_engine_does_not_know_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="choose one of bing"):
        Engine("altavista")
    with pytest.raises(UserError, match="unsupported filter 'colour'"):
        Engine("bing", {"colour": "red"})
    with pytest.raises(UserError, match="must be one of"):
        Engine("google", {"license": "any"})
    monkeypatch.delenv("FLICKR_APIKEY", raising=False)
    with pytest.raises(UserError, match="FLICKR_APIKEY"):
        Engine("flickr")


def test_the_licence_an_engine_was_narrowed_to_is_noted(server: CrawlServer, visitor: Visitor) -> None:
    async def work(crawl: Crawl) -> None:
        await search(crawl, Engine("bing", {"license": "publicdomain"}, server.url("")), ["cat"])

    visitor.run(work)
    [origin] = visitor.catalog.origins(next(visitor.catalog.images()).id)
    assert origin.licence == "bing filter: publicdomain"
