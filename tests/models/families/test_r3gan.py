"""R3GAN: published sizes, schedules, the game against its formulas."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from support.requests import example_request
from torch import nn

from ganvas import recipe
from ganvas.errors import UserError
from ganvas.models.augment import Ada
from ganvas.models.batches import SynthesisBatch
from ganvas.models.families import build
from ganvas.models.families.r3gan import R3GAN, R3GANConfig
from ganvas.models.family import Clock
from ganvas.models.networks.r3gan import Generator, Level
from ganvas.spec import DataSpec


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def tiny(classes: tuple[str, ...] = (), **settings: Any) -> R3GAN:
    config, _ = R3GAN.tiny()
    torch.manual_seed(0)
    family = build("r3gan", config.model_dump() | settings, DataSpec(resolution=16, classes=classes), 1.0)
    assert isinstance(family, R3GAN)
    return family


def batch(count: int = 4) -> SynthesisBatch:
    torch.manual_seed(1)
    return SynthesisBatch(torch.rand(count, 3, 16, 16) * 2 - 1, torch.zeros(count, dtype=torch.long), {})


WIDE: dict[str, Any] = {"widths": (1536,) * 4, "groups": (96,) * 4}


@pytest.mark.parametrize(
    ("settings", "resolution", "classes", "generator", "discriminator"),
    [
        ({}, 32, 10, 20_781_952, 21_280_512),
        ({}, 64, 0, 22_429_824, 22_381_440),
        ({}, 256, 0, 23_057_952, 23_009_568),
        (WIDE, 32, 1000, 82_914_304, 86_548_992),
        ({"widths": (1536,) * 5, "groups": (96,) * 5}, 64, 1000, 103_570_432, 107_205_120),
    ],
)
def test_sizes_are_the_published_ones(
    settings: dict[str, Any], resolution: int, classes: int, generator: int, discriminator: int
) -> None:
    data = DataSpec(resolution=resolution, classes=tuple(map(str, range(classes))))
    with torch.device("meta"):
        family = build("r3gan", settings | {"augment": False}, data, 1.0)
    assert parameters(family.get_submodule("generator")) == generator
    assert parameters(family.get_submodule("discriminator")) == discriminator


def test_a_new_network_is_its_skips_alone() -> None:
    """Last layers of blocks begin at zero: features pass unchanged but for resampling."""
    torch.manual_seed(0)
    network = Generator([Level(8, 2), Level(8, 2)], z_dim=4)
    z = torch.randn(2, 4)
    features = network.basis(z)
    wanted = torch.nn.functional.interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)
    torch.testing.assert_close(network.layers(features)[..., 2:-2, 2:-2], wanted[..., 2:-2, 2:-2])


def test_schedules_are_half_a_cosine_of_the_clock() -> None:
    family = tiny(ramp_kimg=10, lr=(2e-4, 5e-5), beta2=(0.9, 0.99), augment_p=(0.0, 0.3), gamma=(2.0, 0.2))
    (stage,) = family.stages()
    assert stage.betas is not None
    for nimg, share in ((0, 0.0), (5_000, 0.5), (2_500, 0.146447), (10_000, 1.0), (20_000, 1.0)):
        clock = Clock(nimg=nimg, batch_size=4)
        assert stage.lr_scale(clock) * 2e-4 == pytest.approx(2e-4 - share * 1.5e-4, rel=1e-4)
        assert stage.betas(clock) == (0.0, pytest.approx(0.9 + share * 0.09, rel=1e-4))
        assert family.ema_kimg(clock, 500) == pytest.approx(share * 500, rel=1e-4, abs=1e-9)
        assert family.ramped(family.config.gamma, clock) == pytest.approx(2 - share * 1.8, rel=1e-4)
        family.prepare(batch(), clock)
        assert isinstance(family.augment, Ada)
        assert family.augment.p.item() == pytest.approx(share * 0.3, rel=1e-4, abs=1e-7)
    assert tiny(ema_from_zero=False).ema_kimg(Clock(), 7.0) == 7.0


def test_d_descends_the_pairwise_loss_and_both_penalties() -> None:
    family = tiny(augment=False, gamma=(3.0, 3.0))
    for parameter in family.parameters():
        parameter.data.add_(torch.randn_like(parameter) * 0.1)
    data = batch()
    torch.manual_seed(2)
    loss, shown = family.discriminator_phase(data, Clock(batch_size=4))
    torch.manual_seed(2)
    x = torch.cat([data.x, family.render(data.y).detach()]).requires_grad_()
    logits = family.discriminator(x, data.y.repeat(2))
    (gradient,) = torch.autograd.grad(logits.sum(), x)
    real, fake = logits.chunk(2)
    # Half of γ times (mean of four + mean of four) is a quarter of γ times … of the mean of all eight, times four.
    penalty = 1.5 * 2 * gradient.square().sum((1, 2, 3)).mean()
    wanted = torch.log1p(torch.exp(fake - real)).mean() + penalty
    torch.testing.assert_close(loss, wanted)
    assert shown["accuracy"] == (real > fake).float().mean()
    torch.testing.assert_close((shown["r1"] + shown["r2"]) * 1.5, penalty)


def test_two_steps_conditional_in_bf16() -> None:
    family = tiny(("a", "b"))
    data = batch()._replace(y=torch.tensor([0, 1, 0, 1]))
    optimizers = {name: family.optimizer(name) for name in ("generator", "discriminator")}
    for step in range(2):
        clock = Clock(nimg=500, step=step, batch_size=4)
        for phase in family.stages()[0].phases:
            with torch.autocast("cpu", torch.bfloat16):
                loss, _ = phase.loss(family.prepare(data, clock), clock)
            torch.autograd.backward(loss)
            assert torch.isfinite(loss)
            for name in phase.trains:
                optimizers[name].step()
            family.zero_grad()
    picture = family.generate(example_request(family, 3))
    assert picture.shape == (3, 3, 16, 16)
    assert picture.abs().max() <= 1


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValidationError):
        R3GANConfig(pipe="none")
    with pytest.raises(ValidationError):
        R3GANConfig(beta2=(0.9, 1.1))
    for settings in ({"widths": (8, 8)}, {"widths": (10, 10, 10), "group_width": 3}):
        with pytest.raises(UserError):
            tiny(**settings)
    with pytest.raises(UserError, match="resolution"):
        build("r3gan", {}, DataSpec(resolution=24), 1.0)


@pytest.mark.parametrize("name", [n for n in recipe.names() if n.startswith("r3gan")])
def test_recipes_build(name: str) -> None:
    chosen = recipe.load(name)
    with torch.device("meta"):
        family = build(chosen.family, chosen.model, chosen.data_spec(), chosen.train.kimg)
    assert isinstance(family, R3GAN)
