"""CycleGAN: its image pool, its losses against plain published ones, and what its recipes promise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss

from ganvas.errors import UserError
from ganvas.models import noise
from ganvas.models.batches import TranslationRequest, UnpairedBatch
from ganvas.models.families import build
from ganvas.models.families.cyclegan import CycleGAN
from ganvas.models.family import Clock
from ganvas.models.image_pool import ImagePool
from ganvas.recipe import load
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.unpaired import direction_to
from ganvas.train.fabric import Fabric
from ganvas.train.outline import outline
from ganvas.train.step import Stepper

CLOCK = Clock(batch_size=2)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def cyclegan(side: int = 32, channels: int = 3, **model: Any) -> CycleGAN:
    small = {"width": 4, "blocks": 1, "layers": 2, "pool": 4}
    data = DataSpec(resolution=side, channels=channels)  # type: ignore[call-arg,arg-type]
    family = build("cyclegan", small | model, data, 1.0)
    assert isinstance(family, CycleGAN)
    return family


def batch(side: int = 32, count: int = 2, channels: int = 3) -> UnpairedBatch:
    a, b = (torch.rand(count, channels, side, side) * 2 - 1 for _ in range(2))
    return UnpairedBatch(a, b, {})


@pytest.mark.parametrize(
    ("changes", "generator"), [([], 11_378_179), (["model.blocks=6", "data.resolution=128"], 7_837_699)]
)
def test_the_networks_have_the_published_sizes(changes: list[str], generator: int) -> None:
    networks = outline(load("cyclegan-256", changes), ("a", "b")).networks
    assert networks == {"g_ab": generator, "g_ba": generator, "d_a": 2_764_737, "d_b": 2_764_737}


# ── The pool ────────────────────────────────────────────────────────────────────────────────────────────────────────


def numbered(first: int, count: int) -> torch.Tensor:
    return torch.arange(first, first + count).float()[:, None, None, None].expand(count, 1, 2, 2)


def asked(pool: ImagePool, step: int, fakes: torch.Tensor, parts: int = 1, seed: int = 0) -> list[float]:
    clock, shown = Clock(nimg=step, batch_size=len(fakes)), []
    size = len(fakes) // parts
    for part in range(parts):
        torch.manual_seed(1000 * seed + step)
        with noise.rows(part * size, size, len(fakes)):
            shown.append(pool.query(fakes[part * size : (part + 1) * size], clock))
    pool.advance()
    return [float(value) for value in torch.cat(shown)[:, 0, 0, 0]]


def test_the_pool_first_fills_with_what_is_shown() -> None:
    pool = ImagePool(5, 1, 2)
    assert asked(pool, 0, numbered(1, 3)) == [1, 2, 3]
    assert int(pool.held) == 3
    assert asked(pool, 3, numbered(4, 2)) == [4, 5]
    assert int(pool.held) == 5
    assert sorted(pool.pictures[:, 0, 0, 0].tolist()) == [1, 2, 3, 4, 5]


def test_a_full_pool_swaps_half_of_the_time() -> None:
    pool, past = ImagePool(50, 1, 2), 0
    for step in range(50):
        asked(pool, step, numbered(step, 1))
    for step in range(50, 1050):
        held = set(pool.pictures[:, 0, 0, 0].tolist())
        (shown,) = asked(pool, step, numbered(step, 1))
        now = set(pool.pictures[:, 0, 0, 0].tolist())
        if shown == step:
            assert now == held
        else:  # what was shown gave its place to the new one
            past += 1
            assert now == (held - {shown}) | {float(step)}
    assert 430 < past < 570


def test_the_parts_of_a_batch_change_nothing() -> None:
    whole, parts = ImagePool(6, 1, 2), ImagePool(6, 1, 2)
    for step in range(0, 80, 8):
        fakes = numbered(step, 8)
        assert asked(whole, step, fakes) == asked(parts, step, fakes, parts=4)
        torch.testing.assert_close(whole.pictures, parts.pictures)


def test_the_notes_of_a_step_that_was_not_finished_are_dropped() -> None:
    pool = ImagePool(3, 1, 2)
    pool.query(numbered(9, 2), Clock(nimg=0, batch_size=2))  # a gradient was not finite, say
    assert asked(pool, 0, numbered(1, 2)) == [1, 2]
    assert int(pool.held) == 2
    pool.query(numbered(9, 2), Clock(nimg=2, batch_size=2))
    asked(pool, 4, numbered(3, 1))
    assert pool.pictures[:, 0, 0, 0].tolist() == [1, 2, 3]


def test_no_pool_shows_what_was_made() -> None:
    pool, fakes = ImagePool(0, 1, 2), numbered(1, 2)
    assert pool.query(fakes, CLOCK) is fakes
    pool.advance()


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_the_losses_are_the_published_ones(norm: str) -> None:
    family, real = cyclegan(norm=norm), batch()
    loss, shown = phase_loss(family, "G", real, CLOCK)
    fake_b, fake_a = family.g_ab(real.a), family.g_ba(real.b)
    wanted = torch.zeros(())
    for logits in (family.d_b(fake_b), family.d_a(fake_a)):
        wanted = wanted + F.mse_loss(logits, torch.ones_like(logits))
    wanted = wanted + 10 * (F.l1_loss(family.g_ba(fake_b), real.a) + F.l1_loss(family.g_ab(fake_a), real.b))
    wanted = wanted + 5 * (F.l1_loss(family.g_ab(real.b), real.b) + F.l1_loss(family.g_ba(real.a), real.a))
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-4)
    assert shown.keys() == {"adversarial", "cycle", "identity"}

    loss, shown = phase_loss(family, "D", real, CLOCK)
    wanted = torch.zeros(())
    for judge, true, made in ((family.d_a, real.a, fake_a), (family.d_b, real.b, fake_b)):
        r, f = judge(true), judge(made.detach())
        wanted = wanted + 0.5 * (F.mse_loss(r, torch.ones_like(r)) + F.mse_loss(f, torch.zeros_like(f)))
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-4)
    assert shown.keys() == {"real_logits", "fake_logits", "accuracy"}


def test_without_identity_the_term_is_not_shown() -> None:
    _, shown = phase_loss(cyclegan(identity=0), "G", batch(), CLOCK)
    assert shown.keys() == {"adversarial", "cycle"}


def test_the_discriminators_learn_from_the_pool_in_later_steps() -> None:
    family = cyclegan(pool=2)
    real = batch()
    phase_loss(family, "G", real, CLOCK)
    phase_loss(family, "D", real, CLOCK)
    family.stages()[0].phases[1].after(CLOCK)  # type: ignore[misc]
    assert int(family.pool_a.held) == 2
    torch.testing.assert_close(family.pool_b.pictures, real.memo["fake_b"])


@pytest.mark.parametrize("game", ["non_saturating", "hinge", "relativistic", "wasserstein"])
def test_every_game_can_be_played(game: str) -> None:
    family, real = cyclegan(game=game), batch()
    for phase in family.stages()[0].phases:
        loss, _ = phase_loss(family, phase.name, real, CLOCK)
        loss.backward()
        assert loss.isfinite()


def test_each_direction_is_its_own_generators() -> None:
    family = cyclegan().eval()
    source, direction = torch.rand(4, 3, 32, 32), torch.tensor([1, 0, 0, 1])
    with torch.no_grad():
        given = family.generate(TranslationRequest(source, direction))
        there, back = family.g_ab(source), family.g_ba(source)
    for row, way in enumerate(direction.tolist()):
        torch.testing.assert_close(given[row], (back if way else there)[row])


def test_grey_pictures_stay_grey() -> None:
    family = cyclegan(channels=1)
    assert family.data.source_channels == 1
    loss, _ = phase_loss(family, "G", batch(channels=1), CLOCK)
    assert loss.isfinite()


def test_sizes_that_do_not_fit_are_told() -> None:
    with pytest.raises(UserError, match="not 30"):
        cyclegan(30)
    with pytest.raises(UserError, match="patch discriminator of 4 layers"):
        cyclegan(32, layers=4)


@pytest.mark.parametrize("name", ["cyclegan-256", "cyclegan-128-small"])
def test_two_steps_of_the_recipe_narrowed(name: str) -> None:
    recipe = load(name, ["model.width=2", "model.blocks=1", "model.pool=2"])
    family = build(recipe.family, recipe.model, recipe.data_spec(("a", "b")), 1.0)
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper, clock = Stepper(family, fabric), CLOCK
    for _ in range(2):
        draw = [batch(recipe.data.resolution)]
        shown, drawn = stepper.step(family.stages()[0], clock, lambda draw=draw: draw)  # type: ignore[misc]
        assert all(value.isfinite() for value in shown.values())
        clock = clock.advanced(drawn)
    for optimizer in stepper.optimizers.values():
        assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["betas"]) == (2e-4, (0.5, 0.999))


# ── Directions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_domain_is_asked_for_by_letter_or_by_name() -> None:
    for domain, way in ((None, 0), ("B", 0), ("a", 1), ("anime", 0), ("Selfie", 1)):
        assert direction_to(domain, directions=2, classes=("selfie", "anime")) == way
    with pytest.raises(UserError, match=r"between selfie \(A\) and anime \(B\), not to comics"):
        direction_to("comics", directions=2, classes=("selfie", "anime"))
    with pytest.raises(UserError, match="one direction only"):
        direction_to("A", directions=1, classes=())


def test_how_many_directions_a_model_knows() -> None:
    assert TASKS["unpaired"].directions({}) == 2
    assert TASKS["unpaired"].directions({"one_way": True}) == 1
    assert TASKS["paired"].directions({}) == 1
    assert TASKS["synthesis"].directions({}) == 0
