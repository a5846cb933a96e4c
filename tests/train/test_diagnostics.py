"""The health watch: each trouble is seen, told once in the family's own words, and taken back when it is over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import yaml

from ganvas.models.advice import TROUBLES, If, Trouble, suggest
from ganvas.models.families import FAMILIES
from ganvas.models.families.sketchportrait import SketchPortrait
from ganvas.models.family import Clock, Family
from ganvas.recipe import Recipe
from ganvas.runs.log import Health
from ganvas.setting_names import setting_keys
from ganvas.train.diagnostics import EXPLODING, PATIENCE, HealthWatch, may_look_alike

# Settings under which the advice of a family differs from that of its defaults.
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "stylegan2": [{"augment": "none"}, {"augment": "diffaugment"}, {"ada_target": None}, {"clamp": None}],
    "r3gan": [{"augment": False}],
    "biggan": [{"augment": ["translation"], "d_repeat": 2, "orthogonal": 0.0}],
    "sagan": [{"augment": ["translation"], "d_repeat": 2}],
    "progan": [{"group_size": 1, "gradient_penalty": 0.0, "drift": 0.0}],
    "dcgan": [
        {"game": "hinge", "spectral_norm": True},
        {"game": "wasserstein"},
        {"game": "least_squares", "d_repeat": 2},
        {"label_smoothing": 0.1, "minibatch_discrimination": 4},
    ],
    "pix2pix": [{"spectral_norm": True}],
}
CASES = [(name, variant) for name in sorted(FAMILIES) for variant in [{}, *VARIANTS.get(name, [])]]


def make(name: str, settings: dict[str, Any]) -> Family:
    kind = FAMILIES[name]
    config, data = kind.tiny()
    given = config.model_dump(exclude_defaults=True) | settings
    return kind(kind.Config.model_validate(given), data, 1.0)


def sentences(said: Iterable[Health | str]) -> dict[str, str]:
    return {event.name: event.sentence for event in said if isinstance(event, Health)}


def seen(watch: HealthWatch, stats: dict[str, Any]) -> dict[str, str]:
    return sentences(event for _ in range(2 * PATIENCE) for event in watch.look(stats))


# ── Words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_advice_names_only_settings_that_the_family_has(name: str, settings: dict[str, Any]) -> None:
    family = make(name, settings)
    fields = type(family.config).model_fields
    for trouble in TROUBLES:
        advice = family.suggestion(trouble)
        for group, key in re.findall(r"\b(model|train|data|evaluate)\.([a-z_0-9]+)", advice):
            known = key in fields if group == "model" else f"{group}.{key}" in setting_keys(Recipe)
            assert known, f"{name} has no {group}.{key}: {advice}"
        for key, value in re.findall(r"\bmodel\.(\w+)=(\[[^]]*]|[\w.-]+)", advice):
            chosen = yaml.safe_load(value)
            assert getattr(family.config, key) != chosen, f"{key} is {value} already"
            type(family.config).model_validate(family.config.model_dump() | {key: chosen})
        assert not advice.endswith(".")
        assert "None" not in advice


@pytest.mark.parametrize("name", sorted(set(FAMILIES) & set(VARIANTS)))
def test_a_synthesis_family_has_advice_of_its_own(name: str) -> None:
    family = make(name, {})
    own = {trouble for trouble in TROUBLES if family.suggestion(trouble) != suggest(trouble)}
    assert {"gradients_explode", "collapse", "quality_falls", "not_finite"} <= own
    assert "discriminator_overpowers" in own or family.critic


def test_advice_changes_with_the_settings() -> None:
    trouble: Trouble = "discriminator_overpowers"
    assert "model.augment=ada" in make("stylegan2", {"augment": "none"}).suggestion(trouble)
    assert "model.ada_target" in make("stylegan2", {}).suggestion(trouble)
    assert "model.spectral_norm" in make("dcgan", {}).suggestion(trouble)
    assert "model.spectral_norm" not in make("dcgan", {"spectral_norm": True}).suggestion(trouble)
    assert "spectral_norm" not in make("biggan", {}).suggestion(trouble)


def test_pieces_of_advice_are_one_phrase() -> None:
    def said(*pieces: str | If, **settings: object) -> str:
        return suggest("collapse", {"collapse": pieces}, settings)

    assert said("a") == "a"
    assert said("a", If("b", when={"n": True}), n=0) == "a"
    assert said("a", If("b", when={"n": 0}, unless={"m": ("x", "y")}), n=0, m="z") == "a, or b"
    assert said("a", If("{n:g}", unless={"n": None}), "c", n=2.0) == "a, 2, or c"
    assert said("a", If("b", unless={"n": (1, 2)}), n=2) == "a"


# ── What is seen ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_discriminator_that_guesses_is_reported_and_one_of_several_that_learns_is_not() -> None:
    blind = {"D/accuracy": 0.5, "D/real_logits": 0.01, "D/fake_logits": 0.005, "progress": 0.5}
    assert set(seen(HealthWatch(), blind)) == {"discriminator_is_blind"}
    assert not seen(HealthWatch(), blind | {"D2/accuracy": 0.8})
    assert not seen(HealthWatch(critic=True), blind)


def test_the_first_steps_may_be_out_of_balance() -> None:
    strong = {"D/accuracy": 0.99, "D/real_logits": 6.0, "D/fake_logits": -6.0}
    assert not seen(HealthWatch(), strong | {"progress": 0.01})
    assert list(seen(HealthWatch(), strong | {"progress": 0.5})) == ["discriminator_overpowers"]


def test_an_explosion_is_named_by_its_phase_and_stays_unusual() -> None:
    watch = HealthWatch()
    usual = {"D/gradient_norm": 2.0, "G/gradient_norm": 1.0, "stage": "a"}
    assert not sentences(e for _ in range(20) for e in watch.look(usual))
    said = sentences(e for _ in range(20) for e in watch.look(usual | {"D/gradient_norm": 4 * EXPLODING}))
    assert list(said) == ["gradients_explode"]
    assert "of D are 200 times" in said["gradients_explode"]
    assert list(watch.look(usual)) == ["gradients_explode"]  # over
    new_stage = {"D/gradient_norm": 4 * EXPLODING, "G/gradient_norm": 1e-9, "stage": "b"}
    assert not sentences(e for _ in range(20) for e in watch.look(new_stage))


def test_gradients_that_grow_slowly_do_not_explode() -> None:
    watch = HealthWatch()
    assert not sentences(e for tick in range(60) for e in watch.look({"D/r1/gradient_norm": 0.02 * 1.2**tick}))


def test_the_ceiling_of_the_augmentation_is_reported() -> None:
    watch = HealthWatch(suggestion=make("stylegan2", {}).suggestion)
    assert not sentences(e for _ in range(9) for e in watch.look({"D/augment_p": 0.9, "D/real_sign": 0.7}))
    said = sentences(e for _ in range(PATIENCE) for e in watch.look({"D/augment_p": 1.0, "D/real_sign": 0.7}))
    assert "too few" in said["augmentation_at_ceiling"]
    assert "train.start" in said["augmentation_at_ceiling"]
    assert list(watch.look({"D/augment_p": 0.8})) == ["augmentation_at_ceiling"]


def lines(*values: float, std: float = 0.001) -> list[dict[str, Any]]:
    return [{"nimg": 1000 * i, "metric": "kid", "value": v, "std": std, "quick": True} for i, v in enumerate(values)]


def test_quality_that_falls_is_reported_and_taken_back() -> None:
    watch = HealthWatch()
    said = [e for line in lines(0.09, 0.05, 0.06, 0.07, 0.08, 0.09) for e in watch.measured(line)]
    assert list(sentences(said)) == ["quality_falls"]
    sentence = sentences(said)["quality_falls"]
    assert "best at 1 kimg (0.05)" in sentence
    assert "ganvas export RUN --best" in sentence
    assert sentence.endswith("try more pictures, or a shorter train.kimg.")
    assert list(watch.measured(lines(0.04)[0] | {"nimg": 9000})) == ["quality_falls"]


def test_noise_and_full_evaluations_are_no_falling_quality() -> None:
    watch = HealthWatch()
    assert not [e for line in lines(0.05, 0.052, 0.054, 0.051, 0.053) for e in watch.measured(line)]
    assert not [e for line in lines(0.05, 0.07, 0.07, 0.07, std=0.02) for e in HealthWatch().measured(line)]
    full = [line | {"quick": False} for line in lines(0.05, 0.5, 0.5, 0.5)]
    assert not [e for line in full for e in watch.measured(line)]
    assert not list(watch.measured(lines(float("nan"))[0]))


def test_sentences_are_the_family_s() -> None:
    watch = HealthWatch(suggestion=make("biggan", {}).suggestion)
    grey = np.full((8, 16, 16, 3), 128, np.uint8)
    mixed = np.random.default_rng(0).integers(0, 255, (8, 2, 2, 3), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
    said = sentences(e for _ in range(3) for e in watch.compare(grey, mixed))
    assert "minibatch_discrimination" not in said["collapse"]
    assert "train.batch_size" in said["collapse"]


def test_samples_may_look_alike_before_and_early_in_a_game() -> None:
    config, data = SketchPortrait.tiny()
    first, second = SketchPortrait(config, data, 1.0).stages()  # type: ignore[arg-type]
    late = Clock(stage_nimg=900)
    assert may_look_alike(first, late)  # nothing paints yet
    assert may_look_alike(second, Clock(stage_nimg=100))
    assert not may_look_alike(second, late)
