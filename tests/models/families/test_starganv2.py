"""StarGAN v2: its sizes, its losses against plain ones, its make-up terms, its files, and the road to an answer.

The comparison with the authors' own code needs a checkout, which ``GANVAS_STARGANV2`` names
(github.com/clovaai/stargan-v2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support.phases import phase_loss, phase_of
from support.requests import example_request
from support.starganv2 import (
    networks,  # noqa: F401 - fixtures
)
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.evaluate.by_domain import compare, compare_quickly
from ganvas.models.augment.crop import random_resized_crop
from ganvas.models.batches import ReferenceBatch, to_float
from ganvas.models.face_masks import FACE, masks_of
from ganvas.models.families import FAMILIES, build
from ganvas.models.families.starganv2 import StarGANv2
from ganvas.models.family import Clock
from ganvas.models.makeup_losses import background_loss, makeup_loss, matched
from ganvas.models.networks.starganv2 import Discriminator, Generator, MappingNetwork, StyleEncoder, first_width
from ganvas.recipe import load
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.tasks import reference
from ganvas.train.outline import outline
from ganvas.train.sample_sheets import Sheets

RECIPES = ["starganv2-256", "starganv2-128-small", "starganv2-makeup-128-small", "starganv2-makeup-64-small"]


def numbers(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def small(**model: Any) -> StarGANv2:
    config, data = StarGANv2.tiny()
    torch.manual_seed(0)
    made = build("starganv2", config.model_dump() | model, data, 1.0)
    assert isinstance(made, StarGANv2)
    return made


def batch_for(family: StarGANv2, count: int = 4) -> ReferenceBatch:
    torch.manual_seed(1)
    x, x_ref, x_ref2 = (torch.rand(count, 3, 32, 32) * 2 - 1 for _ in range(3))
    return ReferenceBatch(x, torch.arange(count) % 2, x_ref, x_ref2, torch.arange(count) // 2 % 2, {})


@pytest.mark.parametrize(
    ("side", "g", "d", "e"),
    [
        (256, (33_892_995, 43_467_395), (20_852_290, 20_852_803), (20_916_928, 20_949_760)),
        (128, (33_632_003, None), (20_735_106, 20_735_619), (20_799_744, 20_832_576)),
    ],
)
def test_the_published_sizes(side: int, g: tuple[int, int | None], d: tuple[int, int], e: tuple[int, int]) -> None:
    size = (side, 3, first_width(side), 512)
    with torch.device("meta"):
        assert numbers(Generator(*size, 64)) == g[0]
        assert g[1] in (None, numbers(Generator(*size, 64, 1.0)))
        for domains in (2, 3):
            assert numbers(Discriminator(*size, domains)) == d[domains - 2]
            assert numbers(StyleEncoder(*size, 64, domains)) == e[domains - 2]
            assert numbers(MappingNetwork(16, 64, domains)) == (2_438_272, 3_259_072)[domains - 2]


def test_the_papers_recipe_has_the_papers_networks() -> None:
    networks = outline(load("starganv2-256")).networks
    assert networks == {
        "generator": 43_467_395,
        "mapping_network": 2_438_272,
        "style_encoder": 20_916_928,
        "discriminator": 20_852_290,
    }


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_read(name: str) -> None:
    recipe = load(name)
    config = FAMILIES[recipe.family].Config.model_validate(recipe.model)
    assert recipe.data.conditional
    assert config.betas == (0.0, 0.99)


def test_the_generators_loss_is_the_papers() -> None:
    family, clock = small(crop=0.0), Clock(stage_kimg=1.0, stage_nimg=250, batch_size=4)
    batch = batch_for(family)
    loss, shown = phase_loss(family, "G/reference", batch, clock)
    g, e, d = family.generator, family.style_encoder, family.discriminator
    s, s2 = e(batch.x_ref, batch.y_ref), e(batch.x_ref2, batch.y_ref)
    fake = g(batch.x, s)
    adversarial = F.binary_cross_entropy_with_logits(d(fake, batch.y_ref), torch.ones(4))
    style = (e(fake, batch.y_ref) - s).abs().mean()
    diversity = (fake - g(batch.x, s2)).abs().mean()
    cycle = (g(fake, e(batch.x, batch.y)) - batch.x).abs().mean()
    torch.testing.assert_close(loss, adversarial + style - 0.75 * diversity + cycle)  # a quarter is over
    assert shown.keys() == {"adversarial", "style", "diversity", "cycle"}


def test_the_discriminators_loss_is_the_papers() -> None:
    family, clock = small(), Clock(batch_size=4)
    batch = batch_for(family)
    loss, shown = phase_loss(family, "D/reference", batch, clock)
    fake = family.generator(batch.x, family.style_encoder(batch.x_ref, batch.y_ref))
    x = batch.x.clone().requires_grad_()
    real = family.discriminator(x, batch.y)
    (slope,) = torch.autograd.grad(real.sum(), x)
    wanted = F.softplus(-real).mean() + F.softplus(family.discriminator(fake, batch.y_ref)).mean()
    torch.testing.assert_close(loss, wanted + slope.square().flatten(1).sum(1).mean() / 2)
    assert {"real_logits", "fake_logits", "accuracy", "r1"} == shown.keys()


def test_both_players_of_a_half_see_the_same_fakes() -> None:
    family, clock = small(), Clock(batch_size=4)
    for half in ("latent", "reference"):
        batch = batch_for(family)
        before = phase_loss(family, f"D/{half}", batch, clock)[0]
        batch.memo["fake"] = batch.memo["fake"] + 1
        assert phase_loss(family, f"D/{half}", batch, clock)[0] != before
        assert phase_of(family, f"D/{half}").fakes == phase_of(family, f"G/{half}").render


def test_diversity_falls_to_nothing() -> None:
    family = small()
    ends = Clock(stage_kimg=1.0, stage_nimg=1000), Clock(stage_kimg=1.0, stage_nimg=500)
    assert [family._diversity_decay(clock) for clock in ends] == [0.0, 0.5]
    assert small(diversity_kimg=0.25)._diversity_decay(ends[1]) == 0


def test_crops_move_all_channels_alike_and_keep_some_rows() -> None:
    torch.manual_seed(0)
    x = torch.rand(16, 1, 32, 32)
    cut = random_resized_crop(torch.cat([x, x], 1), 0.5)
    torch.testing.assert_close(cut[:, 0], cut[:, 1])
    still = sum(bool((row - own).abs().max() < 1e-5) for row, own in zip(cut[:, :1], x, strict=True))
    assert 2 < still < 14
    assert random_resized_crop(x, 0.0) is x


def test_styles_come_from_the_reference_the_latent_or_both() -> None:
    family = small().eval()
    request: Any = example_request(family, 2)
    with torch.no_grad():
        by_reference = family.generate(request._replace(share=torch.zeros(2)))
        by_latent = family.generate(request._replace(share=torch.ones(2)))
        other = request._replace(reference=-request.reference, z=request.z)
        assert not torch.equal(by_reference, family.generate(other._replace(share=torch.zeros(2))))
        torch.testing.assert_close(by_latent, family.generate(other._replace(share=torch.ones(2))))
        s = family.mapping_network(request.z, request.y)
        torch.testing.assert_close(by_latent, family.generator(request.source, s).clamp(-1, 1))


def test_lines_are_kept_where_the_outline_says() -> None:
    family = small(outline=1.0).eval()
    request: Any = example_request(family, 1)._replace(outline=torch.zeros(1, 2, 32, 32))
    left = torch.zeros(1, 2, 32, 32)
    left[..., :6] = 1
    with torch.no_grad():
        x, s = request.source, family.style_encoder(request.reference, request.y)
        kept = family.generator(x, s, left) - family.generator(x, s, request.outline)
    assert kept.abs().sum() > 0.1


def test_a_residual_generator_begins_near_the_source() -> None:
    request: Any = example_request(small(), 4)
    apart = []
    for residual in (True, False):
        family = small(residual=residual).eval()
        with torch.no_grad():
            apart.append(float((family.generate(request) - request.source).abs().mean()))
    assert apart[0] < apart[1] / 3


@pytest.mark.parametrize(
    ("data", "said"),
    [({"resolution": 48, "classes": ("a", "b")}, "32, 64"), ({"resolution": 64}, "sub-folder")],
)
def test_what_does_not_fit_is_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        build("starganv2", {}, DataSpec(**data), 1.0)


def test_histograms_are_matched_in_their_order() -> None:
    values = torch.tensor([[0.3, 0.1, 0.2, 0.4]])
    torch.testing.assert_close(matched(values, torch.tensor([[9.0, 7, 8, 6]])), torch.tensor([[8.0, 6, 7, 9]]))
    many = torch.randn(1, 4000) * 2 + 5
    again = matched(torch.rand(1, 1000), many)
    assert abs(float(again.mean()) - 5) < 0.1
    assert abs(float(again.std()) - 2) < 0.1


def test_the_makeup_term_moves_the_lips_alone() -> None:
    regions = torch.zeros(1, 4, 16, 16)
    regions[:, 0, 10:13, 4:12] = 1
    regions[:, FACE, 2:14, 2:14] = 1
    red = torch.zeros(1, 3, 16, 16)
    red[:, 0] = 1
    fake = torch.zeros(1, 3, 16, 16, requires_grad=True)
    loss = makeup_loss(fake, red, regions, regions, (1.0, 1.0, 0.1))
    assert loss.item() == pytest.approx(1 / 3)
    loss.backward()
    assert fake.grad is not None
    moved = fake.grad[0, 0] != 0
    assert torch.equal(moved, regions[0, 0] > 0.5)
    assert makeup_loss(fake, red, torch.zeros_like(regions), regions, (1.0, 1.0, 0.1)) == 0  # no face, no make-up
    assert background_loss(fake + 1, fake, regions).item() == pytest.approx(float((1 - regions[:, FACE]).mean()))


@pytest.mark.shared_data
@pytest.mark.usefixtures("networks")
def test_a_step_of_the_makeup_game_reads_faces(shared_data: Path) -> None:
    family = small(outline=1.0, makeup=1.0, background=1.0)
    folder = shared_data / "makeup"
    found = [sorted((folder / kind).iterdir())[:2] for kind in ("makeup", "no_makeup")]
    from PIL import Image

    def pictures(paths: list[Path]) -> Tensor:
        return to_float(np.stack([np.asarray(Image.open(path).convert("RGB").resize((32, 32))) for path in paths]))

    bare, made_up = pictures(found[1]), pictures(found[0])
    batch = ReferenceBatch(bare, torch.ones(2).long(), made_up, made_up.flip(0), torch.zeros(2).long(), {})
    batch = family.prepare(batch, Clock(batch_size=2))
    assert batch.memo["regions"].shape == (2, 4, 32, 32)
    assert batch.memo["outline"].shape == (2, 2, 32, 32)
    assert float(batch.memo["regions"][:, FACE].mean()) > 0.1
    loss, shown = phase_loss(family, "G/reference", batch, Clock(batch_size=2))
    assert {"makeup", "background"} <= shown.keys()
    assert shown["makeup"] > 0
    assert bool(torch.isfinite(loss))
    torch.testing.assert_close(masks_of(bare, "regions"), masks_of(bare.clone(), "regions"))


@pytest.fixture(scope="module")
def dataset(pictures: Path) -> Dataset:
    return Dataset(pack(pictures, resolution=32).path)


class Colours:
    """Features: each picture's colours at four by four places."""

    name, dim, sha256, resize = "colours", 48, "0" * 64, "area, 4"

    def __call__(self, images: Tensor) -> Tensor:
        places = F.adaptive_avg_pool2d(images.permute(0, 3, 1, 2).float() / 255, 4)
        return places.flatten(1)

    def classify(self, features: Tensor) -> Tensor | None:
        return None


