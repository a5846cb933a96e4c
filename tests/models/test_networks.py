"""The published sizes and shapes, and the small layers against slow and plain versions of themselves."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from ganvas.errors import UserError
from ganvas.models.layers.minibatch_discrimination import MinibatchDiscrimination
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import activation, normalization
from ganvas.models.layers.spectral import SpectralConv2d, precomputed, spectral_norm
from ganvas.models.networks.dcgan import Discriminator, Generator, channels_by_size
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.unet import UNet


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_dcgan_has_the_published_size() -> None:
    with torch.device("meta"):
        assert count(Generator(64, 3, 100, 64)) == 3_576_704
        assert count(Discriminator(64, 3, 64)) == 2_765_568


@pytest.mark.parametrize(("downs", "size"), [(8, 54_413_955), (7, 41_828_995)])
def test_unet_has_the_published_size(downs: int, size: int) -> None:
    with torch.device("meta"):
        assert count(UNet(3, 3, 64, downs, norm="batch", dropout=0.5)) == size


def test_patchgan_has_the_published_size() -> None:
    with torch.device("meta"):
        assert count(PatchGAN(6)) == 2_768_705
        assert count(PatchGAN(3, norm="instance")) == 2_764_737


@pytest.mark.parametrize("resolution", [16, 32, 64, 128, 256])
@pytest.mark.parametrize("channels", [1, 3])
def test_dcgan_makes_and_judges_every_size(resolution: int, channels: int) -> None:
    y = torch.zeros(2, dtype=torch.long)
    pictures = Generator(resolution, channels, 5, 2)(torch.randn(2, 5), y)
    assert pictures.shape == (2, channels, resolution, resolution)
    assert pictures.abs().max() <= 1
    assert Discriminator(resolution, channels, 2)(pictures, y).shape == (2,)


def test_dcgan_channels_double_inwards_up_to_the_paper_s_widest() -> None:
    assert channels_by_size(64, 64) == [64, 128, 256, 512]
    assert channels_by_size(16, 64) == [64, 128]
    assert channels_by_size(256, 64) == [64, 128, 256, 512, 1024, 1024]


@pytest.mark.parametrize("resolution", [8, 48, 512])
def test_dcgan_says_which_sizes_it_makes(resolution: int) -> None:
    with pytest.raises(UserError, match="16, 32, 64, 128 or 256"):
        channels_by_size(resolution, 64)


@pytest.mark.parametrize("norm", ["batch", "instance", "layer", "none"])
@pytest.mark.parametrize("downs", [4, 5, 6, 8])
def test_unet_keeps_the_size_and_the_range(downs: int, norm: str) -> None:
    side = 2**downs
    out = UNet(1, 3, 2, downs, norm=norm, dropout=0.5)(torch.randn(2, 1, side, side))
    assert out.shape == (2, 3, side, side)
    assert out.abs().max() <= 1


@pytest.mark.parametrize(("downs", "levels"), [(8, 3), (7, 2), (6, 1), (5, 0)])
def test_unet_drops_at_the_published_levels(downs: int, levels: int) -> None:
    with torch.device("meta"):
        network = UNet(3, 3, 8, downs, norm="batch", dropout=0.5)
    assert [type(m).__name__ for m in network.modules()].count("Dropout") == levels


def test_unet_skips_carry_detail_past_the_single_pixel() -> None:
    # With the inside silenced, only the outermost skip is left: it must still carry a pixel to its own place.
    torch.manual_seed(0)
    network = UNet(1, 1, 4, 5, norm="none", dropout=0.0).eval()
    nn.init.zeros_(network.up[1][0].weight)
    a = torch.zeros(1, 1, 32, 32)
    b = a.clone()
    b[..., 20, 9] = 1.0
    changed = (network(a) != network(b))[0, 0].nonzero()
    assert len(changed) > 0
    assert (changed - torch.tensor([20, 9])).abs().max() <= 3


@pytest.mark.parametrize(("layers", "field"), [(1, 16), (2, 34), (3, 70)])
def test_a_patch_logit_sees_its_patch_and_no_more(layers: int, field: int) -> None:
    network = PatchGAN(1, 2, layers, norm="none")
    for parameter in network.parameters():
        nn.init.constant_(parameter, 0.01)
    x = torch.zeros(1, 1, 128, 128, requires_grad=True)
    logits = network(x)
    middle = logits.shape[-1] // 2
    (gradient,) = torch.autograd.grad(logits[0, 0, middle, middle], x)
    rows = gradient[0, 0].abs().sum(1).nonzero()
    assert rows.max() - rows.min() + 1 == field


def test_a_picture_too_small_for_the_patches_is_refused() -> None:
    check_patch_layers(3, 32)
    assert PatchGAN(3, 2, 3, norm="none")(torch.zeros(1, 3, 32, 32)).numel() == 4
    with pytest.raises(UserError, match="24 pixels"):
        check_patch_layers(3, 16)


def test_networks_start_from_the_published_numbers() -> None:
    torch.manual_seed(0)
    network = Generator(64, 3, 100, 64)
    for module in network.modules():
        if isinstance(module, nn.ConvTranspose2d):
            assert module.weight.std().item() == pytest.approx(0.02, rel=0.05)
        if isinstance(module, nn.BatchNorm2d):
            assert module.weight.mean().item() == pytest.approx(1.0, abs=0.02)
            assert module.weight.std().item() == pytest.approx(0.02, rel=0.4)
            assert module.bias.abs().max() == 0


# ── Small layers ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["instance", "layer"])
def test_normalisations_of_one_picture_mix_no_pictures(name: str) -> None:
    x = torch.randn(4, 6, 5, 5) * 3 + 1
    layer = normalization(name, 6)
    torch.testing.assert_close(layer(x)[2:3], layer(x[2:3]))
    over = (2, 3) if name == "instance" else (1, 2, 3)
    torch.testing.assert_close(layer(x).mean(over), torch.zeros_like(layer(x).mean(over)), atol=1e-5, rtol=0)


def test_spectral_norm_makes_the_largest_singular_value_one() -> None:
    torch.manual_seed(0)
    network = spectral_norm(
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.ConvTranspose2d(8, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 2))
    )
    for _ in range(50):
        network(torch.randn(1, 3, 6, 6))
    conv, transposed, _, linear = network
    matrices = [conv.weight.flatten(1), transposed.weight.transpose(0, 1).flatten(1), linear.weight]
    for matrix in matrices:
        assert torch.linalg.matrix_norm(matrix, 2).item() == pytest.approx(1.0, rel=1e-3)


def test_a_weight_divided_beforehand_answers_the_same_and_is_given_back() -> None:
    layer = SpectralConv2d(3, 5).eval()
    network, x = nn.Sequential(layer), torch.randn(2, 3, 6, 6)
    weight, before = layer.weight, network(x)
    with precomputed(network):
        assert layer.weight.shape == weight.shape
        assert not torch.equal(layer.weight, weight)
        assert list(layer.spectral.buffers()) == []  # nothing is left of the power iteration
        torch.testing.assert_close(network(x), before)
    assert layer.weight is weight
    assert torch.equal(network(x), before)


def test_spectral_norm_moves_its_vectors_only_in_training() -> None:
    network = spectral_norm(nn.Sequential(nn.Linear(7, 5))).eval()
    before = [b.clone() for b in network.buffers()]
    network(torch.randn(2, 7))
    assert all(torch.equal(a, b) for a, b in zip(before, network.buffers(), strict=True))
    network.train()(torch.randn(2, 7))
    assert not all(torch.equal(a, b) for a, b in zip(before, network.buffers(), strict=True))


def test_minibatch_discrimination_is_the_double_loop_of_the_paper() -> None:
    torch.manual_seed(0)
    layer = MinibatchDiscrimination(6, 4, 3)
    nn.init.normal_(layer.weight, std=0.3)
    f = torch.randn(5, 6)
    expected = torch.zeros(5, 4)
    for i in range(5):
        for j in range(5):
            for b in range(4):
                t = layer.weight[:, b * 3 : b * 3 + 3]
                expected[i, b] += torch.exp(-(f[i] @ t - f[j] @ t).abs().sum())
    torch.testing.assert_close(layer(f), expected)


def test_minibatch_discrimination_tells_copies_from_variety() -> None:
    torch.manual_seed(0)
    layer = MinibatchDiscrimination(6, 4)
    nn.init.normal_(layer.weight)
    varied = torch.randn(8, 6)
    copies = varied[:1].expand(8, 6)
    torch.testing.assert_close(layer(copies), torch.full((8, 4), 8.0))
    assert layer(varied).max() < 2


def test_evaluating_puts_every_mode_back() -> None:
    network = nn.Sequential(nn.Dropout(), nn.BatchNorm2d(2))
    network[0].eval()
    with contextlib.suppress(KeyError), evaluating(network):
        assert not any(m.training for m in network.modules())
        raise KeyError
    assert [m.training for m in network.modules()] == [True, False, True]


class _Names(TorchDispatchMode):
    """The names of the operations inside."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(func._schema.name)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_the_gradient_of_an_activation_after_a_norm_is_not_copied(norm: str) -> None:
    """Which a change in place of a view would do, three times."""
    x = torch.randn(2, 4, 8, 8, requires_grad=True)
    with _Names() as seen:
        nn.Sequential(normalization(norm, 4), activation(norm))(x).sum().backward()
    assert not {"aten::clone", "aten::new_zeros", "aten::copy_"} & set(seen.names)
