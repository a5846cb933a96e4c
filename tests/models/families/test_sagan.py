"""SAGAN: its layers against plain formulas, its game, its sizes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss
from support.requests import example_request
from torch import nn

from ganvas.errors import UserError
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.families import build
from ganvas.models.families.sagan import SAGAN
from ganvas.models.family import Clock
from ganvas.models.layers.attention import SelfAttention
from ganvas.models.layers.conditional import ConditionalBatchNorm
from ganvas.models.layers.residual_blocks import DiscriminatorBlock, GeneratorBlock
from ganvas.models.layers.spectral import Spectral, SpectralConv2d
from ganvas.recipe import load
from ganvas.spec import DataSpec
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper

CLOCK = Clock(stage_kimg=1.0, batch_size=4)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def sagan(classes: tuple[str, ...] = ("a", "b"), resolution: int = 32, **model: Any) -> SAGAN:
    settings = {"channels": 2, "z_dim": 8, "shared_dim": 4, **model}
    family = build("sagan", settings, DataSpec(resolution=resolution, classes=classes), 1.0)
    assert isinstance(family, SAGAN)
    return family


def batch(count: int = 4, resolution: int = 32) -> SynthesisBatch:
    return SynthesisBatch(torch.rand(count, 3, resolution, resolution) * 2 - 1, torch.arange(count) % 2, {})


def held(network: Any) -> Any:
    """The network, with spectral layers that store no power iterations."""
    for module in network.modules():
        if isinstance(module, Spectral):
            module.eval()
    return network


# ── Layers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_spectral_weight_has_largest_singular_value_one() -> None:
    layer = SpectralConv2d(3, 6)
    for _ in range(200):
        layer.spectral(layer.weight)
    weight = layer.spectral(layer.weight).flatten(1)
    assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(1.0, abs=1e-4)


def test_each_pass_in_training_stores_one_power_iteration() -> None:
    layer, x = SpectralConv2d(3, 6), torch.randn(2, 3, 4, 4)
    before = layer.spectral.u.clone()
    layer.eval()(x)
    assert torch.equal(layer.spectral.u, before)
    layer.train()(x)
    matrix = layer.weight.detach().flatten(1)
    v = F.normalize(before @ matrix, dim=0)
    torch.testing.assert_close(layer.spectral.u, F.normalize(matrix @ v, dim=0))


def test_the_gradient_passes_through_the_singular_value() -> None:
    spectral = Spectral(4, 1e-12).double().eval()
    weight = torch.randn(4, 5, dtype=torch.float64, requires_grad=True)
    for _ in range(300):
        spectral.u.copy_(spectral.vectors(weight.detach())[0])
    assert torch.autograd.gradcheck(spectral, (weight,), atol=1e-5)


def test_a_weight_near_zero_stays_finite() -> None:
    layer = SpectralConv2d(3, 6, eps=1e-6)
    nn.init.normal_(layer.weight, 0, 1e-5)
    assert layer(torch.randn(1, 3, 4, 4)).isfinite().all()


def test_attention_equals_its_formula_place_by_place() -> None:
    layer = held(SelfAttention(16))
    layer.gamma.data.fill_(0.7)
    x = torch.randn(2, 16, 4, 4)
    query, key, value = (
        F.conv2d(x, part.spectral(part.weight)) for part in (layer.theta, layer.phi, layer.g)
    )  # fmt: skip
    key, value = F.max_pool2d(key, 2), F.max_pool2d(value, 2)
    seen = torch.zeros(2, 8, 4, 4)
    for n in range(2):
        for i in range(4):
            for j in range(4):
                scores = torch.stack([query[n, :, i, j] @ key[n, :, k, m] for k in range(2) for m in range(2)])
                parts = torch.stack([value[n, :, k, m] for k in range(2) for m in range(2)])
                seen[n, :, i, j] = scores.softmax(0) @ parts
    wanted = x + 0.7 * F.conv2d(seen, layer.o.spectral(layer.o.weight))
    torch.testing.assert_close(layer(x), wanted)


def test_attention_begins_as_nothing() -> None:
    x = torch.randn(2, 16, 4, 4)
    assert torch.equal(SelfAttention(16)(x), x)


def test_a_conditional_norm_scales_and_shifts_by_class() -> None:
    layer = ConditionalBatchNorm(3, classes=2)
    assert isinstance(layer.gain, nn.Embedding)
    assert isinstance(layer.bias, nn.Embedding)
    x, y = torch.randn(6, 3, 4, 4), torch.tensor([0, 1, 0, 1, 0, 1])
    normal = F.batch_norm(x, None, None, training=True)
    got = layer(x, y)
    for row in range(6):
        label = int(y[row])
        wanted = normal[row] * (1 + layer.gain.weight[label])[:, None, None] + layer.bias.weight[label][:, None, None]
        torch.testing.assert_close(got[row], wanted)


def test_blocks_may_convolve_their_shortcut_at_the_smaller_side() -> None:
    x, y = torch.randn(2, 4, 8, 8), torch.tensor([0, 1])
    up = held(GeneratorBlock(4, 6, lambda width: ConditionalBatchNorm(width, classes=2), eps=1e-6))
    doubled = F.interpolate(x, scale_factor=2.0)
    h = up.conv1(F.interpolate(F.relu(up.norm1(x, y)), scale_factor=2.0))
    wanted = up.conv2(F.relu(up.norm2(h, y))) + up.shortcut(doubled)
    torch.testing.assert_close(up(x, y), wanted, atol=1e-5, rtol=1e-5)
    down = held(DiscriminatorBlock(4, 6, first=False, halve=True, eps=1e-6))
    assert down.shortcut is not None
    wanted = F.avg_pool2d(down.conv2(F.relu(down.conv1(F.relu(x)))) + down.shortcut(x), 2)
    torch.testing.assert_close(down(x), wanted, atol=1e-5, rtol=1e-5)


# ── Networks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_published_size() -> None:
    classes = tuple(map(str, range(1000)))
    recipe = load("sagan-128")
    with torch.device("meta"):
        family = build("sagan", recipe.model, recipe.data_spec(classes), recipe.train.kimg)
    counts = {name: sum(p.numel() for p in network.parameters()) for name, network in family.networks().items()}
    assert counts == {"generator": 33_550_980, "discriminator": 39_448_258}


@pytest.mark.parametrize("resolution", [32, 64, 128, 256])
def test_every_resolution(resolution: int) -> None:
    family = sagan(resolution=resolution, channels=1).eval()
    pictures = family.generate(example_request(family, 2))
    assert pictures.shape == (2, 3, resolution, resolution)
    assert family.discriminator(pictures, torch.tensor([0, 1])).shape == (2,)


@pytest.mark.parametrize(
    ("model", "resolution", "sentence"),
    [({}, 48, "32, 64, 128, 256 pixels, not 48"), ({"attention": [32]}, 32, "attention at 8, 16, not at 32")],
)
def test_sizes_that_do_not_exist_are_refused(model: dict[str, Any], resolution: int, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        sagan(resolution=resolution, **model)


def test_without_classes_labels_mean_nothing() -> None:
    family = sagan(classes=()).eval()
    z = torch.randn(2, 8)
    one, two = (family.generate(SynthesisRequest(z, y, torch.ones(2))) for y in (torch.zeros(2).long(), torch.ones(2)))
    assert torch.equal(one, two)
    assert family.discriminator.projection is None


def test_the_class_changes_the_picture_and_the_verdict() -> None:
    family = sagan().eval()
    z, y = torch.randn(2, 8), torch.tensor([0, 0])
    one, two = (family.generate(SynthesisRequest(z, label, torch.ones(2))) for label in (y, 1 - y))
    assert (one - two).abs().max() > 1e-3
    assert (family.discriminator(one, y) - family.discriminator(one, 1 - y)).abs().min() > 1e-3


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_losses_are_the_hinge() -> None:
    family = sagan()
    family.discriminator.eval()  # stores no power iterations
    real = batch()
    loss, shown = phase_loss(family, "G", real, CLOCK)
    fake = real.memo["fake"]
    torch.testing.assert_close(loss, -family.discriminator(fake, real.y).mean())
    loss, shown = phase_loss(family, "D", real, CLOCK)
    real_logits, fake_logits = family.discriminator(real.x, real.y), family.discriminator(fake, real.y)
    torch.testing.assert_close(loss, F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean())
    assert set(shown) == {"real_logits", "fake_logits", "accuracy"}
    torch.testing.assert_close(shown["fake_logits"], fake_logits.mean())


def test_the_discriminator_makes_its_own_fakes_where_there_are_none() -> None:
    family = sagan()
    loss, _ = phase_loss(family, "D", batch(), CLOCK)
    loss.backward()
    assert all(p.grad is None for p in family.generator.parameters())
    assert any(p.grad is not None for p in family.discriminator.parameters())


def test_augmentation_reaches_the_discriminator_and_the_generators_gradient() -> None:
    family = sagan(augment=["color", "translation", "cutout"])
    seen: list[torch.Tensor] = []
    family.discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    real = batch()
    loss, _ = phase_loss(family, "G", real, CLOCK)
    loss.backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in family.generator.parameters())
    phase_loss(family, "D", real, CLOCK)
    assert not torch.equal(seen[0], real.memo["fake"])
    assert not torch.equal(seen[1][:4], real.x)


@pytest.mark.parametrize("name", ["sagan-128", "sagan-64-small"])
def test_two_steps_of_the_recipe_narrowed(name: str) -> None:
    recipe = load(name, ["model.channels=2"])
    classes = ("a", "b") if recipe.data.conditional else ()
    family = build(recipe.family, recipe.model, recipe.data_spec(classes), 1.0)
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(family, fabric, ema_kimg=1.0)
    clock = CLOCK
    for _ in range(2):
        labels = torch.arange(4) % max(len(classes), 1)
        draw = [SynthesisBatch(torch.rand(4, 3, *[recipe.data.resolution] * 2) * 2 - 1, labels, {})]
        shown, drawn = stepper.step(family.stages()[0], clock, lambda draw=draw: draw)  # type: ignore[misc]
        assert all(value.isfinite() for value in shown.values())
        clock = clock.advanced(drawn)
    assert {group["lr"] for group in stepper.optimizers["discriminator"].param_groups} == {4e-4}
    assert {group["lr"] for group in stepper.optimizers["generator"].param_groups} == {1e-4}