def test_each_domain_is_judged_by_itself(dataset: Dataset) -> None:
    family = small().eval()
    found = {result.metric: result for result in compare(family, dataset, Colours(), ["kid"], count=8)}
    ways = [f"to_{name}{ending}" for name in ("disc", "square") for ending in ("", "_by_latent", "_untranslated")]
    assert list(found) == [f"kid_colours_{way}" for way in ways]
    assert found["kid_colours_to_disc"].protocol["direction"] == "→ disc"
    quick = compare_quickly(family, dataset, Colours(), count=8)
    assert quick.metric == "kid_colours_translated"
    assert quick.protocol["directions"].keys() == {"to_disc", "to_square"}


def test_answers_to_one_source_differ_by_reference_and_by_latent(dataset: Dataset) -> None:
    family = small().eval()
    into = reference.domains(dataset)[0]
    for guide in ("reference", "latent"):
        groups = list(reference.answers_of_one(family, dataset, into, guide, most=2))  # type: ignore[arg-type]
        assert len(groups) == 2
        assert all(len(group) == reference.ANSWERS for group in groups)
        assert not torch.equal(groups[0][0], groups[0][1])


def test_partners_are_of_another_domain(dataset: Dataset) -> None:
    about = range(len(dataset))
    assert all(dataset.labels[list(about)] != dataset.labels[reference.partners(dataset, about)])


def test_a_sheet_has_sources_down_and_references_across(dataset: Dataset, tmp_path: Path) -> None:
    family = small()
    run = RunDir(tmp_path)
    path, answers = Sheets(run, family, dataset).write(family, 8)
    columns = reference.REFERENCES + reference.LATENTS
    assert path.exists()
    assert answers.shape == (reference.SOURCES * columns, 32, 32, 3)
    assert family.training
