"""Manners towards hosts: the pause between requests, what Retry-After and robots.txt ask for."""

from __future__ import annotations

import asyncio

import pytest
from support.hands import Hands

from ganvas.collect.rate_limit import FAILURES_IN_A_ROW, RateLimiter, back_off, retry_after
from ganvas.collect.robots import CLOSED, OPEN, Robots


def test_a_host_is_asked_once_a_delay_and_others_need_not_wait() -> None:
    clock = Hands()
    pace = RateLimiter(2.0, clock)

    async def ask() -> None:
        await pace.turn("a")
        await pace.turn("b")
        assert clock.slept == []
        await pace.turn("a")
        assert clock.slept == [2.0]
        clock.time += 10
        await pace.turn("a")
        assert clock.slept == [2.0]  # it was left alone long enough

    asyncio.run(ask())


def test_a_host_may_ask_for_more_room_but_not_for_less() -> None:
    pace = RateLimiter(2.0, Hands())
    pace.slow_down("a", 5.0)
    pace.slow_down("b", 0.1)
    assert (pace.delay_of("a"), pace.delay_of("b"), pace.delay_of("c")) == (5.0, 2.0, 2.0)


def test_a_hold_is_kept() -> None:
    clock = Hands()
    pace = RateLimiter(1.0, clock)
    pace.hold("a", 30.0)
    asyncio.run(pace.turn("a"))
    assert clock.slept == [30.0]


def test_a_host_that_never_answers_is_left_alone_until_it_does() -> None:
    pace = RateLimiter(1.0, Hands())
    for _ in range(FAILURES_IN_A_ROW):
        assert not pace.is_down("a")
        pace.failed("a")
    assert pace.is_down("a")
    assert not pace.is_down("b")
    pace.answered("a")
    assert not pace.is_down("a")


def test_back_off_doubles_scatters_and_ends() -> None:
    assert [back_off(attempt, lambda: 0.5) for attempt in (1, 2, 3, 20)] == [1, 2, 4, 60]
    assert back_off(3, lambda: 0.0) == 2
    assert back_off(3, lambda: 0.999) < 6


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("9" * 400, 1e9 - 1),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        ("Tue, 14 Nov 2000 22:14:20 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 1_700_000_000.0) == seconds


ROBOTS = """\ufeff# hello
User-agent: *
Disallow: /
Crawl-delay: 9

User-Agent: other/1.0
User-agent: GANVAS
Disallow: /private      # not here
Allow: /private/open
Disallow: /*.gif$
Disallow: /q?*kind=a
Disallow:
Allow: /same
Disallow: /same
Crawl-delay: 2.5
Sitemap: https://example.org/sitemap.xml

User-agent: ganvas
Disallow: /b%C3%A4r
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("", True),
        ("/private", False),
        ("/privateer", False),
        ("/private/x.png", False),
        ("/private/open/x.png", True),
        ("/a/b.gif", False),
        ("/a/b.gif?x", True),
        ("/a/b.gifs", True),
        ("/q?other=1&kind=a", False),
        ("/q?other=1", True),
        ("/same", True),
        ("/bär", False),
        ("/b%c3%a4r", False),
        ("/robots.txt", True),
    ],
)
def test_robots_by_rfc_9309(path: str, allowed: bool) -> None:
    robots = Robots.parse(ROBOTS, "Ganvas")
    assert robots.allows(f"https://example.org{path}") is allowed
    assert robots.delay == 2.5


def test_robots_for_everybody_counts_where_we_are_not_named() -> None:
    robots = Robots.parse(ROBOTS, "Somebody")
    assert not robots.allows("https://example.org/x")
    assert robots.delay == 9


def test_robots_that_say_nothing_allow_everything() -> None:
    for text in ("", "<html>not found</html>", "Disallow: /", "User-agent: *\nDisallow:", "\0\0\0"):
        assert Robots.parse(text, "Ganvas").allows("https://example.org/x"), text
    assert OPEN.allows("https://example.org/x")
    assert not CLOSED.allows("https://example.org/x")


def test_a_hostile_robots_is_soon_read_and_soon_asked() -> None:
    text = "User-agent: *\n" + "Disallow: /" + "*a" * 40 + "b$\n" + "Disallow: /x\n" * 20_000
    robots = Robots.parse(text, "Ganvas")
    assert robots.allows("https://example.org/" + "a" * 5_000)
    assert not robots.allows("https://example.org/x")
