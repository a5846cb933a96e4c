"""One training step: the only code that changes weights. It depends on phases, not on families.

A step: seed → take the phases that are due → draw data once per repeat → for each phase freeze all but ``trains``,
render (:mod:`ganvas.train.rendering`), accumulate over micro-batches, average gradients over processes
(:mod:`ganvas.train.reduction`), step, ``after`` → EMA. Nothing in it reads a value from the device, so that a GPU is
never left without work (:mod:`ganvas.train.guard`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from hashlib import blake2b

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.models import noise
from ganvas.models.batches import Batch
from ganvas.models.family import Clock, Family, Stage
from ganvas.models.layers.spectral import singular_vectors
from ganvas.train.fabric import Fabric
from ganvas.train.guard import GradientGuard
from ganvas.train.reduction import GradientReduction
from ganvas.train.rendering import Draw, Tensors, Turn, detached
from ganvas.train.shared_statistics import share_statistics

NextBatch = Callable[[], list[Batch]]
"""Returns this process's share of the next global batch, as micro-batches."""


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
        compiled: Compile the networks with ``torch.compile``, each at its first call; again for each kind of call
            (with and without gradients, each batch size), and then no more.
        sync_batch_norm: Batch normalisation uses the rows of all processes, not only its own.
        lr_factor: Multiplies every learning rate (lowered after a return to a checkpoint).

    Attributes:
        guard: Notices gradients that are not finite; to be checked after each step.
        reduction: Averages gradients over processes; None where there is one.
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
        sync_batch_norm: bool = False,
        lr_factor: float = 1.0,
    ) -> None:
        self.fabric = fabric
        self.seed = seed
        self.ema_kimg = ema_kimg
        self.ema_ramp = ema_ramp
        self.lr_factor = lr_factor
        self.channels_last = fabric.device.type == "cuda" if channels_last is None else channels_last
        self.guard = GradientGuard(late=fabric.device.type == "cuda")
        self.reduction = GradientReduction(self.world) if self.world > 1 else None
        self.family = family.to(fabric.device)
        if self.channels_last:
            _to_channels_last(self.family)
        self.family.train()
        self.networks = self.family.networks()
        self._parameters = {name: list(network.parameters()) for name, network in self.networks.items()}
        self._vectors = singular_vectors(self.family)
        trained = {name for stage in family.stages() for phase in stage.phases for name in phase.trains}
        self.trained = tuple(name for name in self.networks if name in trained)
        self.optimizers: dict[str, Optimizer] = {}
        self.fresh_optimizers()
        self.average = self._averaged_copy() if ema_kimg > 0 and family.averaged else self.family
        if sync_batch_norm and self.world > 1:
            share_statistics(self.family)
        if compiled:
            for module in self.family.compilable():
                # Random numbers as without compilation: they belong to rows (:mod:`ganvas.models.noise`).
                module.compile(options={"fallback_random": True})

    @property
    def world(self) -> int:
        """How many processes train together."""
        return int(self.fabric.world_size)

    @property
    def rates(self) -> dict[str, list[float]]:
        """The learning rates that the recipe sets, by network and parameter group, before any schedule."""
        return {name: list(rates) for name, rates in self._lr.items()}

    def fresh_optimizers(self) -> None:
        """Create a new optimiser for each network that some phase trains."""
        self.optimizers = {name: self.family.optimizer(name) for name in self.trained}
        self._lr = {name: [group["lr"] for group in opt.param_groups] for name, opt in self.optimizers.items()}

    def step(self, stage: Stage, clock: Clock, draw: NextBatch) -> tuple[dict[str, Tensor], int]:
        """Execute one step of a stage.

        Args:
            stage: The phases and their schedules.
            clock: Where the training stands.
            draw: Called once per repeat for data.

        Returns:
            The reported terms as ``phase/term`` (0-d tensors of this process), and how many pictures the step took from
            the stream, over all processes. Whether its gradients were finite is known to :attr:`guard`.
        """
        draws: list[Draw] = []
        shown: dict[str, Tensor] = {}
        due = [(index, phase) for index, phase in enumerate(stage.phases) if clock.step % phase.every == 0]
        for place, (index, phase) in enumerate(due, 1):
            later = tuple(phase for _, phase in due[place:])
            for number in range(phase.repeat):
                if number == len(draws):
                    draws.append(Draw(self._prepared(draw(), clock, number)))
                shown |= self._run_phase(Turn(phase, index, number, later, stage, clock), draws[number])
        self._update_averages(clock)
        self.guard.end_step(clock)
        return shown, len(draws) * clock.batch_size

    # ── one phase ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _prepared(self, micros: list[Batch], clock: Clock, number: int) -> list[Batch]:
        prepared = []
        for batch, rows in self._with_rows(micros, clock):
            with self._seeded("prepare", number, clock, rows):
                prepared.append(self.family.prepare(self._on_device(batch), clock))
        return prepared

    def _run_phase(self, turn: Turn, draw: Draw) -> dict[str, Tensor]:
        phase, clock = turn.phase, turn.clock
        self._freeze_all_but(phase.trains)
        vectors = [] if draw.whole else [vector.clone() for vector in self._vectors]
        if phase.fakes is not None and vectors and turn.records():
            draw.replayed[phase.fakes] = vectors
        share = 1.0 / len(draw.micros)
        trained = [parameter for name in phase.trains for parameter in self._parameters[name]]
        shown: dict[str, Tensor] = {}
        for micro, (batch, rows) in enumerate(self._with_rows(draw.micros, clock)):
            if vectors:  # all micro-batches see the same power iterations, as they would in one batch
                torch._foreach_copy_(self._vectors, vectors)
            batch = self._with_rendered(turn, draw, micro, batch, rows)
            with self._seeded(f"{turn.place}", turn.number, clock, rows), self.fabric.autocast():
                loss, terms = phase.loss(batch, clock)
            for term, value in {"loss": loss, **terms}.items():
                key = f"{phase.name}/{term}"
                shown[key] = value.detach() if draw.whole else shown.get(key, 0.0) + value.detach() * share
            last = micro == len(draw.micros) - 1
            with self.reduction.averaging(phase, trained) if self.reduction and last else nullcontext():
                if loss.requires_grad:
                    weight = phase.every * share
                    torch.autograd.backward(loss if weight == 1 else loss * weight)
        moved = [parameter for parameter in trained if parameter.grad is not None]
        if moved:
            norm = torch.nn.utils.get_total_norm([p.grad for p in moved if p.grad is not None])
            shown[f"{phase.name}/gradient_norm"] = norm
            self.guard.add(phase.name, norm)
        for name in phase.trains:
            self._set_rates(name, turn.stage, clock)
            self.optimizers[name].step()
        self._clear(phase.trains)
        if phase.after is not None:
            with torch.no_grad():
                phase.after(clock)
        return shown

    def _freeze_all_but(self, trains: tuple[str, ...]) -> None:
        for name in self._parameters:
            self._require_gradients((name,), name in trains)

    def _require_gradients(self, networks: tuple[str, ...], required: bool) -> None:
        for name in networks:
            for parameter in self._parameters[name]:
                parameter.requires_grad_(required)

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

    # ── rendering ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _with_rendered(self, turn: Turn, draw: Draw, micro: int, batch: Batch, rows: noise.Rows) -> Batch:
        """A micro-batch with what its phase renders in its memo."""
        if turn.render is None:
            return batch
        tensors = draw.take(turn, micro)
        if tensors is None:
            tensors = self._render(turn, draw, batch, rows)
        draw.keep(turn, micro, tensors)
        if turn.phase.render is None:
            tensors = detached(tensors)
        return batch._replace(memo={**batch.memo, **tensors})

    def _render(self, turn: Turn, draw: Draw, batch: Batch, rows: noise.Rows) -> Tensors:
        render = turn.render
        assert render is not None
        recorded = turn.records() if draw.whole else ()
        self._require_gradients(recorded, True)
        # Rendering again for gradients repeats the power iterations of the first time, and adds none.
        replayed = draw.replayed.get(render, []) if turn.phase.render is not None else []
        now = [vector.clone() for vector in self._vectors] if replayed else []
        if replayed:
            torch._foreach_copy_(self._vectors, replayed)
        with (
            self._seeded(turn.purpose(), turn.number, turn.clock, rows),
            self.fabric.autocast(),
            torch.set_grad_enabled(bool(recorded) or turn.phase.render is not None),
        ):
            tensors = render(batch, turn.clock)
        if replayed:
            torch._foreach_copy_(self._vectors, now)
        self._require_gradients(recorded, False)
        return tensors

    # ── randomness and data ─────────────────────────────────────────────────────────────────────────────────────────

    def _with_rows(self, micros: list[Batch], clock: Clock) -> Iterator[tuple[Batch, noise.Rows]]:
        """Yield each micro-batch with its rows of the global batch."""
        start = int(self.fabric.global_rank) * (clock.batch_size // self.world)
        for batch in micros:
            size = _size(batch)
            yield batch, noise.Rows(start, size, clock.batch_size)
            start += size

    @contextmanager
    def _seeded(self, purpose: str, number: int, clock: Clock, rows: noise.Rows) -> Iterator[None]:
        """Set torch's seed, alike for all micro-batches and processes, and the rows that ``noise`` draws for."""
        key = f"{self.seed}/{clock.nimg}/{purpose}/{number}"
        torch.manual_seed(int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") >> 1)
        with noise.rows(*rows):
            yield

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
            _copy_all(list(copy.buffers()), list(live.buffers()))

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


def _copy_all(to: list[Tensor], values: list[Tensor]) -> None:
    """Copy tensors, those of each type in one operation."""
    for kind in {tensor.dtype for tensor in to}:
        chosen = [index for index, tensor in enumerate(to) if tensor.dtype == kind]
        torch._foreach_copy_([to[index] for index in chosen], [values[index] for index in chosen])


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
