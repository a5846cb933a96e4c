"""ADA and DiffAugment: each operation against its definition, derivatives against finite differences."""

from __future__ import annotations

import pytest
import torch
from support.augmentation import (
    x,  # noqa: F401 - fixtures
)
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.nn.functional import grid_sample as torch_grid_sample

from ganvas.models import noise
from ganvas.models.augment import PIPES, Ada, DiffAugment, ada, warp
from ganvas.models.layers.convolutions import conv2d, conv_transpose2d, grid_sample
from ganvas.models.losses import logits_and_gradient, squared_norm


def one(operation: str, p: float = 1.0) -> Ada:
    return Ada({operation: 1.0}, p)


def assert_same_picture(got: Tensor, wanted: Tensor) -> None:
    """Equal but for what the filter does: it is not quite symmetric, so turned up and down do not cancel exactly."""
    assert (got - wanted).abs().mean() < 0.03
    assert (got - wanted).abs().max() < 0.2


def inner(x: Tensor, edge: int = 8) -> Tensor:
    return x[..., edge:-edge, edge:-edge]


@pytest.mark.parametrize(("stride", "padding", "groups"), [(1, 1, 1), (1, 2, 4), (2, 1, 2), (2, 0, 4)])
def test_a_convolution_equals_torchs_and_its_second_derivatives_are_right(
    stride: int, padding: int, groups: int
) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 4, 6, 5, dtype=torch.double, requires_grad=True)
    weight = torch.randn(4, 4 // groups, 3, 3, dtype=torch.double, requires_grad=True)
    bias = torch.randn(4, dtype=torch.double, requires_grad=True)

    def run(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return conv2d(x, weight, bias, stride=stride, padding=padding, groups=groups)

    wanted = torch.nn.functional.conv2d(x, weight, bias, stride, padding, 1, groups)
    torch.testing.assert_close(run(x, weight, bias), wanted)
    assert gradcheck(run, (x, weight, bias))
    assert gradgradcheck(run, (x, weight, bias))


def test_a_transposed_convolution_differentiates_twice() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 4, 4, 3, dtype=torch.double, requires_grad=True)
    weight = torch.randn(4, 2, 3, 4, dtype=torch.double, requires_grad=True)

    def run(x: Tensor, weight: Tensor) -> Tensor:
        return conv_transpose2d(x, weight, stride=(2, 1), padding=(1, 0), groups=2)

    wanted = torch.nn.functional.conv_transpose2d(x, weight, None, (2, 1), (1, 0), 0, 2)
    torch.testing.assert_close(run(x, weight), wanted)
    assert gradcheck(run, (x, weight))
    assert gradgradcheck(run, (x, weight))


def test_sampling_differentiates_twice_where_torchs_does_not() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 2, 5, 4, dtype=torch.double, requires_grad=True)
    grid = torch.rand(2, 3, 3, 2, dtype=torch.double) * 2.4 - 1.2
    torch.testing.assert_close(grid_sample(x, grid), torch_grid_sample(x, grid, align_corners=False))
    assert gradcheck(lambda x: grid_sample(x, grid), (x,))
    assert gradgradcheck(lambda x: grid_sample(x, grid), (x,))


def test_flip_mirrors(x: Tensor) -> None:
    flipped = one("xflip")(x, 0.75)
    assert_same_picture(flipped, x.flip(3))
    torch.testing.assert_close(one("xflip")(flipped, 0.75), x, atol=0.1, rtol=0)
    torch.testing.assert_close(one("xflip")(x, 0.25), x)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_quarter_turns_are_rot90(x: Tensor, quarters: int) -> None:
    turned = one("rotate90")(x, quarters / 4 + 0.1)
    assert_same_picture(turned, torch.rot90(x, quarters, (2, 3)))


@pytest.mark.parametrize("quantile", [0.05, 0.3, 0.9])
def test_integer_translation_shifts_and_mirrors_at_the_edge(x: Tensor, quantile: float) -> None:
    shift = round((quantile * 2 - 1) * ada.XINT_MAX * 32)
    edge = 8
    mirrored = torch.nn.functional.pad(x, (edge,) * 4, mode="reflect")
    at = edge - shift
    wanted = mirrored[:, :, at : at + 32, at : at + 32]
    torch.testing.assert_close(one("xint")(x, quantile), wanted, atol=2e-5, rtol=0)
    torch.testing.assert_close(
        inner(one("xint")(x, quantile)), inner(torch.roll(x, (shift, shift), (2, 3))), atol=2e-5, rtol=0
    )


