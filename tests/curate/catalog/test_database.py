"""A database that fails: the sentence names what failed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from support.small_run import draw_pictures

from ganvas.cli import main
from ganvas.curate.catalog import Catalog, database
from ganvas.errors import UserError


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue whose database cannot grow any more, as on a full disk."""
    Catalog.open(tmp_path / "catalogue").close()
    connect = database._sqlite

    def limited(url: Any) -> Engine:
        engine = connect(url)

        @event.listens_for(engine, "connect")
        def limit(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # no fewer than there are

        return engine

    monkeypatch.setattr(database, "_sqlite", limited)
    return tmp_path / "catalogue"


def test_collecting_onto_a_full_disk_names_the_disk(
    full: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = draw_pictures(tmp_path / "data", 200)
    assert main(["collect", str(pictures), "--catalog", str(full)]) == 2
    said = capsys.readouterr().err
    assert "the disk is full, so free some space; what was stored before is kept" in said
    assert "does not answer" not in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk failed or is full"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "change its permissions"),
        (sqlite3.SQLITE_BUSY, "does not answer"),
        (None, "does not answer"),
    ],
)
@pytest.mark.parametrize("way", ["reading", "writing"])
def test_each_failure_of_the_database_has_its_sentence(tmp_path: Path, code: int | None, words: str, way: str) -> None:
    original = sqlite3.OperationalError("of SQLite")
    if code is not None:
        original.sqlite_errorcode = code
    with Catalog.open(tmp_path / "catalogue") as catalog:
        connection = catalog.database
        with pytest.raises(UserError, match=words) as caught, getattr(connection, way)():
            raise OperationalError("statement", {}, original)
    assert str(tmp_path) not in str(caught.value), "the studio shows it to others"
