"""The loop as a user meets it: killed, resumed, poisoned, pruned, tracked."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.harness import same
from support.small_run import BATCH, recipe

from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.evaluate import monitor
from ganvas.inference.load import load_run
from ganvas.models.batches import SynthesisBatch
from ganvas.models.families import FAMILIES, build
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.family import Clock
from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Health, Metric, Note, Resumed
from ganvas.runs.reader import read_lines
from ganvas.train.diagnostics import HealthWatch, diversity
from ganvas.train.launch import claim, launch
from ganvas.train.step import Stepper
from ganvas.train.trainer import train


@pytest.fixture(scope="module")
def packed(pictures: Path) -> Path:
    return pack(pictures, resolution=16).path


def newest(run: RunDir) -> dict[str, Any]:
    return checkpoint.read(checkpoint.listing(run.checkpoints)[-1])


def test_a_finished_run_goes_on_when_asked_for_more(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    assert train(recipe(4), run, packed).nimg == 4 * BATCH
    assert train(recipe(4), run, packed).nimg == 4 * BATCH
    events: list[Event] = []
    assert train(recipe(6), run, packed, listener=events.append).nimg == 6 * BATCH
    assert Resumed(4 * BATCH) in events
    assert json.loads(run.status.read_text())["state"] == "finished"


@pytest.mark.parametrize("asked", [12, 6])
def test_a_run_whose_length_is_changed_in_a_later_stage_ends_where_asked(
    asked: int, packed: Path, tmp_path: Path
) -> None:
    def staged(steps: int) -> Recipe:
        content = recipe(steps, keep=9).model_dump()
        model = {"width": 4, "blocks": 1, "crop": 16, "discriminator_width": 4, "perceptual": 0, "pixel": 1}
        content |= {"family": "srgan", "model": model | {"pretrain_share": 0.5}}
        content["data"] |= {"degradation": "downscale-x2"}
        return Recipe.model_validate(content)

    run = RunDir(tmp_path)
    assert train(staged(8), run, packed).nimg == 8 * BATCH
    for path in checkpoint.listing(run.checkpoints)[-3:]:
        path.unlink()  # as if it had been stopped after five steps, one of them in the second stage
    assert train(staged(asked), run, packed).nimg == asked * BATCH
    assert newest(run)["clock"]["stage"] == 1
    assert train(staged(asked), run, packed).nimg == asked * BATCH


class Poisoned(DCGAN):
    """A DCGAN whose discriminator's loss is not a number at one point of time."""

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        loss, shown = super().discriminator_phase(batch, clock)
        rate = self.config.lr * 0.3  # what is left of the rate after two returns
        poisoned = clock.step == 3 and self.seen_rates[-1] > rate
        return loss * float("nan") if poisoned else loss, shown

    seen_rates: list[float]


def test_numbers_that_are_not_finite_send_training_back(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAMILIES, "dcgan", Poisoned)
    Poisoned.seen_rates = [2e-4]
    events: list[Event] = []

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, Health):
            Poisoned.seen_rates.append(Poisoned.seen_rates[-1] / 2)

    run = RunDir(tmp_path)
    summary = train(recipe(6), run, packed, listener=listen)
    assert summary.state == "finished"
    assert summary.recoveries == 2
    said = [event.sentence for event in events if isinstance(event, Health)]
    assert "learning rates are now 0.5" in said[0]
    assert "learning rates are now 0.25" in said[1]
    assert newest(run)["notes"]["lr_factor"] == 0.25
    for network in newest(run)["family"].values():
        assert torch.isfinite(network).all()


def test_training_gives_up_with_advice(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAMILIES, "dcgan", Poisoned)
    Poisoned.seen_rates = [1.0]
    with pytest.raises(UserError, match="learning rate") as caught:
        train(recipe(6, max_recoveries=1), RunDir(tmp_path), packed)
    assert "\n" not in str(caught.value)
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "failed"


