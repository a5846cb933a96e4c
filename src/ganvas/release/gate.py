"""After training, without anybody watching: is a model good enough, and may it stand where others use it?"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ganvas import bundle
from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.evaluate.protocol import Part
from ganvas.evaluate.report import better
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_lines

_FRECHET = {"fid", "fd", "mifid", "mifd"}


class Figure(NamedTuple):
    """One measurement of a model, by the whole protocol."""

    metric: str
    value: float
    nimg: int
    protocol: Mapping[str, Any]

    @property
    def pictures(self) -> Part:
        """What the model was compared with."""
        part: Part = self.protocol["pictures"]
        return part

    def __str__(self) -> str:
        against = self.pictures.replace("_", "-")
        return f"{self.metric} {self.value:.4g} against the {against} pictures at {self.nimg / 1000:.4g} kimg"


# ── Is it good enough? ──────────────────────────────────────────────────────────────────────────────────────────────


def figures(path: Path) -> list[Figure]:
    """The measurements of a run or a bundle as it stands now: neither quick ones nor those of an earlier point.

    :raises UserError: there is no run or bundle, or a run has no checkpoint yet.
    """
    if (path / bundle.MANIFEST).is_file():
        return _of_bundle(bundle.read(path))
    run = RunDir(path)
    if not run.recipe.is_file():
        raise UserError(f"{path} is neither a run nor a bundle; give a folder that `ganvas train` made.")
    saved = checkpoint.listing(run.checkpoints)
    if not saved:
        raise UserError(f"The run {path} has no checkpoint yet; train it first.")
    return _whole(read_lines(run.metrics), int(saved[-1].stem))


def _of_bundle(opened: Bundle) -> list[Figure]:
    return _whole([metric.model_dump() for metric in opened.info.metrics], round(opened.info.kimg * 1000))


def _whole(lines: list[dict[str, Any]], nimg: int) -> list[Figure]:
    found: dict[tuple[str, str], Figure] = {}
    for line in lines:
        part = (line.get("protocol") or {}).get("pictures")
        if part and line.get("nimg") == nimg:  # the quick metric names no pictures
            found[line["metric"], part] = Figure(line["metric"], float(line["value"]), nimg, line["protocol"])
    return list(found.values())


def figure(path: Path, metric: str, pictures: Part | None = None) -> Figure:
    """One measurement of a run or a bundle.

    :param pictures: what it was compared with; None: the held-out ones where there are any, else those trained on.
    :raises UserError: it was not measured there; the sentence says what was.
    """
    measured = figures(path)
    found = _chosen(measured, metric, pictures)
    if found is None:
        has = ", ".join(sorted({one.metric for one in measured})) or "nothing"
        against = f" against the {pictures.replace('_', '-')} pictures" if pictures else ""
        raise UserError(
            f"{metric} was not measured of {path} as it stands now{against} (what was: {has}); "
            "measure it with `ganvas evaluate RUN`, and then export."
        )
    return found


def _chosen(measured: list[Figure], metric: str, pictures: Part | None) -> Figure | None:
    order: tuple[Part, ...] = (pictures,) if pictures else ("held_out", "train")
    for part in order:
        for one in measured:
            if one.metric == metric and one.pictures == part:
                return one
    return None


def passes(found: Figure, at_most: float | None, at_least: float | None) -> bool:
    """Whether a figure lies within bounds. A value that is no number never does."""
    return (at_most is None or found.value <= at_most) and (at_least is None or found.value >= at_least)


# ── May it replace what stands there? ───────────────────────────────────────────────────────────────────────────────


class Publication(NamedTuple):
    """What became of a publication."""

    state: Literal["published", "standing", "refused"]  # standing: this very model was there already
    path: Path
    why: str


def publish(
    source: Path, folder: Path, name: str | None = None, *, metric: str | None = None, pictures: Part | None = None
) -> Publication:
    """Put a copy of a bundle into the folder that others use, whole or not at all.

    Readers see the old bundle or the new one. Two publications at once take turns, each compared with what then stands.

    :param source: a bundle, or a run that was exported.
    :param name: what the bundle is called there; its own name when left out.
    :param metric: replace another model only when this one is better by it; None: always.
    :param pictures: see :func:`figure`.
    :raises UserError: there is no bundle, the metric was not measured, or the two were measured in different ways.
    """
    opened = bundle.read(_exported(source))
    called = opened.info.name if name is None else name
    if not called or called in (".", "..") or called.startswith(".") or Path(called).name != called:
        raise UserError(f"{called!r} cannot be the name of a folder; choose another --name.")
    place = folder.expanduser() / called
    if place.resolve() == opened.path.resolve():
        raise UserError(f"{place} is this bundle itself; name another folder with --to.")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _turn(place):
            return _publish(opened, place, metric, pictures)
    except OSError as error:
        raise UserError(f"{place} cannot be written ({error.strerror}); what stood there before still does.") from error


def _exported(source: Path) -> Path:
    run = RunDir(source)
    if (source / bundle.MANIFEST).is_file() or not run.recipe.is_file():
        return source
    if not (run.bundle / bundle.MANIFEST).is_file():
        raise UserError(f"The run {source} was not exported yet; run `ganvas export {source}` first.")
    return run.bundle


def _publish(opened: Bundle, place: Path, metric: str | None, pictures: Part | None) -> Publication:
    mine = figure(opened.path, metric, pictures) if metric else None
    before = _standing(place)
    if before is None:
        _put(opened, place)
        return Publication("published", place, "nothing stood there" if mine is None else str(mine))
    if _weights(before) == _weights(opened):
        if before.info.metrics == opened.info.metrics:
            return Publication("standing", place, "this very model stands there already")
        _put(opened, place)
        return Publication("published", place, "the same model, with newer figures")
    if mine is None:
        _put(opened, place)
        return Publication("published", place, f"in place of a model of {before.info.kimg:g} kimg")
    theirs = _chosen(_of_bundle(before), mine.metric, mine.pictures)
    if theirs is None:
        raise UserError(
            f"{mine.metric} was not measured of what stands in {place}, so the two cannot be compared; publish once "
            "without --if-better."
        )
    _refuse_incomparable(mine, theirs, place)
    way = better(mine.metric)
    if not (mine.value < theirs.value if way == "lower" else mine.value > theirs.value):
        why = f"{mine.metric} {mine.value:.4g} is not better ({way}) than the {theirs.value:.4g} of what stands there"
        return Publication("refused", place, why)
    _put(opened, place)
    return Publication("published", place, f"{mine.metric} {mine.value:.4g}, before {theirs.value:.4g}")


def _standing(place: Path) -> Bundle | None:
    if not place.exists():
        return None
    if not (place / bundle.MANIFEST).is_file():
        raise UserError(f"{place} exists and is no bundle; choose another --name, so that nothing of yours is lost.")
    return bundle.read(place)


def _weights(opened: Bundle) -> dict[str, str]:
    """What makes it this model; graph, card and date may differ each time it is written."""
    return {name: file.sha256 for name, file in opened.info.files.items() if name.endswith(".safetensors")}


def _refuse_incomparable(mine: Figure, theirs: Figure, place: Path) -> None:
    """The same eye on as many made pictures. The real ones may have become more: that is what new pictures are for."""
    keys = ["features", "features_sha256", "resize", "fake_count"]
    # A Fréchet distance grows as pictures get fewer; KID does not.
    keys += ["real_count"] if _FRECHET & set(mine.metric.split("_")) else []
    for key in keys:
        if mine.protocol.get(key) != theirs.protocol.get(key):
            raise UserError(
                f"{mine.metric} of what stands in {place} was measured with another {key.replace('_', ' ')} "
                f"({theirs.protocol.get(key)}, now {mine.protocol.get(key)}), so the two cannot be compared; measure "
                "alike, or publish without --if-better."
            )


# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _put(opened: Bundle, place: Path) -> None:
    new = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        shutil.copytree(opened.path, new)
        bundle.read(new)
        for file in new.iterdir():
            with file.open("rb+") as written:
                os.fsync(written.fileno())
        if not place.exists():
            new.rename(place)
        elif not _exchange(new, place):
            aside = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}.old")
            place.rename(aside)
            try:
                new.rename(place)
            except OSError:
                aside.rename(place)
                raise
            shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)  # after an exchange, what stood there before


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can (Linux: renameat2 with RENAME_EXCHANGE)."""
    swap: Callable[..., int] | None = None
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            swap = ctypes.CDLL(None, use_errno=True).renameat2
    here = -100  # AT_FDCWD
    return swap is not None and swap(here, os.fsencode(one), here, os.fsencode(other), 2) == 0


@contextmanager
def _turn(place: Path) -> Iterator[None]:
    """One publication of a name at a time; the lock goes when its process does."""
    try:
        import fcntl
    except ImportError:  # not a POSIX system
        yield
        return
    with place.with_name(f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
