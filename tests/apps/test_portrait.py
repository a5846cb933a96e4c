"""Drawings painted by a bundle: graphs, bank and the promises of k and t."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.apps.placement import HERE, Placement, moved
from ganvas.apps.portrait import PortraitGenerator
from ganvas.bundle import Bundle, write_bundle
from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest, to_float, to_uint8
from ganvas.models.families.sketchportrait import SketchPortrait


@pytest.fixture(scope="module")
def sketches() -> np.ndarray:
    rng = np.random.default_rng(0)
    drawn = np.full((12, 64, 64, 1), 255, np.uint8)
    for sketch in drawn:
        for row, column in rng.integers(4, 56, (30, 2)):
            sketch[row : row + 2, column : column + 6] = 0
    return drawn


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sketches: np.ndarray) -> tuple[SketchPortrait, Bundle]:
    torch.manual_seed(0)
    config, data = SketchPortrait.tiny()
    family = SketchPortrait(config, data, 1.0)  # type: ignore[arg-type]
    for parameter in family.parameters():  # as far from its beginning as a trained one
        torch.nn.init.normal_(parameter, std=0.2)
    family.eval()
    asked = TranslationRequest(to_float(sketches), torch.zeros(12, dtype=torch.long))
    path: Path = tmp_path_factory.mktemp("portrait") / "bundle"
    return family, write_bundle(path, family, name="faces", kimg=1, onnx=False, code_bank=family.code_bank([asked]))


@torch.no_grad()
def test_t_one_is_the_plain_autoencoder_whatever_k(made: tuple[SketchPortrait, Bundle], sketches: np.ndarray) -> None:
    family, opened = made
    model = PortraitGenerator(opened)
    plain = to_uint8(family.generate(TranslationRequest(to_float(sketches[:1]), torch.zeros(1).long())))[0].numpy()
    for k in (1, 5, 99):
        assert np.array_equal(model.generate(sketches[0], k=k, t=1).portrait, plain)


@torch.no_grad()
def test_t_zero_and_one_neighbour_paints_the_real_sketch(
    made: tuple[SketchPortrait, Bundle], sketches: np.ndarray
) -> None:
    family, opened = made
    model = PortraitGenerator(opened)
    drawing = 255 - (255 - sketches[3]) // 2  # the same strokes, fainter
    painted = model.generate(drawing, k=1, t=0).portrait
    assert painted.shape == (64, 64, 3)
    codes = np.stack([bank.codes[bank.nearest(code, 1)[0][0]] for bank, code in zip(
        model.banks, family.codes(to_float(drawing[None]))[0].numpy(), strict=True
    )])  # fmt: skip
    assert np.array_equal(painted, to_uint8(family.portrait(torch.from_numpy(codes[None])))[0].numpy())


def test_each_part_has_its_own_share(made: tuple[SketchPortrait, Bundle], sketches: np.ndarray) -> None:
    model = PortraitGenerator(made[1])
    # A drawing that is in the bank by no part: strokes of two sketches over each other.
    drawing = np.minimum(sketches[0], sketches[1])
    all_own, all_bank = (model.generate(drawing, k=2, t=t).portrait.astype(int) for t in (1, 0))
    mouth = model.generate(drawing, k=2, t=dict.fromkeys(model.parts, 1.0) | {"mouth": 0.0}).portrait.astype(int)
    assert (mouth != all_own).any()
    assert (mouth != all_bank).any()


def test_the_shadow_is_drawn_when_asked_for(made: tuple[SketchPortrait, Bundle], sketches: np.ndarray) -> None:
    model = PortraitGenerator(made[1])
    assert model.generate(sketches[0]).shadow is None
    shadow = model.generate(sketches[0], k=1, shadow=True).shadow
    assert shadow is not None
    assert shadow.shape == (64, 64)
    assert shadow.min() >= 127  # at most half as dark as ink


def test_a_drawing_is_painted_from_where_its_face_belongs(
    made: tuple[SketchPortrait, Bundle], sketches: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = PortraitGenerator(made[1])
    model.prepare()
    placement = Placement(2.0, 0.0, 0.5, 0.5)  # the upper left quarter of the paper
    monkeypatch.setattr(model._placer, "find", lambda drawing: placement)
    paper = np.full((128, 128, 1), 255, np.uint8)
    paper[:64, :64] = sketches[0]
    placed = model.generate(paper, k=1, t=1, place=True, shadow=True)
    assert placed.placement == placement
    whole = model.generate(moved(paper[:, :, 0], placement, 64)[:, :, None], k=1, t=1, shadow=True)
    assert whole.placement == HERE
    assert np.array_equal(placed.portrait, whole.portrait)
    assert placed.shadow is not None
    assert whole.shadow is not None
    assert (placed.shadow[33:, 33:] == 255).all()  # the guide lies where the face was drawn
    small = whole.shadow.reshape(32, 2, 32, 2).mean((1, 3))
    assert np.corrcoef(placed.shadow[:32, :32].ravel(), small.ravel())[0, 1] > 0.95


@pytest.mark.parametrize(
    ("asked", "said"), [({"k": 0}, "k is"), ({"t": 2.0}, "t is"), ({"t": {"ear": 1.0}}, "no part 'ear'")]
)
def test_what_cannot_be_is_refused_in_a_sentence(
    made: tuple[SketchPortrait, Bundle], sketches: np.ndarray, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        PortraitGenerator(made[1]).generate(sketches[0], **asked)  # type: ignore[arg-type]


def test_a_bundle_without_its_bank_is_refused(tmp_path: Path, made: tuple[SketchPortrait, Bundle]) -> None:
    bare = write_bundle(tmp_path / "bare", made[0], name="bare", kimg=1, onnx=False)
    with pytest.raises(UserError, match="export it again"):
        PortraitGenerator(bare)
