"""The ratings of a study, in SQLite: each is written in one transaction, and none is ever changed.

Withdrawal deletes what a rater said, and overwrites the place where it stood.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from ganvas.apps.opinion.order import Kind, Trial, plan
from ganvas.apps.opinion.study import RATINGS, VALUES, Manifest, read_manifest
from ganvas.errors import UserError

State = Literal["new", "open", "closed"]

_WAIT = 30.0  # seconds for another process that writes
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE raters (number INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE);
CREATE TABLE ratings (
  rater INTEGER NOT NULL REFERENCES raters (number), position INTEGER NOT NULL, kind TEXT NOT NULL,
  pictures TEXT NOT NULL, value INTEGER NOT NULL, milliseconds INTEGER, PRIMARY KEY (rater, position)
);
INSERT INTO facts VALUES ('state', 'new'), ('withdrawn', '0');
"""


class Rating(NamedTuple):
    """What a rater answered.

    Attributes:
        rater: Number of the rater.
        kind: Of the question.
        pictures: Ids of what was shown, from left to right.
        value: The answer, see :data:`ganvas.apps.opinion.study.VALUES`.
        milliseconds: From when it was shown, as the page says; None: not known.
    """

    rater: int
    kind: Kind
    pictures: tuple[str, ...]
    value: int
    milliseconds: int | None


class Standing(NamedTuple):
    """Where a rater stands.

    Attributes:
        position: Number of questions answered, which is the index of the next.
        total: Number of questions.
        trial: The next question; None: all are answered.
        following: The one after it; None: there is none.
    """

    position: int
    total: int
    trial: Trial | None
    following: Trial | None


class Facts(NamedTuple):
    """The state of a study and its counts; ``finished`` raters answered everything."""

    state: State
    opened: str | None
    closed: str | None
    raters: int
    finished: int
    withdrawn: int


