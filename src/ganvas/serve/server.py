"""Runs the studio on this machine until it is told to stop."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from ganvas.errors import UserError
from ganvas.serve.app import create_app
from ganvas.serve.features.drawings.drawing_store import SharedDrawings

if TYPE_CHECKING:
    from ganvas.curate.catalog import Catalog

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


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
        self._stopping()  # pages that follow a run would keep their connections open
        super().handle_exit(sig, frame)


def serve(
    bundles: Path | None,
    runs: Path | None,
    *,
    host: str = "127.0.0.1",
    port: int = 8300,
    open_browser: bool = False,
    static: Path | None = None,
    on_ready: Callable[[str], None] | None = None,
    catalog: Catalog | None = None,
    reviewer: str | None = None,
    shared: Path | None = None,
) -> None:
    """Serve the studio until interrupted; requests under way may finish.

    :param port: 0 takes any free one.
    :param open_browser: show the studio once it answers.
    :param on_ready: called with its address once it answers.
    :param catalog: pictures to review, and ``reviewer`` who does so at this machine.
    :param shared: folder for drawings that people share by link; None: nothing is kept.
    :raises UserError: the port is taken or may not be used, the host is none of this machine's, or nothing can be kept
        in the folder.
    """
    drawings = None if shared is None else SharedDrawings(shared)
    listening = _listen(host, port)
    with listening:
        taken = listening.getsockname()[1]
        shown = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1", "localhost") else host
        url = f"http://{shown}:{taken}"
        local = host in ("127.0.0.1", "::1", "localhost")
        app = create_app(
            bundles,
            runs,
            static,
            hosts=LOOPBACK if local else (),
            catalog=catalog,
            reviewer=reviewer,
            shared=drawings,
        )

        def ready() -> None:
            if on_ready is not None:
                on_ready(url)
            if open_browser:  # some browsers keep the caller waiting
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        def stopping() -> None:
            app.state.studio.stopping = True

        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=5, server_header=False
        )
        server = _Server(config, ready, stopping)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn hands the signal on once it has stopped well
            server.run([listening])


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 65536:
        raise UserError(f"A port is a number from 0 to 65535, not {port}; choose another with --port.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError:
        raise UserError(
            f"There is no host {host!r}; use 127.0.0.1 for this machine alone or 0.0.0.0 for all."
        ) from None
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"Port {port} is taken; stop what uses it or choose another with --port.") from None
        if error.errno == errno.EACCES:
            raise UserError(f"Port {port} needs special rights; choose one from 1024 on with --port.") from None
        raise UserError(f"The studio cannot listen on {host} ({error.strerror}); use another --host.") from None
    return listening
