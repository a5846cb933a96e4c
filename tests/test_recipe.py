"""Recipes: what is shipped, how they inherit, what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.recipe import Recipe, load, names


@pytest.mark.parametrize("name", sorted(names()))
def test_each_shipped_recipe_is_whole_and_builds_its_family(name: str) -> None:
    recipe = load(name)
    assert recipe.name == name
    assert recipe.about
    spec = recipe.data_spec(("a", "b") if recipe.data.conditional else ())
    with torch.device("meta"):
        family = build(recipe.family, recipe.model, spec, recipe.train.kimg)
    assert family.task == names()[name]


@pytest.mark.parametrize("name", sorted(names()))
def test_a_resolved_recipe_is_read_back_equal(name: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(load(name).to_yaml())
    assert load(path) == load(name)
    assert "extends" not in path.read_text()


@pytest.mark.parametrize(
    ("name", "generator", "discriminator"),
    [("dcgan-64", 3_576_704, 2_765_568), ("pix2pix-256", 54_413_955, 2_768_705)],
)
def test_papers_recipes_have_the_published_sizes(name: str, generator: int, discriminator: int) -> None:
    recipe = load(name)
    with torch.device("meta"):
        family = build(recipe.family, recipe.model, recipe.data_spec(), recipe.train.kimg)
    counts = {key: sum(p.numel() for p in network.parameters()) for key, network in family.networks().items()}
    assert counts == {"generator": generator, "discriminator": discriminator}


def test_a_recipe_says_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("extends: dcgan-64\nmodel: {width: 8}\ntrain: {kimg: 3}\n")
    (tmp_path / "mine.yaml").write_text("extends: base.yaml\nmodel: {z_dim: 5}\n")
    mine = load(tmp_path / "mine.yaml")
    assert mine.name == "mine"
    assert mine.model == {"width": 8, "z_dim": 5}
    assert mine.train.kimg == 3
    assert mine.train.batch_size == load("dcgan-64").train.batch_size


def test_overrides_are_yaml_values_applied_in_order() -> None:
    changes = ["train.kimg=5", "train.kimg=2e-1", "model.lr=1e-4", "data.flip=false", "evaluate.metrics=[kid, is]"]
    recipe = load("dcgan-64", changes)
    assert recipe.train.kimg == pytest.approx(0.2)
    assert recipe.model["lr"] == pytest.approx(1e-4)
    assert recipe.data.flip is False
    assert recipe.evaluate.metrics == ("kid", "is")
    assert load("dcgan-64").train.kimg != 0.2


def test_a_recipe_never_changes() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load("dcgan-64").train.kimg = 1  # type: ignore[misc]


def test_classes_count_only_where_they_are_learned() -> None:
    assert load("dcgan-64").data_spec(("cat", "dog")).classes == ()
    assert load("dcgan-64-conditional").data_spec(("cat", "dog")).classes == ("cat", "dog")
    with pytest.raises(UserError, match="sub-folder"):
        load("dcgan-64-conditional").data_spec(())


def test_the_source_has_the_channels_its_degradation_makes() -> None:
    assert load("pix2pix-64-sketch").data_spec().source_channels == 1
    assert load("super-resolution-64").data_spec().source_channels == 3
    assert load("pix2pix-256").data_spec().source_channels == 3


def test_every_setting_says_what_it_means() -> None:
    for group in (Recipe, *(type(getattr(load("dcgan-64"), part)) for part in ("data", "train", "evaluate"))):
        for name, field in group.model_fields.items():
            assert field.description or name in ("data", "train", "evaluate"), name


HEAD = "extends: dcgan-64-small\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "about: 2024-13-45\n", "a value that cannot be read"),
        (HEAD + "train: {kimg: !!float abc}\n", "a value that cannot be read"),
        (HEAD + "model: " + "[" * 100 + "]" * 100 + "\n", "levels of lists and mappings"),
        (HEAD + "model: " + "[" * 20_000 + "]" * 20_000 + "\n", "levels of lists and mappings"),
        (HEAD + "model: &a {again: *a}\n", "levels of lists and mappings"),
        (HEAD + "train: {kimg: .inf}\n", "train.kimg"),
        (HEAD + "train: {kimg: .nan}\n", "train.kimg"),
        (HEAD + f"train: {{kimg: {'9' * 400}}}\n", "train.kimg"),
        (HEAD + f"train: {{kimg: {'x' * 5000}}}\n", "train.kimg"),
        (HEAD + "model: {lr: .inf}\n", "model.lr"),
        (HEAD + "model: {lr: 2024-01-01}\n", "model.lr"),
        (HEAD + "a: b: c\n", "not valid YAML at line 2"),
        (HEAD + "about: !!python/object:os.system x\n", "not valid YAML at line 2"),
        (HEAD + "about: \x00\n", "not valid YAML"),
    ],
    ids=lambda value: value[len(HEAD) : len(HEAD) + 20].strip() if value.startswith(HEAD) else "",
)
def test_a_malformed_recipe_is_one_short_sentence(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(text)

    def use() -> None:
        recipe = load(tmp_path / "mine.yaml")
        build(recipe.family, recipe.model, recipe.data_spec(), recipe.train.kimg)

    with pytest.raises(UserError) as caught:
        use()
    assert words in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("value", ["2024-13-45", "!!float abc", "[" * 20_000, ".inf"])
def test_a_malformed_setting_is_one_short_sentence(value: str) -> None:
    with pytest.raises(UserError) as caught:
        load("dcgan-64-small", [f"train.kimg={value}"])
    assert "train.kimg" in str(caught.value)
    assert len(str(caught.value)) < 600
