"""Runs the studio on this machine until it is interrupted."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from ganvas.errors import UserError
from ganvas.serve.app import create_app
from ganvas.serve.core.connections import BACKLOG, ConnectionLimits, limited_protocol, shorten_logs
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.opening import Opening, is_loopback, open_at

PORT = 8300
UNREAD_SECONDS = 60.0  # time in which a client must take something of an answer


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping()  # streams that follow a run would keep their connections open
        super().handle_exit(sig, frame)


def serve(
    settings: StudioSettings,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    open_browser: bool = False,
    static: Path | None = None,
    tokens_file: Path | None = None,
    on_ready: Callable[[str, Opening], None] | None = None,
) -> None:
    """Serve the studio until interrupted; requests in progress may finish.

    Args:
        settings: What the operator chose; see :func:`ganvas.serve.opening.open_at` for what the address decides.
        host: Name or address to listen on.
        port: Port to listen on; 0 takes any free one.
        open_browser: Open the studio in a browser once it answers.
        static: Folder of the built pages; None: those of the package.
        tokens_file: File of access tokens.
        on_ready: Called with the studio's address, and what it allows, once it answers.

    Raises:
        UserError: The port is in use or not permitted, the host is not an address of this machine, or a folder cannot
            be used.
    """
    opening = open_at(settings, host, tokens_file)
    app = create_app(settings=opening.settings, static=static)
    with _listen(host, port) as listening:
        shown = "localhost" if is_loopback(host) or host in ("0.0.0.0", "::") else host
        url = f"http://{shown}:{listening.getsockname()[1]}"

        def ready() -> None:
            if on_ready is not None:
                on_ready(url, opening)
            if open_browser:  # some browsers return only when they are closed
                links = dict(opening.links(url))
                threading.Thread(target=webbrowser.open, args=(links.get("owner", url),), daemon=True).start()

        def stopping() -> None:
            app.state.context.stopping = True

        server = _Server(uvicorn_config(app, settings.connections), ready, stopping)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again after a clean stop
            server.run([listening])


def uvicorn_config(app: FastAPI, limits: ConnectionLimits) -> uvicorn.Config:
    """The settings of the HTTP server.

    Args:
        app: The studio.
        limits: Bounds of the connections.
    """
    config = uvicorn.Config(
        app,
        http=limited_protocol(limits),
        ws="none",
        backlog=BACKLOG,
        proxy_headers=False,  # the studio believes named proxies only
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    shorten_logs()
    return config


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 65536:
        raise UserError(f"A port is a number from 0 to 65535, not {port}; choose another with --port.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError:
        raise UserError(f"There is no host {host!r}; use 127.0.0.1 for this machine only or 0.0.0.0 for all.") from None
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux":  # closes connections of clients that are gone, or take nothing
            milliseconds = round(1000 * UNREAD_SECONDS)
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise UserError(
                f"Port {port} is in use; stop the program that uses it or choose another with --port."
            ) from None
        if error.errno == errno.EACCES:
            raise UserError(
                f"Port {port} needs special permissions; choose one of at least 1024 with --port."
            ) from None
        raise UserError(f"The studio cannot listen on {host} ({error.strerror}); use another --host.") from None
    return listening
