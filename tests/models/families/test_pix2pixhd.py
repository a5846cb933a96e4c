"""pix2pixHD: its stages, maps of labels, edges, looks, and the weights of its authors and of SRGAN's coming in.

The tests at the end compare with published code and need checkouts: ``GANVAS_PIX2PIXHD`` (github.com/NVIDIA/pix2pixHD)
and ``GANVAS_SRGAN`` (github.com/leftthomas/SRGAN) name folders.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.phases import phase_loss
from support.pix2pixhd import (  # noqa: F401 - fixtures
    LABELS,
    SMALL,
    _in_an_empty_folder,
    a_map,
    count,
)

from ganvas.bundle import write_bundle
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.models import multiscale_losses
from ganvas.models.batches import PairedBatch, TranslationRequest, to_float
from ganvas.models.families import build
from ganvas.models.family import Clock
from ganvas.models.networks.labels import LabelFeatures, edges, one_hot, read_map
from ganvas.recipe import load, names
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.train.trainer import train

SMALL |= {"perceptual": 0}


def made(data: dict[str, Any] | None = None, **model: Any) -> Any:
    spec = DataSpec(**({"resolution": 32} | (data or {})))
    return build("pix2pixhd", SMALL | model, spec, 10.0)


def test_the_paper_has_the_published_sizes() -> None:
    with torch.device("meta"):
        spec = DataSpec(resolution=1024, labels=35, source_channels=3)
        whole: Any = build("pix2pixhd", {"edges": True}, spec, 1.0)
        assert count(whole.trunk) + count(whole.enhancer) == 182_857_059
        assert count(whole.trunk) + count(whole.head) == 182_546_755
        assert count(whole.discriminator) == 5_603_202
        look: Any = build("pix2pixhd", {"edges": True, "features": 3}, spec, 1.0)
        assert count(look.encoder) == 788_803


def test_it_goes_from_coarse_to_fine() -> None:
    family = made(global_share=0.5, fix_global=0.2)
    told = [(stage.name, stage.kimg, stage.phases[0].trains) for stage in family.stages()]
    assert told == [
        ("global", 5.0, ("trunk", "head")),
        ("enhancer", pytest.approx(1.0), ("enhancer",)),
        ("both", pytest.approx(4.0), ("trunk", "enhancer")),
    ]
    assert [stage.name for stage in made(fix_global=0).stages()] == ["global", "both"]
    assert [stage.name for stage in made(enhancer=False).stages()] == ["global"]
    source, target = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    sides = [family.prepare(PairedBatch(source, target, {}), Clock(stage=i)).target.shape[-1] for i in range(3)]
    assert sides == [16, 32, 32]


def test_the_first_stage_paints_at_half_the_side() -> None:
    family = made()
    batch = PairedBatch(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32), {})
    small = family.prepare(batch, Clock(stage=0))
    assert family.render(small, Clock(stage=0))["fake"].shape == (2, 3, 16, 16)
    assert family.render(batch, Clock(stage=2))["fake"].shape == (2, 3, 32, 32)


def test_the_terms_are_the_authors_sums() -> None:
    """Their code: least squares summed over scales; features 4 / (layers + 1) each, the mean over scales."""
    family = made(scales=2, layers=2)
    batch = PairedBatch(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32), {})
    loss, _ = phase_loss(family, "G", batch, Clock(stage=2))
    with torch.no_grad():
        fakes = family.discriminator(torch.cat([batch.source, batch.memo["fake"]], 1))
        reals = family.discriminator(torch.cat([batch.source, batch.target], 1))
        gan = sum((scale[-1] - 1).square().mean() for scale in fakes)
        pairs = zip(fakes, reals, strict=True)
        features = [zip(fake[:-1], real[:-1], strict=True) for fake, real in pairs]
        matching = sum(0.5 * 4 / 3 * (f - r).abs().mean() for scale in features for f, r in scale)
        torch.testing.assert_close(loss, gan + 10 * matching)
        judged, _ = phase_loss(family, "D", batch, Clock(stage=2))
        apart = [0.5 * ((r[-1] - 1).square().mean() + f[-1].square().mean()) for f, r in zip(fakes, reals, strict=True)]
        torch.testing.assert_close(judged, sum(apart))


def test_the_same_features_match() -> None:
    scales = [[torch.rand(2, 3, 4, 4), torch.rand(2, 1, 4, 4)]]
    assert multiscale_losses.feature_matching(scales, scales) == 0


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        ({}, {"resolution": 36}, "steps of 8"),
        ({"downs": 4}, {"resolution": 32}, "64 pixels or more"),
        ({"edges": True}, {}, "set data.labels"),
        ({"width": 9}, {}, "even"),
    ],
)
def test_what_does_not_fit_is_said(model: dict[str, Any], data: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        made(data, **model)


def test_a_map_travels_as_a_picture() -> None:
    labels, objects = read_map(a_map(1))
    assert labels.unique().tolist() == [1, 4]
    assert len(objects.unique()) == 3
    numbers = to_float(np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1))
    assert torch.equal(read_map(numbers)[0].flatten(), torch.arange(256.0))


def test_labels_become_channels() -> None:
    hot = one_hot(read_map(a_map(1))[0], 5)
    assert torch.equal(hot.sum(1), torch.ones(1, 32, 32))
    assert hot[0].mean((1, 2)).tolist() == [0, 0.5, 0, 0, 0.5]
    assert one_hot(torch.full((1, 1, 2, 2), 9.0), 5)[0, 4].eq(1).all()


def test_edges_stand_on_both_sides_of_a_border() -> None:
    found = edges(read_map(a_map(1))[1])[0, 0]
    assert found[0].nonzero().flatten().tolist() == [15, 16]  # between the labels
    assert found[:, 20].nonzero().flatten().tolist() == [15, 16]  # between the objects of one label
    assert found[:, 5].sum() == 0


def test_edges_of_a_grey_map_are_those_of_its_labels() -> None:
    grey = a_map(1)[:, :1]
    one, three = (edges(read_map(x)[1]) for x in (grey, grey.expand(-1, 3, -1, -1)))
    assert torch.equal(one, three)
    assert one.sum() == 64


def test_each_object_has_one_look() -> None:
    looks = LabelFeatures(5, 2).train()
    labels, objects = read_map(a_map())
    maps = torch.rand(2, 2, 32, 32)
    look = looks(labels, objects, maps)
    torch.testing.assert_close(look[0, :, 0, 0], maps[0, :, :, :16].mean((1, 2)))
    torch.testing.assert_close(look[1, :, 0, 31], maps[1, :, :16, 16:].mean((1, 2)))
    torch.testing.assert_close(look[1, :, 31, 31], maps[1, :, 16:, 16:].mean((1, 2)))
    for _ in range(500):
        looks(labels, objects, maps)
    usual = looks(labels, objects, None)
    torch.testing.assert_close(usual[0, :, 0, 0], maps[:, :, :, :16].mean((0, 2, 3)), atol=1e-2, rtol=0)
    assert looks.mean[0].eq(0).all()  # a label that was never seen


def test_a_map_with_looks_is_learnt_and_answered_from_its_bundle(tmp_path: Path) -> None:
    family = made(LABELS, edges=True, features=2, encoder_width=4)
    batch = PairedBatch(a_map(), torch.rand(2, 3, 32, 32) * 2 - 1, {})
    family.train()
    loss, _ = phase_loss(family, "G", batch, Clock(stage=2))
    loss.backward()
    assert all(p.grad is not None for p in family.encoder.parameters())
    assert family.looks.mean.abs().sum() > 0
    family.eval()
    written = write_bundle(tmp_path / "b", family, name="b", kimg=1, onnx=None)
    request = TranslationRequest(a_map(), torch.zeros(2).long())
    with torch.no_grad():
        torch.testing.assert_close(written.load_family().generate(request), family.generate(request))


RECIPES = [name for name in names() if name.startswith(("pix2pixhd", "sketch-to-photo"))]


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_take_two_steps_a_stage(name: str, pictures: Path, tmp_path: Path) -> None:
    small = ["data.resolution=32", "data.minimum=8", "train.kimg=0.032", "train.batch_size=4", "train.workers=0"]
    small += ["train.tick_kimg=0.004", "train.sheet_kimg=0.016", "train.checkpoint_kimg=0.016", "train.metric_kimg=0"]
    small += ["data.degradation=sketch", "data.labels=0", "data.side_by_side=null"]
    small += [f"model.{key}={value}" for key, value in SMALL.items()] + ["model.edges=false", "model.fix_global=0.5"]
    recipe, run = load(name, small), RunDir(tmp_path / "run")
    packed = pack(pictures, resolution=32).path
    assert train(recipe, run, packed).state == "finished"
    assert len(list(run.sheets.glob("0*.png"))) >= 2
