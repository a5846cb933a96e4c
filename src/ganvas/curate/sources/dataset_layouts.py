"""Layouts of published data sets: splits, domains, classes and pairs, recognised by file names."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from ganvas.curate.images.crop import Half
from ganvas.curate.manifest import SkippedFile, SplitName
from ganvas.curate.sources.listing import Candidate, Layout
from ganvas.errors import UserError

SPLITS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "eval"), "test"),
}
# Folder names that make pairs when their files have equal names: (source, target).
PAIRS = (
    ("source", "target"),
    ("input", "target"),
    ("sketch", "photo"),
    ("sketches", "photos"),
    ("drawing", "photo"),
    ("edges", "photo"),
    ("lr", "hr"),
    ("a", "b"),
)
# Text files that belong to a layout; sources list them beside the pictures.
NOTES = frozenset(
    f"{stem}{suffix}"
    for stem in ("list_attr_celeba", "identity_celeba", "list_eval_partition")
    for suffix in (".txt", ".csv")
)
_CYCLE = re.compile(r"(train|val|valid|test)([ab])", re.IGNORECASE)
_RESOLUTIONS = re.compile(r"(.*?)[_-]?(hr|lr)(?:[_-].*)?", re.IGNORECASE)
_SYNSET = re.compile(r"n\d{8}-(.+)")


class PairDetector(NamedTuple):
    """Tests on the content of a few pictures."""

    simpler_half: Callable[[list[str]], Half | None]  # the plainer half, where all are two pictures side by side
    lie_on_each_other: Callable[[list[tuple[str, str]]], bool]  # whether pairs of paths show the same thing


class _Entry(NamedTuple):
    path: str
    parts: tuple[str, ...]  # what is left of the path below the folders already understood
    split: SplitName | None = None

    @property
    def top(self) -> str:
        """The first folder, or empty for a picture outside of folders."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def stem(self) -> str:
        return PurePosixPath(self.parts[-1]).stem

    def below(self, split: SplitName | None = None) -> _Entry:
        return _Entry(self.path, self.parts[1:], split or self.split)


def recognise_layout(
    paths: Sequence[str],
    notes: dict[str, Callable[[], bytes]],
    look: PairDetector,
    by: str | None = None,
) -> Layout:
    """Recognise a layout.

    Args:
        paths: the pictures, relative, sorted.
        notes: by path, how to read the text files named in :data:`NOTES`.
        by: the attribute of CelebA (such as ``Male``) that makes the classes.

    Raises:
        UserError: there is no such attribute.
    """
    attributes = {PurePosixPath(path).stem.lower(): read for path, read in notes.items()}
    if "list_attr_celeba" in attributes:
        return _celeba(paths, attributes, by)
    if by is not None:
        raise UserError(f"Classes by the attribute {by!r} need CelebA's list_attr_celeba.txt beside the pictures.")
    base = os.path.commonpath([str(PurePosixPath(path).parent) for path in paths]) or "."
    entries = [_Entry(path, PurePosixPath(path).relative_to(base).parts) for path in paths]
    tops = {entry.top for entry in entries} - {""}
    if {match[2].lower() for top in tops if (match := _CYCLE.fullmatch(top))} == {"a", "b"}:
        return _cycle(entries)
    result = Layout()
    entries, parts = _parts(entries, tops, result)
    _structure(entries, result, look)
    counts = Counter(one.split for one in result.candidates)
    if parts:
        told = ", ".join(f"{counts[part]:,} {part}" for part in ("train", "validation", "test") if counts[part])
        result.description = (
            f"{result.description or 'Folders for each part were recognised'}; parts: {told}".removesuffix(".") + "."
        )
    if not result.paired:
        _look_for_halves(result, look)
    return result


# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(entries: list[_Entry], tops: set[str], result: Layout) -> tuple[list[_Entry], bool]:
    """Take folders named train, val and test away, on the first level or below the first."""
    if len({SPLITS.get(top.lower()) for top in tops}) > 1 and all(top.lower() in SPLITS for top in tops):
        kept = []
        for entry in entries:
            if entry.top:
                kept.append(entry.below(SPLITS[entry.top.lower()]))
            else:
                result.skipped.append(SkippedFile(entry.path, f"stands beside the folders {', '.join(sorted(tops))}"))
        return _unwrapped(kept), True
    inner = [entry for entry in entries if len(entry.parts) > 2]
    second = {entry.parts[1].lower() for entry in inner}
    if len(inner) == len(entries) and len({SPLITS.get(name) for name in second}) > 1 and second <= SPLITS.keys():
        return [
            _Entry(entry.path, (entry.parts[0], *entry.parts[2:]), SPLITS[entry.parts[1].lower()]) for entry in entries
        ], True
    return entries, False


