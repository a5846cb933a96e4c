"""Credits: whose pictures and weights a model was made from."""

from __future__ import annotations

from collections import Counter

from ganvas.bundle import Credit
from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path, read_status
from ganvas.runs.start import read_start
from ganvas.runs.trained_sets import read_sets


def credits_of_pictures(dataset: Dataset, name: str) -> list[Credit]:
    """One credit per licence file that the data set contains.

    Args:
        dataset: The pictures.
        name: The name of the data set.
    """
    texts = {licence.path: licence.text for licence in dataset.manifest.licences}
    counts = Counter(item.licence for item in dataset.items)
    return [
        Credit(name=name, licence=path, source=None, count=count, text=texts.get(path or "", ""))
        for path, count in counts.items()
    ]


def credits_of_start(run: RunDir) -> list[Credit]:
    """Credits of the weights that a run began from; empty for a run that began from random weights."""
    return [Credit.model_validate(credit) for credit in read_start(run).get("credits", [])]


def credits_of_run(run: RunDir, pictures: Dataset | None = None) -> list[Credit]:
    """Credits of all pictures that a run was trained on, and of the weights it began from.

    Args:
        run: The run's folder.
        pictures: The present training pictures, for runs that record no credits; None: those named in ``status.json``.
            Of pictures that no longer exist only the name is credited.
    """
    own: list[Credit] = []
    for one in read_sets(run):
        own += [credit for credit in map(Credit.model_validate, one.credits) if credit not in own]
    if not own:
        name = read_status(run).get("dataset_name") or (pictures.path.stem if pictures is not None else "pictures")
        found = _stated_pictures(run) if pictures is None else pictures
        own = credits_of_pictures(found, name) if found is not None else [Credit(name=name)]  # type: ignore[call-arg]
    return [*own, *credits_of_start(run)]


def _stated_pictures(run: RunDir) -> Dataset | None:
    path = dataset_path(run)
    try:
        return Dataset(path) if path is not None else None
    except UserError:
        return None
