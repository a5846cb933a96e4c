"""Beginning from trained weights: what is taken, what is fresh, what is refused, and that resuming stays exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from support.harness import same

from ganvas.bundle import read_bundle
from ganvas.cli import main
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.inference.load import load_run
from ganvas.models.families import FAMILIES
from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.family import Family
from ganvas.recipe import Recipe
from ganvas.release.export import export_run
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Note
from ganvas.spec import DataSpec
from ganvas.train import warm_start, weight_matching
from ganvas.train.start_source import StartSource, open_source
from ganvas.train.trainer import train
from ganvas.train.weight_matching import match_weights

BATCH = 4
SMALL = {"z_dim": 8, "w_dim": 8, "base": 128, "most": 8, "r1": 0.1}


def recipe(steps: int = 3, *, model: dict[str, Any] | None = None, data: dict[str, Any] | None = None,
           **settings: Any) -> Recipe:  # fmt: skip
    train_settings = {
        "kimg": steps * BATCH / 1000,
        "batch_size": BATCH,
        "ema_kimg": 0.05,
        "sheet_kimg": 1.0,
        "checkpoint_kimg": BATCH / 1000,
        "metric_kimg": 0,
        "workers": 0,
        **settings,
    }
    return Recipe.model_validate(
        {
            "name": "test",
            "family": "stylegan2",
            "data": {"resolution": 16, "minimum": 2, **(data or {})},
            "model": {**SMALL, **(model or {})},
            "train": train_settings,
        }
    )


@pytest.fixture(scope="module")
def packed(pictures: Path) -> Path:
    return pack(pictures, resolution=16).path


@pytest.fixture(scope="module")
def source(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    run = RunDir(tmp_path_factory.mktemp("source") / "faces")
    train(recipe(), run, packed, dataset_name="drawn")
    return run


def first(run: RunDir) -> dict[str, Any]:
    return checkpoint.read(checkpoint.listing(run.checkpoints)[0])


def newest(run: RunDir) -> dict[str, Any]:
    return checkpoint.read(checkpoint.listing(run.checkpoints)[-1])


def notes(into: list[str]) -> Any:
    def listen(event: Event) -> None:
        if isinstance(event, Note):
            into.append(event.sentence)

    return listen


def make(name: str = "stylegan2", model: dict[str, Any] | None = None, **data: Any) -> Family:
    kind = FAMILIES[name]
    config, spec = kind.tiny()
    config = kind.Config.model_validate(config.model_dump() | (model or {}))
    return kind(config, spec.model_copy(update=data), 1.0)


def as_source(family: Family, name: str = "stylegan2", **changes: Any) -> StartSource:
    weights = {key: value.clone() for key, value in family.state_dict().items()}
    config = family.config.model_dump()
    known = StartSource("theirs", "run", name, config, family.data.classes, 5.0, weights, weights, ())
    return known._replace(**changes)


# ── A run from a run ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_begins_with_all_weights_and_averages_of_another(source: RunDir, packed: Path, tmp_path: Path) -> None:
    run, said = RunDir(tmp_path / "run"), []
    wanted = recipe(steps=1, start=str(source.root), keep=9)
    train(wanted, run, packed, listener=notes(said))
    theirs, ours = newest(source), first(run)
    assert ours["clock"]["nimg"] == 0
    for key, value in theirs["family"].items():
        if key.startswith(("generator.", "discriminator.")) or key == "path_mean":
            assert torch.equal(ours["family"][key], value), key
    assert same(ours["average"], theirs["average"])
    assert not same(theirs["average"]["generator"], {k.removeprefix("generator."): v for k, v in
                    theirs["family"].items() if k.startswith("generator.")})  # fmt: skip
    assert ours["family"]["sign_count"] == 0
    assert all(not state["state"] for state in ours["optimizers"].values())  # optimisers begin anew
    assert said[0] == "Begins from faces (run, stylegan2, 0.012 kimg)."
    assert "generator: 100% of" in said[1]
    assert Recipe.model_validate(wanted.model_dump()).train.start == str(source.root)
    assert f"start: {source.root}" in run.recipe.read_text()


def test_resuming_after_a_transfer_is_exact_and_needs_no_source(source: RunDir, packed: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in (source.recipe, source.status, checkpoint.listing(source.checkpoints)[-1]):
        target = moved / path.relative_to(source.root)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    whole, broken = RunDir(tmp_path / "whole"), RunDir(tmp_path / "broken")
    train(recipe(steps=4, start=str(moved)), whole, packed)
    train(recipe(steps=2, start=str(moved)), broken, packed)
    moved.rename(tmp_path / "gone")
    train(recipe(steps=4), broken, packed)  # the same command without --from goes on as well
    a, b = newest(whole), newest(broken)
    assert same(a["family"], b["family"])
    assert same(a["optimizers"], b["optimizers"])
    assert same(a["average"], b["average"])
    assert "start: " + str(moved) in broken.recipe.read_text()  # still recorded


def test_another_start_than_the_run_had_is_refused(source: RunDir, packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path / "run")
    train(recipe(steps=1), run, packed)
    before = newest(run)
    with pytest.raises(UserError, match="was begun from nothing, not from"):
        train(recipe(steps=2, start=str(source.root)), run, packed)
    assert same(newest(run), before)
    train(recipe(steps=1, start=str(source.root)), run, packed, fresh=True)
    assert (run.start).exists()
    train(recipe(steps=1), run, packed, fresh=True)
    assert not (run.start).exists()


def test_a_checkpoint_of_a_run_can_be_named(source: RunDir) -> None:
    oldest, last = checkpoint.listing(source.checkpoints)[0], checkpoint.listing(source.checkpoints)[-1]
    opened = open_source(oldest)
    assert opened.kimg < open_source(source.root).kimg == open_source(last).kimg
    assert same(opened.weights, checkpoint.read(oldest)["family"])


# ── Bundles and their credits ───────────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_gives_its_generator_and_with_its_discriminator_both(
    source: RunDir, packed: Path, tmp_path: Path
) -> None:
    trained = load_run(source)
    lean = export_run(trained, tmp_path / "lean", onnx=False)
    whole = export_run(trained, tmp_path / "whole", onnx=False, whole=True)
    assert "discriminator" not in lean.info.parameters
    assert whole.info.parameters["discriminator"] > 0
    assert same(lean.load_family().generator.state_dict(), whole.load_family().generator.state_dict())
    parts = {p.network: p for p in match_weights(make(), "stylegan2", open_source(lean.path)).parts}
    assert parts["generator"].taken == parts["generator"].numbers
    assert parts["discriminator"].taken == 0
    assert parts["discriminator"].fresh == ("all of it",)
    parts = {p.network: p for p in match_weights(make(), "stylegan2", open_source(whole.path)).parts}
    assert parts["discriminator"].taken == parts["discriminator"].numbers


def test_the_credits_of_a_start_go_on_into_the_bundle(source: RunDir, packed: Path, tmp_path: Path) -> None:
    given = export_run(load_run(source), tmp_path / "given", onnx=False)
    run = RunDir(tmp_path / "run")
    train(recipe(steps=1, start=str(given.path)), run, packed, dataset_name="mine")
    made = export_run(load_run(run), onnx=False)
    names = [credit.name for credit in made.info.credits]
    assert names[0] == "mine"
    assert names[1:] == ["weights of faces", *(credit.name for credit in given.info.credits)]
    assert "drawn" in names
    assert given.fingerprint in made.info.credits[1].text
    assert read_bundle(made.path).info.recipe["train"]["start"] == str(given.path)


# ── What fits what ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["stylegan2", "r3gan"])
def test_layers_find_each_other_by_their_resolution(name: str) -> None:
    wide = {"widths": (8, 8, 8)} if name == "r3gan" else {}
    wider = {"widths": (8, 8, 8, 8)} if name == "r3gan" else {}
    small, large = make(name, wide, resolution=16), make(name, wider, resolution=32)
    fitted = match_weights(large, name, as_source(small, name))
    if name == "stylegan2":
        ours, theirs = "discriminator.blocks.1.conv0.weight", "discriminator.blocks.0.conv0.weight"
        assert "discriminator.blocks.0.conv0.weight" not in fitted.weights
        assert not any("blocks.3" in key for key in fitted.weights if key.startswith("generator."))
    else:  # two blocks and one resampling a size
        ours, theirs = "discriminator.layers.3.mix", "discriminator.layers.0.mix"
        assert "discriminator.layers.0.mix" not in fitted.weights
    assert torch.equal(fitted.weights[ours], small.state_dict()[theirs])
    part = next(part for part in fitted.parts if part.network == "discriminator")
    assert 0 < part.taken < part.numbers
    assert part.fresh


@pytest.mark.parametrize("name", sorted({"stylegan2", "biggan", "sagan", "progan", "r3gan", "dcgan"}))
def test_classes_are_matched_by_name(name: str) -> None:
    torch.manual_seed(0)
    theirs = make(name, classes=("cat", "dog", "fox"))
    ours = make(name, classes=("fox", "wolf", "cat"))
    fitted = match_weights(ours, name, as_source(theirs, name))
    tables = weight_matching._class_tables(ours, name)
    assert tables
    parts = {part.network: part for part in fitted.parts}
    assert parts["generator"].by_class > 0
    before = theirs.state_dict()
    for key in set(tables) & set(fitted.weights):
        axis, skip = tables[key]
        old, new = (table.movedim(axis, 0) for table in (before[key], fitted.weights[key]))
        assert torch.equal(new[:skip], old[:skip])
        old, new = old[skip:], new[skip:]
        assert torch.equal(new[0], old[2])
        assert torch.equal(new[2], old[0])
        torch.testing.assert_close(new[1], old.mean(0))


def test_a_family_that_plays_keeps_its_first_channels_apart_from_classes() -> None:
    """Three classes and three colours: only the table of classes is mapped by name."""
    theirs, ours = make(classes=("a", "b", "c")), make(classes=("c", "b", "a"))
    fitted = match_weights(ours, "stylegan2", as_source(theirs))
    key = "generator.synthesis.blocks.0.to_image.weight"
    assert torch.equal(fitted.weights[key], theirs.state_dict()[key])


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_family_begins_from_itself(name: str) -> None:
    torch.manual_seed(1)
    theirs = make(name)
    torch.manual_seed(2)
    ours = make(name)
    fitted = match_weights(ours, name, as_source(theirs, name))
    assert all(part.taken + part.by_class >= 0.9 * part.numbers for part in fitted.parts)
    warm_start._copy(ours, fitted.weights)
    for (key, a), b in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b), key


def test_biggan_s_standing_statistics_are_left_behind() -> None:
    theirs = make("biggan")
    theirs.measure_standing_statistics()
    ours = make("biggan")
    warm_start._copy(ours, match_weights(ours, "biggan", as_source(theirs, "biggan")).weights)
    assert ours.generator.stands == 0


# ── Refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_family_is_refused() -> None:
    with pytest.raises(UserError, match="is a dcgan, from which a stylegan2 cannot begin"):
        match_weights(make(), "stylegan2", as_source(make("dcgan"), "dcgan"))


def test_a_start_of_which_nothing_fits_is_refused_with_what_would_fit() -> None:
    theirs = make(model={"z_dim": 12, "w_dim": 12, "base": 256, "most": 16})
    with pytest.raises(UserError, match=r"--set model.z_dim=12 --set model.w_dim=12 .*--set model.most=16"):
        match_weights(make(), "stylegan2", as_source(theirs))


@pytest.mark.parametrize("what", ["missing", "folder", "text"])
def test_what_is_no_start_is_refused_before_anything_is_written(what: str, packed: Path, tmp_path: Path) -> None:
    start = tmp_path / "start"
    if what == "folder":
        start.mkdir()
    elif what == "text":
        start.write_text("hello")
    run = RunDir(tmp_path / "run")
    with pytest.raises(UserError) as refused:
        train(recipe(start=str(start)), run, packed)
    assert str(refused.value).count(". ") == 0
    assert not run.root.exists()


# ── FreezeD ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_frozen_layers_stay_while_the_others_move(source: RunDir, packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path / "run")
    frozen = {"freeze_d": 4, "freeze_mapping": True}
    train(recipe(steps=3, model=frozen, start=str(source.root)), run, packed)
    before, after = newest(source)["family"], newest(run)["family"]
    still = ("discriminator.blocks.0.", "generator.mapping.layers", "generator.mapping.dense")
    held = [key for key in before if key.startswith(still)]
    assert held
    assert all(torch.equal(before[key], after[key]) for key in held)
    moved = ("discriminator.blocks.1.conv1.weight", "discriminator.out.weight", "generator.synthesis.constant")
    assert not any(torch.equal(before[key], after[key]) for key in moved)
    parameters = dict.fromkeys(("generator", "discriminator"), 0)
    family = load_run(run).family
    for name in parameters:
        parameters[name] = sum(1 for _ in family.get_submodule(name).parameters())
    states = newest(run)["optimizers"]
    for name, count in parameters.items():  # no moments are kept for what never moves
        assert len(states[name]["state"]) == count == len(states[name]["param_groups"][0]["params"])
    whole = sum(1 for _ in make().discriminator.parameters())
    assert parameters["discriminator"] == whole - 7  # three layers with a bias, a shortcut without


def test_layers_that_have_learned_nothing_are_not_frozen(source: RunDir, packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path / "run")
    with pytest.raises(UserError, match="--from"):
        train(recipe(model={"freeze_d": 2}), run, packed)
    lean = export_run(load_run(source), tmp_path / "lean", onnx=False)
    with pytest.raises(UserError, match="begins fresh because"):
        train(recipe(model={"freeze_d": 2}, start=str(lean.path)), run, packed)
    assert not run.root.exists()


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_begins_from_a_run_and_says_what_it_took(
    source: RunDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(6):
        Image.fromarray(rng.integers(0, 255, (20, 20, 3), dtype=np.uint8)).save(folder / f"{index}.png")
    path = tmp_path / "small.yaml"
    path.write_text(recipe(steps=1).to_yaml())
    arguments = ["train", str(path), "--data", str(folder), "--run", str(tmp_path / "run"), "--train-only"]
    assert main([*arguments, "--from", str(source.root), "--freeze-d", "3"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Begins from faces (run, stylegan2" in said
    assert "discriminator: 100% of" in said
    assert "freeze_d: 3" in (tmp_path / "run" / "recipe.yaml").read_text()


def test_one_spec_serves_as_example() -> None:
    """The tiny family of these tests and that of the recipe are the same networks."""
    family = StyleGAN2(StyleGAN2.Config.model_validate(SMALL), DataSpec(resolution=16), 1.0)  # type: ignore[call-arg]
    assert {k: v.shape for k, v in family.state_dict().items()} == {k: v.shape for k, v in make().state_dict().items()}
