"""Rate limits per host: a pause between requests, Retry-After, and no more requests to a host that is down."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Protocol

LONGEST_PAUSE = 60.0  # seconds; a host whose robots.txt states more gets no requests
FAILURES_IN_A_ROW = 5  # after this many, a host counts as down for the rest of the run


class Clock(Protocol):
    """A source of time; tests replace it and do not sleep."""

    def now(self) -> float:
        """Seconds since some fixed moment, never going back."""

    def wall(self) -> float:
        """Seconds since 1970, for dates that hosts name."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class RealClock:
    """The time of this machine."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class RateLimiter:
    """A limit of one request per ``delay`` seconds to each host.

    Args:
        delay: seconds from the start of one request to a host to the start of the next.
    """

    def __init__(self, delay: float, clock: Clock) -> None:
        self.delay = delay
        self.clock = clock
        self._delays: dict[str, float] = {}
        self._free: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def slow_down(self, host: str, delay: float) -> None:
        """Lower the rate of a host, as its robots.txt states; the pause is never shorter than ``delay``."""
        self._delays[host] = max(delay, self._delays.get(host, self.delay))

    def delay_of(self, host: str) -> float:
        """Seconds between two requests to this host."""
        return self._delays.get(host, self.delay)

    def hold(self, host: str, seconds: float) -> None:
        """Send this host no request for a time (its ``Retry-After``)."""
        self._free[host] = max(self._free.get(host, 0.0), self.clock.now() + seconds)

    async def turn(self, host: str) -> None:
        """Wait until this host may get a request; the time slot is reserved at once, so several waiters queue."""
        now = self.clock.now()
        start = max(now, self._free.get(host, now))
        self._free[host] = start + self.delay_of(host)
        if start > now:
            await self.clock.sleep(start - now)

    def failed(self, host: str) -> None:
        """Record that a host did not answer, after all retries."""
        self._failures[host] = self._failures.get(host, 0) + 1

    def answered(self, host: str) -> None:
        """Record that a host answered, with whatever status."""
        self._failures.pop(host, None)

    def leave(self, host: str) -> None:
        """Send this host no more requests in this run, at its own request."""
        self._failures[host] = FAILURES_IN_A_ROW

    def is_down(self, host: str) -> bool:
        """Whether a host failed ``FAILURES_IN_A_ROW`` times in a row."""
        return self._failures.get(host, 0) >= FAILURES_IN_A_ROW


def back_off(attempt: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait before attempt 1, 2, 3 …: doubling from one second, each scattered by half, at most a minute.

    Args:
        chance: gives a number in [0, 1); scattering keeps many clients from returning at the same moment.
    """
    return float(min(2.0 ** (attempt - 1), 60.0) * (0.5 + chance()))


def retry_after(value: str | None, wall: float) -> float | None:
    """The ``Retry-After`` of a header, in seconds from ``wall``; None where there is none or it is invalid."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 10**9))
    try:
        return max(parsedate_to_datetime(value).timestamp() - wall, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
