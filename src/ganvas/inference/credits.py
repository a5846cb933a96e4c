"""Credits: whose pictures and weights a model was made from."""

from __future__ import annotations

from collections import Counter

from ganvas.bundle import Credit
from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path, read_status
from ganvas.runs.start import read_start


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


def credits_of_run(run: RunDir) -> list[Credit]:
    """Credits of a run's pictures and of the weights it began from.

    Of pictures that no longer exist only the name is credited.
    """
    name = read_status(run).get("dataset_name") or "pictures"
    path = dataset_path(run)
    try:
        pictures = Dataset(path) if path is not None else None
    except UserError:
        pictures = None
    own = credits_of_pictures(pictures, name) if pictures is not None else [Credit(name=name)]  # type: ignore[call-arg]
    return [*own, *credits_of_start(run)]
