"""The plan of a recipe: stages, phases and parameter counts, computed without data and without allocating networks."""

from __future__ import annotations

from typing import NamedTuple

from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.models.shapes_only import shapes_only
from ganvas.recipe import Recipe


class PhaseShape(NamedTuple):
    """The schedule of one phase."""

    name: str
    trains: tuple[str, ...]
    every: int
    repeat: int


class StageShape(NamedTuple):
    """The schedule of one stage."""

    name: str
    kimg: float
    batch_size: int
    phases: tuple[PhaseShape, ...]


class Outline(NamedTuple):
    """The plan of a training.

    Attributes:
        task: Name of the task.
        stages: The stages in order.
        networks: Parameter count of each network.
        averaged: The networks that keep an average.
        state_mb: Memory of weights, gradients, Adam's two moments and averages, in MB.
    """

    task: str
    stages: tuple[StageShape, ...]
    networks: dict[str, int]
    averaged: tuple[str, ...]
    state_mb: float

    @property
    def kimg(self) -> float:
        """Length of all stages."""
        return sum(stage.kimg for stage in self.stages)


def outline(recipe: Recipe, classes: tuple[str, ...] | None = None) -> Outline:
    """Compute the plan of a recipe. Networks are built on the meta device: no size takes time or memory.

    Args:
        recipe: The resolved recipe.
        classes: The classes of the data; None: as many as a conditional recipe expects.

    Raises:
        UserError: The family's settings are invalid.
    """
    if classes is None:
        classes = tuple(map(str, range(recipe.data.expected_classes))) if recipe.data.conditional else ()
    with shapes_only():
        family = build(recipe.family, recipe.model, recipe.data_spec(classes), recipe.train.kimg)
    stages = tuple(
        StageShape(
            stage.name,
            stage.kimg,
            stage.batch_size or recipe.train.batch_size,
            tuple(PhaseShape(p.name, p.trains, p.every, p.repeat) for p in stage.phases),
        )
        for stage in family.stages()
    )
    networks = {name: sum(p.numel() for p in net.parameters()) for name, net in family.networks().items()}
    return Outline(family.task, stages, networks, family.averaged, state_mb(family, recipe.train.ema_kimg > 0))


def state_mb(family: Family, averaging: bool) -> float:
    """Memory of weights, gradients, Adam's two moments and, with ``averaging``, averages; float32, in MB."""
    count = sum(p.numel() for p in family.parameters())
    averaged = sum(p.numel() for name in family.averaged for p in family.get_submodule(name).parameters())
    return 4e-6 * (count * 4 + (averaged if averaging else 0))
