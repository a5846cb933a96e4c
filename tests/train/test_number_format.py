"""``train.precision: auto``: what is chosen is said, recorded, and kept by a resume on another machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.small_run import draw_pictures, recipe

from ganvas.curate.dataset.pack import pack
from ganvas.recipe import load
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Note
from ganvas.train import number_format
from ganvas.train.trainer import train


@pytest.mark.parametrize(("fast", "chosen"), [(True, "bf16-mixed"), (False, "32-true")])
def test_what_suits_the_machine_is_chosen_once(
    fast: bool, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = pack(draw_pictures(tmp_path / "data", 12), resolution=16).path
    run = RunDir(tmp_path / "run")
    said: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Note) and "train.precision" in event.sentence:
            said.append(event.sentence)

    for steps, here in ((1, fast), (2, not fast)):
        monkeypatch.setattr(number_format, "bf16_is_fast", lambda here=here: here)
        train(recipe(steps, precision="auto"), run, packed, listener=listen)
        assert load(run.recipe).train.precision == chosen
    assert len(said) == 1
    assert said[0].startswith(f"train.precision is {chosen}, because this machine computes bfloat16")
    train(recipe(3, precision="auto"), run, packed, fresh=True)
    assert load(run.recipe).train.precision == ("32-true" if fast else "bf16-mixed")


def test_a_setting_that_is_not_given_is_not_written() -> None:
    assert "tf32" not in recipe().to_yaml()
    assert "tf32: false" in recipe(tf32=False).to_yaml()
