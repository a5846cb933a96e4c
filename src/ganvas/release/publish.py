"""Publishes a bundle to the folder that others use, atomically and only if it is better."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from ganvas.bundle import Bundle, read_bundle
from ganvas.errors import UserError
from ganvas.evaluate.protocol import Subset
from ganvas.evaluate.report import better
from ganvas.files import exchange_folders, replacing_folder
from ganvas.inference.load import is_bundle
from ganvas.paths import reason
from ganvas.release.gate import Figure, figure, figures_of_bundle, select_figure
from ganvas.runs.folder import RunDir

_FRECHET = {"fid", "fd", "mifid", "mifd"}


class Publication(NamedTuple):
    """The outcome of a publication; ``standing``: the same model is already there."""

    state: Literal["published", "standing", "refused"]
    path: Path | str
    why: str


def publish(
    source: Path, folder: Path, name: str | None = None, *, metric: str | None = None, pictures: Subset | None = None
) -> Publication:
    """Copy a bundle atomically into the folder that others use.

    Readers see the old bundle or the new one. Of two simultaneous publications the second waits for the first, and is
    compared with its result.

    Args:
        source: A bundle, or a run that was exported.
        folder: The folder of bundles that others use.
        name: Name of the bundle there; None: its own.
        metric: Replace another model only if this one is better by the metric; None: always.
        pictures: See :func:`ganvas.release.gate.figure`.

    Raises:
        UserError: There is no bundle, the metric was not measured, or the two were measured in different ways.
    """
    opened = read_bundle(exported(source))
    called = published_name(opened, name)
    place = folder.expanduser() / called
    if place.resolve() == opened.path.resolve():
        raise UserError(f"{place} is this bundle itself; name another folder with --to.")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _lock(place):
            return _publish(opened, place, metric, pictures)
    except OSError as error:
        there = "the bundle that is there is unchanged; " if place.exists() else ""
        raise UserError(
            f"{place} cannot be written ({reason(error)}); {there}free some space or name another place."
        ) from error


def published_name(opened: Bundle, name: str | None) -> str:
    """The name under which a bundle is published.

    Args:
        opened: The bundle.
        name: The name that was given; None: the bundle's own.

    Raises:
        UserError: It cannot be the name of a folder.
    """
    called = opened.info.name if name is None else name
    if not called or called in (".", "..") or called.startswith(".") or Path(called).name != called:
        raise UserError(f"{called!r} cannot be the name of a folder; choose another --name.")
    return called


def exported(source: Path) -> Path:
    """The bundle of a run, or the bundle itself.

    Raises:
        UserError: The run was not exported.
    """
    run = RunDir(source)
    if is_bundle(source) or not run.recipe.is_file():
        return source
    if not is_bundle(run.bundle):
        raise UserError(f"The run {source} was not exported yet; run `ganvas export {source}` first.")
    return run.bundle


def _publish(opened: Bundle, place: Path, metric: str | None, pictures: Subset | None) -> Publication:
    before = standing(place)
    decided = decide(opened, before, place, metric, pictures)
    if decided.state == "published":
        if before is not None and _weights(before) != _weights(opened):
            _copy(before, previous_of(place))
        _copy(opened, place)
    return decided


def decide(
    opened: Bundle, before: Bundle | None, place: Path | str, metric: str | None, pictures: Subset | None
) -> Publication:
    """Whether a bundle is to be published in place of another.

    Args:
        opened: The new bundle.
        before: The bundle that stands published; None: none does. Only its manifest is used.
        place: Where that is.
        metric: Replace another model only if this one is better by the metric; None: always.
        pictures: See :func:`ganvas.release.gate.figure`.

    Raises:
        UserError: The metric was not measured, or the two were measured in different ways.
    """
    mine = figure(opened.path, metric, pictures) if metric else None
    if before is None:
        return Publication("published", place, "there was none before" if mine is None else str(mine))
    if _weights(before) == _weights(opened):
        if before.info.metrics == opened.info.metrics:
            return Publication("standing", place, "the same model is already there")
        return Publication("published", place, "the same model, with newer figures")
    if mine is None:
        return Publication("published", place, f"in place of a model of {before.info.kimg:g} kimg")
    theirs = select_figure(figures_of_bundle(before), mine.metric, mine.pictures)
    if theirs is None:
        raise UserError(
            f"{mine.metric} of the bundle in {place} was not measured, so the two cannot be compared; publish once "
            "without --if-better."
        )
    _refuse_incomparable(mine, theirs, place)
    way = better(mine.metric)
    if not (mine.value < theirs.value if way == "lower" else mine.value > theirs.value):
        why = f"{mine.metric} {mine.value:.4g} is not better ({way}) than {theirs.value:.4g} of the present bundle"
        return Publication("refused", place, why)
    return Publication("published", place, f"{mine.metric} {mine.value:.4g}, before {theirs.value:.4g}")


def previous_of(place: Path) -> Path:
    """The folder beside a published bundle that keeps the one before it."""
    return place.with_name(f".{place.name}.previous")


def rollback(place: Path) -> Publication:
    """Exchange a published bundle and the one before it; a second rollback restores what the first one replaced.

    Args:
        place: The published bundle.

    Raises:
        UserError: There is no bundle, or none was replaced there.
    """
    place = place.expanduser()
    earlier = previous_of(place)
    try:
        if not is_bundle(place) and not is_bundle(earlier):
            raise UserError(f"There is no published bundle in {place}; name it as FOLDER/NAME.")
        with _lock(place):
            if not is_bundle(earlier):
                raise UserError(f"No earlier bundle is kept for {place}: `ganvas publish` has replaced none there.")
            before, present = read_bundle(earlier), standing(place)
            if present is None:
                _copy(before, place)
            else:
                exchange_folders(place, earlier)
    except OSError as error:
        raise UserError(f"{place} cannot be written ({reason(error)}); the present bundle is unchanged.") from error
    return Publication("published", place, restored(before, present))


def restored(before: Bundle, present: Bundle | None) -> str:
    """Says what a rollback did."""
    instead = "" if present is None else f", in place of that of {present.info.created}"
    return f"the model of {before.info.created} ({before.info.kimg:g} kimg){instead}"


def standing(place: Path) -> Bundle | None:
    """The bundle that stands published in a folder; None where there is nothing.

    Raises:
        UserError: There is something else, or the bundle is damaged.
    """
    if not place.exists():
        return None
    if not is_bundle(place):
        raise UserError(f"{place} exists and is no bundle; choose another --name, so that nothing is lost.")
    return read_bundle(place)


def _weights(opened: Bundle) -> dict[str, str]:
    """Checksums of the weights, which identify the model; graph, card and date can differ from export to export."""
    return {name: file.sha256 for name, file in opened.info.files.items() if name.endswith(".safetensors")}


def _refuse_incomparable(mine: Figure, theirs: Figure, place: Path | str) -> None:
    """Require the same feature network and as many generated pictures. The number of real pictures may have grown."""
    keys = ["features", "features_sha256", "resize", "fake_count"]
    # The Fréchet distance is biased by the number of pictures; KID is not.
    keys += ["real_count"] if _FRECHET & set(mine.metric.split("_")) else []
    for key in keys:
        if mine.protocol.get(key) != theirs.protocol.get(key):
            raise UserError(
                f"{mine.metric} of the bundle in {place} was measured with another {key.replace('_', ' ')} "
                f"({theirs.protocol.get(key)}, now {mine.protocol.get(key)}), so the two cannot be compared; measure "
                "alike, or publish without --if-better."
            )


def _copy(opened: Bundle, target: Path) -> None:
    """Copy a bundle to ``target``, verify the copy, and only then replace the previous bundle."""
    with replacing_folder(target) as new:
        shutil.copytree(opened.path, new, dirs_exist_ok=True)
        read_bundle(new)


@contextmanager
def _lock(place: Path) -> Iterator[None]:
    """Allow one publication of a name at a time; the lock ends with its process."""
    try:
        import fcntl
    except ImportError:  # not a POSIX system
        yield
        return
    with place.with_name(f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
