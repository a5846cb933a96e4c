"""The shadow of the nearest sketches: what is kept of them changes nothing, and spares decoding them again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas.apps.code_bank import Bank
from ganvas.apps.shadow_guidance import SHOWN, Shadows
from ganvas.models.families.sketchportrait import SketchPortrait


class Model:
    """Six sketches of every part, and a decoder that writes down how many rows it was asked for."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        config, data = SketchPortrait.tiny()
        self.family = SketchPortrait(config, data, 1.0)  # type: ignore[arg-type]
        for parameter in self.family.parameters():  # as far from its beginning as a trained one
            torch.nn.init.normal_(parameter, std=0.2)
        self.family.eval()
        self.parts = self.family.parts
        rng = np.random.default_rng(0)
        size = (6, self.family.config.code_dim)
        self.banks = [Bank(rng.normal(size=size).astype(np.float32)) for _ in self.parts]
        self.rows: list[int] = []

    @torch.no_grad()
    def draw(self, codes: np.ndarray) -> np.ndarray:
        self.rows.append(len(codes))
        return self.family.sketch(torch.from_numpy(codes)).numpy()

    def shadows(self, kept: int = 10**6) -> Shadows:
        return Shadows(self.draw, self.parts, self.banks, kept)


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(autouse=True)
def fresh(model: Model) -> None:
    model.rows.clear()


def test_the_shadow_is_the_weighted_sketches_as_decoded_together(model: Model) -> None:
    found = [bank.project(np.full(bank.codes.shape[1], 0.1, np.float32), k=5) for bank in model.banks]
    drawn = model.draw(
        np.stack([bank.codes[one.neighbours[:SHOWN]] for bank, one in zip(model.banks, found, strict=True)], 1)
    )
    kept = [np.maximum(one.weights[:SHOWN], 0) for one in found]
    weights = np.minimum(np.mean([each / each.sum() for each in kept], axis=0), 0.5)
    ink = ((1 - drawn[:, 0].clip(-1, 1)) / 2 * weights[:, None, None]).sum(0)
    shadows = model.shadows()
    for _ in range(2):  # decoded, and from what was kept
        assert np.abs(shadows.of(found) - 255 * (1 - ink.clip(0, 1))).max() <= 1.01  # roundings to whole greys


def test_what_was_decoded_once_is_not_decoded_again(model: Model) -> None:
    shadows = model.shadows()
    first = model.banks[0]
    near = [bank.project(bank.codes[0], k=3) for bank in model.banks]
    shadows.of(near)
    assert model.rows == [3]
    shadows.of(near)
    assert model.rows == [3]
    far = first.project(np.float32(3) - first.codes[0], k=3)
    new = len(set(far.neighbours) - set(near[0].neighbours))
    assert new
    shadows.of([far, *near[1:]])  # a stroke that changed one part
    assert model.rows == [3, new]


def test_no_more_is_kept_than_there_is_room_for(model: Model) -> None:
    found = [bank.project(bank.codes[0], k=3) for bank in model.banks]
    small, large = model.shadows(kept=1), model.shadows()
    assert np.array_equal(small.of(found), large.of(found))
    small.of(found)
    assert model.rows == [3, 3, 3]
