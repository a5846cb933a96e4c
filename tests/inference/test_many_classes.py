"""Two thousand classes give bounded sheets and sentences, and truncation goes above 1 and below 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganvas.apps import latent_grid
from ganvas.apps.contact_sheet import LARGEST_SIDE, sheet
from ganvas.apps.latent_space import LatentPoint
from ganvas.bundle import write_bundle
from ganvas.errors import UserError
from ganvas.inference.generate import check_psi, check_psi_range, class_number
from ganvas.inference.reference import domain_number
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.spec import DataSpec

MANY = tuple(f"class-{number:04d}" for number in range(2000))


def test_the_error_about_a_class_is_bounded() -> None:
    for ask in (lambda: class_number(MANY, "class-17"), lambda: domain_number(MANY, "class-17")):
        with pytest.raises(UserError) as caught:
            ask()
        assert len(str(caught.value)) < 300
        assert "class-0000, " in str(caught.value)
        assert "2,000 in all" in str(caught.value)
        assert len(caught.value.params.get("known", "")) < 300
    assert class_number(MANY, "class-1999") == 1999


def test_a_sheet_of_classes_shows_the_first_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    config, data = FAMILIES["dcgan"].tiny()
    family: Family = FAMILIES["dcgan"](config, DataSpec(resolution=data.resolution, classes=MANY), 1.0)  # type: ignore[call-arg]
    asked: list[int] = []

    def no_latents(_: Family, points: list[LatentPoint], psi: float) -> list[LatentPoint]:
        asked.append(len(points))
        return points

    monkeypatch.setattr(latent_grid, "latents_of", no_latents)
    monkeypatch.setattr(latent_grid, "pictures", lambda _, points: [np.zeros((96, 96, 3), np.uint8)] * len(points))
    made = latent_grid.class_sheet(family, [LatentPoint("0", seed=0)], None)
    assert asked == [latent_grid.MOST_CLASSES]
    assert made.shape[1] < 2500
    assert latent_grid.left_out(MANY) == "The first 20 of 2,000 classes; --classes names others."
    with pytest.raises(UserError, match="more than 32,000 on a side"):
        latent_grid.class_sheet(family, [LatentPoint("0", seed=0)], MANY)


def test_any_sheet_is_bounded() -> None:
    cell = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(UserError, match="name fewer rows or columns"):
        sheet([[cell]] * (LARGEST_SIDE // 64))


def test_the_card_of_a_bundle_names_the_first(tmp_path: Path) -> None:
    config, data = FAMILIES["dcgan"].tiny()
    family = FAMILIES["dcgan"](config, data.model_copy(update={"classes": MANY}), 1.0)
    bundle = write_bundle(tmp_path / "bundle", family, name="Many", kimg=1, onnx=False)
    card = (bundle.path / "card.md").read_text()
    assert "class-0099, … (2,000 in all)." in card
    assert bundle.info.data.classes == MANY


@pytest.mark.parametrize("psi", [-2, -0.7, 0, 0.5, 1, 1.4, 2])
def test_truncation_above_one_and_below_zero_is_allowed(psi: float) -> None:
    config, data = FAMILIES["stylegan2"].tiny()
    check_psi(FAMILIES["stylegan2"](config, data, 1.0), psi)


@pytest.mark.parametrize("psi", [-2.1, 2.5, float("nan"), float("inf")])
def test_truncation_has_bounds(psi: float) -> None:
    with pytest.raises(UserError, match="from -2 to 2"):
        check_psi_range(psi)
