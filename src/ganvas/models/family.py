"""The plan of a game: what a family of GANs must say so that one trainer, one exporter and one studio serve it.

A family is an ``nn.Module``: its children are the networks, its buffers are the state, :meth:`Family.stages` is the
plan. Every schedule is a pure function of the :class:`Clock` and no state lives outside buffers: that is what makes
N + N steps equal 2N bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.models.advice import Table, Trouble, suggest
from ganvas.models.batches import Batch
from ganvas.spec import DataSpec


@dataclass(frozen=True)
class Clock:
    """Where training stands. All schedules are functions of it; ``nimg`` counts real pictures, 1,000 are a kimg."""

    nimg: int = 0  # pictures shown since the beginning
    step: int = 0  # steps since the beginning
    stage: int = 0  # index of the stage
    stage_nimg: int = 0  # pictures shown since this stage began
    stage_kimg: float = 1.0  # length of this stage
    total_kimg: float = 1.0  # length of all stages
    batch_size: int = 1  # global batch of this stage
    drawn: int = 0  # position in the data stream (repeats draw more than nimg shows)

    @property
    def kimg(self) -> float:
        """Thousands of pictures shown since the beginning."""
        return self.nimg / 1000

    @property
    def progress(self) -> float:
        """Share of this stage that is done, in [0, 1]."""
        return min(self.stage_nimg / (self.stage_kimg * 1000), 1.0)

    def ramp(self, start_kimg: float, end_kimg: float) -> float:
        """0 until ``start_kimg`` of this stage, 1 from ``end_kimg`` on, linear between."""
        if end_kimg <= start_kimg:
            return float(self.stage_nimg >= end_kimg * 1000)
        return min(max((self.stage_nimg / 1000 - start_kimg) / (end_kimg - start_kimg), 0.0), 1.0)

    def advanced(self, drawn: int) -> Clock:
        """The clock one step later, when ``drawn`` pictures were taken from the stream."""
        return replace(
            self,
            nimg=self.nimg + self.batch_size,
            stage_nimg=self.stage_nimg + self.batch_size,
            step=self.step + 1,
            drawn=self.drawn + drawn,
        )


Loss: TypeAlias = Callable[[Batch, Clock], tuple[Tensor, dict[str, Tensor]]]


class Phase(NamedTuple):
    """One optimiser step of the game."""

    name: str  # "D/r1": also the log prefix
    trains: tuple[str, ...]  # these networks move; every other is frozen
    loss: Loss  # → (descend this, show these)
    every: int = 1  # lazy regularisation: each n-th step, loss × n
    repeat: int = 1  # critic steps in a row, each on new data
    after: Callable[[Clock], None] | None = None  # projection or adjustment once weights have moved


def constant(clock: Clock) -> float:
    """A learning rate that stays."""
    return 1.0


def linear_decay(start: float = 0.5, end: float = 1.0) -> Callable[[Clock], float]:
    """A learning rate that stays until share ``start`` of the stage, then falls in a line to 0 at share ``end``."""

    def scale(clock: Clock) -> float:
        length = clock.stage_kimg
        return 1.0 - clock.ramp(start * length, end * length)

    return scale


class Stage(NamedTuple):
    """A stretch of training with its own rules."""

    name: str
    kimg: float
    phases: tuple[Phase, ...]
    batch_size: int | None = None  # the recipe's when None
    fresh_optimizers: bool = False
    lr_scale: Callable[[Clock], float] = constant
    betas: Callable[[Clock], tuple[float, float]] | None = None  # Adam's; the optimiser's own when None


class FamilyConfig(BaseModel):
    """What a recipe may set under ``model``; each family subclasses it with its own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Family(nn.Module):
    """The only base class. Subclasses are the papers' games; inheritance depth is one.

    ``kimg`` is how long the recipe wants to train in all; a family with several stages divides it.
    """

    task: ClassVar[str]  # a key of ganvas.tasks.TASKS
    Config: ClassVar[type[FamilyConfig]]
    averaged: tuple[str, ...] = ()  # networks that keep an EMA copy; the bundle holds the copies
    advice: ClassVar[Table] = {}  # replaces the general suggestions of some troubles
    critic: bool = False  # the discriminator's answers have no scale (Wasserstein): a large gap is no bad sign
    z_dim: int = 0  # synthesis and reference: length of the latent
    numbered_down: ClassVar[tuple[str, ...]] = ()  # lists of layers numbered from the highest resolution down
    frozen: tuple[str, ...] = ()  # layers that never move, such as "generator.mapping.": they need a trained start

    def __init__(self, config: Any, data: DataSpec, kimg: float) -> None:
        super().__init__()
        self.config = config
        self.data = data
        self.kimg = kimg

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        """The smallest honest instance: the paper's topology with few channels. Contract tests train it."""
        raise NotImplementedError

    def stages(self) -> tuple[Stage, ...]:
        """The plan."""
        raise NotImplementedError

    def optimizer(self, network: str) -> Optimizer:
        """A new optimiser for a network's parameters: one per network, never per phase."""
        raise NotImplementedError

    def ema_kimg(self, clock: Clock, wanted: float) -> float:
        """Half-life of the averaged weights now, in kimg; ``wanted`` is what the recipe says."""
        return wanted

    def prepare(self, batch: Batch, clock: Clock) -> Batch:
        """The loader's micro-batch → what losses take."""
        return batch

    def generate(self, request: Any) -> Tensor:
        """Answer a request of the task: float NCHW in [-1, 1]. Deterministic."""
        raise NotImplementedError

    def suggestion(self, trouble: Trouble) -> str:
        """What to try against a trouble with these settings; it ends a sentence "…; try"."""
        return suggest(trouble, self.advice, self.config.model_dump())

    def networks(self) -> dict[str, nn.Module]:
        """The children that have parameters, by name."""
        return {name: child for name, child in self.named_children() if next(child.parameters(), None) is not None}


class Answer(nn.Module):
    """A family as a plain function of its request's tensors: what is exported, timed and served."""

    def __init__(self, family: Family, request: type[tuple[Any, ...]]) -> None:
        super().__init__()
        self.family = family
        self.request = request

    def forward(self, *tensors: Tensor) -> Tensor:
        return self.family.generate(self.request(*tensors))
