"""Crawling a web as it is: a real server that is slow, broken, busy and lying, and that counts who asks for what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crawl_server import CrawlServer, picture
from support.visitor import Visitor, reasons

from ganvas.collect.fetch import FetchError, Limits, check_address
from ganvas.collect.rate_limit import FAILURES_IN_A_ROW
from ganvas.curate.catalog import Catalog, Origin


@pytest.fixture
def server() -> Iterator[CrawlServer]:
    with CrawlServer() as running:
        yield running


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalogue") as opened:
        yield opened


@pytest.fixture
def visitor(catalog: Catalog) -> Visitor:
    return Visitor(catalog)


# ── What comes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pictures_come_with_where_they_came_from(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(*(server.url(f"/pictures/{number}.png") for number in range(5)))
    assert (counts.taken, counts.refusals) == (5, 0)
    first = next(visitor.catalog.images())
    assert first.path.read_bytes() in [picture(number) for number in range(5)]
    [origin] = visitor.catalog.origins(first.id)
    assert origin == Origin("urls", url=origin.url, licence="CC0")
    assert origin.url is not None
    assert origin.url.startswith(server.url("/pictures/"))
    assert server.headers["/pictures/0.png"]["user-agent"].startswith("Ganvas/")
    assert "https://" in server.headers["/pictures/0.png"]["user-agent"]


def test_copies_are_kept_once_with_every_origin(server: CrawlServer, visitor: Visitor) -> None:
    urls = [server.url(f"/copies/{number}.png") for number in range(4)]
    counts = visitor.take(*urls, server.url("/pictures/0.png", "localhost"))
    assert (counts.taken, counts.known) == (1, 4)
    [image] = visitor.catalog.images()
    assert len(visitor.catalog.origins(image.id)) == 5


def test_an_address_given_twice_is_asked_once(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(*[server.url("/pictures/1.png")] * 3, server.url("/pictures/1.png#top"))
    assert counts.taken == 1
    assert server.asked["/pictures/1.png"] == 1


def test_what_a_picture_is_the_content_says(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(
        *(server.url(path) for path in ("/lying/1.png", "/lying/1.html", "/svg/1.png", "/empty/1.png")),
        server.url("/truncated/3.png"),
    )
    assert counts.taken == 1  # the picture that was called HTML
    told = reasons(counts)
    assert told["a web page, not a picture"] == 1
    assert told["SVG describes a drawing instead of holding pixels; save it as PNG"] == 1
    assert told["empty"] == 1
    assert any(reason.startswith("damaged picture") for reason in told)
    assert counts.refusals == 4


# ── Trouble on the way ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_breaks_or_fails_is_asked_again_after_a_growing_pause(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(server.url("/broken/1.png"), server.url("/flaky/2.png"))
    assert counts.taken == 2
    assert server.asked["/broken/1.png"] == server.asked["/flaky/2.png"] == 3
    assert visitor.clock.slept == [1.0, 2.0, 1.0, 2.0]


def test_a_busy_host_is_left_as_long_as_it_says(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(server.url("/busy/1.png"))
    assert counts.taken == 1
    assert visitor.clock.slept == [7.0]


def test_a_host_that_says_tomorrow_is_left_for_today(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(*(server.url(f"/away/{number}.png") for number in range(10)))
    assert sum(server.asked_below("/away/").values()) == 1
    assert visitor.clock.slept == []
    assert counts.refusals == 10
    assert reasons(counts)["the host asks for a later request"] == 1


def test_a_host_that_is_down_is_tried_a_few_times_and_tried_again_next_time(
    server: CrawlServer, visitor: Visitor
) -> None:
    counts = visitor.take(server.url("/down/1.png"), server.url("/gone/1.png"))
    assert server.asked["/down/1.png"] == visitor.limits.attempts
    assert server.asked["/gone/1.png"] == 1
    assert reasons(counts) == {"HTTP 503 (service unavailable)": 1, "HTTP 410 (gone)": 1}
    again = visitor.take(server.url("/down/1.png"), server.url("/gone/1.png"))
    assert server.asked["/down/1.png"] == 2 * visitor.limits.attempts
    assert server.asked["/gone/1.png"] == 1  # gone is gone: remembered, and counted as refused
    assert again.refusals == 2


def test_hosts_that_do_not_answer_cost_little(server: CrawlServer, visitor: Visitor) -> None:
    silent = "http://127.0.0.1:9"  # nothing listens there
    counts = visitor.take(*(f"{silent}/{number}.png" for number in range(50)), server.url("/pictures/1.png"))
    assert counts.taken == 1
    assert reasons(counts)["no connection to the host"] == FAILURES_IN_A_ROW
    assert counts.refusals == 50


def test_redirects_are_followed_and_no_further_than_makes_sense(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.take(*(server.url(path) for path in ("/moved/5", "/circle/1", "/stairs/1")))
    assert counts.taken == 1
    assert set(reasons(counts)) == {"redirects in a circle", "redirects more than 5 times"}
    assert sum(server.asked_below("/stairs/").values()) == 6


def test_what_is_too_large_is_not_read_to_its_end(server: CrawlServer, visitor: Visitor) -> None:
    urls = [server.url(path) for path in ("/huge/declared", "/huge/endless", "/bomb/1.png")]
    counts = visitor.take(*urls, server.url("/zipped/4.png"))
    assert reasons(counts) == {"larger than 1 MB": 3}
    assert counts.taken == 1  # compression that nobody asked for is undone, within the limit


def test_a_host_that_drips_is_given_up(server: CrawlServer, visitor: Visitor) -> None:
    visitor.limits = Limits(seconds=0.2, attempts=1)
    counts = visitor.take(server.url("/slow/1.png"), server.url("/pictures/1.png", "localhost"))
    assert reasons(counts) == {"took longer than 0.2 s": 1}
    assert counts.taken == 1


# ── Where not to go ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/1.png", "javascript:1", "//x/1.png", "", "http://", "http://[x/1"]
)
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(FetchError, match="not an http or https address"):
        check_address(url)


def test_passwords_are_not_sent_nor_kept(visitor: Visitor) -> None:
    counts = visitor.take("http://me:secret@example.org/1.png")
    assert list(reasons(counts)) == ["an address with a user name or password in it"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433"])
def test_the_own_network_is_asked_only_when_told_to(server: CrawlServer, visitor: Visitor, host: str) -> None:
    visitor.private = False
    counts = visitor.take(server.url("/pictures/1.png", host))
    assert counts.refusals == 1
    assert server.asked == {}


def test_no_redirect_leads_into_a_file_or_past_robots(server: CrawlServer, visitor: Visitor) -> None:
    server.robots = "User-agent: *\nDisallow: /secret/"
    counts = visitor.take(
        server.url("/to/1?url=file:///etc/passwd"), server.url("/to/2?url=/secret/1.png"), obey_robots=True
    )
    assert reasons(counts) == {"not an http or https address": 1, "its robots.txt forbids it": 1}
    assert server.asked_below("/secret/") == {}


# ── Manners ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_requests_to_a_host_keep_the_delay(server: CrawlServer, visitor: Visitor) -> None:
    visitor.delay = 3.0
    visitor.take(*(server.url(f"/pictures/{number}.png") for number in range(4)))
    assert visitor.clock.slept == [3.0, 3.0, 3.0]


def test_a_page_crawl_heeds_robots(server: CrawlServer, visitor: Visitor) -> None:
    server.robots = "User-agent: Ganvas\nDisallow: /secret/\nCrawl-delay: 4"
    visitor.delay = 1.0
    counts = visitor.walk(server.url("/pages/3.html"))
    assert reasons(counts) == {"its robots.txt forbids it": 1}
    assert server.asked_below("/secret/") == {}
    assert server.asked["/robots.txt"] == 1
    assert set(visitor.clock.slept[1:]) == {4.0}


@pytest.mark.parametrize(("text", "status", "taken"), [(None, 404, 3), ("", 403, 3), ("", 500, 0)])
def test_a_robots_that_cannot_be_had(
    server: CrawlServer, visitor: Visitor, text: str | None, status: int, taken: int
) -> None:
    server.robots, server.robots_status = text, status
    counts = visitor.walk(server.url("/pages/3.html"))
    assert counts.taken == taken
    assert bool(counts.refusals) is (taken == 0)


def test_a_page_gives_its_largest_pictures(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.walk(server.url("/pages/3.html"))
    assert counts.taken == 3
    assert set(server.asked_below("/pictures/")) == {"/pictures/30.png", "/pictures/31.png"}
    assert set(server.asked_below("/pages/")) == {"/pages/3.html"}
    origins = [visitor.catalog.origins(image.id)[0] for image in visitor.catalog.images()]
    assert {origin.page for origin in origins} == {server.url("/pages/3.html")}


def test_depth_counts_links_and_stays_on_the_host(server: CrawlServer, visitor: Visitor) -> None:
    visitor.walk(server.url("/pages/1.html"), depth=1)
    assert server.asked_below("/pages/") == {f"/pages/{n}.html": 1 for n in (1, 2, 3)}
    other = visitor.walk(server.url("/pages/1.html"), depth=9, most=4)
    assert sum(server.asked_below("/pages/").values()) == 3 + 4
    assert other.before >= 6  # their pictures are here


def test_pages_that_keep_robots_from_their_pictures_are_heeded(server: CrawlServer, visitor: Visitor) -> None:
    counts = visitor.walk(server.url("/keepoff/1.html"), depth=1, most=1)
    assert counts.taken == 0
    assert list(reasons(counts)) == ["its page forbids robots to use its pictures"]
    assert server.asked_below("/pictures/") == {}


def test_a_page_that_is_a_picture_is_taken(server: CrawlServer, visitor: Visitor) -> None:
    assert visitor.walk(server.url("/pictures/8.png")).taken == 1


# ── Again ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_time_nothing_is_asked_for(server: CrawlServer, visitor: Visitor) -> None:
    urls = [server.url(f"/pictures/{number}.png") for number in range(3)] + [server.url("/lying/1.png")]
    visitor.take(*urls)
    asked = server.asked.copy()
    counts = visitor.take(*urls)
    assert server.asked == asked
    assert (counts.taken, counts.before, counts.refusals) == (0, 3, 1)


def test_what_was_refused_by_a_setting_comes_when_the_setting_changes(server: CrawlServer, visitor: Visitor) -> None:
    server.robots = "User-agent: *\nDisallow: /"
    urls = [server.url("/pictures/1.png"), server.url("/secret/2.png", "localhost")]
    visitor.private = False
    assert visitor.take(*urls).refusals == 2
    visitor.private, visitor.limits = True, Limits(size=10)
    assert list(reasons(visitor.take(*urls))) == ["larger than 1e-05 MB"]
    visitor.limits = Limits()
    assert visitor.take(*urls, obey_robots=True).refusals == 2
    assert visitor.take(*urls).taken == 2


def test_refreshing_asks_whether_something_changed(server: CrawlServer, visitor: Visitor) -> None:
    urls = [server.url(path) for path in ("/tagged/1.png", "/dated/2.png", "/pictures/3.png")]
    assert visitor.take(*urls).taken == 3
    counts = visitor.take(*urls, refresh=True)
    assert (counts.unchanged, counts.known, counts.taken) == (2, 1, 0)
    assert server.headers["/tagged/1.png"]["if-none-match"] == '"1"'
    assert "if-modified-since" in server.headers["/dated/2.png"]
    assert visitor.take(*urls, refresh=True).unchanged == 2  # the marks are kept


def test_a_failing_catalogue_stops_the_crawl_with_its_own_error(
    server: CrawlServer, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(visitor.catalog, "add", full)
    with pytest.raises(OSError, match="No space left"):
        visitor.take(server.url("/pictures/1.png"))
