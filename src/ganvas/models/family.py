"""The base class of all families of GANs, and the plan of a training: phases, stages and the clock.

A family is an ``nn.Module``: its children are the networks, its buffers are the state, and :meth:`Family.stages` is the
plan that the trainer carries out. Every schedule is a pure function of the :class:`Clock`, and no state lives outside
buffers, so N + N steps equal 2N bit for bit.
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
    """How far a training is. All schedules are functions of it; ``nimg`` counts real pictures, 1,000 are one kimg."""

    nimg: int = 0  # real pictures used since the beginning
    step: int = 0  # steps since the beginning
    stage: int = 0  # index of the stage
    stage_nimg: int = 0  # real pictures used since this stage began
    stage_kimg: float = 1.0  # length of this stage
    total_kimg: float = 1.0  # length of all stages
    batch_size: int = 1  # global batch of this stage
    drawn: int = 0  # position in the data stream (repeats draw more than nimg counts)

    @property
    def kimg(self) -> float:
        """Thousands of real pictures used since the beginning."""
        return self.nimg / 1000

    @property
    def progress(self) -> float:
        """Share of this stage that is done, in [0, 1]."""
        return min(self.stage_nimg / (self.stage_kimg * 1000), 1.0)

    def ramp(self, start_kimg: float, end_kimg: float) -> float:
        """A linear ramp from 0 at ``start_kimg`` of this stage to 1 at ``end_kimg``."""
        if end_kimg <= start_kimg:
            return float(self.stage_nimg >= end_kimg * 1000)
        return min(max((self.stage_nimg / 1000 - start_kimg) / (end_kimg - start_kimg), 0.0), 1.0)

    def advanced(self, drawn: int) -> Clock:
        """The clock one step later, after ``drawn`` pictures were taken from the data stream."""
        return replace(
            self,
            nimg=self.nimg + self.batch_size,
            stage_nimg=self.stage_nimg + self.batch_size,
            step=self.step + 1,
            drawn=self.drawn + drawn,
        )


Loss: TypeAlias = Callable[[Batch, Clock], tuple[Tensor, dict[str, Tensor]]]
Render: TypeAlias = Callable[[Batch, Clock], dict[str, Tensor]]


class Phase(NamedTuple):
    """One optimiser step: which networks it updates and the loss it minimises.

    Phases are executed in their order, each on the weights that the ones before have left. Most published trainings
    update the discriminator on generated pictures and then the generator on the *same* pictures against the *new*
    discriminator. So what a generator makes is not computed in a loss but by a function of its own, which both phases
    name: ``fakes`` in that of the discriminator, ``render`` in that of the generator. The trainer calls it once per
    batch and keeps the graph from the one to the other. Where the weights have changed in between, or the batch comes
    in several micro-batches, whose graphs together would cost too much memory, it is called again, with the same random
    numbers.
    """

    name: str  # "D/r1": also the log prefix
    trains: tuple[str, ...]  # these networks are updated; every other is frozen
    loss: Loss  # → (loss to minimise, terms to log)
    every: int = 1  # lazy regularisation: at each n-th step, with n times the loss
    repeat: int = 1  # updates in a row, each on new data
    after: Callable[[Clock], None] | None = None  # projection or adjustment after the update
    render: Render | None = None  # → tensors that the loss finds in the memo, differentiable in ``trains``
    fakes: Render | None = None  # the ``render`` of another phase: the loss finds its tensors without gradients


def constant(clock: Clock) -> float:
    """A constant learning rate."""
    return 1.0


def linear_decay(start: float = 0.5, end: float = 1.0) -> Callable[[Clock], float]:
    """A learning rate that is constant until share ``start`` of the stage, then linear to 0 at share ``end``."""

    def scale(clock: Clock) -> float:
        length = clock.stage_kimg
        return 1.0 - clock.ramp(start * length, end * length)

    return scale


class Stage(NamedTuple):
    """A part of the training with its own phases, batch size and schedules."""

    name: str
    kimg: float
    phases: tuple[Phase, ...]
    batch_size: int | None = None  # the recipe's when None
    fresh_optimizers: bool = False
    lr_scale: Callable[[Clock], float] = constant
    betas: Callable[[Clock], tuple[float, float]] | None = None  # Adam's; the optimiser's own when None


class FamilyConfig(BaseModel):
    """The settings under ``model`` in a recipe; each family subclasses it with its own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Family(nn.Module):
    """The only base class: one subclass per paper, besides the classes of :mod:`ganvas.models.capabilities`.

    Args:
        config: Settings of the family.
        data: The pictures it is trained on.
        kimg: Length of the whole training; a family with several stages divides it.
    """

    task: ClassVar[str]  # a key of ganvas.tasks.TASKS
    Config: ClassVar[type[FamilyConfig]]
    averaged: tuple[str, ...] = ()  # networks that have an EMA copy; the bundle holds the copies
    advice: ClassVar[Table] = {}  # replaces the general suggestions of some troubles
    critic: bool = False  # whether logits have no scale (Wasserstein loss), so that a large gap means nothing
    z_dim: int = 0  # synthesis and reference: length of the latent
    numbered_down: ClassVar[tuple[str, ...]] = ()  # lists of layers numbered from the highest resolution down
    makes_opacity: ClassVar[bool] = False  # whether pictures may have a fourth channel, opacity
    frozen: tuple[str, ...] = ()  # prefixes of layers that are never updated

    def __init__(self, config: Any, data: DataSpec, kimg: float) -> None:
        super().__init__()
        self.config = config
        self.data = data
        self.kimg = kimg

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        """The smallest settings and data with the topology of the paper; the contract tests train them."""
        raise NotImplementedError

    def stages(self) -> tuple[Stage, ...]:
        """The stages of the training, in order."""
        raise NotImplementedError

    def optimizer(self, network: str) -> Optimizer:
        """A new optimiser for the parameters of a network: one per network, shared by all its phases."""
        raise NotImplementedError

    def ema_kimg(self, clock: Clock, wanted: float) -> float:
        """Half-life of the averaged weights now, in kimg; ``wanted`` is that of the recipe."""
        return wanted

    def prepare(self, batch: Batch, clock: Clock) -> Batch:
        """Turn a micro-batch of the loader into what the losses take: crops, smaller sizes."""
        return batch

    def generate(self, request: Any) -> Tensor:
        """GenerateModule a request of the task: float NCHW in [-1, 1]. Deterministic."""
        raise NotImplementedError

    def suggestion(self, trouble: Trouble) -> str:
        """What to try against a trouble with these settings; it ends a sentence "…; try"."""
        return suggest(trouble, self.advice, self.config.model_dump())

    def compilable(self) -> tuple[nn.Module, ...]:
        """The modules whose calls ``train.compile`` compiles: those that the losses call."""
        return tuple(self.networks().values())

    def networks(self) -> dict[str, nn.Module]:
        """The children that have parameters, by name."""
        return {name: child for name, child in self.named_children() if next(child.parameters(), None) is not None}


class GenerateModule(nn.Module):
    """A family as a function of the tensors of a request, for export and timing."""

    def __init__(self, family: Family, request: type[tuple[Any, ...]]) -> None:
        super().__init__()
        self.family = family
        self.request = request

    def forward(self, *tensors: Tensor) -> Tensor:
        return self.family.generate(self.request(*tensors))
