"""StyleGAN2: published sizes, the operations against their definitions, the game's schedules and state."""

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
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.families import build
from ganvas.models.families.stylegan2 import StyleGAN2, StyleGAN2Config
from ganvas.models.family import Clock
from ganvas.models.layers.filters import Blur, Downsample, Upsample
from ganvas.models.layers.minibatch_stddev import MinibatchStddev
from ganvas.models.networks.stylegan2 import Discriminator, Generator
from ganvas.models.networks.stylegan2.modulated_convolution import Modulated
from ganvas.models.running_mean import RunningMean
from ganvas.spec import DataSpec


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def tiny(resolution: int = 16, classes: tuple[str, ...] = (), **settings: Any) -> StyleGAN2:
    config, _ = StyleGAN2.tiny()
    torch.manual_seed(0)
    data = DataSpec(resolution=resolution, classes=classes)
    family = build("stylegan2", config.model_dump() | settings, data, 1.0)
    assert isinstance(family, StyleGAN2)
    return family


def batch(count: int = 4, side: int = 16) -> SynthesisBatch:
    torch.manual_seed(1)
    return SynthesisBatch(torch.rand(count, 3, side, side) * 2 - 1, torch.zeros(count, dtype=torch.long), {})


@pytest.mark.parametrize(
    ("configuration", "resolution", "classes", "generator", "discriminator"),
    [
        ("auto", 64, 0, 22_243_608, 23_407_361),
        ("auto", 128, 0, 22_949_277, 23_882_369),
        ("auto", 256, 0, 23_191_522, 24_001_089),
        ("auto", 512, 0, 28_700_647, 28_982_849),
        ("paper256", 256, 0, 24_767_458, 24_001_089),
        ("stylegan2", 256, 0, 30_034_338, 28_864_129),
        ("paper512", 512, 0, 30_276_583, 28_982_849),
        ("paper1024", 1024, 0, 30_370_060, 29_012_513),
        ("stylegan2", 1024, 0, 30_370_060, 29_012_513),
        ("cifar", 32, 0, 19_947_539, 20_720_641),
        ("cifar", 32, 10, 20_215_315, 23_089_664),
    ],
)
def test_sizes_are_the_published_ones(
    configuration: str, resolution: int, classes: int, generator: int, discriminator: int
) -> None:
    data = DataSpec(resolution=resolution, classes=tuple(map(str, range(classes))))
    with torch.device("meta"):
        family = build("stylegan2", {"configuration": configuration, "augment": "none"}, data, 1.0)
    assert parameters(family.get_submodule("generator")) == generator
    assert parameters(family.get_submodule("discriminator")) == discriminator


@pytest.mark.parametrize("layers", [2, 8])
def test_the_mapping_network_has_its_published_size(layers: int) -> None:
    with torch.device("meta"):
        assert parameters(Generator(32, mapping_layers=layers).mapping) == {2: 525_312, 8: 2_101_248}[layers]


# ── Operations ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_filters_keep_flat_pictures_and_are_each_others_adjoint() -> None:
    x, y = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 16, 16)
    up, down = Upsample((1, 3, 3, 1)), Downsample((1, 3, 3, 1))
    assert up(x).shape == y.shape
    assert down(y).shape == x.shape
    torch.testing.assert_close(up(torch.ones(1, 1, 8, 8))[..., 2:-2, 2:-2], torch.ones(1, 1, 12, 12))
    torch.testing.assert_close(down(torch.ones(1, 1, 8, 8))[..., 1:-1, 1:-1], torch.ones(1, 1, 2, 2))
    torch.testing.assert_close((up(x) * y).sum(), (x * down(y)).sum() * 4, rtol=1e-4, atol=1e-4)
    # Inside, an even filter [1, 3, 3, 1] upsamples as bilinear interpolation does.
    wanted = torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    torch.testing.assert_close(up(x)[..., 2:-2, 2:-2], wanted[..., 2:-2, 2:-2])
    assert Blur((1, 3, 3, 1), 2)(x).shape == (2, 3, 9, 9)


