"""Sets a tiny game up on real packed pictures, and plays it step by step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganvas.curate.dataset.dataset import Dataset
from ganvas.models.batches import Batch
from ganvas.models.families import FAMILIES
from ganvas.models.family import Clock, Family
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream
from support.music import packed_for

BATCH = 8


class Game:
    """A tiny family at the beginning of a stage.

    :param pictures: folder with two sub-folders of pictures.
    :param exact: float64 and plain gradient descent: what is left of a difference is a mistake. (Adam turns the sign
        of a rounding error into a whole step.)
    """

    def __init__(
        self,
        name: str,
        pictures: Path,
        *,
        stage: int = 0,
        micro: int = BATCH,
        exact: bool = False,
        ema_kimg: float = 0.0,
        fabric: Fabric | None = None,
    ) -> None:
        config, data = FAMILIES[name].tiny()
        self.packed = packed_for(pictures, data)
        dataset = Dataset(self.packed)
        if fabric is None:
            fabric = Fabric(accelerator="cpu", devices=1)
            fabric.launch()
        self.fabric = fabric
        torch.manual_seed(0)
        self.family: Family = FAMILIES[name](config, data, kimg=1.0)
        if exact:
            self.family.double()
        self.stepper = Stepper(self.family, fabric, ema_kimg=ema_kimg)
        self.exact = exact
        if exact:
            for network in self.stepper.optimizers:
                parameters = self.family.get_submodule(network).parameters()
                self.stepper.optimizers[network] = torch.optim.SGD(parameters, lr=1e-2)
                self.stepper._lr[network] = [1e-2]
        self.stream = Stream(dataset, self.family.task, data, seed=0, workers=0)
        self.micro = micro
        self.stage = self.family.stages()[stage]
        length = self.stage.kimg
        # In the middle of the stage, where ramps and fades are under way.
        half = int(length * 500)
        self.clock = Clock(stage=stage, stage_kimg=length, total_kimg=1.0, batch_size=BATCH, stage_nimg=half)
        self._kept: list[Batch] | None = None

    def play(self) -> dict[str, float]:
        """One whole step."""
        shown, drawn = self._exactly(lambda: self.stepper.step(self.stage, self.clock, self._draw))
        self.clock = self.clock.advanced(drawn)
        self._drawn = 0
        return {key: float(value) for key, value in shown.items()}

    def play_alone(self, phase: str, *, same_batch: bool = False) -> dict[str, float]:
        """One step of a single phase, whether it is due or not."""
        only = next(p for p in self.stage.phases if p.name == phase)._replace(every=1)
        stage = self.stage._replace(phases=(only,))
        shown, drawn = self.stepper.step(stage, self.clock, self._same if same_batch else self._draw)
        if not same_batch:  # a clock that stands still also repeats the noise
            self.clock = self.clock.advanced(drawn)
        self._drawn = 0
        return {key: float(value) for key, value in shown.items()}

    _drawn = 0

    def _draw(self) -> list[Batch]:
        world = int(self.fabric.world_size)
        micro = min(self.micro, BATCH // world)
        position = self.clock.drawn + self._drawn * BATCH
        self._drawn += 1
        batches = self.stream.micros(position, BATCH, micro, int(self.fabric.global_rank), world)
        return [next(batches) for _ in range(BATCH // world // micro)]

    def _same(self) -> list[Batch]:
        if self._kept is None:
            self._kept = self._draw()
        return self._kept

    def _exactly(self, play: Any) -> Any:
        kind = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64 if self.exact else kind)
        try:
            return play()
        finally:
            torch.set_default_dtype(kind)


def hold_statistics(family: Family) -> None:
    """Keep normalisation by the batch, and all else that looks at several rows, from doing so."""
    for module in family.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
            module.train = lambda mode=True, module=module: module  # type: ignore[method-assign]
        if hasattr(module, "group_size"):  # layers that compare the rows of a batch, in groups of this many
            module.group_size = 1


def states(family: Family) -> dict[str, Tensor]:
    """Copies of all parameters and buffers."""
    return {key: value.detach().clone() for key, value in family.state_dict().items()}


def same(one: Any, two: Any) -> bool:
    """Whether two nested states are equal bit for bit."""
    if isinstance(one, Tensor):
        return isinstance(two, Tensor) and one.dtype == two.dtype and torch.equal(one, two)
    if isinstance(one, Mapping):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    return bool(one == two)
