"""CUT: its losses against the published ones written plainly, what may not move, its sizes, and its one direction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss
from support.requests import sheet_indices
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.models.batches import UnpairedBatch
from ganvas.models.families import build, cut
from ganvas.models.families.cut import CUT
from ganvas.models.family import Clock
from ganvas.models.layers.filters import Halve
from ganvas.models.networks.cut import PatchProjector, draw_places, patch_nce
from ganvas.recipe import load
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.train.outline import outline
from ganvas.train.trainer import train

CLOCK = Clock(batch_size=2)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def family(**model: Any) -> CUT:
    small = {"width": 4, "blocks": 5, "layers": 2, "patches": 16, "dim": 8}
    made = build("cut", small | model, DataSpec(resolution=32), 1.0)  # type: ignore[call-arg]
    assert isinstance(made, CUT)
    for parameter in made.parameters():  # far from the tiny first weights
        torch.nn.init.normal_(parameter, std=0.2)
    return made


def batch() -> UnpairedBatch:
    return UnpairedBatch(*(torch.rand(2, 3, 32, 32) * 2 - 1 for _ in range(2)), {})


def test_the_networks_have_the_published_sizes() -> None:
    assert outline(load("cut-256"), ("a", "b")).networks == {
        "generator": 11_378_179,
        "discriminator": 2_764_737,
        "projector": 560_384,
    }


# ── The parts ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("side", [8, 9])
def test_halving_blurs_by_the_published_filter(side: int) -> None:
    x = torch.randn(2, 3, side, side)
    line = torch.tensor([1.0, 2.0, 1.0])
    kernel = (line[:, None] * line / 16).expand(3, 1, 3, 3)
    wanted = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, stride=2, groups=3)
    torch.testing.assert_close(Halve()(x), wanted)


def test_a_patch_that_kept_its_content_costs_nothing_and_one_that_lost_it_much() -> None:
    vectors = torch.eye(8)[None].repeat(2, 1, 1)  # eight patches that have nothing in common
    assert patch_nce(vectors, vectors, 0.07) < 1e-4
    assert patch_nce(vectors.roll(1, 1), vectors, 0.07) == pytest.approx(1 / 0.07, rel=1e-3)
    alike = torch.ones(2, 8, 1)
    assert patch_nce(alike, alike, 0.07) == pytest.approx(np.log(8))


def test_the_comparison_is_the_published_one() -> None:
    q, k = (F.normalize(torch.randn(2, 6, 5), dim=2) for _ in range(2))
    each = []
    for row in range(2):
        for i in range(6):  # its own key first, the others of its picture after it
            others = [k[row, j] for j in range(6) if j != i]
            logits = torch.stack([q[row, i] @ k[row, i], *(q[row, i] @ other for other in others)]) / 0.07
            each.append(F.cross_entropy(logits[None], torch.zeros(1).long()))
    torch.testing.assert_close(patch_nce(q, k, 0.07), torch.stack(each).mean())


def test_patches_are_taken_where_they_were_drawn() -> None:
    maps = torch.arange(2 * 3 * 4 * 4).float().view(2, 3, 4, 4)
    (places,) = draw_places([maps], 5)
    assert places.shape == (2, 5)
    assert all(len(set(row.tolist())) == 5 for row in places)
    assert draw_places([maps], 99)[0].shape == (2, 16)
    projector = PatchProjector([3], 4)
    (found,) = projector([maps], [places])
    row, patch = 1, 2
    at = int(places[row, patch])
    wanted = F.normalize(projector.levels[0](maps[row, :, at // 4, at % 4]), dim=0)
    torch.testing.assert_close(found[row, patch], wanted)


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


def kept(game: CUT, sources: Tensor, made: Tensor, places: list[Tensor]) -> Tensor:
    queries = game.projector(game.generator.features(made), places)
    keys = game.projector(game.generator.features(sources), places)
    return torch.stack([patch_nce(q, k, 0.07) for q, k in zip(queries, keys, strict=True)]).mean()


def fixed_places(monkeypatch: pytest.MonkeyPatch, game: CUT) -> list[Tensor]:
    """The same places in each picture, so that losses can be written in any order."""
    places = [
        torch.randperm(maps.shape[2] * maps.shape[3])[:16]
        for maps in game.generator.features(torch.zeros(1, 3, 32, 32))
    ]
    monkeypatch.setattr(cut, "draw_places", lambda maps, count: [at.expand(len(maps[0]), -1) for at in places])
    return [at.expand(2, -1) for at in places]


@pytest.mark.parametrize("antialias", [True, False])
def test_the_losses_are_the_published_ones(monkeypatch: pytest.MonkeyPatch, antialias: bool) -> None:
    game, real = family(antialias=antialias), batch()
    places = fixed_places(monkeypatch, game)
    loss, told = phase_loss(game, "G", real, CLOCK)
    fake, same = game.generator(real.a), game.generator(real.b)
    logits = game.discriminator(fake)
    wanted = F.mse_loss(logits, torch.ones_like(logits))
    wanted = wanted + 0.5 * (kept(game, real.a, fake, places) + kept(game, real.b, same, places))
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-4)
    assert told.keys() == {"adversarial", "nce"}
    loss, _ = phase_loss(game, "D", real, CLOCK)
    r, f = game.discriminator(real.b), game.discriminator(fake.detach())
    wanted = 0.5 * (F.mse_loss(r, torch.ones_like(r)) + F.mse_loss(f, torch.zeros_like(f)))
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-4)


def test_a_mirrored_source_is_compared_with_its_own_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    game, real = family(flip=True, identity=False, nce=10.0), batch()
    places = fixed_places(monkeypatch, game)
    real.memo["mirrored"] = torch.tensor([True, False])
    loss, _ = phase_loss(game, "G", real, CLOCK)
    fake = torch.cat([game.generator(real.a[:1].flip(3)), game.generator(real.a[1:])])
    maps = game.generator.features(fake)
    turned = [torch.cat([one[:1].flip(3), one[1:]]) for one in maps]
    queries, keys = game.projector(turned, places), game.projector(game.generator.features(real.a), places)
    wanted = 10 * torch.stack([patch_nce(q, k, 0.07) for q, k in zip(queries, keys, strict=True)]).mean()
    logits = game.discriminator(fake)
    torch.testing.assert_close(loss, wanted + F.mse_loss(logits, torch.ones_like(logits)), rtol=1e-4, atol=1e-4)


def test_the_source_s_own_patches_pull_at_nothing() -> None:
    game, real = family(identity=False), batch()
    source, made = real.a.requires_grad_(), torch.rand(2, 3, 32, 32, requires_grad=True)
    game.patch_nce_loss(game.generator.features(source), made, None).backward()
    assert source.grad is None
    assert made.grad is not None
    assert made.grad.abs().max() > 0


# ── One direction ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_trained_shown_and_measured_in_one_direction(pictures: Path, tmp_path: Path) -> None:
    sets = ["data.resolution=16", "data.minimum=4", "train.kimg=0.016", "train.batch_size=8", "train.workers=0"]
    sets += ["train.tick_kimg=0.008", "train.sheet_kimg=0.008", "train.checkpoint_kimg=0.008", "train.metric_kimg=0"]
    sets += ["model.width=4", "model.blocks=2", "model.layers=1", "model.patches=8"]
    packed = pack(pictures, resolution=16).path
    run = RunDir(tmp_path / "run")
    assert train(load("cut-64", sets), run, packed).state == "finished"
    assert len(list(run.sheets.glob("0*.png"))) >= 2
    dataset, game = Dataset(packed), family()
    assert TASKS[game.task].directions(game.config.model_dump()) == 1
    assert [one.name for one in TASKS[game.task].comparisons(game, dataset, 4)] == ["a_to_b"]
    about = sheet_indices(game, dataset, 24)
    assert {int(dataset.labels[index]) for index in about} == {0}


def test_a_way_back_cannot_be_asked_for() -> None:
    with pytest.raises(UserError, match="one_way"):
        build("cut", {"one_way": False}, DataSpec(resolution=32), 1.0)  # type: ignore[call-arg]
