"""The report on a catalogue: sources, keywords, drop reasons, checks, duplicates, sizes, licences, rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import func, select

from ganvas.curate.catalog import Catalog, Counts, KeywordCount
from ganvas.curate.catalog.tables import CheckRow, ImageRow, OriginRow, VerdictRow, now
from ganvas.curate.duplicates import DuplicateGroup
from ganvas.curate.review.agreement import Agreement
from ganvas.curate.review.review import Review
from ganvas.curate.review.schema import REASONS, Change, Progress, Round

SIDES = (64, 128, 256, 512, 1024, 2048)
EXAMPLES = 8
GROUPS = 6


class GroupCounts(NamedTuple):
    """How many pictures a group has, and how many of them are kept and dropped."""

    name: str
    pictures: int
    kept: int
    dropped: int


class DropReasonCounts(NamedTuple):
    """How many pictures were dropped for a reason, and examples, the worst-scored first."""

    reason: str
    meaning: str
    pictures: int
    by_checks: int
    examples: tuple[int, ...]


class CheckStatistics(NamedTuple):
    """How many pictures have a check, their mean score, and how many score below one half."""

    name: str
    pictures: int
    mean: float
    low: int


class RoundReport(NamedTuple):
    """A round with its reviewers' progress, what it changed, and how far they agree."""

    round: Round
    progress: dict[str, Progress]
    changes: tuple[Change, ...]
    agreement: Agreement


class _Judged(NamedTuple):
    id: int
    width: int
    height: int
    result: str | None
    reason: str | None
    round: int | None


@dataclass(frozen=True)
class Report:
    """The content of the report; :mod:`ganvas.curate.review.report_page` renders it as a page."""

    name: str
    made: datetime
    counts: Counts
    bytes: int
    verdicts: int
    sources: tuple[GroupCounts, ...]
    keywords: tuple[KeywordCount, ...]
    dropped: tuple[DropReasonCounts, ...]
    checks: tuple[CheckStatistics, ...]
    duplicates: tuple[DuplicateGroup, ...]
    sizes: tuple[GroupCounts, ...]
    classes: tuple[GroupCounts, ...]
    licences: tuple[GroupCounts, ...]
    rounds: tuple[RoundReport, ...]

    @property
    def spare(self) -> int:
        """How many pictures are near duplicates of an earlier one."""
        return sum(len(group.ids) - 1 for group in self.duplicates)

    @property
    def mirrored(self) -> int:
        """How many of those are mirror images."""
        return sum(len(group.mirrored) for group in self.duplicates)


def make_report(catalog: Catalog, *, distance: int = 6) -> Report:
    """The report on a catalogue.

    Args:
        distance: how many of 64 bits may differ between pictures that count as the same.
    """
    review = Review(catalog)
    with catalog.database.reading() as session:
        columns = (
            ImageRow.id,
            ImageRow.width,
            ImageRow.height,
            ImageRow.result,
            ImageRow.reason,
            ImageRow.result_round,
        )
        worst_first = select(*columns).order_by(func.coalesce(ImageRow.score, 1.0), ImageRow.id)
        images = [_Judged(*row) for row in session.execute(worst_first)]
        origins = session.execute(
            select(
                OriginRow.image_id,
                OriginRow.source,
                OriginRow.url,
                OriginRow.page,
                OriginRow.keyword,
                OriginRow.licence,
                OriginRow.path,
            ).order_by(OriginRow.id)
        ).all()
        size = session.scalar(select(func.sum(ImageRow.bytes))) or 0
        verdicts = session.scalar(select(func.count()).select_from(VerdictRow).where(VerdictRow.round > 0)) or 0
        checks = session.execute(
            select(CheckRow.name, func.count(), func.avg(CheckRow.score)).group_by(CheckRow.name)
        ).all()
        lows = select(CheckRow.name, func.count()).where(CheckRow.score < 0.5).group_by(CheckRow.name)
        low = {name: count for name, count in session.execute(lows)}  # noqa: C416 - dict() takes a result for a mapping
    result = {row.id: row.result for row in images}
    measured = [CheckStatistics(name, count, float(mean), low.get(name, 0)) for name, count, mean in checks]
    return Report(
        name=catalog.root.absolute().name,
        made=now(),
        counts=catalog.counts(),
        bytes=int(size),
        verdicts=verdicts,
        sources=_tally(((row.image_id, _place(row.source, row.url, row.page)) for row in origins), result),
        keywords=tuple(catalog.crawl_log.keywords()),
        dropped=_dropped(images),
        checks=tuple(sorted(measured, key=lambda one: (-one.low, one.name))),
        duplicates=tuple(catalog.duplicates(distance)),
        sizes=_sizes(images),
        classes=_tally(
            ((row.image_id, name) for row in origins if (name := _class(row.keyword, row.path, row.source))), result
        ),
        licences=_tally(((row.image_id, row.licence or "not stated") for row in origins), result),
        rounds=tuple(_round_report(review, one) for one in review.rounds()),
    )


def _round_report(review: Review, one: Round) -> RoundReport:
    progress = {name: review.progress(one.number, name) for name in one.reviewers}
    return RoundReport(one, progress, tuple(review.changes(one.number)), review.agreement(one.number))


