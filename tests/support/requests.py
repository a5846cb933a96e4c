"""Requests to families of any task."""

from typing import Any

from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.models.family import Family
from ganvas.tasks import TASKS


def example_request(family: Family, count: int, *, seed: int = 0) -> Any:
    """A valid request with random content."""
    return TASKS[family.task].example_request(family, count, seed=seed)


def answers(family: Family, dataset: Dataset, indices: Any, *, seed: int = 0) -> Tensor:
    """The family's answers about these pictures or seeds, uint8 [N, H, W, C]."""
    return TASKS[family.task].generate(family, dataset, indices, seed=seed)


def sheet_indices(family: Family, dataset: Dataset, count: int) -> list[int]:
    """Which pictures a sheet shows."""
    return TASKS[family.task].sheet_indices(family, dataset, count)
