"""MuseGAN's networks have the published sizes; its settings do what they say."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from support.music import roll_spec
from torch import nn

from ganvas.errors import UserError
from ganvas.models.batches import MusicBatch, MusicRequest
from ganvas.models.capabilities import standing_statistics
from ganvas.models.families import build
from ganvas.models.families.musegan import MuseGAN, _to_rolls
from ganvas.models.family import Clock
from ganvas.models.networks.musegan.layers import TransposedConvolution, fold, join, unfold
from ganvas.recipe import load
from ganvas.spec import DataSpec
from ganvas.train.outline import outline

VARIANTS = ("hybrid", "composer", "jamming", "shared_trunk")


def made(**model: Any) -> MuseGAN:
    spec = roll_spec(tracks=({"name": "a"}, {"name": "b"}, {"name": "c"}), beat_steps=6)
    family = build("musegan", {"z_dim": 8, "width": 2, **model}, DataSpec(roll=spec), 1.0)  # type: ignore[call-arg]
    assert isinstance(family, MuseGAN)
    return family.eval()


@pytest.mark.parametrize(("variant", "count"), [("hybrid", 4_561_615), ("composer", 2_995_151), ("jamming", 4_723_535)])
def test_the_papers_generators_have_their_published_sizes(variant: str, count: int) -> None:
    assert outline(load("musegan", [f"model.variant={variant}"])).networks["generator"] == count


def test_the_later_default_has_its_published_size() -> None:
    assert outline(load("musegan-shared-trunk")).networks == {"generator": 2_578_127, "discriminator": 1_366_865}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("accompany", [None, "b"])
def test_every_variant_makes_rolls_and_judges_them(variant: str, accompany: str | None) -> None:
    family = made(variant=variant, accompany=accompany)
    given = torch.randn(3, 1, 24, 36).sign()
    with torch.no_grad():
        rolls = family.generate(MusicRequest(torch.randn(3, family.z_dim), given))
        logits = family.discriminator(rolls)
    assert rolls.shape == (3, 3, 24, 36)
    assert logits.shape == (3, 3 if variant == "jamming" else 1)
    assert torch.equal(rolls[:, 1:2], given) == (accompany is not None)
    assert not any(isinstance(module, nn.Conv3d | nn.ConvTranspose3d) for module in family.modules())


def test_a_private_latent_moves_its_own_track_alone() -> None:
    family = made(variant="jamming")
    z = torch.randn(1, family.z_dim)
    other = z.clone()
    other[:, 4:8] += 1  # the private latent of the second track
    with torch.no_grad():
        one, two = (family.generate(MusicRequest(latent, torch.zeros(1, 1, 24, 36))) for latent in (z, other))
    changed = [(one[:, track] != two[:, track]).any().item() for track in range(3)]
    assert changed == [False, True, False]


def test_the_accompaniment_follows_the_given_track() -> None:
    family = made(variant="shared_trunk", accompany="a")
    z, given = torch.randn(1, family.z_dim), torch.full((1, 1, 24, 36), -1.0)
    played = given.clone()
    played[:, :, :6, 12] = 1
    with torch.no_grad():
        one, two = (family.generate(MusicRequest(z, track)) for track in (given, played))
    assert (one[:, 1:] != two[:, 1:]).any()


def test_binary_neurons_are_on_or_off_and_pass_the_gradient_of_the_sigmoid() -> None:
    logits = torch.tensor([[[[-2.0, -0.1, 0.1, 3.0]]]], requires_grad=True)
    hard = _to_rolls(logits, "deterministic", 2.0)
    assert hard.tolist() == [[[[-1.0, -1.0, 1.0, 1.0]]]]
    hard.sum().backward()
    torch.testing.assert_close(logits.grad, 2 * (1 - torch.tanh(2 * logits.detach()).square()))
    torch.manual_seed(0)
    drawn = _to_rolls(torch.full((1, 1, 200, 200), 0.5), "bernoulli", 1.0)
    assert set(drawn.unique().tolist()) == {-1.0, 1.0}
    assert (drawn > 0).float().mean().item() == pytest.approx(1 / (1 + torch.tensor(-1.0).exp().item()), abs=0.01)


def test_deterministic_neurons_make_rolls_without_a_threshold() -> None:
    family = made(binary="deterministic")
    with torch.no_grad():
        rolls = family.generate(MusicRequest(torch.randn(2, family.z_dim), torch.zeros(2, 1, 24, 36)))
    assert set(rolls.unique().tolist()) <= {-1.0, 1.0}


def test_one_hot_neurons_play_at_most_one_pitch_per_track_and_step() -> None:
    logits = torch.tensor([[[[-1.0, 2.0, 3.0], [-1.0, -2.0, -0.5]]]], requires_grad=True)
    hard = _to_rolls(logits, "one_hot", 1.5)
    assert hard.tolist() == [[[[-1.0, -1.0, 1.0], [-1.0, -1.0, -1.0]]]]
    hard[0, 0, 0, 2].backward()
    p = torch.softmax(3 * torch.tensor([0.0, -1.0, 2.0, 3.0]), 0)  # silence first
    expected = 2 * 3 * p[3] * (torch.tensor([0.0, 0.0, 1.0]) - p[1:])
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad[0, 0, 0], expected)
    family = made(binary="one_hot")
    with torch.no_grad():
        rolls = family.generate(MusicRequest(torch.randn(2, family.z_dim), torch.zeros(2, 1, 24, 36)))
    assert ((rolls > -1).sum(-1) <= 1).all()  # at any threshold
    assert (_to_rolls(torch.randn(2, 3, 24, 36), "one_hot", 1.0) > 0).sum(-1).max() == 1


def test_one_pitch_makes_a_one_hot_neuron_a_binary_one() -> None:
    logits = torch.randn(2, 3, 5, 1)
    assert torch.equal(_to_rolls(logits, "one_hot", 2.0) > 0, _to_rolls(logits, "deterministic", 2.0) > 0)


@pytest.mark.parametrize(("kernel", "groups"), [((4, 1), 1), ((1, 12), 3), ((2, 3), 2)])
def test_patches_that_do_not_overlap_are_a_matrix_product(kernel: tuple[int, int], groups: int) -> None:
    layer = TransposedConvolution(6, 12, kernel, kernel, groups=groups).double()
    x = torch.randn(2, 6, 3, 4, dtype=torch.float64)
    torch.testing.assert_close(layer(x), nn.ConvTranspose2d.forward(layer, x))


def test_a_critic_with_minibatch_deviation_sees_that_phrases_are_alike() -> None:
    critic = made(variant="shared_trunk", stddev_group=4).discriminator
    one = torch.randn(1, 3, 24, 36)
    alone, among = critic(one.repeat(4, 1, 1, 1))[0], critic(torch.cat([one, torch.randn(3, 3, 24, 36)]))[0]
    assert not torch.allclose(alone, among)
    plain = made(variant="shared_trunk").discriminator
    torch.testing.assert_close(plain(one.repeat(4, 1, 1, 1))[0], plain(torch.cat([one, -one, -one, -one]))[0])


@pytest.mark.parametrize("variant", VARIANTS)
def test_held_notes_last_a_beat_at_first(variant: str) -> None:
    torch.manual_seed(0)
    for held in (True, False):
        family = made(variant=variant, hold_notes=held)
        with torch.no_grad():
            beats = torch.unflatten(family.generator.train()(torch.randn(4, family.z_dim)), 2, (-1, 6))
        assert torch.allclose(beats[:, :, :, :1].expand_as(beats), beats, atol=1e-5) == held


def test_r2_is_r1_at_generated_rolls() -> None:
    family = made(variant="shared_trunk", game="relativistic", gradient_penalty=0.0, r1=2.0, r2=3.0)
    (stage,) = family.stages()
    (phase,) = [phase for phase in stage.phases if phase.name == "D/r1"]
    assert phase.fakes is not None
    assert phase.every > 1
    x, fake = torch.randn(4, 3, 24, 36).sign(), torch.randn(4, 3, 24, 36).sign()
    loss, terms = family.r1_phase(MusicBatch(x, {"fake": fake}), Clock())
    expected = {"r1": 2 / 2 * _squared_gradient(family, x), "r2": 3 / 2 * _squared_gradient(family, fake)}
    torch.testing.assert_close(terms, expected)
    torch.testing.assert_close(loss.detach(), terms["r1"] + terms["r2"])


def _squared_gradient(family: MuseGAN, rolls: torch.Tensor) -> torch.Tensor:
    rolls = rolls.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(family.discriminator(rolls).sum(), rolls)
    return gradient.square().flatten(1).sum(1).mean()


def test_the_discriminator_may_have_a_width_of_its_own() -> None:
    count = {width: sum(p.numel() for p in made(d_width=width).discriminator.parameters()) for width in (None, 2, 4)}
    assert count[None] == count[2] < count[4]


def test_the_refiner_learns_in_a_stage_of_its_own() -> None:
    family = made(binary="deterministic", refine=0.25)
    first, second = family.stages()
    assert [phase.trains for phase in second.phases] == [("discriminator",), ("refiner",)]
    assert (first.kimg, second.kimg) == (0.75, 0.25)


@pytest.mark.parametrize("refine", [0.0, 0.5])
def test_standing_statistics_make_use_equal_training(refine: float) -> None:
    family = made(variant="shared_trunk", refine=refine, binary="bernoulli" if refine else "none")
    z = torch.randn(256, family.z_dim)
    family.measure_standing_statistics()
    assert not family.training
    first = {key: value.clone() for key, value in family.state_dict().items()}
    family.measure_standing_statistics()  # the same weights give the same statistics
    assert all(torch.equal(value, first[key]) for key, value in family.state_dict().items())
    with torch.no_grad():
        used, trained = family.generator(z), family.generator.train()(z)
    assert (used - trained).abs().mean() < 0.1 * trained.std()


def test_a_training_shows_its_samples_with_standing_statistics_and_goes_on_with_its_own() -> None:
    family = made(variant="shared_trunk")
    training = {key: value.clone() for key, value in family.state_dict().items()}
    with standing_statistics(family):
        inside = {key: value.clone() for key, value in family.state_dict().items()}
    assert all(torch.equal(value, training[key]) for key, value in family.state_dict().items())
    assert any(not torch.equal(value, training[key]) for key, value in inside.items())
    family.measure_standing_statistics()
    assert all(torch.equal(value, inside[key]) for key, value in family.state_dict().items())


def test_bars_become_rows_and_rows_bars() -> None:
    x = torch.randn(2, 3, 12, 5)
    folded = fold(x, 4)
    assert folded.shape == (8, 3, 3, 5)
    torch.testing.assert_close(folded[5], x[1, :, 3:6])
    torch.testing.assert_close(unfold(folded, 4), x)


def test_joined_maps_keep_their_groups() -> None:
    private, shared = torch.arange(4.0).view(1, 4, 1, 1), torch.tensor([9.0]).view(1, 1, 1, 1)
    assert join(2, private, shared).flatten().tolist() == [0, 1, 9, 2, 3, 9]
    assert join(2, private, private, private=2).flatten().tolist() == [0, 1, 0, 1, 2, 3, 2, 3]


def test_settings_that_do_not_fit_have_a_sentence() -> None:
    with pytest.raises(UserError, match="begin from musegan-quick"):
        build("musegan", {}, DataSpec(), 1.0)  # type: ignore[call-arg]
    with pytest.raises(UserError, match="one of several tracks"):
        made(accompany="horn")
    with pytest.raises(UserError, match="a refiner ends in binary neurons"):
        made(refine=0.5)
