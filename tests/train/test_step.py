"""The order of play within a step, in closed form, and how often it renders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from ganvas.models import noise
from ganvas.models.batches import SynthesisBatch
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.spec import DataSpec
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper


class Number(nn.Module):
    """A network of one number."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value, dtype=torch.float64))


class Dirac(Family):
    """The Dirac GAN with Wasserstein loss and R1 (Mescheder et al. 2018, §2): reals at 0, fakes at θ, D(x) = ψ x."""

    task = "synthesis"
    Config = FamilyConfig
    rate, gamma = 0.5, 0.0

    def __init__(self, first: str) -> None:
        super().__init__(FamilyConfig(), DataSpec(), 1.0)
        self.generator, self.discriminator = Number(1.0), Number(0.0)
        self.first = first
        self.rendered = 0

    def stages(self) -> tuple[Stage, ...]:
        phases = [
            Phase("D", ("discriminator",), self.discriminator_phase, fakes=self.render),
            Phase("G", ("generator",), self.generator_phase, render=self.render),
        ]
        return (Stage("adversarial", 1.0, tuple(phases if self.first == "D" else phases[::-1])),)

    def optimizer(self, network: str) -> Optimizer:
        return SGD(self.get_submodule(network).parameters(), lr=self.rate)

    def render(self, batch: SynthesisBatch, clock: Clock) -> dict[str, Tensor]:
        self.rendered += 1
        return {"fake": self.generator.value * torch.ones(len(batch.x), dtype=torch.float64)}

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        return -(self.discriminator.value * batch.memo["fake"]).mean(), {}

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        assert not batch.memo["fake"].requires_grad
        psi = self.discriminator.value
        return (psi * batch.memo["fake"]).mean() + self.gamma / 2 * psi.square(), {}


def stepper_of(family: Family) -> Stepper:
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    return Stepper(family, fabric)


def parts(count: int, size: int, resolution: int = 8) -> list[SynthesisBatch]:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(size, 3, resolution, resolution, generator=generator, dtype=torch.float64) * 2 - 1
    return [SynthesisBatch(part, torch.zeros(len(part)).long(), {}) for part in x.chunk(count)]


@pytest.mark.parametrize("micros", [1, 2])
@pytest.mark.parametrize("gamma", [0.0, 1.0])
@pytest.mark.parametrize("first", ["D", "G"])
def test_the_dirac_game_moves_as_its_closed_form(first: str, gamma: float, micros: int) -> None:
    """D first: G meets the new ψ. G first: D takes the fakes of the old θ, so both move at once."""
    family = Dirac(first)
    family.gamma = gamma
    stepper, clock, h = stepper_of(family), Clock(batch_size=4), family.rate
    alternating = torch.tensor([[1 - h * gamma, -h], [h * (1 - h * gamma), 1 - h * h]], dtype=torch.float64)
    simultaneous = torch.tensor([[1 - h * gamma, -h], [h, 1.0]], dtype=torch.float64)
    state = torch.tensor([0.0, 1.0], dtype=torch.float64)
    for _ in range(20):
        _, drawn = stepper.step(family.stages()[0], clock, lambda: parts(micros, 4))
        clock = clock.advanced(drawn)
        state = (alternating if first == "D" else simultaneous) @ state
        found = torch.stack([family.discriminator.value, family.generator.value]).detach()
        torch.testing.assert_close(found, state, rtol=1e-12, atol=1e-12)
    if not gamma:
        assert (state.norm() < 1.5) == (first == "D")  # one circles for ever, the other by (1 + h²)¹⁰ outwards


@pytest.mark.parametrize(("rate", "ends"), [(0.5, (True, True)), (1.2, (True, False))])
def test_alternating_play_converges_at_larger_rates(rate: float, ends: tuple[bool, bool]) -> None:
    for first, converges in zip(("D", "G"), ends, strict=True):
        family = Dirac(first)
        family.rate, family.gamma = rate, 1.0
        stepper, clock = stepper_of(family), Clock(batch_size=1)
        for _ in range(60):
            stepper.step(family.stages()[0], clock, lambda: parts(1, 1))
        assert (abs(float(family.generator.value.detach())) < 1e-2) == converges


@pytest.mark.parametrize(("first", "micros", "calls"), [("D", 1, 1), ("D", 4, 8), ("G", 1, 1), ("G", 4, 4)])
def test_fakes_are_rendered_once_unless_their_graphs_would_pile_up(first: str, micros: int, calls: int) -> None:
    family = Dirac(first)
    stepper_of(family).step(family.stages()[0], Clock(batch_size=4), lambda: parts(micros, 4))
    assert family.rendered == calls


class Moving(DCGAN):
    """A DCGAN whose generator draws dropout masks and has spectral norms."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.dropout = noise.Dropout(0.5)
        for module in list(self.generator.modules()):
            if isinstance(module, nn.ConvTranspose2d):
                nn.utils.parametrizations.spectral_norm(module)

    def render(self, batch: SynthesisBatch, clock: Clock) -> dict[str, Tensor]:
        return {"fake": self.dropout(super().render(batch, clock)["fake"])}


@pytest.fixture
def _double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize("d_repeat", [1, 2])
def test_a_fake_that_is_rendered_again_is_the_same(d_repeat: int) -> None:
    """The noise, the dropout masks and the power iterations, with several steps of D too."""
    config = DCGAN.Config.model_validate(
        {"z_dim": 4, "width": 4, "norm": "none", "spectral_norm": True, "d_repeat": d_repeat}
    )
    states = []
    for micros in (1, 4):
        torch.manual_seed(0)
        family = Moving(config, DataSpec(resolution=16), 1.0)
        for module in family.modules():  # statistics of a batch are the one thing that splitting does change
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
                module.train = lambda mode=True, module=module: module  # type: ignore[method-assign]
        stepper, clock = stepper_of(family), Clock(batch_size=8, step=1)
        for name in stepper.optimizers:
            stepper.optimizers[name] = SGD(family.get_submodule(name).parameters(), lr=0.1)
            stepper._lr[name] = [0.1]
        for _ in range(2):
            _, drawn = stepper.step(family.stages()[0], clock, lambda micros=micros: parts(micros, 8, 16))  # type: ignore[misc]
            clock = clock.advanced(drawn)
        states.append(family.state_dict())
    for name, value in states[0].items():
        torch.testing.assert_close(states[1][name], value, rtol=1e-9, atol=1e-12, msg=name)
