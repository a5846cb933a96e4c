"""The only place where the golden tests import ``ganvas``: its command line and its studio."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import uvicorn


class Ended(NamedTuple):
    """How a command ended: its exit code and all it printed."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path) -> Ended:
    """Run ``ganvas ARGUMENTS`` in this process."""
    from ganvas.cli import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Ended(code, out.getvalue(), err.getvalue())


def weights_here() -> set[str]:
    """The pretrained files that ``ganvas weights`` finds on this machine, by name."""
    rows = [line.split()[:2] for line in run("weights").out.splitlines()]
    return {row[0] for row in rows if row[1:] == ["yes"]}


def command_line() -> Any:
    """The ``ganvas`` command as the parser knows it."""
    from typer.main import get_command

    from ganvas.cli import app

    return get_command(app)


@contextlib.contextmanager
def studio(
    bundles: Path | None,
    runs: Path | None,
    *,
    shared: Path | None = None,
    catalogue: Path | None = None,
) -> Iterator[httpx.Client]:
    """A client of the studio on a free port, with what ``ganvas studio`` and ``ganvas review`` can serve.

    Args:
        bundles: Folder of bundles.
        runs: Folder of runs.
        shared: Folder for drawings shared by link; None: none are kept.
        catalogue: Folder of the catalogue under review; None: none is open.
    """
    from ganvas.curate.catalog import Catalog
    from ganvas.serve.app import create_app
    from ganvas.serve.core.settings import StudioSettings

    with contextlib.ExitStack() as stack:
        opened = None if catalogue is None else stack.enter_context(Catalog.open(catalogue))
        app = create_app(settings=StudioSettings(bundles=bundles, runs=runs, catalog=opened, shared=shared))
        yield stack.enter_context(_served(app))


@contextlib.contextmanager
def _served(app: Any) -> Iterator[httpx.Client]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=300) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()
    assert not thread.is_alive(), "the studio did not stop"