def _place(source: str, url: str | None, page: str | None) -> str:
    """Where from, in a few words: the kind of source and the host."""
    try:
        host = urlsplit(page or url or "").hostname
    except ValueError:
        host = None
    return f"{source}, {host}" if host else source


def _class(keyword: str | None, path: str | None, source: str) -> str | None:
    """What a picture was collected as: the word searched for, else the folder that it lay in."""
    if keyword:
        return keyword
    parent = PurePosixPath((path or "").replace("\\", "/")).parent.name
    return parent or None


def _tally(named: Iterable[tuple[int, str]], result: dict[int, str | None]) -> tuple[GroupCounts, ...]:
    by_name: dict[str, set[int]] = {}
    for image_id, name in named:
        by_name.setdefault(name, set()).add(image_id)
    tallies = []
    for name, members in by_name.items():
        judged = Counter(result[number] for number in members)
        tallies.append(GroupCounts(name, len(members), judged["keep"], judged["drop"]))
    return tuple(sorted(tallies, key=lambda one: (-one.pictures, one.name)))


def _dropped(images: Sequence[_Judged]) -> tuple[DropReasonCounts, ...]:
    meaning = {reason.key: reason.meaning for reason in REASONS}
    by_reason: dict[str, list[_Judged]] = {}
    for row in images:
        if row.result == "drop":
            by_reason.setdefault(row.reason or "not said", []).append(row)
    found = [
        DropReasonCounts(
            reason,
            meaning.get(reason, reason.replace("_", " ")),
            len(members),
            sum(one.round == 0 for one in members),
            tuple(one.id for one in members[:EXAMPLES]),
        )
        for reason, members in by_reason.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.pictures, one.reason)))


def _sizes(images: Sequence[_Judged]) -> tuple[GroupCounts, ...]:
    """Pictures by their shorter side in pixels."""
    edges = [0, *SIDES]
    names = [f"under {SIDES[0]}"] + [f"{low}–{high - 1}" for low, high in pairwise(SIDES)]
    names.append(f"{SIDES[-1]} and more")
    sums = [[0, 0, 0] for _ in edges]
    for row in images:
        at = max(index for index, edge in enumerate(edges) if min(row.width, row.height) >= edge)
        sums[at][0] += 1
        sums[at][1] += row.result == "keep"
        sums[at][2] += row.result == "drop"
    return tuple(GroupCounts(name, *numbers) for name, numbers in zip(names, sums, strict=True))


# ── As text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def report_text(report: Report) -> str:
    """The report for a terminal: short lines, the most important first."""
    counts = report.counts
    lines = [
        f"{report.name}: {counts.images:,} pictures ({report.bytes / 1e6:,.0f} MB)",
        f"  kept {counts.keep:,} · dropped {counts.drop:,} · disputed {counts.disputed:,} · "
        f"undecided {counts.undecided:,}",
    ]
    lines += _listed("From where", report.sources)
    if report.dropped:
        lines += ["", "Dropped because"]
        lines += [f"  {one.pictures:>7,}  {one.meaning}" for one in report.dropped]
    if report.duplicates:
        mirrored = f", {report.mirrored:,} of them mirrored" if report.mirrored else ""
        groups = f"{len(report.duplicates):,} group{'s' * (len(report.duplicates) != 1)}"
        lines += ["", f"Look the same: {report.spare:,} beyond the first, in {groups}{mirrored}"]
    lines += ["", "Shorter side in pixels"]
    lines += [f"  {one.pictures:>7,}  {one.name}" for one in report.sizes if one.pictures]
    lines += _listed("Collected as", report.classes)
    lines += _listed("Licences", report.licences)
    for one in report.rounds:
        lines += ["", _round_line(one), *(f"  {line}" for line in _changes(one.changes))]
    return "\n".join(lines) + "\n"


def _listed(title: str, tallies: Sequence[GroupCounts], most: int = 12) -> list[str]:
    if not tallies:
        return []
    lines = ["", title]
    lines += [f"  {one.pictures:>7,}  {one.name} ({one.kept:,} kept)" for one in tallies[:most]]
    return lines + ([f"           and {len(tallies) - most:,} more"] if len(tallies) > most else [])


def _round_line(one: RoundReport) -> str:
    who = ", ".join(f"{name} {progress.kept + progress.dropped:,}" for name, progress in one.progress.items())
    return (
        f"Round {one.round.number}: {one.round.settled:,} of {one.round.pictures:,} settled"
        f"{f' ({who})' if who else ''}; {agreed(one.agreement)}"
    )


def agreed(agreement: Agreement) -> str:
    """The agreement of reviewers, as a phrase."""
    if not agreement.pictures:
        return "no picture was judged twice yet"
    name = {"cohen": "Cohen's", "fleiss": "Fleiss'"}[agreement.method]
    kappa = "not defined" if agreement.kappa is None else f"{agreement.kappa:.2f}"
    return f"same opinion on {agreement.same:,} of {agreement.pictures:,} judged twice, {name} κ {kappa}"


def _changes(changes: Sequence[Change]) -> list[str]:
    return [
        f"{one.pictures:>7,}  {one.before or 'undecided'} → {one.after}" for one in changes if one.before != one.after
    ]