def test_the_newest_and_the_best_checkpoints_are_kept(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = iter([3.0, 1.0, 2.0, 2.0, 2.0, 2.0])

    def measured(self: monitor.QuickMetric, family: Any, nimg: int) -> dict[str, Any]:
        return {"nimg": nimg, "metric": "kid_test", "value": next(values), "std": None, "protocol": {}}

    monkeypatch.setattr(monitor.QuickMetric, "measure", measured)
    run = RunDir(tmp_path)
    train(recipe(6, metric_kimg=BATCH / 1000, keep=2), run, packed)
    assert [int(path.stem) // BATCH for path in checkpoint.listing(run.checkpoints)] == [2, 5, 6]
    assert [line["value"] for line in read_lines(run.metrics)] == [3.0, 1.0, 2.0, 2.0, 2.0, 2.0]
    assert load_run(run, packed).nimg == 6 * BATCH
    assert load_run(run, packed, "best").nimg == 2 * BATCH


def test_without_feature_weights_training_goes_on(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Any:
        raise UserError("The weights cannot be had.")

    monkeypatch.setattr(monitor, "load_features", absent)
    events: list[Event] = []
    assert train(recipe(3, metric_kimg=0.008), RunDir(tmp_path), packed, listener=events.append).state == "finished"
    assert sum(isinstance(event, Note) and "cannot be had" in event.sentence for event in events) == 1
    assert not any(isinstance(event, Metric) for event in events)


def test_a_run_of_another_recipe_is_left_alone(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    train(recipe(2), run, packed)
    before = newest(run)
    other = recipe(2).model_copy(update={"model": {"width": 8, "z_dim": 8}})
    with pytest.raises(UserError, match=r"other networks or stages \(model.width 4 → 8\)"):
        train(other, run, packed)
    assert same(before["family"], newest(run)["family"])
    assert load(run.recipe).model["width"] == 4
    train(other, run, packed, fresh=True)
    assert not same(before["family"], newest(run)["family"])


def test_advice_can_be_followed_within_a_run(packed: Path, tmp_path: Path) -> None:
    """What the weights do not depend on may change; it is said, kept, and felt from the next step on."""
    run = RunDir(tmp_path)
    train(recipe(2), run, packed)
    before = newest(run)
    events: list[Event] = []
    still = recipe(4).model_copy(update={"model": {"width": 4, "z_dim": 8, "lr": 1e-12}})
    train(still, run, packed, listener=events.append)
    said = [event.sentence for event in events if isinstance(event, Note)]
    assert said == ["Other than before: model.lr 0.0002 → 1e-12."]
    after = newest(run)
    assert after["clock"]["step"] == 4
    for name, _ in load_run(run).family.named_parameters():
        torch.testing.assert_close(after["family"][name], before["family"][name], rtol=0, atol=1e-9)
    assert load(run.recipe).model["lr"] == 1e-12


@pytest.mark.parametrize(
    ("kind", "setting", "may"),
    [
        ("dcgan", {"game": "hinge"}, True),
        ("ugatit", {"adversarial": 5.0}, True),
        ("cyclegan", {"cycle": 3.0}, True),
        ("starganv2", {"diversity": 2.0}, True),
        ("starganv2", {"residual": True}, False),
        ("pix2pix", {"residual": True}, False),
        ("cut", {"antialias": False}, False),
        ("srgan", {"pretrain_share": 0.0}, False),
    ],
)
def test_a_run_keeps_its_networks_and_stages(tmp_path: Path, kind: str, setting: dict[str, Any], may: bool) -> None:
    """Also where other networks would take the same weights."""
    config, data = FAMILIES[kind].tiny()
    if kind == "pix2pix":
        data = data.model_copy(update={"source_channels": 3})
    was, now = config.model_dump(mode="json"), config.model_dump(mode="json") | setting
    run = RunDir(tmp_path)
    run.checkpoints.mkdir(parents=True)
    (run.checkpoints / "000000008.pt").touch()
    before, after = (recipe().model_copy(update={"family": kind, "model": model}) for model in (was, now))
    run.recipe.write_text(before.to_yaml())
    if may:
        told = claim(run, after, build(kind, now, data, 1.0), False)
        assert told is not None
        assert f"model.{next(iter(setting))}" in told
    else:
        with pytest.raises(UserError, match=f"other networks or stages .*{next(iter(setting))}"):
            claim(run, after, build(kind, now, data, 1.0), False)
        assert run.recipe.read_text() == before.to_yaml()


def test_a_setting_written_out_is_no_change(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    train(recipe(2), run, packed)
    events: list[Event] = []
    spelt = recipe(3).model_copy(update={"model": {"width": 4, "z_dim": 8, "game": "non_saturating"}})
    train(spelt, run, packed, listener=events.append)
    assert not any(isinstance(event, Note) for event in events)


def test_a_damaged_checkpoint_is_named(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    train(recipe(3), run, packed)
    path = checkpoint.listing(run.checkpoints)[-1]
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UserError, match=path.name):
        train(recipe(3), run, packed)
    path.unlink()
    assert train(recipe(3), run, packed).state == "finished"


def test_a_changed_learning_rate_counts_after_resume(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    train(recipe(2), run, packed)
    content = newest(run)
    family = FAMILIES["dcgan"](
        DCGAN.Config.model_validate({"width": 4, "z_dim": 8, "lr": 1e-5}), recipe().data_spec(), 1.0
    )
    stepper = Stepper(family, launch(recipe()), ema_kimg=1.0)
    checkpoint.restore(content, stepper)
    assert stepper.optimizers["generator"].param_groups[0]["lr"] == 1e-5
    assert stepper.optimizers["generator"].state_dict()["state"]


def test_a_run_may_change_its_memory_layout(packed: Path, tmp_path: Path) -> None:
    plain, moved = RunDir(tmp_path / "plain"), RunDir(tmp_path / "moved")
    train(recipe(4, channels_last=False), plain, packed)
    train(recipe(2, channels_last=True), moved, packed)
    train(recipe(4, channels_last=False), moved, packed)
    expected = newest(plain)["family"]
    for name, value in newest(moved)["family"].items():
        # Far less than the 2e-4 that a step moves a weight: Adam's moments have met their own weights.
        torch.testing.assert_close(value, expected[name], atol=2e-5, rtol=1e-3, msg=name)


def test_the_averages_of_a_new_stage_do_not_hang_on_its_beginning() -> None:
    config, data = FAMILIES["progan"].tiny()
    family = build("progan", config.model_dump(), data, 1.0)
    stepper = Stepper(family, launch(recipe()), ema_kimg=1000.0, ema_ramp=0.05)
    live, kept = (one.get_submodule("generator") for one in (family, stepper.average))
    with torch.no_grad():
        for parameter in live.parameters():
            parameter.add_(1.0)  # what the new stage has learned
    behind = [old - new for new, old in zip(live.parameters(), [p.clone() for p in kept.parameters()], strict=True)]
    stepper._update_averages(Clock(nimg=100_000, stage_nimg=1_000, stage=2, batch_size=50))
    for new, old, was in zip(live.parameters(), kept.parameters(), behind, strict=True):
        assert (new - old).abs().max() < 0.6 * was.abs().max()  # half of it after a twentieth of the stage


def test_tensorboard_gets_the_curves(packed: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    run = RunDir(tmp_path)
    train(recipe(2, trackers=("tensorboard",)), run, packed)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reader = EventAccumulator(str(run.root / "tensorboard"))
    reader.Reload()
    assert [event.step for event in reader.Scalars("D/loss")] == [BATCH, 2 * BATCH]


def test_a_strong_discriminator_is_reported_once_and_taken_back() -> None:
    watch = HealthWatch()
    strong: dict[str, float | str | None] = {"D/accuracy": 0.99, "D/real_logits": 6.0, "D/fake_logits": -6.0}
    said = [event for _ in range(20) for event in watch.look(strong)]
    assert len(said) == 1
    assert isinstance(said[0], Health)
    assert "discriminator" in said[0].sentence
    assert said[0].params == {"accuracy": 99, "gap": 12}
    assert said[0].advice
    assert said[0].sentence.endswith(f"try {said[0].advice}.")
    even: dict[str, float | str | None] = {"D/accuracy": 0.7, "D/real_logits": 0.5, "D/fake_logits": -0.5}
    assert list(watch.look(even)) == [said[0].name]


def test_a_critic_may_be_right_all_the_time() -> None:
    watch = HealthWatch(critic=True)
    far: dict[str, float | str | None] = {"D/accuracy": 1.0, "D/real_logits": 60.0, "D/fake_logits": -6.0}
    assert not [event for _ in range(20) for event in watch.look(far)]


def test_vanishing_gradients_are_reported() -> None:
    watch = HealthWatch()
    usual: dict[str, float | str | None] = {"G/gradient_norm": 3.0}
    assert not [event for _ in range(10) for event in watch.look(usual)]
    said = [event for _ in range(10) for event in watch.look({"G/gradient_norm": 1e-6})]
    assert [event.name for event in said if isinstance(event, Health)] == ["generator_gradient_vanishes"]


def test_collapse_is_seen_in_the_samples() -> None:
    generator = np.random.default_rng(0)
    # Pictures differ in what a thumbnail shows, not in their noise.
    coarse = generator.integers(0, 255, (16, 4, 4, 3), dtype=np.uint8)
    data = coarse.repeat(8, 1).repeat(8, 2)
    collapsed = np.repeat(data[:1], 16, axis=0)
    assert diversity(collapsed) == 0
    watch = HealthWatch()
    assert not [e for _ in range(5) for e in watch.compare(data[::-1].copy(), data)]
    said = [e for _ in range(5) for e in watch.compare(collapsed, data)]
    assert [e.name for e in said if isinstance(e, Health)] == ["collapse"]


def test_a_cut_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "stats.jsonl"
    path.write_text('{"nimg": 1}\n{"nimg": 2}\n{"nim')
    assert [line["nimg"] for line in read_lines(path)] == [1, 2]


def test_the_stats_are_json_for_browsers(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    train(recipe(3), run, packed)
    for text in run.stats.read_text().splitlines():
        line = json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
        assert line["images_per_second"] > 0
        assert {"G/loss", "D/loss", "D/real_logits", "D/fake_logits", "D/accuracy", "G/gradient_norm"} <= line.keys()
    assert time.time() - run.stats.stat().st_mtime < 3600
