"""The drawings that people share by link, kept in a database that several studios use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, String, Table, create_engine, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from ganvas.curate.catalog.database import locate
from ganvas.errors import UserError
from ganvas.inference.worker import BusyError
from ganvas.serve.features.draw.drawing_store import ID, MOST, full_store, id_of

TABLE = Table(
    "shared_drawings",
    MetaData(),
    Column("id", String(24), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("shared_at", DateTime(timezone=True), nullable=False),
)


class DrawingTable:
    """A table of drawings, each named by the hash of its content. May be used from several threads and studios.

    Args:
        address: Address of the database, such as ``postgresql://ganvas@db.example/ganvas``; the table is made
            if absent.
        most: Number of drawings it may hold; several studios that share at the same time may exceed it by one each.

    Raises:
        UserError: The database cannot be used.
    """

    def __init__(self, address: str, most: int = MOST) -> None:
        self._most = most
        url = locate(Path(), address)
        patience = {"connect_timeout": 10} if url.get_backend_name() == "postgresql" else {}
        try:
            self._engine = create_engine(url, pool_pre_ping=True, connect_args=patience)
            with contextlib.suppress(DBAPIError):  # another studio makes the table at this moment
                TABLE.create(self._engine, checkfirst=True)
            self.probe()
        except (SQLAlchemyError, ImportError) as error:
            shown = url.render_as_string()  # without the password
            said = str(getattr(error, "orig", error)).strip().splitlines()[-1:] or [type(error).__name__]
            raise UserError(f"{shown} cannot hold drawings ({said[0].rstrip('.')}); choose another --shared.") from None

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def probe(self) -> None:
        """Read from the table; raises an error of the database where that fails."""
        with self._engine.connect() as connection:
            connection.execute(select(TABLE.c.id).limit(1)).first()

    def keep(self, content: bytes) -> str:
        """Store a drawing.

        Returns:
            Its id.

        Raises:
            NoRoomError: The table is full.
            BusyError: The database does not answer.
        """
        name = id_of(content)
        row = {"id": name, "content": content, "shared_at": datetime.now(UTC)}
        with _explained():
            if self._read(name) is not None:
                return name
            with contextlib.suppress(IntegrityError), self._engine.begin() as connection:  # shared twice at once
                if (connection.scalar(select(func.count()).select_from(TABLE)) or 0) >= self._most:
                    raise full_store()
                connection.execute(insert(TABLE).values(row))
        return name

    def find(self, name: str) -> bytes | None:
        """The content of an id; None where there is none.

        Raises:
            BusyError: The database does not answer.
        """
        if not ID.fullmatch(name):
            return None
        with _explained():
            content = self._read(name)
        return content if content is not None and id_of(content) == name else None

    def _read(self, name: str) -> bytes | None:
        with self._engine.connect() as connection:
            found = connection.scalar(select(TABLE.c.content).where(TABLE.c.id == name))
        return None if found is None else bytes(found)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError:
        raise BusyError("The studio is not ready; try again in a moment.", code="not-ready") from None
