"""The proposals of the checks, as round 0 of the review."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import select

from ganvas.curate.catalog import Catalog
from ganvas.curate.catalog.records import Proposal
from ganvas.curate.catalog.tables import BallotRow, RoundRow, now
from ganvas.curate.review.schema import MACHINE, Verdict
from ganvas.curate.review.verdicts import lock, record, settle

BATCH = 500


def proposals_of(catalog: Catalog, images: Sequence[int]) -> dict[int, Proposal]:
    """The proposals of the checks for these pictures, where there are any."""
    query = select(BallotRow).where(BallotRow.round == 0, BallotRow.image_id.in_(images))
    with catalog.database.reading() as session:
        found = session.scalars(query).all()
    return {row.image_id: Proposal(row.image_id, row.verdict == "keep", row.reason) for row in found}


def propose(catalog: Catalog, proposals: Iterable[Proposal]) -> int:
    """Record the proposals of the checks as round 0 of the review; rounds of people count more.

    A proposal that is there already changes nothing; what was proposed before stays in the record.

    Returns:
        How many proposals are new or differ from those before.
    """
    waiting = iter(proposals)
    with catalog.database.writing() as session:
        zero = {"number": 0, "scope": "all", "overlap": 0.0, "opened": now()}
        catalog.database.insert_missing(session, RoundRow, [zero])
    changed = 0
    while some := list(islice(waiting, BATCH)):
        images = [proposal.image_id for proposal in some]
        with catalog.database.writing() as session:
            lock(session, 0, MACHINE, images)
            standing = {
                ballot.image_id: (ballot.verdict == "keep", ballot.reason)
                for ballot in session.scalars(
                    select(BallotRow).where(BallotRow.round == 0, BallotRow.image_id.in_(images))
                )
            }
            news = [one for one in some if standing.get(one.image_id) != (one.keep, None if one.keep else one.reason)]
            for one in news:
                verdict = Verdict(one.image_id, "keep" if one.keep else "drop", one.reason, uuid.uuid4().hex)
                record(catalog.database, session, 0, MACHINE, verdict, {})
            settle(session, 0, sorted({one.image_id for one in news}))
        changed += len(news)
    return changed
