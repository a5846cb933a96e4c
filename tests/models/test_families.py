"""The games one by one: their settings, their losses against plain formulas, and their answers at use."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss, phase_of
from support.requests import example_request
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models import losses, noise
from ganvas.models.batches import PairedBatch, SynthesisBatch, SynthesisRequest, TranslationRequest
from ganvas.models.families import FAMILIES, build
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.families.pix2pix import Pix2Pix
from ganvas.models.family import Clock, Family
from ganvas.spec import DataSpec

CLOCK = Clock(stage_kimg=1.0, batch_size=6)
CLASSES = ("cats", "dogs", "owls")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def dcgan(classes: tuple[str, ...] = (), resolution: int = 16, **model: Any) -> DCGAN:
    family = build("dcgan", {"width": 4, "z_dim": 8, **model}, DataSpec(resolution=resolution, classes=classes), 1.0)
    assert isinstance(family, DCGAN)
    return family


def pix2pix(resolution: int = 32, source_channels: int = 1, **model: Any) -> Pix2Pix:
    data = DataSpec.model_validate({"resolution": resolution, "source_channels": source_channels})
    family = build("pix2pix", {"width": 4, **model}, data, 1.0)
    assert isinstance(family, Pix2Pix)
    return family


def synthesis_batch(n: int = 6, resolution: int = 16, classes: int = 1) -> SynthesisBatch:
    return SynthesisBatch(torch.rand(n, 3, resolution, resolution) * 2 - 1, torch.arange(n) % classes, {})


def paired_batch(n: int = 6, resolution: int = 32) -> PairedBatch:
    shape = (n, 3, resolution, resolution)
    return PairedBatch(torch.rand(n, 1, resolution, resolution) * 2 - 1, torch.rand(shape) * 2 - 1, {})


def play(family: Family, name: str, batch: Any) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a phase, with all frozen but what it trains, as the trainer does."""
    chosen = phase_of(family, name)
    for network, module in family.networks().items():
        module.requires_grad_(network in chosen.trains)
    return phase_loss(family, name, batch, CLOCK)


def gradients(family: Family, network: str) -> list[Tensor]:
    return [p.grad.clone() for p in family.get_submodule(network).parameters() if p.grad is not None]


