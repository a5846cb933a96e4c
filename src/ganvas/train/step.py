"""One training step: the only code that changes weights. It depends on phases, not on families.

A step: seed → take the phases that are due → draw data once per repeat → for each phase freeze all but ``trains``,
accumulate over micro-batches, average gradients over processes, step, ``after`` → EMA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from hashlib import blake2b

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.models import noise
from ganvas.models.batches import Batch
from ganvas.models.family import Clock, Family, Phase, Stage

Draw = Callable[[], list[Batch]]
"""Returns this process's share of the next global batch, as micro-batches."""


class NonFiniteError(ArithmeticError):
    """A loss or a gradient is not a number or infinite; the step was not taken."""

    def __init__(self, phase: str, clock: Clock) -> None:
        super().__init__(f"the gradients of {phase} are not finite at {clock.kimg:.3f} kimg")
        self.phase = phase


class Stepper:
    """Executes training steps on a family, with its optimisers and averaged copies.

    Args:
        family: The networks; moved to the launcher's device.
        fabric: The launched processes, their devices and their precision.
        seed: Determines, with the clock, every random number.
        ema_kimg: Half-life of the averaged copies in kimg; 0 keeps none.
        ema_ramp: The half-life is at most this share of the stage's images so far (Karras et al. 2020, ADA), so that
            the averages of layers that begin with a stage do not lag behind; None: no ramp.
        channels_last: Keep pictures and weights as NHWC in memory. None: on a GPU only. On a CPU it rarely helps, and
            converting large weights can take a quarter of a step.
        compiled: Compile the networks with ``torch.compile``.
        lr_factor: Multiplies every learning rate (lowered after a return to a checkpoint).
    """

    def __init__(
        self,
        family: Family,
        fabric: Fabric,
        *,
        seed: int = 0,
        ema_kimg: float = 0.0,
        ema_ramp: float | None = None,
        channels_last: bool | None = None,
        compiled: bool = False,
        lr_factor: float = 1.0,
    ) -> None:
        self.fabric = fabric
        self.seed = seed
        self.ema_kimg = ema_kimg
        self.ema_ramp = ema_ramp
        self.lr_factor = lr_factor
        self.channels_last = fabric.device.type == "cuda" if channels_last is None else channels_last
        self.family = family.to(fabric.device)
        if self.channels_last:
            _to_channels_last(self.family)
        self.family.train()
        self.networks = self.family.networks()
        self._parameters = {name: list(network.parameters()) for name, network in self.networks.items()}
        trained = {name for stage in family.stages() for phase in stage.phases for name in phase.trains}
        self.trained = tuple(name for name in self.networks if name in trained)
        self.optimizers: dict[str, Optimizer] = {}
        self.fresh_optimizers()
        self.average = self._averaged_copy() if ema_kimg > 0 and family.averaged else self.family
        if compiled:
            for network in self.networks.values():
                network.compile()

    @property
    def world(self) -> int:
        """How many processes train together."""
        return int(self.fabric.world_size)

    def fresh_optimizers(self) -> None:
        """Create a new optimiser for each network that some phase trains."""
        self.optimizers = {name: self.family.optimizer(name) for name in self.trained}
        self._lr = {name: [group["lr"] for group in opt.param_groups] for name, opt in self.optimizers.items()}

    def step(self, stage: Stage, clock: Clock, draw: Draw) -> tuple[dict[str, Tensor], int]:
        """Execute one step of a stage.

        Args:
            stage: The phases and their schedules.
            clock: Where the training stands.
            draw: Called once per repeat for data.

        Returns:
            The reported terms as ``phase/term`` (0-d tensors of this process), and how many pictures the step took from
            the stream, over all processes.

        Raises:
            NonFiniteError: A gradient is not finite; the weights of that phase are unchanged.
        """
        draws: list[list[Batch]] = []
        shown: dict[str, Tensor] = {}
        for index, phase in enumerate(stage.phases):
            if clock.step % phase.every:
                continue
            for turn in range(phase.repeat):
                if turn == len(draws):
                    draws.append(self._prepared(draw(), clock, turn))
                shown |= self._run_phase(index, phase, stage, draws[turn], clock, turn)
        self._update_averages(clock)
        return shown, len(draws) * clock.batch_size

    # ── one phase ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _prepared(self, micros: list[Batch], clock: Clock, turn: int) -> list[Batch]:
        prepared = []
        for batch, _ in self._seeded(micros, clock, "prepare", turn):
            prepared.append(self.family.prepare(self._on_device(batch), clock))
        return prepared

    def _run_phase(
        self, index: int, phase: Phase, stage: Stage, micros: list[Batch], clock: Clock, turn: int
    ) -> dict[str, Tensor]:
        self._freeze_all_but(phase.trains)
        share = 1.0 / len(micros)
        shown: dict[str, Tensor] = {}
        for batch, _ in self._seeded(micros, clock, f"{index}", turn):
            with self.fabric.autocast():
                loss, terms = phase.loss(batch, clock)
            for term, value in {"loss": loss, **terms}.items():
                key = f"{phase.name}/{term}"
                shown[key] = shown.get(key, 0.0) + value.detach() * share
            if loss.requires_grad:
                torch.autograd.backward(loss * (phase.every * share))
        moved = [p for name in phase.trains for p in self._parameters[name] if p.grad is not None]
        if self.world > 1:
            self._average_gradients(moved)
        if moved:
            norm = torch.nn.utils.get_total_norm([p.grad for p in moved if p.grad is not None])
            shown[f"{phase.name}/gradient_norm"] = norm
            # Reading the norm synchronises with the device: that costs little, and a step that is not finite would
            # destroy the run.
            if not torch.isfinite(norm):
                self._clear(phase.trains)
                raise NonFiniteError(phase.name, clock)
        for name in phase.trains:
            self._set_rates(name, stage, clock)
            self.optimizers[name].step()
        self._clear(phase.trains)
        if phase.after is not None:
            with torch.no_grad():
                phase.after(clock)
        return shown

    def _freeze_all_but(self, trains: tuple[str, ...]) -> None:
        for name, parameters in self._parameters.items():
            moves = name in trains
            for parameter in parameters:
                parameter.requires_grad_(moves)

    def _clear(self, trains: tuple[str, ...]) -> None:
        for name in trains:
            for parameter in self._parameters[name]:
                parameter.grad = None

    def _set_rates(self, name: str, stage: Stage, clock: Clock) -> None:
        scale = stage.lr_scale(clock) * self.lr_factor
        for group, rate in zip(self.optimizers[name].param_groups, self._lr[name], strict=True):
            group["lr"] = rate * scale
            if stage.betas is not None:
                group["betas"] = stage.betas(clock)

    def _average_gradients(self, parameters: list[nn.Parameter]) -> None:
        gradients = [p.grad for p in parameters if p.grad is not None]
        # Made contiguous, because processes may hold the same gradient in different strides.
        flat = torch.cat([gradient.contiguous().view(-1) for gradient in gradients])
        torch.distributed.all_reduce(flat)
        flat /= self.world
        for gradient, part in zip(gradients, torch.split(flat, [g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view(gradient.shape))

    # ── randomness and data ─────────────────────────────────────────────────────────────────────────────────────────

    def _seeded(self, micros: list[Batch], clock: Clock, purpose: str, turn: int) -> Iterator[tuple[Batch, int]]:
        """Yield each micro-batch with torch's seed set alike, and ``noise`` set to its rows of the global batch."""
        key = f"{self.seed}/{clock.nimg}/{purpose}/{turn}"
        number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") >> 1
        local = clock.batch_size // self.world
        start = int(self.fabric.global_rank) * local
        for batch in micros:
            size = _size(batch)
            torch.manual_seed(number)
            with noise.rows(start, size, clock.batch_size):
                yield batch, start
            start += size

    def _on_device(self, batch: Batch) -> Batch:
        return type(batch)(*(self._picture(field) if isinstance(field, Tensor) else dict(field) for field in batch))

    def _picture(self, tensor: Tensor) -> Tensor:
        """Move a tensor to the device; uint8 pictures become float in [-1, 1]."""
        tensor = tensor.to(self.fabric.device, non_blocking=True)
        if tensor.dtype == torch.uint8:
            tensor = tensor.to(torch.get_default_dtype()) / 127.5 - 1
        if self.channels_last and tensor.dim() == 4:
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        return tensor

    # ── averaged copies ─────────────────────────────────────────────────────────────────────────────────────────────

    def _averaged_copy(self) -> Family:
        """The family with its own copies of the averaged networks; everything else is shared."""
        shared = {id(n): n for name, n in self.family.named_children() if name not in self.family.averaged}
        buffers = {id(b): b for b in self.family.buffers(recurse=False)}
        copy = deepcopy(self.family, {**shared, **buffers})
        for name in self.family.averaged:
            copy.get_submodule(name).requires_grad_(False)
        return copy

    @torch.no_grad()
    def _update_averages(self, clock: Clock) -> None:
        if self.average is self.family:
            return
        half_life = self.family.ema_kimg(clock, self.ema_kimg) * 1000
        if self.ema_ramp is not None:
            half_life = min(half_life, (clock.stage_nimg + clock.batch_size) * self.ema_ramp)
        weight = 1 - 0.5 ** (clock.batch_size / max(half_life, 1e-8))
        for name in self.family.averaged:
            live, copy = self.family.get_submodule(name), self.average.get_submodule(name)
            torch._foreach_lerp_(list(copy.parameters()), [p.detach() for p in live.parameters()], weight)
            for kept, buffer in zip(copy.buffers(), live.buffers(), strict=True):
                kept.copy_(buffer)

    @torch.no_grad()
    def synchronise_statistics(self) -> None:
        """Average the batch-norm statistics over processes, each of which saw its own share of the pictures."""
        if self.world == 1:
            return
        for module in self.family.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is not None:
                for buffer in (module.running_mean, module.running_var):
                    if buffer is not None:
                        torch.distributed.all_reduce(buffer)
                        buffer /= self.world


def _size(batch: Batch) -> int:
    return next(len(field) for field in batch if isinstance(field, Tensor))


def _to_channels_last(module: nn.Module) -> None:
    # Only convolution weights: ``module.to(memory_format=…)`` would also convert 4-d buffers such as noise maps. A
    # computed weight (spectral norm) has its parameter in a child of the convolution.
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            for parameter in part.parameters():
                if parameter.dim() == 4:
                    parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
