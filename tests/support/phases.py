"""The loss of one phase of a family, on what it renders."""

from __future__ import annotations

from torch import Tensor

from ganvas.models.batches import Batch
from ganvas.models.family import Clock, Family, Phase

RENDERED = {"fake", "fake_a", "made"}


def phase_of(family: Family, name: str) -> Phase:
    """The first phase of that name."""
    return next(phase for stage in family.stages() for phase in stage.phases if phase.name == name)


def phase_loss(family: Family, name: str, batch: Batch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a phase and its terms.

    What it renders is added to the memo of ``batch``, unless another phase has; ``fakes`` are taken without gradients.
    """
    phase = phase_of(family, name)
    render = phase.render or phase.fakes
    if render is not None and not RENDERED & batch.memo.keys():
        batch.memo.update(render(batch, clock))
    memo = {key: value if phase.fakes is None else value.detach() for key, value in batch.memo.items()}
    return phase.loss(batch._replace(memo=memo), clock)