class Study:
    """A study and its ratings.

    Any number of threads and processes may use it: each operation opens the database, and writes in one transaction.

    Args:
        folder: Of the study.

    Raises:
        UserError: There is no study, or it is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self._file = folder / RATINGS
        if not self._file.is_file():
            raise _damaged(folder)

    def facts(self) -> Facts:
        """The state and the counts."""
        with self._reading() as db:
            known = dict(db.execute("SELECT name, value FROM facts"))
            counts = dict(db.execute("SELECT rater, COUNT(*) FROM ratings GROUP BY rater"))
            raters = [number for (number,) in db.execute("SELECT number FROM raters")]
        finished = sum(counts.get(number, 0) == len(plan(self.manifest, number)) for number in raters)
        state: State = known["state"]
        return Facts(
            state, known.get("opened"), known.get("closed"), len(raters), finished, int(known.get("withdrawn", 0))
        )

    def open(self) -> None:
        """Let raters in.

        Raises:
            UserError: It was closed before: its results may be known, so that further ratings would not be blind.
        """
        with self._writing() as db:
            state = _state(db)
            if state == "closed":
                raise UserError(
                    "The study was closed, and its results may be known; create another one instead of opening it "
                    "again.",
                    code="study-was-closed",
                )
            if state == "new":
                _set(db, "state", "open")
                _set(db, "opened", _now())

    def close(self) -> None:
        """End the rating; the results can be read from now on.

        Raises:
            UserError: It was never opened.
        """
        with self._writing() as db:
            state = _state(db)
            if state == "new":
                raise UserError("The study was not opened yet; open it first.", code="study-not-opened")
            if state == "open":
                _set(db, "state", "closed")
                _set(db, "closed", _now())

    def join(self) -> str:
        """Take part.

        Returns:
            The secret by which the rater is known, of which only a digest is kept.

        Raises:
            UserError: The study is not open.
        """
        token = secrets.token_urlsafe(18)
        with self._writing() as db:
            _check_open(db)
            taken = {number for (number,) in db.execute("SELECT number FROM raters")}
            number = next(number for number in range(len(taken) + 1) if number not in taken)
            db.execute("INSERT INTO raters VALUES (?, ?)", (number, _digest(token)))
        return token

    def standing(self, token: str) -> Standing:
        """The next question of a rater.

        Raises:
            UserError: There is no such rater, or the study is not open.
        """
        with self._reading() as db:
            _check_open(db)
            return self._standing(db, _rater(db, token))

    def rate(self, token: str, position: int, value: int, milliseconds: int | None = None) -> Standing:
        """Answer a question. The same answer again, after an answer of the server was lost, changes nothing.

        Args:
            token: Of the rater.
            position: Index of the question.
            value: The answer, see :data:`ganvas.apps.opinion.study.VALUES`.
            milliseconds: From when it was shown.

        Returns:
            Where the rater stands after it.

        Raises:
            UserError: The study is not open, there is no such rater or answer, the question is not the next one, or it
                was answered otherwise.
        """
        if value not in VALUES[self.manifest.mode]:
            raise UserError("There is no such answer; reload the page.", code="no-such-answer")
        with self._writing() as db:
            _check_open(db)
            rater = _rater(db, token)
            standing = self._standing(db, rater)
            if position < standing.position:
                found = db.execute("SELECT value FROM ratings WHERE rater = ? AND position = ?", (rater, position))
                row = found.fetchone()
                if row is None or row[0] != value:
                    raise UserError(
                        "This question was answered before, and answers are not changed; reload the page.",
                        code="answered-before",
                    )
                return standing
            if position > standing.position or standing.trial is None:
                raise UserError("This question is not the next one; reload the page.", code="not-the-next-question")
            trial = standing.trial
            db.execute(
                "INSERT INTO ratings VALUES (?, ?, ?, ?, ?, ?)",
                (rater, position, trial.kind, " ".join(trial.pictures), value, milliseconds),
            )
            return self._standing(db, rater)

    def withdraw(self, token: str) -> None:
        """Delete a rater and all ratings of the rater; only the number of withdrawals is kept.

        Raises:
            UserError: There is no such rater.
        """
        with self._writing() as db:
            rater = _rater(db, token)
            db.execute("DELETE FROM ratings WHERE rater = ?", (rater,))
            db.execute("DELETE FROM raters WHERE number = ?", (rater,))
            db.execute("UPDATE facts SET value = value + 1 WHERE name = 'withdrawn'")

    def ratings(self) -> list[Rating]:
        """All ratings, in the order of raters and questions.

        Raises:
            UserError: The study is not closed: who knows results before the end may lead raters.
        """
        with self._reading() as db:
            if _state(db) != "closed":
                raise UserError(
                    "Results stay hidden until the study is closed; close it first.", code="study-not-closed"
                )
            rows = db.execute(
                "SELECT rater, kind, pictures, value, milliseconds FROM ratings ORDER BY rater, position"
            ).fetchall()
        return [Rating(rater, kind, tuple(shown.split()), value, ms) for rater, kind, shown, value, ms in rows]

    def _standing(self, db: sqlite3.Connection, rater: int) -> Standing:
        trials = plan(self.manifest, rater)
        (done,) = db.execute("SELECT COUNT(*) FROM ratings WHERE rater = ?", (rater,)).fetchone()
        trial, following = [*trials[done : done + 2], None, None][:2]
        return Standing(done, len(trials), trial, following)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other one runs beside; undone where the block raises."""
        with self._reading() as db:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT, isolation_level=None)) as db:
                yield db
        except sqlite3.DatabaseError:
            raise _damaged(self.folder) from None


def make_database(folder: Path) -> None:
    """Make the empty database of a new study."""
    with closing(sqlite3.connect(folder / RATINGS)) as db:
        db.executescript(_SCHEMA)


def _damaged(folder: Path) -> UserError:
    return UserError(
        f"The ratings of the study {folder} cannot be read or written; check the permissions and the disk, or make "
        "the study again.",
        code="ratings-unusable",
        params={"study": folder.name},
    )


def _state(db: sqlite3.Connection) -> State:
    (state,) = db.execute("SELECT value FROM facts WHERE name = 'state'").fetchone()
    found: State = state
    return found


def _set(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def _check_open(db: sqlite3.Connection) -> None:
    if _state(db) != "open":
        raise UserError("The study is not open for ratings; ask who invited you.", code="study-not-open")


def _rater(db: sqlite3.Connection, token: str) -> int:
    row = db.execute("SELECT number FROM raters WHERE token = ?", (_digest(token),)).fetchone()
    if row is None:
        raise UserError("You do not take part in this study; begin anew.", code="no-rater")
    number: int = row[0]
    return number


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
