"""Values of a step that the host must know, read without making it wait for the device.

On a CPU reading costs nothing, and each step is read as soon as it ends. On a GPU a read would wait until the device
has computed all that it was given, and the device would then idle until the host has given it more. So the values go to
page-locked memory while the device works on, and are read when the next step has been given to it. Which step is read
when does not depend on timing, so all processes and every repetition read the same.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from ganvas.models.family import Clock

About = TypeVar("About")


class NonFiniteError(ArithmeticError):
    """A loss or a gradient is not a number or infinite; what was trained since the last checkpoint is lost."""

    def __init__(self, phase: str, clock: Clock) -> None:
        super().__init__(f"the gradients of {phase} are not finite at {clock.kimg:.3f} kimg")
        self.phase = phase


class _Reading(NamedTuple, Generic[About]):
    values: Tensor  # [n], on the host
    copied: torch.cuda.Event | None  # when the copy is complete; None: it is
    about: About


class LateReader(Generic[About]):
    """Small tensors on their way to the host, in order.

    Args:
        late: Keep the newest reading until the next one has been given; where reading makes the host wait.
    """

    def __init__(self, late: bool) -> None:
        self.late = late
        self._readings: deque[_Reading[About]] = deque()

    def give(self, values: Tensor, about: About) -> None:
        """Begin to read ``values`` [n]; the device need not have computed them."""
        if values.device.type != "cuda":
            self._readings.append(_Reading(values, None, about))
            return
        host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
        host.copy_(values, non_blocking=True)
        copied = torch.cuda.Event()
        copied.record()
        self._readings.append(_Reading(host, copied, about))

    def take(self, *, everything: bool = False) -> list[tuple[list[float], About]]:
        """What was read and not yet taken, oldest first; with ``everything`` also the newest."""
        taken = []
        while len(self._readings) > int(self.late and not everything):
            reading = self._readings.popleft()
            if reading.copied is not None:
                reading.copied.synchronize()
            taken.append((reading.values.tolist(), reading.about))
        return taken

    def clear(self) -> None:
        """Forget what was not taken."""
        self._readings.clear()


class GradientGuard:
    """Notices gradients that are not finite, by their norms.

    Updates are not held back until the norms are known: after such a gradient a training returns to a checkpoint, and
    nothing is written before :meth:`check` has seen everything.

    Args:
        late: See :class:`LateReader`.
    """

    def __init__(self, late: bool) -> None:
        self.reader: LateReader[tuple[Clock, list[str]]] = LateReader(late)
        self._norms: list[tuple[str, Tensor]] = []

    def add(self, phase: str, norm: Tensor) -> None:
        """Note the norm, a scalar, of the gradients of a phase."""
        self._norms.append((phase, norm))

    def end_step(self, clock: Clock) -> None:
        """Begin to read the norms of the step at ``clock``."""
        if self._norms:
            phases, norms = zip(*self._norms, strict=True)
            self.reader.give(torch.stack(norms), (clock, list(phases)))
        self._norms = []

    def check(self, *, everything: bool = False) -> None:
        """Check the steps that have been read; with ``everything`` all steps, for which the host may have to wait.

        Raises:
            NonFiniteError: The gradients of a phase were not finite; the first phase of the first such step.
        """
        for norms, (clock, phases) in self.reader.take(everything=everything):
            for phase, norm in zip(phases, norms, strict=True):
                if not math.isfinite(norm):
                    self.reader.clear()
                    raise NonFiniteError(phase, clock)


class StopVote:
    """Lets several processes stop after the same step, when one of them was asked to: one number per step."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._reader: LateReader[None] = LateReader(late=device.type == "cuda")

    def stops(self, wanted: bool) -> bool:
        """Whether any process wanted to stop; on a GPU, one step later. All processes call it after each step."""
        votes = torch.full((1,), float(wanted), device=self._device)
        torch.distributed.all_reduce(votes)
        self._reader.give(votes, None)
        return any(total > 0 for (total,), _ in self._reader.take())
