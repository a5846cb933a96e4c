"""A real PostgreSQL for the tests, started in a folder of its own; and SQLite, so that both are held to the same."""

from __future__ import annotations

import io
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg
import pytest
from PIL import Image

from ganvas.curate.catalog import Catalog, Check, Origin


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl; distributions keep them off the path."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _as_somebody() -> tuple[list[str], int | None]:
    """PostgreSQL refuses to run as root. → what to put before a command, and whose the folder must be."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", "--reuid", name, "--regid", str(user.pw_gid), "--clear-groups"], user.pw_uid
    pytest.skip("PostgreSQL does not run as root, and there is no other user here")


@contextmanager
def postgresql() -> Iterator[Callable[[], str]]:
    """A server on a socket of its own. → makes an empty database and gives its address."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    before, owner = _as_somebody()
    home = Path(tempfile.mkdtemp(prefix="ganvas-pg-"))
    if owner is not None:
        os.chown(home, owner, -1)
    home.chmod(0o755)
    data, log = home / "data", home / "log"

    def run(program: str, *arguments: str) -> None:
        command = [*before, str(programs / program), *arguments]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")

    made = 0

    def fresh() -> str:
        nonlocal made
        made += 1
        name = f"catalogue_{made}_{uuid.uuid4().hex[:6]}"
        with psycopg.connect(f"host={home} user=ganvas dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://ganvas@/{name}?host={home}"

    try:
        run("initdb", "--pgdata", str(data), "--username", "ganvas", "--auth", "trust", "--no-sync", "-E", "UTF8")
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off -c max_connections=60"
        run("pg_ctl", "--pgdata", str(data), "--log", str(log), "--wait", "-o", options, "start")
        try:
            yield fresh
        finally:
            run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "--wait", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def picture(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A PNG unlike that of any other seed, with no symmetry."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return encoded(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), "PNG")


def encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    """The bytes of a picture's file."""
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def turned(content: bytes) -> Image.Image:
    """A picture left to right."""
    return Image.open(io.BytesIO(content)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def filled(root: Path, database: str | None, count: int) -> Catalog:
    """A catalogue of ``count`` pictures numbered from 1; picture i has the score i / count."""
    catalog = Catalog.open(root, database)
    for seed in range(count):
        added = catalog.add(picture(seed), Origin("folder", path=f"pictures/{seed}.png"))
        catalog.record(added.id, [Check("sharpness", None, (seed + 1) / count, "1")])
    return catalog