def _unwrapped(entries: list[_Entry]) -> list[_Entry]:
    """Without a folder that holds all pictures, as in train/images and test/images."""
    while entries and len({entry.top for entry in entries}) == 1 and entries[0].top:
        entries = [entry.below() for entry in entries]
    return entries


# ── Classes and pairs ───────────────────────────────────────────────────────────────────────────────────────────────


def _structure(entries: list[_Entry], result: Layout, look: PairDetector) -> None:
    tops = Counter(entry.top for entry in entries)
    named = {top.lower(): top for top in tops if top}
    for source, target in PAIRS:
        if set(named) == {source, target}:
            halves = _halves(entries, named[source], named[target])
            if source != "a" or ("" not in tops and _one_scene(halves, look)):  # else A and B are two domains
                _pair(entries, halves, (named[source], named[target]), result)
                return
    if _scales(entries, named, result):
        return
    loose = tops.pop("", 0)
    if len(tops) > 1 and loose < sum(tops.values()):
        names = {top: (match[1] if (match := _SYNSET.fullmatch(top)) else top) for top in tops}
        if len(set(names.values())) < len(names):
            names = {top: top for top in tops}
        elif any(name != top for top, name in names.items()):
            result.description = "Class folders named as ImageNet does were recognised"
        result.classes = tuple(sorted(names.values()))
        labels = {top: result.classes.index(name) for top, name in names.items()}
        for entry in entries:
            if entry.top:
                result.candidates.append(Candidate(entry.path, labels[entry.top], split=entry.split))
            else:
                result.skipped.append(SkippedFile(entry.path, "stands beside the class folders; move it into one"))
    else:
        result.candidates = [Candidate(entry.path, split=entry.split) for entry in entries]


Halves = dict[str, dict[tuple[SplitName | None, str], str]]


def _halves(entries: list[_Entry], *names: str) -> Halves:
    halves: Halves = {name: {} for name in names}
    for entry in entries:
        if entry.top:
            stem = str(PurePosixPath(*entry.parts[1:]).with_suffix(""))
            halves[entry.top].setdefault((entry.split, stem), entry.path)
    return halves


