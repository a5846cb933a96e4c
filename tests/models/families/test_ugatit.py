"""U-GAT-IT: its norms and attention, its losses against plain published ones, and what its recipes promise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest, UnpairedBatch
from ganvas.models.families import build
from ganvas.models.families.ugatit import UGATIT
from ganvas.models.family import Clock
from ganvas.models.layers.spectral import StoredSpectralConv2d
from ganvas.models.networks.ugatit import AdaLIN, Attention, clip_rho
from ganvas.recipe import load
from ganvas.spec import DataSpec
from ganvas.train.fabric import Fabric
from ganvas.train.outline import outline
from ganvas.train.step import Stepper

CLOCK = Clock(batch_size=2)
RECIPES = ["ugatit-256", "ugatit-light-256", "ugatit-light-128-small", "ugatit-light-64"]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def ugatit(side: int = 32, **model: Any) -> UGATIT:
    small = {"width": 4, "blocks": 1, "global_layers": 4, "local_layers": 3, "light": True}
    family = build("ugatit", small | model, DataSpec(resolution=side), 1.0)  # type: ignore[call-arg]
    assert isinstance(family, UGATIT)
    return family


def batch(side: int = 32, count: int = 2) -> UnpairedBatch:
    a, b = (torch.rand(count, 3, side, side) * 2 - 1 for _ in range(2))
    return UnpairedBatch(a, b, {})


# ── Sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("recipe", "changes", "generator"),
    [
        ("ugatit-256", [], 278_959_808),
        ("ugatit-256", ["data.resolution=128"], 77_633_216),
        ("ugatit-light-256", [], 10_589_888),
    ],
)
def test_the_networks_have_the_published_sizes(recipe: str, changes: list[str], generator: int) -> None:
    networks = outline(load(recipe, changes), ("a", "b")).networks
    assert networks.pop("g_ab") == networks.pop("g_ba") == generator
    assert networks.pop("d_a_global") == networks.pop("d_b_global") == 53_130_176
    assert networks.pop("d_a_local") == networks.pop("d_b_local") == 3_290_560
    assert not networks


def test_pictures_too_small_for_the_layers_are_told() -> None:
    with pytest.raises(UserError, match="7 layers needs pictures of 96 pixels or more, not 64"):
        ugatit(64, global_layers=7)
    with pytest.raises(UserError, match="16, 20, 24"):
        ugatit(30)


# ── Norms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_adalin_is_the_mixture_of_both_norms() -> None:
    norm, x = AdaLIN(6, rho=0.9), torch.randn(3, 6, 5, 7) * 3 + 1
    norm.rho.data.uniform_(0, 1)
    gamma, beta = torch.randn(3, 6, 1, 1), torch.randn(3, 6, 1, 1)

    def normal(over: list[int]) -> Tensor:
        return (x - x.mean(over, keepdim=True)) / (x.var(over, keepdim=True) + 1e-5).sqrt()

    wanted = (norm.rho * normal([2, 3]) + (1 - norm.rho) * normal([1, 2, 3])) * gamma + beta
    torch.testing.assert_close(norm(x, gamma, beta), wanted, atol=2e-5, rtol=1e-4)


def test_adalins_gradients_are_those_of_the_plain_formula() -> None:
    norm = AdaLIN(2, rho=0.3).double()
    x, gamma, beta = (torch.randn(*shape).double().requires_grad_() for shape in ((2, 2, 3, 3), *[(2, 2, 1, 1)] * 2))
    assert torch.autograd.gradcheck(lambda *inputs: norm(*inputs), (x, gamma, beta))


def test_rho_stays_within_its_bounds() -> None:
    family = ugatit()
    for module in family.g_ab.modules():
        if isinstance(module, AdaLIN):
            module.rho.data.uniform_(-3, 3)
    clip_rho(family.g_ab)
    rho = torch.cat([m.rho.flatten() for m in family.g_ab.modules() if isinstance(m, AdaLIN)])
    assert (rho.min(), rho.max()) == (0, 1)


def test_a_step_clips_rho() -> None:
    _, family = played(ugatit(lr=10.0), 1)
    for generator in (family.g_ab, family.g_ba):
        for module in generator.modules():
            if isinstance(module, AdaLIN):
                assert module.rho.min() >= 0
                assert module.rho.max() <= 1


# ── Attention and spectral normalisation ────────────────────────────────────────────────────────────────────────────


def test_attention_weights_the_channels_by_the_classifier() -> None:
    attention, x = Attention(5, spectral=False, slope=0.0), torch.randn(2, 5, 4, 4)
    features, logits = attention(x)
    mean, maximum = x.mean((2, 3)), x.flatten(2).max(2).values
    by_mean, by_maximum = attention.of_mean.weight, attention.of_maximum.weight
    torch.testing.assert_close(logits, torch.cat([mean @ by_mean.t(), maximum @ by_maximum.t()], 1))
    wide = torch.cat([x * by_mean[0, :, None, None], x * by_maximum[0, :, None, None]], 1)
    torch.testing.assert_close(features, F.relu(attention.merge(wide)))


def test_spectral_norm_divides_by_the_largest_singular_value() -> None:
    layer = StoredSpectralConv2d(3, 8, 4, 2)
    x = torch.randn(2, 3, 9, 9)
    for _ in range(50):
        layer(x)
    exact = torch.linalg.matrix_norm(layer.weight.flatten(1), 2)
    torch.testing.assert_close(layer(x), F.conv2d(x, layer.weight / exact, layer.bias, 2), atol=1e-4, rtol=1e-4)


def test_each_pass_in_training_is_one_power_iteration() -> None:
    """As in the paper's code, and as in PyTorch's own spectral norm."""
    layer, x = StoredSpectralConv2d(3, 8, 4, 2), torch.randn(2, 3, 9, 9)
    theirs = torch.nn.utils.spectral_norm(torch.nn.Conv2d(3, 8, 4, 2))
    with torch.no_grad():
        theirs.weight_orig.copy_(layer.weight)
        theirs.bias.copy_(layer.bias)
        theirs.weight_u.copy_(layer.singular.u)
    for _ in range(2):
        torch.testing.assert_close(layer(x), theirs(x))
        torch.testing.assert_close(layer.singular.u, theirs.weight_u)
    layer.eval()(x)
    torch.testing.assert_close(layer.singular.u, theirs.weight_u)


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_losses_are_the_published_ones() -> None:
    family, real = ugatit().eval(), batch()  # no power iterations
    loss, shown = phase_loss(family, "G", real, CLOCK)
    to_b, to_a = family.g_ab(real.a), family.g_ba(real.b)
    same_a, same_b = family.g_ba(real.a), family.g_ab(real.b)
    total = torch.zeros(())
    for fake, critics in ((to_a.output, family.discriminators[0]), (to_b.output, family.discriminators[1])):
        for critic in critics:
            seen = critic(fake)
            total = total + F.mse_loss(seen.output, torch.ones_like(seen.output))
            total = total + F.mse_loss(seen.logits, torch.ones_like(seen.logits))
    total = total + 10 * F.l1_loss(family.g_ba(to_b.output).output, real.a)
    total = total + 10 * F.l1_loss(family.g_ab(to_a.output).output, real.b)
    total = total + 10 * (F.l1_loss(same_a.output, real.a) + F.l1_loss(same_b.output, real.b))
    for changed, left in ((to_a, same_a), (to_b, same_b)):
        cross = F.binary_cross_entropy_with_logits
        total = total + 1000 * cross(changed.logits, torch.ones_like(changed.logits))
        total = total + 1000 * cross(left.logits, torch.zeros_like(left.logits))
    torch.testing.assert_close(loss, total, rtol=1e-4, atol=1e-3)
    assert shown.keys() == {"adversarial", "cycle", "identity", "cam"}

    loss, shown = phase_loss(family, "D", real, CLOCK)
    total = torch.zeros(())
    for picture, fake, critics in (
        (real.a, to_a.output, family.discriminators[0]),
        (real.b, to_b.output, family.discriminators[1]),
    ):
        for critic in critics:
            for true, made in zip(critic(picture)[:2], critic(fake.detach())[:2], strict=True):
                total = total + F.mse_loss(true, torch.ones_like(true)) + F.mse_loss(made, torch.zeros_like(made))
    torch.testing.assert_close(loss, total, rtol=1e-4, atol=1e-4)
    assert shown.keys() == {"real_logits", "fake_logits", "accuracy"}


def test_the_discriminators_judge_what_the_generators_make_in_this_step() -> None:
    family, real = ugatit().eval(), batch()
    one, _ = phase_loss(family, "D", real, CLOCK)
    with torch.no_grad():
        torch.testing.assert_close(real.memo["fake_b"], family.g_ab(real.a).output)
    real.memo["fake_b"] = torch.zeros_like(real.memo["fake_b"])
    two, _ = phase_loss(family, "D", real, CLOCK)
    assert (one - two).abs() > 1e-6


def test_each_direction_is_its_own_generators() -> None:
    family = ugatit().eval()
    source, direction = torch.rand(5, 3, 32, 32), torch.tensor([0, 1, 1, 0, 1])
    with torch.no_grad():
        given = family.generate(TranslationRequest(source, direction))
        there, back = family.g_ab(source).output, family.g_ba(source).output
    for row, way in enumerate(direction.tolist()):
        torch.testing.assert_close(given[row], (back if way else there)[row])
    assert (there - back).abs().max() > 1e-3


def test_the_heatmap_is_of_each_picture_alone() -> None:
    family = ugatit().eval()
    source = torch.rand(3, 3, 32, 32) * 2 - 1
    maps = family.heatmap(TranslationRequest(source, torch.tensor([0, 1, 0])))
    assert maps.shape == (3, 1, 32, 32)
    assert maps.min() >= 0
    assert maps.max() <= 1
    alone = family.heatmap(TranslationRequest(source[1:2], torch.tensor([1])))
    torch.testing.assert_close(maps[1:2], alone)
    black = family.heatmap(TranslationRequest(torch.zeros(1, 3, 32, 32), torch.tensor([0])))
    assert black.isfinite().all()


def test_pictures_are_cut_at_random_but_keep_their_size() -> None:
    family, real = ugatit(), batch()
    cut = family.prepare(real, CLOCK)
    assert cut.a.shape == real.a.shape
    assert not torch.equal(cut.a, real.a)
    whole = ugatit(enlarge=0).prepare(real, CLOCK)
    assert torch.equal(whole.b, real.b)


# ── Recipes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def played(family: UGATIT, steps: int, precision: Any = "32-true") -> tuple[Stepper, UGATIT]:
    fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
    fabric.launch()
    stepper, clock = Stepper(family, fabric), CLOCK
    for _ in range(steps):
        draw = [batch(family.data.resolution)]
        shown, drawn = stepper.step(family.stages()[0], clock, lambda draw=draw: draw)  # type: ignore[misc]
        assert all(value.isfinite() for value in shown.values())
        clock = clock.advanced(drawn)
    return stepper, family


@pytest.mark.parametrize("name", RECIPES)
def test_two_steps_of_the_recipe_narrowed(name: str) -> None:
    recipe = load(name, ["model.width=2", "model.blocks=1"])
    family = build(recipe.family, recipe.model, recipe.data_spec(("a", "b")), 1.0)
    assert isinstance(family, UGATIT)
    stepper, _ = played(family, 2)
    for optimizer in stepper.optimizers.values():
        settings = optimizer.param_groups[0]
        assert settings["betas"] == (0.5, 0.999)
        assert settings["weight_decay"] == 1e-4
        assert settings["lr"] == (2e-4 if name == "ugatit-light-64" else 1e-4)


def test_half_precision_descends_like_single() -> None:
    values = {}
    for precision in ("32-true", "bf16-mixed"):
        torch.manual_seed(1)
        family = ugatit(lr=1e-3, enlarge=0)
        fabric = Fabric(accelerator="cpu", devices=1, precision=precision)  # type: ignore[arg-type]
        fabric.launch()
        stepper, clock, real = Stepper(family, fabric), CLOCK, batch()
        told = []
        for _ in range(12):
            draw = [UnpairedBatch(real.a, real.b, {})]
            shown, drawn = stepper.step(family.stages()[0], clock, lambda draw=draw: draw)  # type: ignore[misc]
            told.append(float(shown["G/loss"]))
            clock = clock.advanced(drawn)
        values[precision] = told
    single, half = values["32-true"], values["bf16-mixed"]
    assert single[-1] < 0.98 * single[0]
    for one, two in zip(single, half, strict=True):
        assert abs(one - two) < 0.03 * one


def test_the_learning_rate_falls_in_the_second_half() -> None:
    (stage,) = ugatit().stages()
    scales = [stage.lr_scale(Clock(stage_nimg=nimg, stage_kimg=1.0)) for nimg in (0, 500, 750, 1000)]
    assert scales == [1, 1, 0.5, 0]


def test_the_full_model_says_beforehand_what_it_needs() -> None:
    plan = outline(load("ugatit-256"), ("a", "b"))
    assert round(plan.state_mb / 1000, 1) == 10.7  # six networks, their gradients and Adam's two moments
