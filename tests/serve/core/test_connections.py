"""Connections that only wait: they neither shut others out, nor stay, nor fill the log."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn
from fastapi import Request
from support.studio import served

from ganvas.serve.app import create_app
from ganvas.serve.core import connections, middleware
from ganvas.serve.core.connections import REPEATS, ConnectionLimits, RepetitionFilter

HEALTH = b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
SHORT = 0.05  # seconds

Server = tuple[httpx.Client, uvicorn.Server]


@contextmanager
def studio(limits: ConnectionLimits) -> Iterator[Server]:
    app = create_app(())

    @app.post("/v1/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    with served(app, limits) as found:
        yield found


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10)


def is_closed(connection: socket.socket) -> bool:
    """Whether the server closes the connection, and sends nothing before."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    with studio(ConnectionLimits()) as (client, server):
        assert client.get("/v1/openapi.json").status_code == 200
        (protocol,) = server.server_state.connections
        connection = protocol.transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_idle_connections_do_not_shut_others_out() -> None:
    with studio(ConnectionLimits(count=16)) as (client, server), ExitStack() as opened:
        waiting = [opened.enter_context(connect(client)) for _ in range(60)]
        for one in waiting[:20]:
            one.sendall(b"GET /v1/health HTTP/1.1\r\n")
        assert client.get("/v1/openapi.json").status_code == 200
        assert is_closed(waiting[0]), "the oldest are closed"
        assert client.get("/v1/openapi.json").status_code == 200
        assert len(server.server_state.connections) <= 16


def test_a_request_in_progress_is_not_closed_to_make_room() -> None:
    with studio(ConnectionLimits(count=16)) as (client, _), ExitStack() as opened:
        busy = opened.enter_context(connect(client))
        busy.sendall(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab")
        for _ in range(40):
            opened.enter_context(connect(client))
        assert client.get("/v1/openapi.json").status_code == 200
        busy.sendall(b"cd")
        assert busy.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "],
    ids=["nothing", "half a line", "half the headers"],
)
def test_a_connection_without_a_request_is_closed(sent: bytes) -> None:
    with studio(ConnectionLimits(header_seconds=SHORT)) as (client, _), connect(client) as connection:
        connection.sendall(sent)
        assert is_closed(connection)


def test_a_second_request_has_as_little_time() -> None:
    with studio(ConnectionLimits(header_seconds=SHORT)) as (client, _), connect(client) as connection:
        connection.sendall(b"GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(65536)
        connection.sendall(b"G")  # this alone ends uvicorn's own limit for idle connections
        assert is_closed(connection)


def test_a_body_that_stays_away_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[object] = []
    monkeypatch.setattr(middleware.log, "error", lambda *said, **more: logged.append(said))
    with studio(ConnectionLimits(idle_seconds=SHORT)) as (client, _), connect(client) as connection:
        connection.sendall(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nab")
        assert is_closed(connection)
    assert logged == [], "an interrupted request is no fault"


def test_the_count_keeps_within_the_files_that_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (400, 400))
    within = ConnectionLimits(count=512).within_open_files
    assert within + connections.TURNS * connections.BACKLOG < 400
    assert within > 100


def test_the_log_stays_short_and_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(connections.time, "monotonic", lambda: now[0])
    only = RepetitionFilter()

    def lines(message: str, count: int) -> list[str]:
        records = [logging.LogRecord("asyncio", logging.ERROR, "", 0, message, (), None) for _ in range(count)]
        return [record.getMessage() for record in records if only.filter(record)]

    assert lines("socket.accept() out of system resource", 2000) == ["socket.accept() out of system resource"] * REPEATS
    assert lines("another", 1) == ["another"]
    now[0] += 100
    [said] = lines("socket.accept() out of system resource", 1)
    assert said == f"socket.accept() out of system resource ({2000 - REPEATS} more such lines were left out)"


def test_the_limits_hold_for_the_studio_itself() -> None:
    from ganvas.serve.core.settings import StudioSettings
    from ganvas.serve.server import uvicorn_config

    made: Callable[..., object] = uvicorn_config(create_app(()), StudioSettings().connections).http  # type: ignore[assignment]
    assert made.__name__ == "LimitedProtocol"
    assert any(isinstance(one, RepetitionFilter) for one in logging.getLogger("asyncio").filters)