def test_blits_happen_with_probability_p() -> None:
    torch.manual_seed(0)
    # A picture whose corner tells the turn: the four corners have four values.
    x = torch.zeros(4000, 1, 8, 8)
    x[:, :, :4, :4], x[:, :, :4, 4:], x[:, :, 4:, 4:], x[:, :, 4:, :4] = 0.0, 1.0, 2.0, 3.0
    p = 0.4
    corner = one("rotate90", p)(x)[:, 0, 1, 1].round()
    shares = torch.bincount(corner.long(), minlength=4) / len(x)
    # Each of four turns is equally likely where it happens, and one of the four is none.
    wanted = torch.tensor([1 - p * 3 / 4, p / 4, p / 4, p / 4])
    assert (shares - wanted).abs().max() < 0.03
    flipped = one("xflip", p)(x)[:, 0, 1, 1].round() == 1
    assert abs(flipped.float().mean() - p / 2) < 0.03


def test_turning_before_or_after_the_stretch_happens_with_p() -> None:
    torch.manual_seed(0)
    x = torch.rand(3000, 1, 8, 8)
    moved = (one("rotate", 0.5)(x) != x).flatten(1).any(1).float().mean()
    assert abs(moved - 0.5) < 0.03


def test_a_whole_rotation_by_a_quarter_is_a_quarter_turn(x: Tensor) -> None:
    turned = one("rotate")(x, 0.75)  # θ = π / 2
    assert_same_picture(turned, torch.rot90(x, 1, (2, 3)))


def test_a_translation_and_its_opposite_give_the_picture_back(x: Tensor) -> None:
    shift = one("xfrac")
    back = shift(shift(x, 0.6), 0.4)
    assert (shift(x, 0.6) - x).abs().mean() > 0.05
    assert inner(back - x).abs().max() < 0.06


def test_scales_and_their_inverses_give_the_picture_back(x: Tensor) -> None:
    for name in ("scale", "aniso"):
        back = one(name)(one(name)(x, 0.7), 0.3)
        assert inner(back - x).abs().mean() < 0.02, name
    # Larger: the middle half of the picture at 2^s times the size.
    grown = one("scale")(x, 0.9)
    factor = 2 ** (torch.special.ndtri(torch.tensor(0.9)).item() * ada.SCALE_STD)
    grid = torch.nn.functional.affine_grid(
        torch.eye(2, 3).repeat(4, 1, 1) / factor, [4, 3, 32, 32], align_corners=False
    )
    wanted = torch.nn.functional.grid_sample(x, grid, mode="bicubic", align_corners=False)
    assert inner(grown - wanted).abs().max() < 0.12


def test_the_resampling_of_nothing_is_nothing(x: Tensor) -> None:
    still = torch.eye(3).repeat(4, 1, 1)
    torch.testing.assert_close(ada.warp(x, still, one("scale").line), x, atol=1e-5, rtol=0)


def test_colours_follow_their_formulas(x: Tensor) -> None:
    deviate = torch.special.ndtri(torch.tensor(0.8)).item()
    torch.testing.assert_close(one("brightness")(x, 0.8), x + deviate * ada.BRIGHTNESS_STD)
    torch.testing.assert_close(one("contrast")(x, 0.8), x * 2 ** (deviate * ada.CONTRAST_STD))
    grey = x.mean(1, keepdim=True)
    torch.testing.assert_close(one("lumaflip")(x, 0.8), x - 2 * grey, atol=1e-5, rtol=0)
    wanted = grey + (x - grey) * 2 ** (deviate * ada.SATURATION_STD)
    torch.testing.assert_close(one("saturation")(x, 0.8), wanted, atol=1e-5, rtol=0)


def test_a_third_of_the_hue_circle_permutes_the_channels(x: Tensor) -> None:
    turned = one("hue")(x, (2 / 3 + 1) / 2)  # θ = 2π / 3
    torch.testing.assert_close(turned, x[:, [2, 0, 1]], atol=1e-5, rtol=0)
    torch.testing.assert_close(one("hue")(turned, (1 - 2 / 3) / 2), x, atol=1e-5, rtol=0)


def test_grey_pictures_take_the_mean_of_three_equal_channels(x: Tensor) -> None:
    grey = x[:, :1]
    for q in (0.2, 0.8):
        wanted = Ada("color")(grey.expand(-1, 3, -1, -1), q).mean(1, keepdim=True)
        torch.testing.assert_close(Ada("color", 1.0)(grey, q), wanted, atol=1e-5, rtol=0)


