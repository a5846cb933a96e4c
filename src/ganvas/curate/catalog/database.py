"""The database of a catalogue: connection, upgrade of its tables, reading and writing transactions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from ganvas.curate.catalog.tables import REVISIONS, Base
from ganvas.errors import UserError

PATIENCE = 60  # seconds that a writer waits for the others
MIGRATIONS = Path(__file__).with_name("migrations")
KEPT = "what was stored before is kept"
SQLITE_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full, so free some space",
    sqlite3.SQLITE_IOERR: "the disk failed or is full, so check it",
    sqlite3.SQLITE_READONLY: "it may only be read, so change its permissions",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened, so check its permissions and the space on its disk",
}
UPGRADE_LOCK = 0x67616E  # any number, the same in every process


class Database:
    """An engine with its tables up to date.

    Args:
        url: where the data lie; SQLite and PostgreSQL are known.

    Raises:
        UserError: it cannot be reached, is another kind of database, or was written by a newer Ganvas.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.kind = url.get_backend_name()
        if self.kind not in ("sqlite", "postgresql"):
            raise UserError(f"The database of a catalogue is SQLite or PostgreSQL, not {self.kind}.")
        self.engine = _sqlite(url) if self.kind == "sqlite" else _postgresql(url)
        try:
            _upgrade(self.engine)
        except OperationalError as error:
            self.close()
            raise UserError(f"The catalogue {url.render_as_string()} cannot be opened: {_short(error)}.") from error
        except DBAPIError as error:
            self.close()
            raise UserError(f"{url.render_as_string()} is not a catalogue of Ganvas: {_short(error)}.") from error
        except UserError:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with self._explaining(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction. SQLite lets one writer in at a time from here on; PostgreSQL locks rows as they are met."""
        with (
            self._explaining(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session
            session.flush()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Turn an error of the database's server or file into a sentence."""
        try:
            yield
        except OperationalError as error:
            match error.orig:
                case sqlite3.Error(sqlite_errorcode=code) if code & 0xFF in SQLITE_ADVICE:
                    advice = SQLITE_ADVICE[code & 0xFF]
                    raise UserError(f"The catalogue's database cannot be written: {advice}; {KEPT}.") from error
            raise UserError(f"The catalogue's database does not answer ({_short(error)}); {KEPT}.") from error

    def insert_missing(
        self, session: Session, table: type[Base], rows: Sequence[dict[str, Any]], *, returning: Any = None
    ) -> list[Any]:
        """Insert the rows whose keys are not there; others stay unchanged. Returns ``returning`` of the new rows."""
        if not rows:
            return []
        maker = sqlite.insert if self.kind == "sqlite" else postgresql.insert
        statement = maker(table).on_conflict_do_nothing()
        if returning is None:
            session.execute(statement, rows)
            return []
        return list(session.scalars(statement.values(list(rows)).returning(returning)))

    def insert_or_replace(
        self, session: Session, table: type[Base], rows: Sequence[dict[str, Any]], keys: Sequence[str]
    ) -> None:
        """Insert rows; those whose ``keys`` are there already get the new values."""
        if not rows:
            return
        maker = sqlite.insert if self.kind == "sqlite" else postgresql.insert
        statement = maker(table)
        others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=others), list(rows))


def locate(root: Path, database: str | None) -> URL:
    """The address of the database: the given one, else ``GANVAS_DATABASE``, else the file in the folder.

    Raises:
        UserError: the address cannot be read.
    """
    given = database or os.environ.get("GANVAS_DATABASE")
    if not given:
        return URL.create("sqlite", database=str((root / "catalog.db").absolute()))
    try:
        url = make_url(given)
        url.get_backend_name()
    except ArgumentError:
        raise UserError(
            "The database must be an address such as postgresql://USER@HOST/NAME, or sqlite:///FILE."
        ) from None
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins no transaction; the "begin" listener does
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")  # readers never wait for a writer
        cursor.execute("PRAGMA synchronous = FULL")  # what was answered survives a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ImportError:
        raise UserError("PostgreSQL needs the extra: pip install 'ganvas[postgres]'.") from None


def _short(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip().rstrip(".")[:200]


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(engine: Engine) -> None:
    """Bring the tables up to date; several processes may do so at once, and one does the work."""
    with engine.connect() as connection:
        if _revision(connection) == REVISIONS[-1]:
            return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        found = _revision(connection)
        if found is not None and found not in REVISIONS:
            raise UserError(
                f"This catalogue was written by a newer Ganvas (its tables are {found}); update with `pip install -U "
                "ganvas` to open it."
            )
        if found != REVISIONS[-1]:
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
