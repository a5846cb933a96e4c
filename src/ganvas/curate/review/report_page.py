"""The report as one self-contained HTML page: styles and example pictures are embedded."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from ganvas.curate.catalog import Catalog
from ganvas.curate.review.report import EXAMPLES, GROUPS, GroupCounts, Report, RoundReport, agreed

STYLE = """
:root { color-scheme: light dark; --ground: #fbfaf8; --card: #fff; --ink: #1d1c1a; --soft: #6a6762; --line: #e4e0da;
  --keep: #2f7d5b; --drop: #b4532a; --disputed: #8a6d1f; --open: #a9a49c; --bar: #4a6fa5; }
@media (prefers-color-scheme: dark) { :root { --ground: #171614; --card: #201f1c; --ink: #ece9e4; --soft: #a19c94;
  --line: #37342f; --keep: #5fb98f; --drop: #e0835a; --disputed: #cfae52; --open: #6d6860; --bar: #7fa3d8; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: 1.9rem; margin: 0; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin: 0 0 .75rem }
p { margin: .25rem 0 } .soft { color: var(--soft) }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem;
  margin-top: 1.25rem }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0 }
.numbers div { border-left: 4px solid var(--open); padding-left: .7rem } .numbers strong { display: block;
  font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.numbers .keep { border-color: var(--keep) } .numbers .drop { border-color: var(--drop) }
.numbers .disputed { border-color: var(--disputed) }
.whole { display: flex; height: .8rem; border-radius: 4px; overflow: hidden; background: var(--line); gap: 1px }
.whole i { display: block } i.keep { background: var(--keep) } i.drop { background: var(--drop) }
i.disputed { background: var(--disputed) } i.open { background: var(--open) } i.bar { background: var(--bar) }
.wide { overflow-x: auto }
table { border-collapse: collapse; min-width: min(100%, 30rem) } table:has(.share) { width: 100% }
th, td { text-align: left; padding: .3rem .75rem .3rem 0;
  vertical-align: middle; border-bottom: 1px solid var(--line) } tr:last-child td { border-bottom: 0 }
th { font-weight: 600; color: var(--soft); font-size: .85rem } td.n, th.n { text-align: right;
  font-variant-numeric: tabular-nums; white-space: nowrap } td.name { overflow-wrap: anywhere }
td.share { width: 34%; min-width: 8rem } td.share div { height: .6rem; border-radius: 3px }
.pictures { display: flex; flex-wrap: wrap; gap: 6px; margin: .35rem 0 1rem }
.pictures figure { margin: 0; width: 96px } .pictures img { display: block; width: 96px; height: 96px;
  object-fit: contain; background: var(--line); border-radius: 4px }
figcaption { font-size: .72rem; color: var(--soft); white-space: nowrap }
.groups { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem }
h3 { font-size: 1rem; margin: .9rem 0 .2rem } h3 span { color: var(--soft); font-weight: 400 }
@media print { section { break-inside: avoid } }
"""


def report_html(report: Report, catalog: Catalog) -> str:
    """The report as an HTML page. ``catalog`` provides the example pictures."""
    parts = [
        _head(report),
        _tallies("From where", "source", report.sources),
        _keywords(report),
        _dropped(report, catalog),
        _duplicates(report, catalog),
        _sizes(report),
        _tallies("Collected as", "search word or folder", report.classes),
        _tallies("Licences", "as stated by the source", report.licences),
        _checks(report),
        *(_round(one) for one in report.rounds),
    ]
    return (
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.name)}: report</title><style>{STYLE}</style></head><body><main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main></body></html>\n"
    )


def _head(report: Report) -> str:
    counts = report.counts
    shown = (
        ("", "pictures", counts.images),
        ("keep", "kept", counts.keep),
        ("drop", "dropped", counts.drop),
        ("disputed", "disputed", counts.disputed),
        ("open", "undecided", counts.undecided),
    )
    numbers = "".join(f"<div class='{kind}'><strong>{count:,}</strong>{name}</div>" for kind, name, count in shown)
    whole = "".join(
        f"<i class='{kind}' style='flex:{count}' title='{name}: {count:,}'></i>"
        for kind, name, count in shown
        if kind and count
    )
    made = report.made.strftime("%-d %B %Y, %H:%M UTC")
    return (
        f"<header><h1>{escape(report.name)}</h1><p class=soft>What came of the collecting, as of {made}. "
        f"{report.bytes / 1e6:,.0f} MB; {report.verdicts:,} verdicts by people.</p>"
        f"<div class=numbers>{numbers}</div><div class=whole>{whole}</div></header>"
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """Cells are HTML; the first column is a name, and the ``numbers`` after it are right-aligned."""

    def kind(at: int) -> str:
        return "name" if at == 0 else "n" if at <= numbers else "share"

    head = "".join(f"<th class={kind(at)}>{escape(text)}</th>" for at, text in enumerate(headings))
    body = "".join(
        "<tr>" + "".join(f"<td class={kind(at)}>{cell}</td>" for at, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _bar(kept: int, dropped: int, total: int, most: int) -> str:
    """A bar as long as ``total`` of ``most``, in the colours of the verdicts."""
    if not total:
        return ""
    rest = max(0, total - kept - dropped)
    pieces = "".join(
        f"<i class={kind} style='flex:{count}'></i>"
        for kind, count in (("keep", kept), ("drop", dropped), ("open", rest))
        if count
    )
    return f"<div class=whole style='width:{max(1.0, 100 * total / max(most, 1)):.1f}%'>{pieces}</div>"


def _tallies(title: str, what: str, tallies: Sequence[GroupCounts], most: int = 40) -> str:
    if not tallies:
        return ""
    largest = max(one.pictures for one in tallies)
    rows = [
        (
            escape(one.name),
            f"{one.pictures:,}",
            f"{one.kept:,}",
            f"{one.dropped:,}",
            _bar(one.kept, one.dropped, one.pictures, largest),
        )
        for one in tallies[:most]
    ]
    more = f"<p class=soft>and {len(tallies) - most:,} more</p>" if len(tallies) > most else ""
    return _section(title, _table((what, "pictures", "kept", "dropped", ""), rows, 3) + more)


def _keywords(report: Report, most: int = 60) -> str:
    if not report.keywords:
        return ""
    rows = [
        (
            escape(one.keyword),
            f"{one.found:,}",
            f"{one.new:,}",
            f"{one.kept:,}",
            f"{one.kept / one.new:.0%}" if one.new else "",
            escape(one.engine),
        )
        for one in report.keywords[:most]
    ]
    more = f"<p class=soft>and {len(report.keywords) - most:,} more</p>" if len(report.keywords) > most else ""
    return _section("Search words", _table(("word", "found", "new", "kept", "of new", "engine"), rows, 4) + more)


def _dropped(report: Report, catalog: Catalog) -> str:
    if not report.dropped:
        return ""
    total = sum(one.pictures for one in report.dropped)
    parts = []
    for one in report.dropped:
        by = f", {one.by_checks:,} of them by the checks alone" if one.by_checks else ""
        title = f"{escape(one.meaning)} <span>{one.pictures:,} ({one.pictures / total:.0%}){by}</span>"
        parts.append(f"<h3>{title}</h3>{_pictures(catalog, one.examples)}")
    return _section("Dropped because", "".join(parts))


def _duplicates(report: Report, catalog: Catalog) -> str:
    if not report.duplicates:
        return ""
    mirrored = f" {report.mirrored:,} of them are mirror images." if report.mirrored else ""
    parts = [
        f"<p>{report.spare:,} pictures look like an earlier one, in {len(report.duplicates):,} groups.{mirrored}</p>"
    ]
    largest = sorted(report.duplicates, key=lambda group: (-len(group.mirrored), -len(group.ids), group.ids))
    shown = [_pictures(catalog, group.ids[:EXAMPLES], group.mirrored) for group in largest[:GROUPS]]
    parts.append(f"<div class=groups>{''.join(shown)}</div>")
    return _section("Look the same", "".join(parts))


def _sizes(report: Report) -> str:
    largest = max((one.pictures for one in report.sizes), default=0)
    if not largest:
        return ""
    rows = [
        (one.name, f"{one.pictures:,}", f"{one.kept:,}", _bar(one.kept, one.dropped, one.pictures, largest))
        for one in report.sizes
    ]
    return _section("Sizes", _table(("shorter side in pixels", "pictures", "kept", ""), rows, 2))


def _checks(report: Report) -> str:
    if not report.checks:
        return ""
    rows = [
        (
            escape(one.name.replace("_", " ")),
            f"{one.pictures:,}",
            f"{one.mean:.2f}",
            f"{one.low:,}",
            f"<div class=whole style='width:{max(1.0, 100 * one.low / one.pictures):.1f}%'>"
            "<i class=drop style='flex:1'></i></div>"
            if one.low
            else "",
        )
        for one in report.checks
    ]
    return _section("Checks", _table(("check", "measured", "mean score", "below 0.5", ""), rows, 3))


def _round(one: RoundReport) -> str:
    found = one.round
    state = "closed" if found.closed else "open"
    about = (
        f"<p>{found.settled:,} of {found.pictures:,} pictures settled; scope {found.scope.replace('_', ' ')}, "
        f"{found.overlap:.0%} shown to every reviewer; begun {found.opened.strftime('%-d %B %Y')}, {state}.</p>"
        f"<p>Agreement: {escape(agreed(one.agreement))}.</p>"
    )
    people = [
        (escape(name), f"{said.kept:,}", f"{said.dropped:,}", f"{said.skipped:,}", f"{said.waiting:,}")
        for name, said in one.progress.items()
    ]
    table = _table(("reviewer", "kept", "dropped", "skipped", "still to come"), people, 4) if people else ""
    pairs = [
        (
            f"{escape(pair.a)} and {escape(pair.b)}",
            f"{pair.pictures:,}",
            f"{pair.same:,}",
            "" if pair.kappa is None else f"{pair.kappa:.2f}",
        )
        for pair in one.agreement.pairs
    ]
    agreements = _table(("reviewers", "both judged", "same", "Cohen's κ"), pairs, 3) if len(pairs) > 1 else ""
    moved = [
        (f"{change.before or 'undecided'} → {change.after}", f"{change.pictures:,}")
        for change in one.changes
        if change.before != change.after
    ]
    changes = _table(("what it changed", "pictures"), moved, 1) if moved else ""
    return _section(f"Round {found.number}", about + table + agreements + changes)


def _pictures(catalog: Catalog, ids: Sequence[int], mirrored: frozenset[int] = frozenset()) -> str:
    shown = []
    for image in catalog.images(ids=ids):
        content = catalog.thumbnails.get(image, 128)
        if content is None:
            continue
        note = "mirrored" if image.id in mirrored else f"{image.width} × {image.height}"
        data = b64encode(content).decode()
        shown.append(
            f"<figure><img alt='picture {image.id}' src='data:image/webp;base64,{data}'>"
            f"<figcaption>{note}</figcaption></figure>"
        )
    return f"<div class=pictures>{''.join(shown)}</div>" if shown else ""