def _one_scene(halves: Halves, look: PairDetector) -> bool:
    """Whether two folders hold pairs: equal names, and pictures that are aligned."""
    one, other = halves.values()
    both = sorted(one.keys() & other.keys(), key=lambda key: one[key])
    if len(both) < 0.9 * max(len(one), len(other)):
        return False
    return look.lie_on_each_other([(one[key], other[key]) for key in both[:: max(1, len(both) // 8)][:8]])


def _pair(entries: list[_Entry], halves: Halves, names: tuple[str, str], result: Layout) -> None:
    source, target = names
    taken = {path for half in halves.values() for path in half.values()}
    for entry in entries:
        if not entry.top:
            result.skipped.append(SkippedFile(entry.path, f"stands beside {source} and {target}"))
        elif entry.path not in taken:
            stem = str(PurePosixPath(*entry.parts[1:]).with_suffix(""))
            result.skipped.append(
                SkippedFile(entry.path, f"has the same name as {halves[entry.top][entry.split, stem]}")
            )
    for mine, other in ((source, target), (target, source)):
        for key, path in halves[mine].items():
            if key not in halves[other]:
                result.skipped.append(SkippedFile(path, f"has no partner in {other}"))
    both = sorted(halves[source].keys() & halves[target].keys(), key=lambda key: halves[target][key])
    result.candidates = [Candidate(halves[target][key], 0, halves[source][key], split=key[0]) for key in both]
    result.paired = True
    result.description = f"Pairs were recognised: {source} is the source, {target} the target"


def _scales(entries: list[_Entry], named: dict[str, str], result: Layout) -> bool:
    """Pictures in high and low resolution: DIV2K's folders, or ``NAME_HR`` and ``NAME_LR`` side by side."""
    high: dict[tuple[str, str], _Entry] = {}
    low: dict[tuple[str, str], tuple[int, _Entry]] = {}
    for entry in entries:
        match = None if entry.top == "" else _RESOLUTIONS.fullmatch(entry.top)
        by_name = match is None
        match = _RESOLUTIONS.fullmatch(entry.stem) if match is None else match
        if match is None:
            return False
        stem = match[1] if by_name else re.sub(r"x\d+$", "", entry.stem)
        key = (entry.top if by_name else match[1], stem)
        if match[2].lower() == "hr":
            high[key] = entry
        else:
            factor = max((int(digits) for digits in re.findall(r"[xX](\d+)", "/".join(entry.parts))), default=0)
            if key not in low or low[key][0] < factor:
                low[key] = (factor, entry)
    if not high or (not named and not low):
        return False
    for key, entry in sorted(high.items()):
        split = entry.split or next((part for word, part in SPLITS.items() if f"_{word}" in key[0].lower()), None)
        partner = low.get(key)
        if low and partner is None:
            result.skipped.append(SkippedFile(entry.path, "has no partner in low resolution"))
        else:
            result.candidates.append(Candidate(entry.path, 0, partner and partner[1].path, split=split))
    result.paired = bool(low)
    result.description = "Pictures in high and low resolution were recognised" + (": low is the source" if low else "")
    return True


def _cycle(entries: list[_Entry]) -> Layout:
    """trainA, trainB, testA, testB: two domains."""
    result = Layout(classes=("A", "B"))
    for entry in entries:
        match = _CYCLE.fullmatch(entry.top)
        if match is None:
            result.skipped.append(SkippedFile(entry.path, "stands outside of trainA, trainB, testA and testB"))
        else:
            label = "ab".index(match[2].lower())
            result.candidates.append(Candidate(entry.path, label, split=SPLITS[match[1].lower()]))
    counts = Counter(one.split for one in result.candidates)
    told = ", ".join(f"{count:,} {part}" for part, count in counts.items())
    result.description = f"CycleGAN's layout was recognised, as selfie2anime has it: domains A and B; parts: {told}."
    return result


def _look_for_halves(result: Layout, look: PairDetector) -> None:
    paths = [one.path for one in result.candidates]
    half = look.simpler_half(paths[:: max(1, len(paths) // 12)][:12]) if len(paths) >= 3 else None
    if half is not None:
        result.side_by_side, result.classes, result.paired = half, (), True
        result.candidates = [one._replace(label=0) for one in result.candidates]
        other = "right" if half == "left" else "left"
        parts = (
            f"; {result.description[result.description.index('parts:') :]}" if "parts:" in result.description else "."
        )
        result.description = (
            f"Pairs side by side were recognised, as pix2pix has them: the {half} half is taken as the source "
            f"(--side-by-side {other} for the other){parts}"
        )


# ── CelebA ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _celeba(paths: Sequence[str], notes: dict[str, Callable[[], bytes]], by: str | None) -> Layout:
    attributes, rows = _table(notes["list_attr_celeba"]())
    column = None
    if by is not None:
        known = {name.lower(): index for index, name in enumerate(attributes)}
        if by.lower() not in known:
            raise UserError(f"CelebA has no attribute {by!r}; it has {', '.join(attributes)}.")
        column = known[by.lower()]
        by = attributes[column]
    partition = _table(notes["list_eval_partition"]())[1] if "list_eval_partition" in notes else {}
    result = Layout(classes=() if by is None else (f"not {by}", by))
    names: tuple[SplitName, ...] = ("train", "validation", "test")
    for path in paths:
        stem = PurePosixPath(path).stem
        row = rows.get(stem)
        if row is None or (column is not None and column >= len(row)):
            result.skipped.append(SkippedFile(path, "is not named in list_attr_celeba"))
            continue
        part = partition.get(stem, ["-"])[0]
        split = names[int(part)] if part in ("0", "1", "2") else None
        label = int(column is not None and row[column] == "1")
        result.candidates.append(Candidate(path, label, split=split))
    told = f"classes by {by}" if by else "say --classes-by ATTRIBUTE for two classes"
    result.description = f"CelebA was recognised, with {len(attributes)} attributes: {told}."
    return result


def _table(content: bytes) -> tuple[list[str], dict[str, list[str]]]:
    """The columns and, by the stem of a picture, the values of a CelebA table: separated by spaces, or CSV (Kaggle)."""
    lines = content.decode(errors="replace").splitlines()
    if lines and "," in lines[0]:
        rows = [row for row in csv.reader(lines) if row]
        header, rows = rows[0][1:], rows[1:]
    else:
        rows = [line.split() for line in lines if line.split()]
        if rows and len(rows[0]) == 1 and rows[0][0].isdigit():  # how many there are
            rows = rows[1:]
        header = []
        if rows and "." not in rows[0][0]:
            header, rows = rows[0], rows[1:]
    return header, {PurePosixPath(row[0]).stem: row[1:] for row in rows}
