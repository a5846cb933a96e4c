"""Progressive GAN: its layers against plain formulas, how it grows, its game."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss
from support.requests import example_request
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models import losses
from ganvas.models.batches import SynthesisBatch
from ganvas.models.families import build
from ganvas.models.families.progan import ProGAN
from ganvas.models.family import Clock, Stage
from ganvas.models.layers.minibatch_stddev import MinibatchStddev
from ganvas.models.layers.normalization import pixel_norm
from ganvas.models.networks.progan import (
    Discriminator,
    EqualConv2d,
    EqualLinear,
    Generator,
    double,
    levels,
)
from ganvas.recipe import load
from ganvas.spec import DataSpec
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def progan(classes: tuple[str, ...] = (), resolution: int = 16, kimg: float = 8.0, **model: Any) -> ProGAN:
    settings = {"z_dim": 8, "base": 64, "widest": 8, "batch_sizes": {4: 8, 8: 4, 16: 4}, **model}
    family = build("progan", settings, DataSpec(resolution=resolution, classes=classes), kimg)
    assert isinstance(family, ProGAN)
    return family


def at(family: ProGAN, depth: int, kimg: float = 1e9) -> Clock:
    """The clock ``kimg`` after a stage began."""
    stage = family.stages()[depth]
    return Clock(stage=depth, stage_kimg=stage.kimg, stage_nimg=int(kimg * 1000), batch_size=4, total_kimg=8.0)


def batch(resolution: int = 16, classes: int = 1) -> SynthesisBatch:
    return SynthesisBatch(torch.rand(4, 3, resolution, resolution) * 2 - 1, torch.arange(4) % classes, {})


# ── Layers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("resize", ["none", "up", "down"])
def test_resizing_convolutions_equal_the_two_operations(resize: str) -> None:
    layer = EqualConv2d(5, 7, 3, resize=resize)
    assert layer.bias is not None
    layer.bias.data.normal_()
    x = torch.randn(2, 5, 8, 8)
    given = double(x) if resize == "up" else x
    wanted = F.conv2d(given, layer.weight * (2 / 45) ** 0.5, layer.bias, padding=1)
    wanted = F.avg_pool2d(wanted, 2) if resize == "down" else wanted
    torch.testing.assert_close(layer(x), wanted, atol=1e-5, rtol=1e-5)


def test_an_equalised_layer_starts_at_hes_deviation() -> None:
    layer = EqualLinear(400, 300)
    assert layer.weight.std().item() == pytest.approx(1.0, abs=0.01)
    assert layer(torch.randn(500, 400)).std().item() == pytest.approx(2**0.5, rel=0.02)


def test_pixel_norm_makes_mean_squares_one() -> None:
    normal = pixel_norm(torch.randn(2, 8, 4, 4) * 7)
    torch.testing.assert_close(normal.square().mean(1), torch.ones(2, 4, 4))


def test_minibatch_deviation_equals_its_definition() -> None:
    x = torch.randn(8, 3, 4, 4)
    got = MinibatchStddev(4)(x)
    assert torch.equal(got[:, :3], x)
    for group in range(2):  # rows group, group + 2, … : the authors' order
        rows = x[group::2]
        deviation = ((rows - rows.mean(0)).square().mean(0) + 1e-8).sqrt().mean()
        torch.testing.assert_close(got[group::2, 3], deviation.expand(4, 4, 4))
    assert MinibatchStddev(4)(x[:6]).shape == (6, 4, 4, 4)
    assert MinibatchStddev(4)(x[:1])[:, 3].abs().max() < 1e-3


# ── Networks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("resolution", "g", "d"), [(256, 23_051_989, 23_047_745), (1024, 23_086_795, 23_082_641)])
def test_the_published_sizes(resolution: int, g: int, d: int) -> None:
    recipe = load("progan-256", [f"data.resolution={resolution}"])
    with torch.device("meta"):
        family = build("progan", recipe.model, recipe.data_spec(), 1.0)
        without = Discriminator(levels(resolution), 3, 8192, 512, group_size=1)

    def count(network: torch.nn.Module) -> int:
        return sum(p.numel() for p in network.parameters())

    assert count(family.get_submodule("generator")) == g
    assert count(without) == d
    assert count(family.get_submodule("discriminator")) == d + 9 * 512  # one more map from the minibatch deviation


def test_the_discriminator_equals_its_plain_formula() -> None:
    d = Discriminator(3, 3, 64, 8)
    for name, parameter in d.named_parameters():
        if name.endswith("bias"):
            parameter.data.normal_()
    x = torch.randn(4, 3, 16, 16)

    def conv(layer: EqualConv2d, h: Tensor) -> Tensor:
        return F.conv2d(h, layer.weight * layer.scale, layer.bias, padding=layer.kernel_size[0] // 2)

    old = F.leaky_relu(conv(d.from_image[1], F.avg_pool2d(x, 2)), 0.2)
    h = F.leaky_relu(conv(d.from_image[2], x), 0.2)
    h = F.leaky_relu(conv(d.blocks[1].conv1, h), 0.2)
    h = F.leaky_relu(F.avg_pool2d(conv(d.blocks[1].conv2, h), 2), 0.2)
    h = 0.7 * old + 0.3 * h
    h = F.leaky_relu(conv(d.blocks[0].conv1, h), 0.2)
    h = F.leaky_relu(F.avg_pool2d(conv(d.blocks[0].conv2, h), 2), 0.2)
    deviation = (h.var(0, correction=0) + 1e-8).sqrt().mean().expand(4, 1, 4, 4)
    h = F.leaky_relu(conv(d.conv, torch.cat([h, deviation], 1)), 0.2)
    h = F.leaky_relu(F.linear(h.flatten(1), d.dense.weight * (2 / 128) ** 0.5, d.dense.bias), 0.2)
    wanted = F.linear(h, d.logit.weight * (1 / 8) ** 0.5, d.logit.bias)[:, 0]
    torch.testing.assert_close(d(x, torch.zeros(4).long(), 2, 0.3)[0], wanted, atol=1e-5, rtol=1e-5)


def test_a_new_size_is_faded_in() -> None:
    g = Generator(3, 3, 8, 64, 8)
    z, y = torch.randn(2, 8), torch.zeros(2).long()
    old, new = double(g(z, y, 1)), g(z, y, 2)
    assert torch.equal(g(z, y, 2, 0.0), old)
    torch.testing.assert_close(g(z, y, 2, 0.25), 0.75 * old + 0.25 * new)


@pytest.mark.parametrize("position", [0.0, 0.3, 1.0, 1.75, 2.0])
def test_the_exported_path_equals_the_eager_one(position: float) -> None:
    family = progan(classes=("a", "b")).eval()
    family.reached.fill_(position)
    request = example_request(family, 3)
    wanted = family.generate(request)
    assert wanted.shape == (3, 3, 16, 16)
    got = family.generator.forward_at(request.z, request.y, family.reached).clamp(-1, 1)
    torch.testing.assert_close(got, wanted, atol=1e-6, rtol=1e-6)


def test_a_resolution_that_cannot_be_grown_is_refused() -> None:
    with pytest.raises(UserError, match="not 48"):
        progan(resolution=48)


# ── Growing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_paper_schedule() -> None:
    family = build("progan", {"z_dim": 8, "base": 64, "widest": 8}, DataSpec(resolution=1024), 12_000.0)
    stages = family.stages()
    assert [stage.name for stage in stages] == [f"{2**i}px" for i in range(2, 11)]
    assert [stage.kimg for stage in stages] == pytest.approx([600, *[1200] * 7, 3000])
    assert [stage.batch_size for stage in stages] == [128, 128, 128, 64, 32, 16, 8, 4, 4]
    assert all(stage.fresh_optimizers for stage in stages)
    assert [stage.lr_scale(Clock()) for stage in stages] == [1.0] * 8 + [1.5]


def test_growth_is_a_function_of_the_clock() -> None:
    family = progan()  # 8 units of 1 kimg: 1, 2 and 5
    assert family.unit_kimg == pytest.approx(1.0)
    assert family.growth(at(family, 0, 0.0)) == (0, 1.0)
    assert family.growth(at(family, 1, 0.0)) == (1, 0.0)
    assert family.growth(at(family, 1, 0.5)) == (1, pytest.approx(0.5))
    assert family.growth(at(family, 1, 1.5)) == (1, 1.0)
    assert family.growth(at(family, 2, 0.25)) == (2, pytest.approx(0.25))


def test_reals_are_shrunk_and_faded_with_the_networks() -> None:
    family, real = progan(), batch()
    assert torch.equal(family.prepare(real, at(family, 2)).x, real.x)
    torch.testing.assert_close(family.prepare(real, at(family, 0)).x, F.avg_pool2d(real.x, 4))
    small = F.avg_pool2d(real.x, 2)
    blocky = double(F.avg_pool2d(small, 2))
    torch.testing.assert_close(family.prepare(real, at(family, 1, 0.25)).x, 0.75 * blocky + 0.25 * small)


def test_generate_shows_what_was_reached_at_full_size() -> None:
    family = progan().eval()
    request = example_request(family, 2)
    family.store_growth(at(family, 1, 0.5))
    assert family.reached.item() == pytest.approx(0.5)
    picture = family.generator(request.z, request.y, 1, 0.5)
    assert torch.equal(family.generate(request), double(picture).clamp(-1, 1))
    copy = progan().eval()
    copy.load_state_dict(family.state_dict())
    assert torch.equal(copy.generate(request), family.generate(request))


def test_the_average_keeps_as_many_steps_at_every_batch() -> None:
    family = progan()  # batches of 8 at 4 px and 4 at 16 px
    assert family.ema_kimg(Clock(batch_size=4), 5.0) == pytest.approx(5.0)
    assert family.ema_kimg(Clock(batch_size=8), 5.0) == pytest.approx(10.0)


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_discriminators_loss_is_wgan_gp_with_drift() -> None:
    family = progan()
    clock = at(family, 2, 0.5)
    real = family.prepare(batch(), clock)
    g_loss, _ = phase_loss(family, "G", real, clock)
    fake = real.memo["fake"]
    torch.manual_seed(1)
    loss, shown = phase_loss(family, "D", real, clock)

    def judge(x: Tensor) -> Tensor:
        logits: Tensor = family.discriminator(x, real.y, 2, 0.5)[0]
        return logits

    torch.manual_seed(1)
    penalty = 10 * losses.gradient_penalty(judge, real.x, fake).mean()
    drift = 1e-3 * judge(real.x).square().mean()
    torch.testing.assert_close(g_loss, -judge(fake).mean())
    torch.testing.assert_close(loss, judge(fake).mean() - judge(real.x).mean() + penalty + drift)
    torch.testing.assert_close(shown["gradient_penalty"], penalty.detach())
    assert {"real_logits", "fake_logits", "accuracy", "drift"} <= set(shown)


def test_the_classifier_adds_its_cross_entropies() -> None:
    family = progan(classes=("a", "b"), gradient_penalty=0, drift=0)
    clock = at(family, 2)
    real = batch(classes=2)
    g_loss, g_shown = phase_loss(family, "G", real, clock)
    fake = real.memo["fake"]
    loss, shown = phase_loss(family, "D", real, clock)
    (r, r_classes), (f, f_classes) = (family.discriminator(x, real.y, 2) for x in (real.x, fake))
    entropies = F.cross_entropy(r_classes, real.y), F.cross_entropy(f_classes, real.y)
    torch.testing.assert_close(loss, f.mean() - r.mean() + sum(entropies))
    torch.testing.assert_close(g_loss, entropies[1] - f.mean())
    torch.testing.assert_close(shown["classes"], sum(entropies).detach())
    torch.testing.assert_close(g_shown["classes"], entropies[1].detach())


def test_a_projection_judges_the_class_instead() -> None:
    family = progan(classes=("a", "b"), conditioning="projection")
    x = batch().x
    one, verdict = family.discriminator(x, torch.zeros(4).long(), 2)
    other, _ = family.discriminator(x, torch.ones(4).long(), 2)
    assert verdict is None
    assert (one - other).abs().min() > 1e-4
    loss, shown = phase_loss(family, "D", batch(classes=2), at(family, 2))
    assert loss.isfinite()
    assert "classes" not in shown


@pytest.mark.parametrize("conditioning", ["acgan", "projection"])
def test_the_class_is_part_of_the_latent(conditioning: str) -> None:
    family = progan(classes=("a", "b"), conditioning=conditioning).eval()
    family.reached.fill_(2.0)
    request = example_request(family, 2)
    other = request._replace(y=1 - request.y)
    assert (family.generate(request) - family.generate(other)).abs().max() > 1e-3


@pytest.mark.parametrize("name", ["progan-256", "progan-64-small"])
def test_two_steps_of_each_stage_of_the_recipe_narrowed(name: str) -> None:
    recipe = load(name, ["model.z_dim=4", "model.base=64", "model.widest=4"])
    family = build(recipe.family, recipe.model, recipe.data_spec(), 1.0)
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(family, fabric, ema_kimg=1.0)
    real = [SynthesisBatch(torch.rand(2, 3, *[recipe.data.resolution] * 2) * 2 - 1, torch.zeros(2).long(), {})]

    def play(index: int, stage: Stage) -> None:
        clock = Clock(stage=index, stage_kimg=stage.kimg, batch_size=2, stage_nimg=int(stage.kimg * 200))
        stepper.fresh_optimizers()
        for _ in range(2):
            shown, drawn = stepper.step(stage, clock, lambda: real)
            assert all(value.isfinite() for value in shown.values())
            clock = clock.advanced(drawn)

    for index, stage in enumerate(family.stages()):
        play(index, stage)
    assert isinstance(family, ProGAN)
    assert stepper.average.reached is family.reached