@pytest.mark.parametrize("up", [False, True])
def test_a_modulated_convolution_is_one_with_a_picture_s_own_demodulated_weights(up: bool) -> None:
    torch.manual_seed(0)
    layer = Modulated(4, 6, 8, 16 if up else 8, up=up, gain=0.5, clamp=None, noisy=True)
    assert layer.noise_strength is not None
    layer.noise_strength.data.fill_(0.3)
    layer.bias.data.normal_()
    x, w = torch.randn(3, 4, 8, 8), torch.randn(3, 8)
    got = layer(x * 2, w, "constant")
    style = layer.affine(w)
    for row in range(3):
        weight = layer.weight * style[row][None, :, None, None]
        weight = weight / (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if up:
            wide = torch.nn.functional.conv_transpose2d(x[row : row + 1], weight.transpose(0, 1), stride=2)
            y = Blur((1, 3, 3, 1), 1)(wide) * 4
        else:
            y = torch.nn.functional.conv2d(x[row : row + 1], weight, padding=1)
        y = y + layer.noise_constant * 0.3 + layer.bias[None, :, None, None]
        wanted = torch.nn.functional.leaky_relu(y, 0.2)  # its gain is left to the next layer
        torch.testing.assert_close(got[row : row + 1], wanted, atol=1e-4, rtol=1e-4)


def test_the_minibatch_deviation_sees_groups() -> None:
    x = torch.randn(6, 3, 4, 4)
    out = MinibatchStddev(2)(x)
    assert out.shape == (6, 4, 4, 4)
    pair = torch.stack([x[1], x[4]])  # one group of two: i and i + N / 2
    wanted = (pair.var(0, unbiased=False) + 1e-8).sqrt().mean()
    torch.testing.assert_close(out[1, 3], wanted.expand(4, 4))
    torch.testing.assert_close(out[4, 3], wanted.expand(4, 4))
    assert MinibatchStddev(4)(x).shape == out.shape  # 4 does not divide 6: groups of 3
    assert MinibatchStddev(4)(x[:1])[:, 3].max() < 1e-3


@pytest.mark.parametrize("architecture", ["original", "skip", "residual"])
def test_every_architecture_plays(architecture: str) -> None:
    family = tiny(g_architecture=architecture, d_architecture=architecture)
    data, clock = batch(), Clock(batch_size=4)
    for phase in family.stages()[0].phases:
        loss, shown = phase.loss(data, clock)
        assert torch.isfinite(loss)
        assert all(torch.isfinite(value).all() for value in shown.values())
        torch.autograd.backward(loss)


def test_without_noise_is_noise_of_no_strength() -> None:
    noisy, quiet = tiny(), tiny(noise=False)
    drawn = torch.randn(2, 8), torch.zeros(2, dtype=torch.long)
    for name, weight in noisy.generator.named_parameters():
        weight.data.normal_() if name.endswith("noise_strength") else None
    left = quiet.generator.load_state_dict(noisy.generator.state_dict(), strict=False)
    assert not left.missing_keys
    assert all("noise" in name for name in left.unexpected_keys)
    assert quiet.noise_buffers() == []
    picture = quiet.generator(*drawn, noise_mode="random")
    assert torch.equal(picture, noisy.generator(*drawn, noise_mode="none"))
    assert not torch.allclose(picture, noisy.generator(*drawn, noise_mode="random"))


def test_classes_matter_to_both() -> None:
    family = tiny(classes=("a", "b"))
    z, one = torch.randn(2, 8), torch.ones(2)
    pictures = [family.generate(SynthesisRequest(z, torch.full((2,), y), one)) for y in (0, 1)]
    assert not torch.allclose(*pictures)
    x = batch(2).x
    logits = [family.discriminator(x, torch.full((2,), y)) for y in (0, 1)]
    assert not torch.allclose(*logits)


def test_psi_is_a_matter_of_the_row() -> None:
    family = tiny()
    family.generator.mapping.w_avg.normal_()
    z, y = torch.randn(3, 8), torch.zeros(3, dtype=torch.long)
    mixed = family.generate(SynthesisRequest(z, y, torch.tensor([1.0, 0.5, 0.0])))
    for row, psi in enumerate((1.0, 0.5, 0.0)):
        alone = family.generate(SynthesisRequest(z, y, torch.full((3,), psi)))
        torch.testing.assert_close(mixed[row], alone[row])
    assert torch.equal(family.generate(SynthesisRequest(z, y, torch.zeros(3)))[0].isfinite(), mixed[0].isfinite())
    middle = family.generate(SynthesisRequest(z, y, torch.zeros(3)))
    torch.testing.assert_close(middle[0], middle[1])  # psi 0: everyone is the average


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_plan_is_lazy_and_adam_is_corrected_for_it() -> None:
    family = tiny(lr=0.0025)
    phases = {phase.name: phase for phase in family.stages()[0].phases}
    assert [(name, phase.every) for name, phase in phases.items()] == [
        ("G", 1),
        ("G/path_length", 4),
        ("D", 1),
        ("D/r1", 16),
    ]
    for network, every in (("generator", 4), ("discriminator", 16)):
        (group,) = family.optimizer(network).param_groups
        ratio = every / (every + 1)
        assert group["lr"] == pytest.approx(0.0025 * ratio)
        assert group["betas"] == (0.0, pytest.approx(0.99**ratio))
    assert [p.name for p in tiny(path_length=0, r1=0).stages()[0].phases] == ["G", "D"]


def test_gamma_follows_resolution_and_batch_when_left_out() -> None:
    found = []
    for resolution, size in ((16, 4), (32, 4), (16, 8)):
        family = tiny(resolution, r1=None, augment="none")
        data = batch(4, resolution)
        loss, shown = family.r1_phase(data, Clock(batch_size=size))
        found.append((loss / shown["r1"]).item())
    assert found == pytest.approx([0.0002 * 16**2 / 4 / 2, 0.0002 * 32**2 / 4 / 2, 0.0002 * 16**2 / 8 / 2])


def test_averages_follow_what_the_losses_saw() -> None:
    family = tiny(style_mixing=0)
    data, clock = batch(), Clock(batch_size=4)
    torch.manual_seed(2)
    family.generator_phase(data, clock)
    torch.manual_seed(2)
    z = torch.randn(4, 8)
    wanted = family.generator.mapping(z, data.y).mean(0) * (1 - 0.995)
    assert family.generator.mapping.w_avg.abs().sum() == 0  # only once weights have moved
    family._update_w_avg(clock)
    torch.testing.assert_close(family.generator.mapping.w_avg, wanted)
    _, shown = family.path_length_phase(data, clock)
    family._update_path_mean(clock)
    torch.testing.assert_close(family.path_mean, shown["path_length"] * 0.01)


def test_the_path_length_is_that_of_the_jacobian() -> None:
    family = tiny(style_mixing=0)
    family.double()
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        data = batch(2)
        torch.manual_seed(4)
        _, shown = family.path_length_phase(data, Clock(batch_size=2))
        # The same draws by hand: one row (every second), one w, its pictures and a direction; then differences.
        torch.manual_seed(4)
        w = family.generator.mapping(torch.randn(1, 8), torch.zeros(1, dtype=torch.long))
        ws = family.generator.styles(w).detach()
        state = torch.get_rng_state()
        picture = family.generator.synthesis(ws)
        direction = torch.randn_like(picture) / 16
        slope = torch.zeros_like(ws)
        for layer in range(ws.shape[1]):
            for i in range(ws.shape[2]):
                values = []
                for sign in (1, -1):
                    moved = ws.clone()
                    moved[0, layer, i] += sign * 1e-6
                    torch.set_rng_state(state)
                    values.append((family.generator.synthesis(moved) * direction).sum())
                slope[0, layer, i] = (values[0] - values[1]) / 2e-6
        wanted = slope.square().sum(2).mean(1).sqrt()
        torch.testing.assert_close(shown["path_length"], wanted[0].detach(), rtol=1e-4, atol=1e-8)
    finally:
        torch.set_default_dtype(kind)


def test_p_moves_every_four_steps_by_the_sign_of_d_at_real() -> None:
    family = tiny(ada_p=0, ada_kimg=1)
    assert isinstance(family.augment, Ada)
    family.discriminator.out.bias.data.fill_(100)  # all is real
    seen = []
    for step in range(8):
        family.discriminator_phase(batch(), Clock(step=step, batch_size=4))
        family._adapt(Clock(step=step, batch_size=4))
        seen.append(round(float(family.augment.p), 6))
    assert seen == [0, 0, 0, 0.016, 0.016, 0.016, 0.016, 0.032]
    family.discriminator.out.bias.data.fill_(-100)
    for step in range(8, 24):
        family.discriminator_phase(batch(), Clock(step=step, batch_size=4))
        family._adapt(Clock(step=step, batch_size=4))
    assert family.augment.p == 0


def test_freeze_d_holds_the_highest_resolutions_and_keeps_their_names() -> None:
    free, frozen = tiny(), tiny(freeze_d=4, freeze_mapping=True)
    names = [name for name, _ in free.discriminator.layer_names()]
    assert names[:5] == [
        "blocks.0.from_image",
        "blocks.0.conv0",
        "blocks.0.conv1",
        "blocks.0.shortcut",
        "blocks.1.conv0",
    ]
    assert free.state_dict().keys() == frozen.state_dict().keys()
    frozen.load_state_dict(free.state_dict())
    left = {name for name, _ in frozen.discriminator.named_parameters()}
    assert not any(name.startswith("blocks.0.") for name in left)
    assert "blocks.1.conv0.weight" in left
    assert not any("mapping" in name for name, _ in frozen.generator.named_parameters())
    loss, _ = frozen.discriminator_phase(batch(), Clock(batch_size=4))
    torch.autograd.backward(loss)
    with pytest.raises(UserError, match="7 layers"):
        tiny(freeze_d=8)


@pytest.mark.parametrize(
    "settings", [{"pipe": "bcg"}, {"policy": ("colour",)}, {"configuration": "paper128"}, {"ada_p": 2}]
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StyleGAN2Config.model_validate(settings)
    with pytest.raises(UserError):
        tiny(resolution=24)


def test_a_tally_is_the_mean_of_all_rows() -> None:
    tally = RunningMean(2)
    assert tally.take() is None
    tally.add(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tally.add(torch.tensor([[8.0, 0.0]]))
    mean = tally.take()
    assert mean is not None
    torch.testing.assert_close(mean, torch.tensor([4.0, 2.0]))
    assert tally.take() is None


@pytest.mark.parametrize("augment", ["none", "ada", "diffaugment"])
def test_two_steps_in_bf16(augment: str) -> None:
    family = tiny(augment=augment)
    optimizers = {name: family.optimizer(name) for name in ("generator", "discriminator")}
    for step in range(2):
        for phase in family.stages()[0].phases:
            with torch.autocast("cpu", torch.bfloat16):
                loss, _ = phase.loss(batch(), Clock(step=step, batch_size=4))
            torch.autograd.backward(loss)
            assert torch.isfinite(loss)
            for name in phase.trains:
                optimizers[name].step()
            family.zero_grad()
            if phase.after:
                phase.after(Clock(step=step, batch_size=4))
    picture = family.generate(example_request(family, 2))
    assert picture.shape == (2, 3, 16, 16)
    assert picture.isfinite().all()


@pytest.mark.parametrize("name", [n for n in recipe.names() if n.startswith("stylegan2")])
def test_recipes_build(name: str) -> None:
    chosen = recipe.load(name)
    with torch.device("meta"):
        family = build(chosen.family, chosen.model, chosen.data_spec(), chosen.train.kimg)
    assert isinstance(family, StyleGAN2)
    size = chosen.train.micro_batch or chosen.train.batch_size
    assert size % family.config.group == 0
    assert isinstance(family.discriminator, Discriminator)