def test_the_bands_sum_to_the_picture_and_gains_keep_flat_pictures() -> None:
    bands = ada.band_filters()
    whole = bands.sum(0)
    wanted = torch.zeros_like(whole)
    wanted[len(wanted) // 2] = 1
    torch.testing.assert_close(whole, wanted, atol=1e-6, rtol=0)
    torch.testing.assert_close(bands.sum(1), torch.tensor([1.0, 0.0, 0.0, 0.0]), atol=1e-6, rtol=0)
    # All gains alike are normalised away.
    x = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(one("imgfilter")(x, 0.5), x, atol=1e-5, rtol=0)


def test_noise_and_cutout_are_as_large_as_they_say() -> None:
    torch.manual_seed(0)
    x = torch.zeros(64, 3, 32, 32)
    size = torch.special.ndtri(torch.tensor((1 + 0.7) / 2)).item() * ada.NOISE_STD
    assert abs(one("noise")(x, 0.7).std().item() - size) < 0.002
    holes = one("cutout")(x + 1, 0.5)
    wanted = torch.ones(32, 32)
    wanted[8:24, 8:24] = 0
    assert torch.equal(holes[0, 0], wanted)
    share = one("cutout", 0.5)(x + 1).flatten(1).min(1).values.eq(0).float().mean()
    assert 0.3 < share < 0.7


@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_the_mean_of_blitted_pictures_is_that_of_all_their_outcomes(p: float, x: Tensor) -> None:
    """E over draws: what does not happen leaves the picture, what happens takes each outcome equally often."""
    torch.manual_seed(0)
    x = x[:1, :1]
    draws = 2000
    many = x.expand(draws, -1, -1, -1)
    outcomes = {
        "xflip": [x, x.flip(3)],
        "rotate90": [torch.rot90(x, k, (2, 3)) for k in range(4)],
    }
    for name, each in outcomes.items():
        wanted = (1 - p) * x + p * torch.cat(each).mean(0, keepdim=True)
        found = one(name, p)(many).mean(0, keepdim=True)
        # Four standard errors of a pixel in [-1, 1], besides what the filter does to it (see assert_same_picture).
        assert (found - wanted).abs().mean() < 0.03, name
        assert (found - wanted).abs().max() < 4 / draws**0.5 + 0.1, name


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation", "lumaflip"])
@pytest.mark.parametrize("quantile", [0.1, 0.3, 0.7])
def test_an_exact_transform_and_its_inverse_give_the_picture_back(name: str, quantile: float, x: Tensor) -> None:
    # Opposite quantiles undo each other; the mirror of brightness undoes itself.
    transform = one(name)
    back = transform(transform(x, quantile), quantile if name == "lumaflip" else 1 - quantile)
    torch.testing.assert_close(back, x, atol=1e-5, rtol=0)


def test_a_whole_shift_and_its_opposite_give_the_inner_picture_back(x: Tensor) -> None:
    shift = one("xint")
    assert not torch.equal(shift(x, 0.9), x)
    torch.testing.assert_close(shift(shift(x, 0.9), 0.1)[:, :, 8:-8, 8:-8], x[:, :, 8:-8, 8:-8])


def test_a_gain_of_a_band_changes_the_frequencies_of_that_band_alone() -> None:
    """The highest octave holds a chessboard, the lowest a flat picture."""
    line = torch.arange(32)
    chess = ((line[:, None] + line[None]) % 2 * 2.0 - 1)[None, None]
    flat = torch.full((1, 1, 32, 32), 0.7)
    gains = torch.tensor([[1.0, 1.0, 1.0, 3.0]])
    taps = gains @ ada.band_filters()
    torch.testing.assert_close(ada._filter_each(flat, taps), flat, atol=1e-5, rtol=0)
    louder = ada._filter_each(chess, taps)  # along both axes: 3 · 3
    torch.testing.assert_close(louder[:, :, 8:-8, 8:-8], 9 * chess[:, :, 8:-8, 8:-8], atol=0.05, rtol=0)


def test_noise_has_no_mean_and_its_size_is_half_normal() -> None:
    torch.manual_seed(0)
    added = one("noise")(torch.zeros(4000, 1, 8, 8))
    assert added.mean().abs() < 0.002
    sizes = added.flatten(1).std(1)
    assert abs(sizes.square().mean().sqrt() - ada.NOISE_STD) < 0.004


@pytest.mark.parametrize("pipe", PIPES)
def test_at_p_0_nothing_happens(x: Tensor, pipe: str) -> None:
    torch.testing.assert_close(Ada(pipe, 0.0)(x), x, atol=1e-6, rtol=0)


def test_leaving_still_rows_alone_changes_no_number(x: Tensor) -> None:
    torch.manual_seed(1)
    pipe = Ada("bg", 0.5)
    out = pipe(x.repeat(4, 1, 1, 1))
    torch.manual_seed(1)
    dice = ada._Dice(x.repeat(4, 1, 1, 1), pipe.p, None)
    inverse = pipe._placement(dice, 32, 32)
    assert inverse is not None
    torch.testing.assert_close(out, ada.warp(x.repeat(4, 1, 1, 1), inverse, pipe.line), atol=2e-5, rtol=0)


@pytest.mark.parametrize("pipe", ["bgcfnc", "r3gan"])
def test_without_reading_the_places_the_pictures_are_the_same(
    x: Tensor, pipe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a GPU: but for the few rows of which more than half a picture is seen beyond an edge."""
    outs = []
    for known in (True, False):
        for module in (ada, warp):
            monkeypatch.setattr(module, "readable", lambda x, known=known: known)
        torch.manual_seed(1)
        outs.append(Ada(pipe, 0.5)(x.repeat(4, 1, 1, 1)))
    apart = (outs[0] - outs[1]).abs().flatten(1).amax(1)
    assert (apart < 1e-4).float().mean() >= 0.8
    assert outs[1].isfinite().all()


def test_rows_of_a_split_batch_are_augmented_alike(x: Tensor) -> None:
    for pipe in (Ada("bgcfnc", 0.7), DiffAugment()):
        torch.manual_seed(3)
        whole = pipe(x)
        parts = []
        for start in (0, 2):
            torch.manual_seed(3)
            with noise.rows(start, 2, 4):
                parts.append(pipe(x[start : start + 2]))
        torch.testing.assert_close(torch.cat(parts), whole, atol=1e-4, rtol=0)


@pytest.mark.parametrize("pipe", ["bgcfnc", "r3gan"])
def test_the_pipe_is_right_in_its_first_and_second_derivative(pipe: str) -> None:
    torch.manual_seed(0)
    x = torch.rand(2, 3, 8, 8, dtype=torch.double, requires_grad=True)
    augment = Ada(pipe, 0.8).double()

    def run(x: Tensor) -> Tensor:
        torch.manual_seed(5)
        return augment(x).square()  # squared: a linear map has no second derivative to get wrong

    assert gradcheck(run, (x,), fast_mode=True)
    assert gradgradcheck(run, (x,), fast_mode=True)


def test_r1_through_the_pipe_equals_finite_differences() -> None:
    torch.manual_seed(0)
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        critic = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3), torch.nn.Softplus(), torch.nn.Flatten(), torch.nn.Linear(4 * 36, 1)
        )
        augment = Ada("bgcfnc", 0.8).double()
        x = torch.rand(2, 3, 8, 8)

        def judge(x: Tensor) -> Tensor:
            torch.manual_seed(5)
            return critic(augment(x))[:, 0]

        def penalty() -> Tensor:
            return squared_norm(logits_and_gradient(judge, x)[1]).mean()

        # The gradient itself, in one direction …
        step, direction = 1e-5, torch.randn_like(x)
        slope = (logits_and_gradient(judge, x)[1] * direction).sum()
        with torch.no_grad():
            wanted = (judge(x + step * direction) - judge(x - step * direction)).sum() / (2 * step)
        torch.testing.assert_close(slope, wanted, rtol=1e-6, atol=1e-9)
        # … and the penalty's gradient in the critic's weights.
        weight = critic[0].weight
        (gradient,) = torch.autograd.grad(penalty(), weight)
        direction = torch.randn_like(weight)
        values = []
        for sign in (1, -1):
            with torch.no_grad():
                weight.add_(direction, alpha=sign * step)
            values.append(penalty().detach())
            with torch.no_grad():
                weight.sub_(direction, alpha=sign * step)
        torch.testing.assert_close(
            (gradient * direction).sum(), (values[0] - values[1]) / (2 * step), rtol=1e-5, atol=1e-9
        )
    finally:
        torch.set_default_dtype(kind)


def test_p_follows_the_sign_and_stays_a_probability() -> None:
    augment = Ada("bgc")
    augment.adapt(torch.tensor(0.9), 0.6, 0.25)
    assert augment.p == 0.25
    augment.adapt(torch.tensor(0.1), 0.6, 0.5)
    assert augment.p == 0
    for _ in range(5):
        augment.adapt(torch.tensor(0.9), 0.6, 0.3)
    assert augment.p == 1
    assert list(augment.state_dict()) == ["p"]
