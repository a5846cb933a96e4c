"""What a run says and does after a stop, a full disk, and gradients that were not finite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from support.full_disk import fill_disk
from support.small_run import BATCH, draw_pictures, recipe

from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.models.batches import SynthesisBatch
from ganvas.models.families import FAMILIES
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.family import Clock
from ganvas.recipe import Recipe
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Note, Saved, Tick
from ganvas.runs.reader import read_lines
from ganvas.train import recovery
from ganvas.train.trainer import Trainer, train


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(draw_pictures(tmp_path_factory.mktemp("data"), 12), resolution=16).path


class Poisoned(DCGAN):
    """A DCGAN whose discriminator's loss is once not finite."""

    poisoned = False

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        loss, shown = super().discriminator_phase(batch, clock)
        if clock.step == 1 and not Poisoned.poisoned:
            Poisoned.poisoned = True
            loss = loss * float("nan")
        return loss, shown


def with_rate(steps: int, **model: float) -> Recipe:
    base = recipe(steps, recovery_lr=0.125)
    return base.model_copy(update={"model": base.model | model})


def test_a_lowered_learning_rate_ends_when_the_recipe_s_is_changed(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAMILIES, "dcgan", Poisoned)
    monkeypatch.setattr(Poisoned, "poisoned", False)
    run = RunDir(tmp_path)
    scales: list[Any] = []

    def listen(event: Event) -> None:
        if isinstance(event, Tick):
            scales.append(event.stats["learning_rate_scale"])
        if isinstance(event, Note):
            said.append(event.sentence)

    said: list[str] = []
    train(with_rate(3), run, packed, listener=listen)
    assert scales[-1] == 0.125
    train(with_rate(4), run, packed, listener=listen)
    assert scales[-1] == 0.125, "the recipe's rate is the same: it stays lowered"
    assert said == []
    train(with_rate(5, lr=1e-4), run, packed, listener=listen)
    assert scales[-1] == 1
    assert [one for one in said if "0.125 of the recipe's no longer" in one]
    assert checkpoint.read(checkpoint.listing(run.checkpoints)[-1])["notes"]["recoveries"] == 0
    train(with_rate(6, lr=1e-4), run, packed, listener=listen)
    assert scales[-1] == 1
    assert sum("no longer" in one for one in said) == 1


def test_a_stopped_run_says_where_it_stopped(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where its last tick was."""
    run = RunDir(tmp_path)
    step = Trainer._step

    def stop_at_3(self: Trainer) -> None:
        step(self)
        if self.clock.step == 3:
            self._request_stop()

    monkeypatch.setattr(Trainer, "_step", stop_at_3)
    assert train(recipe(8, tick_kimg=2 * BATCH / 1000), run, packed).state == "stopped"
    status = json.loads(run.status.read_text())
    assert read_lines(run.stats)[-1]["nimg"] == 2 * BATCH
    assert (status["state"], status["nimg"], status["kimg"]) == ("stopped", 3 * BATCH, 3 * BATCH / 1000)
    assert status["progress"] == pytest.approx(3 / 8)
    assert status["stage"] == "adversarial"


def test_a_failed_run_says_where_it_failed(packed: Path, tmp_path: Path) -> None:
    run = RunDir(tmp_path)

    def fail(event: Event) -> None:
        if isinstance(event, Saved) and event.path.stem == f"{3 * BATCH:09d}":
            raise ValueError("a listener of the user's")

    with pytest.raises(ValueError, match="listener"):
        train(recipe(8, tick_kimg=2 * BATCH / 1000), run, packed, listener=fail)
    status = json.loads(run.status.read_text())
    assert (status["state"], status["nimg"]) == ("failed", 3 * BATCH)


def test_a_full_disk_at_a_checkpoint_is_named(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunDir(tmp_path)
    train(recipe(2), run, packed)
    before = checkpoint.listing(run.checkpoints)
    fill_disk(monkeypatch, checkpoint)
    with pytest.raises(UserError, match=r"0\.0 kimg could not be written \(No space left on device\); free some disk"):
        train(recipe(4), run, packed)
    assert checkpoint.listing(run.checkpoints) == before
    monkeypatch.undo()
    assert train(recipe(4), run, packed).nimg == 4 * BATCH


def test_an_error_of_torch_is_not_called_a_full_disk(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("of another kind")

    monkeypatch.setattr(recovery.checkpoint.torch, "save", fail)
    with pytest.raises(RuntimeError, match="of another kind"):
        train(recipe(2), RunDir(tmp_path), packed)
