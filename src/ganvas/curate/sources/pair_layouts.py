"""Layouts of pairs: two folders with equal names, pictures in high and low resolution, halves side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from ganvas.curate.file_names import name_key
from ganvas.curate.manifest import SkippedFile, SplitName
from ganvas.curate.sources.entries import Entry, PairDetector
from ganvas.curate.sources.listing import Candidate, Layout, Structure
from ganvas.curate.sources.split_table import SPLITS

# Words in the names of two folders that say which holds the sources and which the targets.
PAIRS = (
    ("source", "target"),
    ("input", "target"),
    ("input", "output"),
    ("sketch", "photo"),
    ("drawing", "photo"),
    ("edge", "photo"),
    ("label", "photo"),
    ("lr", "hr"),
    ("a", "b"),
)
_BY_LETTER = PAIRS[-1]  # A and B may be two domains as well
_RESOLUTIONS = re.compile(r"(.*?)[_-]?(hr|lr)(?:[_-].*)?", re.IGNORECASE)

Halves = dict[str, dict[tuple[SplitName | None, str], str]]


def in_order(names: Sequence[str]) -> tuple[tuple[str, str], bool]:
    """Two folders' names, the source's (or domain A's) first, and whether words in them say so."""
    one, other = sorted(names)
    words = {name: set(_words(name)) for name in (one, other)}
    for source, target in PAIRS:
        for first, second in ((one, other), (other, one)):
            if source in words[first] and target in words[second]:
                return (first, second), (source, target) != _BY_LETTER
    return (one, other), False


def _words(name: str) -> Iterator[str]:
    for word in re.split(r"[^a-z0-9]+", name.lower()):
        yield word
        yield word.removesuffix("s")
        yield word.removesuffix("es")


def pair_folders(entries: list[Entry], tops: Sequence[str], look: PairDetector, structure: Structure) -> Layout | None:
    """Two folders as sources and targets, matched by name; None where they are none.

    Folders whose names say it are pairs from half of the names on. Others, such as ``A`` and ``B``, are where the
    pictures with equal names also show the same, and where pairs are needed.

    Args:
        entries: The pictures.
        tops: Their folders on the first level.
        look: Tests on content.
        structure: The arrangement that is needed.
    """
    if len(tops) != 2 or structure in ("classes", "domains"):
        return None
    names, said = in_order(tops)
    halves = _halves(entries, *names)
    one, other = (halves[name] for name in names)
    both = one.keys() & other.keys()
    enough = 2 * len(both) >= min(len(one), len(other)) > 0
    if said or structure == "pairs":
        if not enough:
            return None
    elif any(not entry.top for entry in entries) or not _one_scene(halves, look):
        return None
    return _pairs(entries, halves, names, said=said or names[0].lower() == _BY_LETTER[0])


def _halves(entries: list[Entry], *names: str) -> Halves:
    halves: Halves = {name: {} for name in names}
    for entry in entries:
        if entry.top:
            halves[entry.top].setdefault((entry.split, _stem(entry)), entry.path)
    return halves


def _stem(entry: Entry) -> str:
    return name_key(str(PurePosixPath(*entry.parts[1:]).with_suffix("")))


def _one_scene(halves: Halves, look: PairDetector) -> bool:
    """Whether two folders hold pairs: equal names, and pictures that are aligned."""
    one, other = halves.values()
    both = sorted(one.keys() & other.keys(), key=lambda key: one[key])
    if not both or len(both) < 0.9 * max(len(one), len(other)):
        return False
    return look.lie_on_each_other([(one[key], other[key]) for key in both[:: max(1, len(both) // 8)][:8]])


def _pairs(entries: list[Entry], halves: Halves, names: tuple[str, str], *, said: bool) -> Layout:
    source, target = names
    result = Layout(paired=True, folders=names)
    taken = {path for half in halves.values() for path in half.values()}
    for entry in entries:
        if not entry.top:
            result.skipped.append(SkippedFile(entry.path, f"stands beside {source} and {target}"))
        elif entry.path not in taken:
            result.skipped.append(
                SkippedFile(entry.path, f"has the same name as {halves[entry.top][entry.split, _stem(entry)]}")
            )
    for mine, other in ((source, target), (target, source)):
        for key, path in halves[mine].items():
            if key not in halves[other]:
                result.skipped.append(SkippedFile(path, f"has no partner in {other}"))
    both = sorted(halves[source].keys() & halves[target].keys(), key=lambda key: halves[target][key])
    result.candidates = [Candidate(halves[target][key], 0, halves[source][key], split=key[0]) for key in both]
    result.description = f"Pairs were recognised: {source} is the source, {target} the target"
    if not said:
        result.description += ", in the order of their names (rename them source and target to choose)"
    return result


def scales(entries: list[Entry]) -> Layout | None:
    """Pictures in high and low resolution: DIV2K's folders, or ``NAME_HR`` and ``NAME_LR`` side by side."""
    high: dict[tuple[str, str], Entry] = {}
    low: dict[tuple[str, str], tuple[int, Entry]] = {}
    for entry in entries:
        match = None if entry.top == "" else _RESOLUTIONS.fullmatch(entry.top)
        by_name = match is None
        match = _RESOLUTIONS.fullmatch(entry.stem) if match is None else match
        if match is None:
            return None
        stem = match[1] if by_name else re.sub(r"x\d+$", "", entry.stem)
        key = (entry.top if by_name else match[1], name_key(stem))
        if match[2].lower() == "hr":
            high[key] = entry
        else:
            factor = max((int(digits) for digits in re.findall(r"[xX](\d+)", "/".join(entry.parts))), default=0)
            if key not in low or low[key][0] < factor:
                low[key] = (factor, entry)
    if not high or (not any(entry.top for entry in entries) and not low):
        return None
    result = Layout(paired=bool(low))
    for key, entry in sorted(high.items()):
        split = entry.split or next((part for word, part in SPLITS.items() if f"_{word}" in key[0].lower()), None)
        partner = low.get(key)
        if low and partner is None:
            result.skipped.append(SkippedFile(entry.path, "has no partner in low resolution"))
        else:
            result.candidates.append(Candidate(entry.path, 0, partner and partner[1].path, split=split))
    result.description = "Pictures in high and low resolution were recognised" + (": low is the source" if low else "")
    return result


def look_for_halves(result: Layout, look: PairDetector) -> None:
    """Take pictures that are all twice as wide as high as pairs side by side."""
    paths = [one.path for one in result.candidates]
    half = look.simpler_half(paths[:: max(1, len(paths) // 12)][:12]) if len(paths) >= 3 else None
    if half is None:
        return
    result.side_by_side, result.classes, result.paired = half, (), True
    result.candidates = [one._replace(label=0) for one in result.candidates]
    other = "right" if half == "left" else "left"
    parts = f"; {result.description[result.description.index('parts:') :]}" if "parts:" in result.description else "."
    result.description = (
        f"Pairs side by side were recognised, as pix2pix has them: the {half} half is taken as the source "
        f"(--side-by-side {other} for the other, single for pictures that are no pairs){parts}"
    )
