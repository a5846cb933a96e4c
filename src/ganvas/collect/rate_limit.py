"""Manners towards a host: a pause between two requests, waiting when it asks to, leaving it alone when it is down."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Protocol

LONGEST_PAUSE = 60.0  # seconds; a robots.txt may ask for more, and then the host is left alone
FAILURES_IN_A_ROW = 5  # after so many, a host counts as down for the rest of this collecting


class Clock(Protocol):
    """Where time comes from; tests bring their own and do not sleep."""

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
    """Lets each host be asked once per ``delay`` seconds, whatever other hosts do.

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
        """Ask this host less often, as its robots.txt wants; never more often than ``delay``."""
        self._delays[host] = max(delay, self._delays.get(host, self.delay))

    def delay_of(self, host: str) -> float:
        """Seconds between two requests to this host."""
        return self._delays.get(host, self.delay)

    def hold(self, host: str, seconds: float) -> None:
        """Ask nothing of this host for so long (its ``Retry-After``)."""
        self._free[host] = max(self._free.get(host, 0.0), self.clock.now() + seconds)

    async def turn(self, host: str) -> None:
        """Wait until this host may be asked; the turn is taken at once, so that several waiters queue up."""
        now = self.clock.now()
        start = max(now, self._free.get(host, now))
        self._free[host] = start + self.delay_of(host)
        if start > now:
            await self.clock.sleep(start - now)

    def failed(self, host: str) -> None:
        """Note that a host did not answer, after all retries."""
        self._failures[host] = self._failures.get(host, 0) + 1

    def answered(self, host: str) -> None:
        """Note that a host answered, whatever it said."""
        self._failures.pop(host, None)

    def leave(self, host: str) -> None:
        """Ask this host nothing more in this collecting: it said so."""
        self._failures[host] = FAILURES_IN_A_ROW

    def is_down(self, host: str) -> bool:
        """Whether a host failed so often in a row that asking it again is a waste of its time and ours."""
        return self._failures.get(host, 0) >= FAILURES_IN_A_ROW


def back_off(attempt: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait before attempt 1, 2, 3 …: doubling from one second, each scattered by half, at most a minute.

    Args:
        chance: gives a number in [0, 1); scattering keeps many collectors from coming back at the same moment.
    """
    return float(min(2.0 ** (attempt - 1), 60.0) * (0.5 + chance()))


def retry_after(value: str | None, wall: float) -> float | None:
    """What a ``Retry-After`` header asks for, in seconds from ``wall``; None where there is none to understand."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 10**9))
    try:
        return max(parsedate_to_datetime(value).timestamp() - wall, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
