"""Layouts of published data sets: splits, domains, classes and pairs, recognised by file names."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from ganvas.curate.manifest import SkippedFile
from ganvas.curate.sources.celeba import celeba_layout
from ganvas.curate.sources.entries import Entry, PairDetector
from ganvas.curate.sources.listing import Candidate, Layout, Structure
from ganvas.curate.sources.pair_layouts import in_order, look_for_halves, pair_folders, scales
from ganvas.curate.sources.split_table import SPLITS
from ganvas.errors import UserError

_CYCLE = re.compile(r"(train|val|valid|test)([ab])", re.IGNORECASE)
_SYNSET = re.compile(r"n\d{8}-(.+)")


def recognise_layout(
    paths: Sequence[str],
    notes: dict[str, Callable[[], bytes]],
    look: PairDetector,
    by: str | None = None,
    structure: Structure = "any",
) -> Layout:
    """Recognise a layout.

    Args:
        paths: the pictures, relative, sorted.
        notes: by path, how to read CelebA's text files.
        look: tests on content.
        by: the attribute of CelebA (such as ``Male``) that makes the classes.
        structure: the arrangement that is needed, where names allow several.

    Raises:
        UserError: there is no such attribute.
    """
    attributes = {PurePosixPath(path).stem.lower(): read for path, read in notes.items()}
    if "list_attr_celeba" in attributes:
        return celeba_layout(paths, attributes, by)
    if by is not None:
        raise UserError(f"Classes by the attribute {by!r} need CelebA's list_attr_celeba.txt beside the pictures.")
    base = os.path.commonpath([str(PurePosixPath(path).parent) for path in paths]) or "."
    entries = [Entry(path, PurePosixPath(path).relative_to(base).parts) for path in paths]
    tops = {entry.top for entry in entries} - {""}
    if {match[2].lower() for top in tops if (match := _CYCLE.fullmatch(top))} == {"a", "b"}:
        return _cycle(entries)
    skipped: list[SkippedFile] = []
    entries, has_parts = _parts(entries, tops, skipped)
    result = _structure(entries, look, structure)
    result.skipped[:0] = skipped
    counts = Counter(one.split for one in result.candidates)
    if has_parts:
        told = ", ".join(f"{counts[part]:,} {part}" for part in ("train", "validation", "test") if counts[part])
        result.description = (
            f"{result.description or 'Folders for each part were recognised'}; parts: {told}".removesuffix(".") + "."
        )
    if not result.paired and structure not in ("classes", "domains"):
        look_for_halves(result, look)
    return result


# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(entries: list[Entry], tops: set[str], skipped: list[SkippedFile]) -> tuple[list[Entry], bool]:
    """Take folders named train, val and test away, on the first level or below the first."""
    if len({SPLITS.get(top.lower()) for top in tops}) > 1 and all(top.lower() in SPLITS for top in tops):
        kept = []
        for entry in entries:
            if entry.top:
                kept.append(entry.below(SPLITS[entry.top.lower()]))
            else:
                skipped.append(SkippedFile(entry.path, f"stands beside the folders {', '.join(sorted(tops))}"))
        return _unwrapped(kept), True
    inner = [entry for entry in entries if len(entry.parts) > 2]
    second = {entry.parts[1].lower() for entry in inner}
    if len(inner) == len(entries) and len({SPLITS.get(name) for name in second}) > 1 and second <= SPLITS.keys():
        return [
            Entry(entry.path, (entry.parts[0], *entry.parts[2:]), SPLITS[entry.parts[1].lower()]) for entry in entries
        ], True
    return entries, False


def _unwrapped(entries: list[Entry]) -> list[Entry]:
    """Without a folder that holds all pictures, as in train/images and test/images."""
    while entries and len({entry.top for entry in entries}) == 1 and entries[0].top:
        entries = [entry.below() for entry in entries]
    return entries


# ── Classes and domains ─────────────────────────────────────────────────────────────────────────────────────────────


def _structure(entries: list[Entry], look: PairDetector, structure: Structure) -> Layout:
    tops = Counter(entry.top for entry in entries)
    loose = tops.pop("", 0)
    if (pairs := pair_folders(entries, list(tops), look, structure)) is not None:
        return pairs
    if structure not in ("classes", "domains") and (found := scales(entries)) is not None:
        return found
    if len(tops) > 1 and (loose < sum(tops.values()) or structure == "domains"):
        return _classes(entries, list(tops), structure)
    return Layout([Candidate(entry.path, split=entry.split) for entry in entries], folders=tuple(sorted(tops)))


def _classes(entries: list[Entry], tops: list[str], structure: Structure) -> Layout:
    """A class for each folder; of two domains, the source of a translation first where the names say which."""
    result = Layout(folders=tuple(sorted(tops)))
    names = {top: (match[1] if (match := _SYNSET.fullmatch(top)) else top) for top in tops}
    if len(set(names.values())) < len(names):
        names = {top: top for top in tops}
    elif any(name != top for top, name in names.items()):
        result.description = "Class folders named as ImageNet does were recognised"
    result.classes = tuple(sorted(names.values()))
    if structure == "domains" and len(tops) == 2:
        result.classes = in_order(list(names.values()))[0]
        result.description = f"Two domains: {result.classes[0]} is A, {result.classes[1]} is B"
    labels = {top: result.classes.index(name) for top, name in names.items()}
    for entry in entries:
        if entry.top:
            result.candidates.append(Candidate(entry.path, labels[entry.top], split=entry.split))
        else:
            result.skipped.append(SkippedFile(entry.path, "stands beside the class folders; move it into one"))
    return result


def _cycle(entries: list[Entry]) -> Layout:
    """trainA, trainB, testA, testB: two domains."""
    result = Layout(classes=("A", "B"), folders=tuple(sorted({entry.top for entry in entries} - {""})))
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
