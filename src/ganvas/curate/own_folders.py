"""Folders that Ganvas itself writes: runs, bundles, catalogues and its cache. They are never sources of pictures.

A run in a folder of pictures would otherwise have its sample sheets among the next training's pictures.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from ganvas.errors import UserError
from ganvas.paths import cache_dir

Kind = Literal["run", "bundle", "catalogue", "cache"]
MAX_NAMED = 3  # folders that a sentence names
_STORE_FOLDER = re.compile(r"[0-9a-f]{2}")


class OwnFolder(NamedTuple):
    """A folder that Ganvas wrote, relative to the source, and what it is."""

    path: str
    kind: Kind


def own_kind(folder: Path, names: Collection[str]) -> Kind | None:
    """What a folder is if Ganvas wrote it; None for any other folder.

    Args:
        folder: The folder.
        names: The names of what is in it.
    """
    if "store" in names and _is_store(folder / "store"):  # a catalogue whose data are in PostgreSQL has no file
        return "catalogue"
    return _kind_by_names(names) or ("cache" if folder.resolve() == cache_dir().resolve() else None)


def _kind_by_names(names: Collection[str]) -> Kind | None:
    if "recipe.yaml" in names and not {"checkpoints", "status.json", "stats.jsonl"}.isdisjoint(names):
        return "run"
    if "bundle.json" in names and "card.md" in names:
        return "bundle"
    return "catalogue" if "catalog.db" in names else None


def _is_store(folder: Path) -> bool:
    """Whether a folder has the form of a catalogue's store: folders named by the first byte of a digest."""
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    return bool(names) and all(map(_STORE_FOLDER.fullmatch, names))


def refuse_own(root: Path) -> None:
    """Refuse a source that is itself a run, a bundle, a catalogue or the cache.

    Raises:
        UserError: It is.
    """
    try:
        kind = own_kind(root, {entry.name for entry in root.iterdir()})
    except OSError:
        return
    if kind == "catalogue":
        raise UserError(f"{root} is a catalogue; `ganvas pack {root}` packs its kept pictures.")
    if kind is not None:
        what = "the cache of Ganvas" if kind == "cache" else f"a {kind} of Ganvas"
        raise UserError(f"{root} is {what}, not a folder of pictures; name the folder that holds your pictures.")


def files_below(root: Path) -> list[Path]:
    """The files below a folder, sorted by path, without those in folders that Ganvas wrote.

    Raises:
        UserError: The folder itself is one of these.
    """
    refuse_own(root)
    return sorted(here / name for here, files, own in _walk(root) if own is None for name in files)


def own_folders_below(*roots: Path | None) -> list[OwnFolder]:
    """The folders below others that Ganvas wrote, which :func:`files_below` leaves out."""
    given = [root for root in roots if root is not None]
    return [OwnFolder(str(here), own) for root in given for here, _, own in _walk(root) if own is not None]


def _walk(root: Path) -> Iterator[tuple[Path, list[str], Kind | None]]:
    for folder, names, files in os.walk(root):
        here = Path(folder)
        own = own_kind(here, {*names, *files}) if here != root else None
        if own is not None:
            names.clear()
        yield here, [name for name in files if (here / name).is_file()], own


def own_folders_among(paths: Iterable[str]) -> list[OwnFolder]:
    """The folders that Ganvas wrote among the members of an archive; of folders in folders the outermost.

    Args:
        paths: The members, with forward slashes. The archive itself counts as a folder named ``.``.
    """
    names: defaultdict[PurePosixPath, set[str]] = defaultdict(set)
    for path in paths:
        member = PurePosixPath(path)
        for inner, folder in zip((member, *member.parents), member.parents, strict=False):
            names[folder].add(inner.name)
    found: dict[PurePosixPath, Kind] = {}
    for folder in sorted(names, key=lambda one: len(one.parts)):
        kind = _kind_by_names(names[folder])
        if kind is not None and not any(parent in found for parent in folder.parents):
            found[folder] = kind
    return [OwnFolder(folder.as_posix(), kind) for folder, kind in found.items()]


def is_below(path: str, own: Iterable[OwnFolder]) -> bool:
    """Whether a member of an archive is in one of these folders."""
    return any(folder.path == "." or PurePosixPath(path).is_relative_to(folder.path) for folder in own)


REASON = "a folder that Ganvas itself wrote, a run, bundle, catalogue or cache, is never a source"


def describe(own: Collection[OwnFolder]) -> str:
    """One sentence that says which folders were left out; empty where there are none."""
    if not own:
        return ""
    named = ", ".join(f"{folder.path} ({folder.kind})" for folder in list(own)[:MAX_NAMED])
    more = f" and {len(own) - MAX_NAMED:,} more" if len(own) > MAX_NAMED else ""
    one = len(own) == 1
    many = "1 folder was" if one else f"{len(own):,} folders were"
    return f"{many} left out because Ganvas itself wrote {'it' if one else 'them'}: {named}{more}."
