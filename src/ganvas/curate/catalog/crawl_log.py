"""The crawl log of a catalogue: answers of addresses, and keywords that were searched for."""

from __future__ import annotations

import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ganvas.curate.catalog.database import Database
from ganvas.curate.catalog.records import KeywordCount, UrlState
from ganvas.curate.catalog.store import digest
from ganvas.curate.catalog.tables import AddressRow, ImageRow, OriginRow, SearchRow, now


class CrawlLog:
    """Answers of addresses, and keywords that were searched for."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def url_state(self, url: str) -> UrlState | None:
        """The last answer of an address, or None when it was never requested."""
        with self.database.reading() as session:
            row = session.get(AddressRow, digest(url.encode(errors="surrogatepass")))
        if row is None:
            return None
        return UrlState(row.url, row.etag, row.last_modified, row.sha256, row.outcome, row.changed)

    def note_url(
        self, url: str, *, etag: str | None, last_modified: str | None, sha256: str | None, outcome: str
    ) -> None:
        """Record the answer of an address; the newest one counts."""
        with self.database.writing() as session:
            self.note_answer(session, url, etag, last_modified, sha256, outcome)

    def note_answer(
        self,
        session: Session,
        url: str | None,
        etag: str | None,
        last_modified: str | None,
        sha256: str | None,
        outcome: str = "stored",
    ) -> None:
        """Record an answer in an open transaction; see :meth:`note_url`. None is no address."""
        if url is None:
            return
        key = digest(url.encode(errors="surrogatepass"))
        values = {"url": url, "etag": etag, "last_modified": last_modified, "sha256": sha256, "outcome": outcome}
        clean = {name: None if value is None else storable(value) for name, value in values.items()}
        self.database.insert_or_replace(session, AddressRow, [{"key": key, "changed": now(), **clean}], ["key"])

    def searched(self, engine: str, keyword: str) -> bool:
        """Whether a keyword was searched for on this engine; case, spacing and Unicode form do not matter."""
        with self.database.reading() as session:
            found = session.scalars(
                select(SearchRow.id).filter_by(engine=engine, keyword=normal_keyword(keyword)).limit(1)
            ).first()
        return found is not None

    def note_search(self, engine: str, keyword: str, *, found: int, new: int) -> None:
        """Record a search."""
        with self.database.writing() as session:
            session.add(SearchRow(engine=engine, keyword=normal_keyword(keyword), found=found, new=new))

    def keywords(self) -> list[KeywordCount]:
        """Pictures found, new, kept and dropped by keyword; most kept first."""
        with self.database.reading() as session:
            searches = session.execute(
                select(
                    SearchRow.engine,
                    SearchRow.keyword,
                    func.max(SearchRow.made, type_=SearchRow.made.type),
                    func.sum(SearchRow.found),
                    func.sum(SearchRow.new),
                ).group_by(SearchRow.engine, SearchRow.keyword)
            ).all()
            brought = session.execute(
                select(OriginRow.keyword, OriginRow.source, ImageRow.result, func.count(OriginRow.image_id.distinct()))
                .join(ImageRow, ImageRow.id == OriginRow.image_id)
                .where(OriginRow.keyword.is_not(None))
                .group_by(OriginRow.keyword, OriginRow.source, ImageRow.result)
            ).all()
        judged: dict[tuple[str, str, str], int] = {}
        for word, source, result, count in brought:
            engine = source.partition(":")[2] if source.startswith("search:") else ""
            key = (word or "", engine, result or "")
            judged[key] = judged.get(key, 0) + count

        def of(engine: str, keyword: str, result: str) -> int:
            return judged.get((keyword, engine, result), 0) + judged.get((keyword, "", result), 0)

        counts = [
            KeywordCount(engine, word, when, found, new, of(engine, word, "keep"), of(engine, word, "drop"))
            for engine, word, when, found, new in searches
        ]
        return sorted(counts, key=lambda one: (-one.kept, -one.new, one.keyword, one.engine))


def normal_keyword(keyword: str) -> str:
    """The stored form of a keyword: one Unicode form, lower case, single spaces, at most 500 characters."""
    return storable(" ".join(unicodedata.normalize("NFC", keyword).split()).casefold())[:500]


def storable(text: str) -> str:
    """Text that every database accepts: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
