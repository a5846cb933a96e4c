"""Connections of the studio: bounded in number and in the time that they may wait, with a log that stays short."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

BACKLOG = 64  # connections that the system accepts before the studio does, and the studio in one turn of its loop
TURNS = 3  # of the loop, from accepting a connection to closing one for it
SPARE_FILES = 96  # open files kept for models, runs and pictures
LEAST = 16  # connections, however few files may be open
REPEATS = 5  # lines of one kind in the log per period
PERIOD = 60.0  # seconds


@dataclass(frozen=True)
class ConnectionLimits:
    """Bounds of the connections.

    Attributes:
        count: Open connections. At one more, the one that has waited longest without a request in progress is closed.
        header_seconds: Time from the beginning of a connection, or from an answer, to the end of the next request's
            headers.
        idle_seconds: Time in which a request whose body is not complete must send something.
    """

    count: int = 512
    header_seconds: float = 15.0
    idle_seconds: float = 30.0

    @property
    def within_open_files(self) -> int:
        """``count``, or fewer where this process may not open so many files."""
        try:
            import resource
        except ImportError:  # Windows has no such limit
            return self.count
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if most == resource.RLIM_INFINITY:
            return self.count
        return max(min(self.count, most - TURNS * BACKLOG - SPARE_FILES), LEAST)


def _send_at_once(transport: asyncio.BaseTransport) -> None:
    """Turn Nagle's algorithm off for a connection.

    asyncio does that for sockets that were made with an explicit protocol number, which sockets seldom are. An answer
    is sent in two parts, head and body; with the algorithm the second waits up to 40 ms for a delayed acknowledgement
    of the first.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):  # the client is gone already
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def limited_protocol(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """The HTTP protocol of uvicorn within limits.

    uvicorn bounds neither the time for the first request of a connection nor that for a body, and its bound on the
    number of connections refuses new ones, so that idle connections could shut everybody out.
    """
    base: Any = AutoHTTPProtocol
    most = limits.within_open_files
    interval = min(limits.header_seconds, limits.idle_seconds)

    class LimitedProtocol(base):  # type: ignore[misc]
        _since = 0.0  # when the connection began, or its last answer ended
        _received = 0.0
        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            _send_at_once(transport)
            self._since = self._received = self.loop.time()
            self._timer = self.loop.call_later(interval, self._check)
            # Two turns of the loop later, what came with the connection has been read: a request is in progress then.
            self.loop.call_soon(self.loop.call_soon, self._make_room)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            self._received = self.loop.time()
            super().data_received(data)

        def on_response_complete(self) -> None:
            self._since = self.loop.time()
            super().on_response_complete()

        def _is_busy(self) -> bool:
            return self.cycle is not None and not self.cycle.response_complete

        def _make_room(self) -> None:
            """Of too many connections, close the one that has waited longest, or this one if none waits."""
            if len(self.connections) <= most:
                return
            waiting = [
                one
                for one in self.connections
                if isinstance(one, LimitedProtocol) and one is not self and not one._is_busy()
            ]
            oldest = min(waiting, key=lambda one: one._since, default=self)
            self.connections.discard(oldest)  # it is closed in the next turn of the loop, and must count no more
            oldest.transport.abort()

        def _check(self) -> None:
            """Close the connection when it has waited too long; else check again when that could be so."""
            now = self.loop.time()
            if not self._is_busy():
                left = self._since + limits.header_seconds - now
            elif self.cycle.more_body and not self.flow.read_paused:
                left = self._received + limits.idle_seconds - now
            else:  # the studio is at work
                left = interval
            if left <= 0:
                self.transport.abort()
            else:
                self._timer = self.loop.call_later(min(left, interval), self._check)

    return LimitedProtocol


class RepetitionFilter(logging.Filter):
    """Lets a few lines of each kind through per period, and says with the next one how many were left out.

    Anybody can make a server log a line, so that a log which says everything fills the disk.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, tuple[float, int]] = {}  # message → beginning of the period, count

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is logged."""
        kind = f"{record.name}{record.levelno}{record.msg}"[:200]
        now = time.monotonic()
        begun, count = self._seen.get(kind, (now, 0))
        if now - begun > PERIOD:
            if count > REPEATS:
                record.msg = f"{record.msg} ({count - REPEATS} more such lines were left out)"
            begun, count = now, 0
        if len(self._seen) > 1000:
            self._seen.clear()
        self._seen[kind] = begun, count + 1
        return count < REPEATS


def shorten_logs() -> None:
    """Bound the lines that uvicorn and asyncio log for requests and connections."""
    for name in ("uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, RepetitionFilter) for one in logger.filters):
            logger.addFilter(RepetitionFilter())
