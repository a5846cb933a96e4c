"""A step that never waits for a GPU, and what is read of it a step later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.harness import Game, same
from support.no_waiting import WaitsError, no_waiting
from support.small_run import BATCH, draw_pictures, recipe

from ganvas.curate.dataset.pack import pack
from ganvas.models.augment import ada, warp
from ganvas.models.batches import Batch, SynthesisBatch
from ganvas.models.families import FAMILIES
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.family import Clock
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Health
from ganvas.train.fabric import Fabric
from ganvas.train.guard import GradientGuard, LateReader, NonFiniteError
from ganvas.train.trainer import train
from ganvas.train.transfer import on_device

gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")


@pytest.mark.parametrize(
    "wait",
    [
        lambda x: x.sum().item(),
        lambda x: bool(x.any()),
        lambda x: x.tolist(),
        lambda x: x[x > 0],
        lambda x: x.new_tensor([1.0]),
        lambda x: x.inverse(),
    ],
)
def test_waiting_is_noticed(wait: Callable[[torch.Tensor], Any]) -> None:
    x = torch.eye(3)
    with pytest.raises(WaitsError), no_waiting():
        wait(x)


def _play(game: Game, draw: Callable[[], list[Batch]], steps: tuple[int, ...]) -> None:
    """Step 0 plays every phase; adaptive augmentation adapts after each fourth step."""
    for step in steps:
        clock = game.clock.__class__(**{**vars(game.clock), "step": step, "nimg": step * BATCH})
        game.stepper.step(game.stage, clock, draw)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_no_step_of_a_family_waits(name: str, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ada, warp):  # as on a GPU, where the rows that move are not known to the host
        monkeypatch.setattr(module, "readable", lambda x: False)
    game = Game(name, pictures)
    for index in range(len(game.family.stages())):
        game = Game(name, pictures, stage=index)
        drawn = game._draw()
        with no_waiting():
            _play(game, lambda drawn=drawn: [one._replace(memo={}) for one in drawn], (0, 3))  # type: ignore[misc]


@gpu
@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_no_step_of_a_family_waits_for_a_gpu(name: str, pictures: Path) -> None:
    fabric = Fabric(accelerator="cuda", devices=1)
    fabric.launch()
    game = Game(name, pictures, fabric=fabric)
    for index in range(len(game.family.stages())):
        game = Game(name, pictures, stage=index, fabric=fabric)
        batches = on_device(game.stream.micros(0, BATCH, BATCH), fabric.device)
        kept = [next(batches) for _ in range(8)]
        _play(game, lambda kept=kept: [kept[0]._replace(memo={})], (0,))  # type: ignore[misc] # allocates
        torch.cuda.set_sync_debug_mode("error")
        try:
            _play(game, lambda kept=kept: [kept[1]._replace(memo={})], (0, 3))  # type: ignore[misc]
        finally:
            torch.cuda.set_sync_debug_mode("default")


def test_a_late_reader_keeps_the_newest() -> None:
    reader: LateReader[str] = LateReader(late=True)
    reader.give(torch.ones(1), "first")
    assert reader.take() == []
    reader.give(torch.zeros(1), "second")
    assert reader.take() == [([1.0], "first")]
    assert reader.take(everything=True) == [([0.0], "second")]


def test_the_guard_names_the_first_phase_of_the_first_bad_step() -> None:
    guard = GradientGuard(late=True)
    for step, norms in enumerate([(1.0, 2.0), (1.0, float("nan")), (float("inf"), float("nan"))]):
        for phase, norm in zip(("G", "D"), norms, strict=True):
            guard.add(phase, torch.tensor(norm))
        guard.end_step(Clock(nimg=1000 * step))
    with pytest.raises(NonFiniteError, match=r"gradients of D are not finite at 1\.000 kimg"):
        guard.check()
    guard.check(everything=True)  # the steps after it are forgotten, since the training goes back


class Poisoned(DCGAN):
    """A DCGAN whose discriminator's loss is once not finite."""

    poisoned = False

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        loss, shown = super().discriminator_phase(batch, clock)
        if clock.step == 2 and not Poisoned.poisoned:
            Poisoned.poisoned = True
            loss = loss * float("nan")
        return loss, shown


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(draw_pictures(tmp_path_factory.mktemp("data"), 12), resolution=16).path


def test_reading_a_step_later_changes_nothing(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a bad gradient is seen at once or a step later, and whether the run stops in between or not."""
    monkeypatch.setitem(FAMILIES, "dcgan", Poisoned)
    init = GradientGuard.__init__
    ends: list[dict[str, Any]] = []
    told: list[list[str]] = []
    settings = {"tick_kimg": 1.0, "sheet_kimg": 1.0, "checkpoint_kimg": 2 * BATCH / 1000}
    for late, lengths in ((False, (6,)), (True, (6,)), (True, (3, 6))):
        monkeypatch.setattr(GradientGuard, "__init__", lambda self, late, wanted=late: init(self, wanted))
        Poisoned.poisoned = False
        run = RunDir(tmp_path / f"{late}-{len(lengths)}")
        sentences: list[str] = []

        def listen(event: Event, sentences: list[str] = sentences) -> None:
            if isinstance(event, Health) and event.name == "not_finite":
                sentences.append(event.sentence)

        for steps in lengths:
            train(recipe(steps, **settings), run, packed, listener=listen)
        ends.append(checkpoint.read(checkpoint.listing(run.checkpoints)[-1]))
        told.append(sentences)
    assert told[0] == told[1] == told[2]
    assert len(told[0]) == 1
    for end in ends[1:]:
        for part in ("family", "average", "optimizers", "clock", "notes"):
            assert same(ends[0][part], end[part]), part


def test_nothing_is_saved_of_a_step_that_is_read_later(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first checkpoint after the bad step is at the bad step itself: it must not be written."""
    monkeypatch.setitem(FAMILIES, "dcgan", Poisoned)
    monkeypatch.setattr(Poisoned, "poisoned", False)
    init = GradientGuard.__init__
    monkeypatch.setattr(GradientGuard, "__init__", lambda self, late: init(self, True))
    run = RunDir(tmp_path)
    train(recipe(4, tick_kimg=1.0, sheet_kimg=1.0, checkpoint_kimg=3 * BATCH / 1000), run, packed)
    for path in checkpoint.listing(run.checkpoints):
        for value in checkpoint.read(path)["family"].values():
            assert not value.is_floating_point() or value.isfinite().all()
