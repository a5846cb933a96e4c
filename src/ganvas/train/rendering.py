"""What the phases of a step render on a batch: once, with its graph handed from one phase to a later one."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from ganvas.models.batches import Batch
from ganvas.models.family import Clock, Phase, Render, Stage

Tensors = dict[str, Tensor]


class Turn(NamedTuple):
    """One execution of a phase within a step."""

    phase: Phase
    place: int  # of the phase in the stage
    number: int  # which of its repeats
    later: tuple[Phase, ...]  # the phases that come after it in this step
    stage: Stage
    clock: Clock

    @property
    def render(self) -> Render | None:
        """What the phase renders, or takes from another phase."""
        return self.phase.render or self.phase.fakes

    def records(self) -> tuple[str, ...]:
        """The networks whose graph a later phase on the same draw needs; none where their weights change before it."""
        moved = set(self.phase.trains)
        for phase in self.later:
            if phase.render is not None and phase.render == self.render:
                return phase.trains if self.number == 0 and not moved & set(phase.trains) else ()
            moved |= set(phase.trains)
        return ()

    def shares(self) -> bool:
        """Whether a later phase takes the same tensors without gradients."""
        return any(phase.fakes is not None and phase.fakes == self.render for phase in self.later)

    def purpose(self) -> str:
        """What the random numbers of the rendering depend on: the same for all phases that name it."""
        named = (self.render in (phase.render, phase.fakes) for phase in self.stage.phases)
        return f"{list(named).index(True)}/render"


class Draw:
    """This process's share of a global batch, as micro-batches, and what phases have rendered on it."""

    def __init__(self, micros: list[Batch]) -> None:
        self.micros = micros
        self.replayed: dict[Render, list[Tensor]] = {}  # singular vectors when it was rendered first
        self._kept: dict[tuple[Render, int], Tensors] = {}

    @property
    def whole(self) -> bool:
        """Whether it is one batch, so that keeping its graph costs no more memory than a phase does anyway."""
        return len(self.micros) == 1

    def take(self, turn: Turn, micro: int) -> Tensors | None:
        """What was rendered on a micro-batch; None where the phase must render.

        Nothing was, or it has no graph and the phase differentiates it.
        """
        assert turn.render is not None
        tensors = self._kept.pop((turn.render, micro), None)
        if tensors is None or (turn.phase.render is not None and not _has_graph(tensors)):
            return None
        return tensors

    def keep(self, turn: Turn, micro: int, tensors: Tensors) -> None:
        """Keep what a later phase takes: the graph where it needs it, nothing where none takes it."""
        assert turn.render is not None
        if turn.records() and _has_graph(tensors):
            self._kept[turn.render, micro] = tensors
        elif turn.shares():
            self._kept[turn.render, micro] = detached(tensors)


def detached(tensors: Tensors) -> Tensors:
    """The same values without gradients."""
    return {name: tensor.detach() for name, tensor in tensors.items()}


def _has_graph(tensors: Tensors) -> bool:
    return any(tensor.requires_grad for tensor in tensors.values())
