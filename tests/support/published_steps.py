"""Steps of the trainer, and a copy of the networks on which a test plays the published loop with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.models import noise
from ganvas.models.batches import Batch
from ganvas.models.families import FAMILIES
from ganvas.models.family import Clock, Family
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper

BATCH = 4


class Played(NamedTuple):
    """What the trainer made of a family, and the family before."""

    family: Family
    before: Any  # a copy of the family, for the published loop
    batches: list[Batch]  # one per step
    clocks: list[Clock]
    numbers: list[Tensor]  # the random numbers of the steps, in the order in which they were drawn

    @contextmanager
    def repeated(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Inside, layers that draw random numbers take the recorded ones."""
        with monkeypatch.context() as patch:
            for kind in ("normal", "uniform"):
                patch.setattr(noise, kind, lambda *shape, device=None: self.numbers.pop(0))
            yield

    def check(self, tolerance: float = 1e-9) -> None:
        """Assert that all networks of both are equal."""
        for name, network in self.family.networks().items():
            theirs = self.before.get_submodule(name)
            for key, parameter in network.named_parameters():
                assert (parameter - theirs.get_parameter(key)).abs().max() < tolerance, f"{name}.{key}"
        assert not self.numbers, "the published loop draws as many random numbers"


@contextmanager
def double() -> Iterator[None]:
    """Inside, numbers are float64."""
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(kind)


def played(monkeypatch: pytest.MonkeyPatch, name: str, *, stage: int = 0, steps: int = 2, **model: Any) -> Played:
    """Play steps of a tiny family on random pictures, in float64 and with its own optimisers.

    Args:
        monkeypatch: Records the random numbers.
        name: The family.
        stage: Its stage.
        steps: How many.
        model: Settings that differ from those of ``Family.tiny``.
    """
    settings, data = FAMILIES[name].tiny()
    torch.manual_seed(0)
    config = type(settings).model_validate(settings.model_dump() | model)
    family = FAMILIES[name](config, data, kimg=1.0).double()
    before = deepcopy(family)
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(family, fabric)
    the_stage = family.stages()[stage]
    clock = Clock(stage=stage, stage_kimg=the_stage.kimg, total_kimg=1.0, batch_size=BATCH)
    result = Played(family, before, [], [], [])
    with double(), monkeypatch.context() as patch:
        for kind in ("normal", "uniform"):
            patch.setattr(noise, kind, _recorded(getattr(noise, kind), result.numbers))
        for _ in range(steps):
            result.batches.append(_batch(family))
            result.clocks.append(clock)
            _, drawn = stepper.step(the_stage, clock, lambda: result.batches[-1:])
            clock = clock.advanced(drawn)
    return result


def step(optimizer: Optimizer, loss: Tensor) -> None:
    """One update."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def parameters(*networks: nn.Module) -> list[nn.Parameter]:
    """Those of several networks that share an optimiser."""
    return [parameter for network in networks for parameter in network.parameters()]


def _recorded(draw: Any, numbers: list[Tensor]) -> Any:
    def recording(*shape: int, device: Any = None) -> Tensor:
        numbers.append(draw(*shape, device=device))
        return numbers[-1]

    return recording


def _batch(family: Family) -> Batch:
    from ganvas.tasks import TASKS

    data, fields = family.data, {}
    sides = {"source": (data.source_channels, data.resolution // data.source_scale)}
    kind = TASKS[family.task].batch
    for field in kind._fields:
        channels, side = sides.get(field, (data.channels, data.resolution))
        if field == "memo":
            fields[field] = {}
        elif field.startswith("y"):
            fields[field] = torch.randint(max(len(data.classes), 1), (BATCH,))
        else:
            fields[field] = torch.rand(BATCH, channels, side, side) * 2 - 1
    return kind(**fields)
