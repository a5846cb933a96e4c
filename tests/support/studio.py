"""A studio in the test's own process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from ganvas.serve.app import create_app
from ganvas.serve.core.connections import ConnectionLimits
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.server import uvicorn_config


@contextmanager
def served(app: FastAPI, limits: ConnectionLimits | None = None) -> Iterator[tuple[httpx.Client, uvicorn.Server]]:
    """The app on a free port of this machine, within the limits of connections that the studio has."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn_config(app, limits or ConnectionLimits()))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=30) as client:
            yield client, server
    finally:
        app.state.context.stopping = True
        server.should_exit = True
        thread.join(20)
        listening.close()
    assert not thread.is_alive(), "a page that follows a run must not hold the studio up"


@contextmanager
def served_with(settings: StudioSettings) -> Iterator[httpx.Client]:
    """A studio with these settings."""
    with served(create_app(settings=settings)) as (client, _):
        yield client


@contextmanager
def served_at(settings: StudioSettings) -> Iterator[str]:
    """The address of a studio with these settings."""
    with served_with(settings) as client:
        yield str(client.base_url).rstrip("/")
