"""Compiled networks: the same losses, no graph break, and nothing compiled again after the first steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from support.harness import BATCH, Game, same
from support.small_run import recipe

from ganvas.curate.dataset.pack import pack
from ganvas.models.families.dcgan import DCGAN
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.train.step import Stepper
from ganvas.train.trainer import train

# Each has networks of another kind. The last column compiles the gradients too, which takes several times as long.
KINDS = [
    ("pix2pix", 0, BATCH // 2, "eager"),  # dropout by rows, in micro-batches
    ("progan", 1, BATCH, "eager"),  # a blend that moves with each step, and a penalty
    ("stylegan2", 0, BATCH, "eager"),  # styles, noise, path length and R1
    ("pix2pixhd", 0, BATCH, "eager"),  # modules that have no forward of their own
    ("dcgan", 0, BATCH, "aot_eager"),
]


@pytest.fixture(autouse=True)
def _nothing_compiled() -> Iterator[None]:
    torch._dynamo.reset()
    yield
    torch._dynamo.config.error_on_recompile = False
    torch._dynamo.reset()


# Said by torch about tensors that it looks at.
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
@pytest.mark.parametrize(("name", "stage", "micro", "backend"), KINDS)
def test_compiled_networks_train_the_same(
    name: str, stage: int, micro: int, backend: str, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "dcgan":  # with a penalty, which differentiates a gradient
        config, data = DCGAN.tiny()
        penalised = config.model_copy(update={"game": "wasserstein", "norm": "layer", "gradient_penalty": 10.0})
        monkeypatch.setattr(DCGAN, "tiny", lambda: (penalised, data))
    plain = Game(name, pictures, stage=stage, micro=micro)
    wanted = [plain.play() for _ in range(2)]

    compile_ = torch.nn.Module.compile
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self, **_: compile_(self, backend=backend, fullgraph=True))
    init = Stepper.__init__
    monkeypatch.setattr(Stepper, "__init__", lambda *args, **kwargs: init(*args, **kwargs | {"compiled": True}))
    game = Game(name, pictures, stage=stage, micro=micro)
    got = [game.play() for _ in range(2)]
    for one, other in zip(wanted, got, strict=True):
        assert other == pytest.approx(one, rel=1e-5, abs=1e-5)

    torch._dynamo.config.error_on_recompile = True  # type: ignore[assignment]
    game.clock = replace(game.clock, step=0)  # every phase again
    for _ in range(2):
        finite: dict[str, Any] = game.play()
        assert all(abs(value) < float("inf") for value in finite.values())


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
def test_a_stopped_compiled_training_goes_on_bit_for_bit(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[torch.nn.Module] = []
    compile_ = torch.nn.Module.compile

    def compile_here(self: torch.nn.Module, **_: Any) -> None:
        compiled.append(self)
        compile_(self, backend="aot_eager")

    monkeypatch.setattr(torch.nn.Module, "compile", compile_here)
    packed = pack(pictures, tmp_path / "packed.zip", resolution=16).path
    whole, halves = RunDir(tmp_path / "whole"), RunDir(tmp_path / "halves")
    train(recipe(4, compile=True), whole, packed)
    for steps in (2, 4):
        torch._dynamo.reset()  # as in a new process
        train(recipe(steps, compile=True), halves, packed)
    assert len(compiled) >= 3, "each training compiles its networks"
    one, two = (checkpoint.read(checkpoint.listing(run.checkpoints)[-1]) for run in (whole, halves))
    for part in ("clock", "family", "average", "optimizers"):
        assert same(one[part], two[part]), part
