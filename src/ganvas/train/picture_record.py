"""Compares the pictures of a training with those that the run was trained on before, and records them."""

from __future__ import annotations

from pathlib import Path

from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.inference.credits import credits_of_pictures
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_status
from ganvas.runs.trained_sets import TrainedSet, read_sets, write_sets

MAX_CLASSES_NAMED = 4


def describe(
    whole: Dataset, trained_on: Dataset, classes: tuple[str, ...], name: str, source: Path | None
) -> TrainedSet:
    """The record of a packed set.

    Args:
        whole: All of its pictures.
        trained_on: The part that is trained on.
        classes: The classes that the recipe uses; none for a recipe without classes.
        name: Its name in credits.
        source: The folder or file that was packed; None: unknown.
    """
    return TrainedSet(
        name=name,
        source=None if source is None else str(source.expanduser().resolve()),
        sha256=whole.sha256,
        train_sha256=trained_on.sha256,
        pictures=len(trained_on),
        classes=classes,
        credits=tuple(credit.model_dump() for credit in credits_of_pictures(trained_on, name)),
    )


def refuse_other_pictures(run: RunDir, now: TrainedSet, more_data: bool) -> None:
    """Refuse to resume a run with other pictures than it was trained on.

    Runs of earlier versions record no pictures; of those only the classes can be compared.

    Args:
        run: The run's folder.
        now: The pictures of this training.
        more_data: Whether other pictures of the same classes are wanted.

    Raises:
        UserError: The pictures differ and ``more_data`` is False, or the classes differ.
    """
    before = _before(run, now)
    if before is None or before.is_same(now):
        return
    if before.classes != now.classes:
        raise UserError(
            f"The run {run.root} was trained on other classes ({_named(before.classes)}; {now.name} has "
            f"{_named(now.classes)}); choose another --run folder, or --fresh to begin anew."
        )
    if more_data or before.sha256 is None:
        return
    if before.sha256 == now.sha256:
        what = f"another part of these pictures ({before.pictures:,}, now {now.pictures:,}), for train.seed or the "
        what += "division into parts was changed"
    else:
        places = [one.source or one.name for one in (before, now)]
        what = f"other pictures ({before.pictures:,} of {places[0]}; now {now.pictures:,} of {places[1]})"
    raise UserError(
        f"The run {run.root} was trained on {what}; choose another --run folder, --fresh to begin anew, or --more-data "
        "to continue with these pictures and credit both sets."
    )


def record(run: RunDir, now: TrainedSet) -> str | None:
    """Write what a training is about to be trained on to ``datasets.json``.

    Returns:
        A sentence where the pictures change, or where it is not known whether they do; None where they are the same.
    """
    before, sets = _before(run, now), read_sets(run)
    if before is None:
        write_sets(run, [now])
        return None
    if before.is_same(now):
        return None
    at = int(checkpoint.listing(run.checkpoints)[-1].stem)
    known = sets or ([before] if before.name != now.name else [])
    write_sets(run, [*known, now.model_copy(update={"from_nimg": at if known else 0})])
    if before.sha256 is None:
        return (
            f"The run {run.root} was begun by a version that did not record pictures: whether it was trained on "
            f"{now.name} as it is now is not known."
        )
    return (
        f"The run continues with other pictures: {now.pictures:,} of {now.name}, before {before.pictures:,} of "
        f"{before.name}; both are credited."
    )


def _before(run: RunDir, now: TrainedSet) -> TrainedSet | None:
    """What a run was trained on last; None for a run that has no checkpoint. Unknown classes count as the present."""
    if not checkpoint.listing(run.checkpoints):
        return None
    sets = read_sets(run)
    if sets:
        return sets[-1]
    status = read_status(run)
    name, classes = status.get("dataset_name"), status.get("classes")
    return TrainedSet(
        name=name if isinstance(name, str) and name else "pictures",
        classes=tuple(map(str, classes)) if isinstance(classes, list) else now.classes,
    )


def _named(classes: tuple[str, ...]) -> str:
    if not classes:
        return "none"
    more = f" and {len(classes) - MAX_CLASSES_NAMED:,} more" if len(classes) > MAX_CLASSES_NAMED else ""
    return ", ".join(classes[:MAX_CLASSES_NAMED]) + more
