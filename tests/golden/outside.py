"""The only place where the golden tests import ``ganvas``: its command line and its studio."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


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
) -> Iterator[Any]:
    """The studio as an ASGI application, with the options of ``ganvas studio`` and ``ganvas review``.

    Args:
        bundles: Folder of bundles.
        runs: Folder of runs.
        shared: Folder for drawings shared by link; None: none are kept.
        catalogue: Folder of the catalogue under review; None: none is open.
    """
    from ganvas.curate.catalog import Catalog
    from ganvas.serve.api import create_app
    from ganvas.serve.shared import SharedDrawings

    with contextlib.ExitStack() as stack:
        opened = None if catalogue is None else stack.enter_context(Catalog.open(catalogue))
        drawings = None if shared is None else SharedDrawings(shared)
        yield create_app(bundles, runs, catalog=opened, shared=drawings)
