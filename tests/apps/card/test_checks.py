"""Each check of print, bank and content, on a card that has the fault."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from support.cards import coarse, head, layout, press

from ganvas.apps.card.content_checks import check_copies, hashes_of, perceptual_hash
from ganvas.apps.card.findings import SENTENCES, finding
from ganvas.apps.card.print_checks import check_bank, check_print
from ganvas.apps.card.profiles import bank_profile

ROOT = Path(__file__).parents[3]


def codes(card: Any, picture: Any, **profile: float) -> dict[str, str]:
    return {one.code: one.level for one in check_print(card, picture, coarse(**profile), press())}


def test_nothing_is_wrong_with_a_good_card() -> None:
    assert codes(layout(chip=True, stripe=True), head()) == {}


@pytest.mark.parametrize(("side", "level"), [(500, "warning"), (200, "error")])
def test_a_coarse_picture(side: int, level: str) -> None:
    assert codes(layout(), head(side)) == {"picture-resolution": level}
    [found] = check_print(layout(), head(side), coarse(), press())
    assert f"has {round(side / 50 * 25.4)} pixels per inch" in found.sentence


def test_a_picture_that_floats_above_its_frame() -> None:
    assert codes(layout(placement={"dy": -12}), head()) == {"picture-floats": "warning"}


def test_a_face_under_the_chip_and_one_whose_place_is_not_known() -> None:
    moved = {"dx": -44, "dy": 0}
    assert codes(layout(placement=moved, chip=True, texts={}), head()) == {"face-under-chip": "error"}
    assert codes(layout(placement=moved, chip=False, texts={}), head()) == {}
    assert codes(layout(chip=True, face=None), head()) == {"face-unknown": "info"}


def test_texts_that_cannot_be_read_lie_outside_or_are_too_small() -> None:
    assert codes(layout(colours={"ink": "#E8D8BE"}), head())["text-contrast"] == "error"
    assert codes(layout(), head(), safe=8)["text-outside-safe"] == "error"
    tiny = layout(texts={"line": "W" * 60})
    assert codes(tiny, head())["text-too-small"] == "error"


def test_texts_under_the_chip_and_under_the_stripe() -> None:
    card = layout("garland", chip=True, stripe=True)
    card.template = card.template.model_copy(
        update={
            "texts": tuple(
                box.model_copy(update={"x": 27 if box.side == "front" else 10, "y": 18}) for box in card.template.texts
            )
        }
    )
    found = codes(card, head(), safe=0)
    assert found["text-under-chip"] == found["text-under-stripe"] == "error"


def test_too_much_ink_and_no_profile() -> None:
    assert codes(layout(), head(), ink=150)["ink-above-limit"] == "warning"
    without = check_print(layout(), head(), coarse(), None)
    assert [one.code for one in without] == ["ink-not-measured"]


def test_what_banks_refuse() -> None:
    found = {one.code for one in check_bank(layout("garland"), head(), bank_profile("aktia"))}
    assert found == {"bank-text", "bank-light-ground"}
    assert check_bank(layout("moonlight", texts={}), head(), bank_profile("aktia")) == []


def test_a_drawing_that_is_nearly_a_training_picture_is_found_also_mirrored() -> None:
    draw = np.random.default_rng(0)
    pictures = [np.kron(draw.integers(0, 255, (8, 8, 1)), np.ones((16, 16, 3))).astype(np.uint8) for _ in range(5)]

    class Pictures(SimpleNamespace):
        def __len__(self) -> int:
            return len(pictures)

        def image(self, index: int) -> Any:
            return pictures[index]

    trained_on = hashes_of(Pictures())  # type: ignore[arg-type]
    copy = np.clip(pictures[3][:, ::-1].astype(int) + draw.integers(-9, 9, (128, 128, 1)), 0, 255).astype(np.uint8)
    [found] = check_copies(copy, trained_on)
    assert (found.code, found.level, found.params["count"]) == ("copy-of-training-picture", "error", 5)
    other = np.kron(draw.integers(0, 255, (8, 8, 1)), np.ones((16, 16, 3))).astype(np.uint8)
    assert check_copies(other, trained_on) == []
    assert [one.code for one in check_copies(other, None)] == ["not-compared"]
    assert perceptual_hash(other).shape == (64,)


def test_each_sentence_takes_the_values_it_is_given() -> None:
    made = finding("text-contrast", "error", text="Kim", ratio=2.1, least=4.5)
    assert made.sentence.startswith("“Kim” is hard to read")
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