# ── DCGAN ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_dcgan_gradients_are_those_of_the_plain_published_loop() -> None:
    family = dcgan()
    plain = copy.deepcopy(family)
    batch = synthesis_batch()

    torch.manual_seed(5)
    play(family, "G", batch)[0].backward()
    play(family, "D", batch)[0].backward()

    torch.manual_seed(5)
    z, ones, zeros = torch.randn(6, 8), torch.ones(6), torch.zeros(6)
    fake = plain.generator(z, batch.y)
    F.binary_cross_entropy(torch.sigmoid(plain.discriminator(fake, batch.y)), ones).backward()
    plain.discriminator.zero_grad()
    F.binary_cross_entropy(torch.sigmoid(plain.discriminator(batch.x, batch.y)), ones).backward()
    F.binary_cross_entropy(torch.sigmoid(plain.discriminator(fake.detach(), batch.y)), zeros).backward()

    for network in ("generator", "discriminator"):
        found, expected = gradients(family, network), gradients(plain, network)
        assert len(found) == len(list(family.get_submodule(network).parameters()))
        for a, b in zip(found, expected, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_dcgan_discriminator_judges_what_the_generator_makes_in_this_step() -> None:
    family = dcgan()
    batch = synthesis_batch()
    play(family, "D", batch)
    assert phase_of(family, "D").fakes == phase_of(family, "G").render
    fake = batch.memo["fake"]
    _, shown = play(family, "G", batch)
    torch.testing.assert_close(shown["fake_logits"], family.discriminator(fake, batch.y).mean())


def test_dcgan_makes_its_own_fakes_on_the_further_critic_steps() -> None:
    family = dcgan(game="wasserstein")
    assert phase_of(family, "D").repeat == 5
    loss, _ = play(family, "D", synthesis_batch())
    loss.backward()
    assert gradients(family, "discriminator")
    assert not gradients(family, "generator")


@pytest.mark.parametrize("game", sorted(losses.ADVERSARIAL_LOSSES))
@pytest.mark.parametrize("classes", [(), CLASSES])
def test_dcgan_plays_every_game(game: str, classes: tuple[str, ...]) -> None:
    family = dcgan(classes, game=game)
    batch = synthesis_batch(classes=max(len(classes), 1))
    for name, network in (("G", "generator"), ("D", "discriminator")):
        loss, shown = play(family, name, batch)
        loss.backward()
        assert loss.ndim == 0
        assert torch.isfinite(loss)
        assert all(value.ndim == 0 and not value.requires_grad for value in shown.values())
        moved = gradients(family, network)
        assert len(moved) == len(list(family.get_submodule(network).parameters()))
        assert all(g.abs().sum() > 0 for g in moved)
    assert {"real_logits", "fake_logits", "accuracy"} <= shown.keys()
    assert 0 <= shown["accuracy"] <= 1


def test_dcgan_penalties_are_added_with_their_weights() -> None:
    batch = synthesis_batch()
    batch.memo["fake"] = torch.rand(6, 3, 16, 16) * 2 - 1
    family = dcgan(game="wasserstein", gradient_penalty=10, r1=4, drift=0.5, norm="none")

    def judge(x: Tensor) -> Tensor:
        return family.discriminator(x, batch.y)

    torch.manual_seed(2)
    loss, shown = play(family, "D", batch)
    torch.manual_seed(2)
    real_logits, fake_logits = judge(batch.x), judge(batch.memo["fake"])
    expected = {
        "gradient_penalty": 10 * losses.gradient_penalty(judge, batch.x, batch.memo["fake"]).mean(),
        "r1": 2 * losses.squared_norm(losses.logits_and_gradient(judge, batch.x)[1]).mean(),
        "drift": 0.5 * real_logits.square().mean(),
    }
    for name, value in expected.items():
        torch.testing.assert_close(shown[name], value)
    torch.testing.assert_close(loss, fake_logits.mean() - real_logits.mean() + sum(expected.values()))


def test_dcgan_settings_follow_the_game_and_can_be_said() -> None:
    plain, wasserstein = dcgan().config, dcgan(game="wasserstein").config
    assert (plain.norm, plain.d_repeat, plain.gradient_penalty) == ("batch", 1, 0)
    assert (wasserstein.norm, wasserstein.d_repeat, wasserstein.gradient_penalty) == ("layer", 5, 10)
    said = dcgan(game="wasserstein", d_repeat=2, gradient_penalty=3, norm="none").config
    assert (said.norm, said.d_repeat, said.gradient_penalty) == ("none", 2, 3)
    assert dcgan(r1=1).config.norm == "layer"
    assert dcgan(game="wasserstein", gradient_penalty=0).config.norm == "batch"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"game": "wasserstein", "norm": "batch"}, "norm layer"),
        ({"r1": 1.0, "norm": "batch"}, "norm layer"),
        ({"r1": 1.0, "minibatch_discrimination": 8}, "minibatch_discrimination 0"),
        ({"game": "hinge", "label_smoothing": 0.1}, "label_smoothing"),
        ({"game": "chess"}, "game"),
        ({"widht": 3}, "widht"),
    ],
)
def test_dcgan_refuses_settings_that_do_not_fit(model: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        build("dcgan", model, DataSpec(), 1.0)


def test_dcgan_batch_of_one_and_of_eight_give_the_same_picture() -> None:
    family = dcgan(CLASSES).train()
    for _ in range(3):
        family.generator(torch.randn(8, 8), torch.zeros(8, dtype=torch.long))  # statistics of its own
    request = example_request(family, 8)
    together = family.generate(request)
    for i in range(8):
        alone = family.generate(SynthesisRequest(*(field[i : i + 1] for field in request)))
        torch.testing.assert_close(alone, together[i : i + 1], rtol=1e-5, atol=1e-6)
    assert torch.equal(family.generate(request), together)
    assert family.generator.training  # asking leaves training as it was


def test_dcgan_classes_change_picture_and_verdict() -> None:
    family = dcgan(CLASSES)
    z, ones = torch.randn(1, 8).expand(3, 8), torch.ones(3)
    pictures = family.generate(SynthesisRequest(z, torch.arange(3), ones))
    assert not torch.allclose(pictures[0], pictures[1], atol=1e-5)
    with torch.no_grad():
        logits = family.discriminator(pictures[:1].expand(3, -1, -1, -1), torch.arange(3))
    assert logits.unique().numel() == 3


def test_dcgan_fakes_take_the_labels_of_the_real_pictures() -> None:
    family = dcgan(CLASSES)
    batch = synthesis_batch(classes=3)
    torch.manual_seed(5)
    play(family, "G", batch)
    torch.manual_seed(5)
    torch.testing.assert_close(batch.memo["fake"], family.generator(torch.randn(6, 8), batch.y))


def test_dcgan_latents_belong_to_the_row_and_not_to_the_micro_batch() -> None:
    family = dcgan().eval()
    batch = synthesis_batch(4)
    torch.manual_seed(1)
    whole = family.render(batch, CLOCK)["fake"]
    torch.manual_seed(1)
    with noise.rows(2, 2, 4):
        part = family.render(SynthesisBatch(batch.x[2:], batch.y[2:], {}), CLOCK)["fake"]
    torch.testing.assert_close(part, whole[2:])


def test_dcgan_with_all_its_options_still_trains() -> None:
    family = dcgan(CLASSES, resolution=32, spectral_norm=True, minibatch_discrimination=6, label_smoothing=0.1)
    batch = synthesis_batch(resolution=32, classes=3)
    for name in ("G", "D"):
        play(family, name, batch)[0].backward()
    assert all(p.grad is not None for p in family.discriminator.parameters())


# ── pix2pix ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("game", ["non_saturating", "least_squares"])
def test_pix2pix_gradients_are_those_of_the_plain_published_loop(game: str) -> None:
    family = pix2pix(game=game)
    plain = copy.deepcopy(family)
    batch = paired_batch()

    def criterion(logits: Tensor, label: float) -> Tensor:
        target = torch.full_like(logits, label)
        if game == "least_squares":
            return F.mse_loss(logits, target)
        return F.binary_cross_entropy_with_logits(logits, target)

    play(family, "G", batch)[0].backward()
    play(family, "D", batch)[0].backward()

    fake = plain.generator(batch.source)
    adversarial = criterion(plain.discriminator(torch.cat([batch.source, fake], 1)), 1.0)
    (adversarial + 100 * (fake - batch.target).abs().mean()).backward()
    plain.discriminator.zero_grad()
    real = criterion(plain.discriminator(torch.cat([batch.source, batch.target], 1)), 1.0)
    ((real + criterion(plain.discriminator(torch.cat([batch.source, fake.detach()], 1)), 0.0)) / 2).backward()

    for network in ("generator", "discriminator"):
        for a, b in zip(gradients(family, network), gradients(plain, network), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("game", sorted(losses.ADVERSARIAL_LOSSES))
def test_pix2pix_plays_every_game(game: str) -> None:
    family = pix2pix(game=game)
    batch = paired_batch()
    for name in ("G", "D"):
        loss, shown = play(family, name, batch)
        loss.backward()
        assert torch.isfinite(loss)
    assert {"real_logits", "fake_logits", "accuracy"} <= shown.keys()


def test_pix2pix_answers_without_chance_and_without_the_neighbours() -> None:
    family = pix2pix(resolution=64).train()
    for _ in range(3):
        family.generator(torch.rand(8, 1, 64, 64) * 2 - 1)
    request = example_request(family, 8)
    together = family.generate(request)
    assert torch.equal(family.generate(request), together)
    for i in range(8):
        alone = family.generate(TranslationRequest(*(field[i : i + 1] for field in request)))
        torch.testing.assert_close(alone, together[i : i + 1], rtol=1e-5, atol=1e-6)
    assert family.generator.training


def test_pix2pix_drops_while_training_by_row() -> None:
    family = pix2pix(resolution=64, norm="instance").train()
    source = torch.rand(4, 1, 64, 64)

    def made(part: slice) -> Tensor:
        torch.manual_seed(3)
        with noise.rows(part.start, part.stop - part.start, 4):
            return family.generator(source[part])

    whole = made(slice(0, 4))
    torch.testing.assert_close(torch.cat([made(slice(0, 2)), made(slice(2, 4))]), whole, rtol=1e-4, atol=1e-6)
    torch.manual_seed(4)
    assert not torch.allclose(family.generator(source), whole)


def test_pix2pix_learning_rate_falls_in_the_second_half() -> None:
    scale = pix2pix().stages()[0].lr_scale
    at = [scale(Clock(stage_nimg=nimg, stage_kimg=1.0)) for nimg in (0, 500, 750, 1000)]
    assert at == pytest.approx([1.0, 1.0, 0.5, 0.0])


@pytest.mark.parametrize(("resolution", "said"), [(48, "not 48"), (8, "not 8"), (16, "lower model.layers")])
def test_pix2pix_says_which_sizes_it_takes(resolution: int, said: str) -> None:
    with pytest.raises(UserError, match=said):
        pix2pix(resolution=resolution)


# ── All ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["dcgan", "pix2pix"])
def test_an_optimiser_moves_one_network_with_the_published_settings(name: str) -> None:
    kind = FAMILIES[name]
    family = kind(*kind.tiny(), 1.0)
    for network in family.networks():
        groups = family.optimizer(network).param_groups
        assert [g["lr"] for g in groups] == [2e-4]
        assert [tuple(g["betas"]) for g in groups] == [(0.5, 0.999)]
        assert {id(p) for g in groups for p in g["params"]} == {
            id(p) for p in family.get_submodule(network).parameters()
        }


def test_an_unknown_family_is_told_the_known_ones() -> None:
    with pytest.raises(UserError, match="dcgan"):
        build("dcgam", {}, DataSpec(), 1.0)
