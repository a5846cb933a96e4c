"""Gates and publications, from the command to the exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ganvas.bundle import read_bundle, write_bundle
from ganvas.cli import main
from ganvas.models.families import build
from ganvas.spec import DataSpec

PROTOCOL = {"features": "effnet", "features_sha256": "ab", "resize": "bicubic", "real_count": 20, "fake_count": 16}
Maker = Callable[..., Path]


def line(
    value: float, part: str | None = "held_out", *, nimg: int = 32, metric: str = "kid_effnet", **more: Any
) -> Any:
    protocol = PROTOCOL | ({"pictures": part} if part else {}) | more
    return {"nimg": nimg, "metric": metric, "value": value, "protocol": protocol}


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """Bundles of tiny models; another seed is another model."""
    import torch

    def made(name: str, *lines: Any, seed: int = 0) -> Path:
        torch.manual_seed(seed)
        family = build("dcgan", {"width": 4}, DataSpec(resolution=16), 1.0)
        place = tmp_path / "made" / name
        write_bundle(place, family.eval(), name=name, kimg=0.032, metrics=lines, onnx=False)
        return place

    return made


def run_of(folder: Path, *lines: Any, at: int = 32) -> Path:
    """A run as far as a gate looks at it."""
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / f"{at:09d}.pt").touch()
    (folder / "recipe.yaml").write_text("name: x\nfamily: dcgan\n")
    (folder / "metrics.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return folder


def gate(path: Path, *bounds: str, metric: str = "kid_effnet") -> int:
    return main(["gate", str(path), "--metric", metric, *bounds])


# ── The gate ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gate_answers_by_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(tmp_path / "run", line(0.05), line(0.7, metric="precision_effnet"))
    assert gate(run, "--at-most", "0.05") == 0
    assert (
        "kid_effnet 0.05 against the held-out pictures at 0.032 kimg: passes (at most 0.05)." in capsys.readouterr().out
    )
    assert gate(run, "--at-most", "0.049") == 3
    assert "does not pass" in capsys.readouterr().out
    assert gate(run, "--at-least", "0.6", metric="precision_effnet") == 0
    assert gate(run, "--at-least", "0.6", "--at-most", "0.65", metric="precision_effnet") == 3


def test_a_gate_asks_of_held_out_pictures_first(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", line(0.3, "held_out"), line(0.01, "train"))
    assert gate(run, "--at-most", "0.1") == 3
    assert gate(run, "--at-most", "0.1", "--pictures", "train") == 0
    assert gate(run_of(tmp_path / "all", line(0.01, "train")), "--at-most", "0.1") == 0


def test_a_gate_takes_no_quick_and_no_old_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick = run_of(tmp_path / "quick", line(0.01, None) | {"quick": True})
    old = run_of(tmp_path / "old", line(0.01), at=64)
    for run in (quick, old):
        assert gate(run, "--at-most", "0.1") == 2
        assert "ganvas evaluate" in capsys.readouterr().err


def test_a_value_that_is_no_number_does_not_pass(tmp_path: Path) -> None:
    assert gate(run_of(tmp_path / "run", line(float("nan"))), "--at-most", "1") == 3


def test_a_gate_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(tmp_path / "run", line(0.1))
    assert gate(run) == 2
    assert "--at-most or --at-least" in capsys.readouterr().err
    assert gate(run, "--at-most", "1", metric="fid") == 2
    assert "measured: kid_effnet" in capsys.readouterr().err
    assert gate(run, "--at-most", "1", "--pictures", "all") == 2
    assert gate(tmp_path / "nothing", "--at-most", "1") == 2
    assert "neither a run nor a bundle" in capsys.readouterr().err


# ── Publishing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(source: Path, shelf: Path, *more: str) -> int:
    return main(["publish", str(source), "--to", str(shelf), "--name", "faces", *more])


def value_of(place: Path) -> float:
    return read_bundle(place).info.metrics[0].value


def test_a_better_model_replaces_a_worse_one(make: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = tmp_path / "shelf"
    better = ["--if-better", "kid_effnet"]
    assert publish(make("first", line(0.2), seed=1), shelf, *better) == 0
    assert publish(make("worse", line(0.3), seed=2), shelf, *better) == 3
    assert "not better (lower) than 0.2" in capsys.readouterr().out
    assert value_of(shelf / "faces") == 0.2
    assert publish(make("equal", line(0.2), seed=3), shelf, *better) == 3
    assert publish(make("best", line(0.1), seed=4), shelf, *better) == 0
    assert value_of(shelf / "faces") == 0.1
    assert publish(make("other", line(0.9), seed=5), shelf) == 0  # without the question, always
    assert value_of(shelf / "faces") == 0.9
    assert [entry.name for entry in shelf.iterdir() if entry.name[0] != "."] == ["faces"]


def test_higher_is_better_where_it_is(make: Maker, tmp_path: Path) -> None:
    for name, value, code in (("a", 0.5, 0), ("b", 0.4, 3), ("c", 0.6, 0)):
        source = make(name, line(value, metric="recall_effnet"), seed=ord(name))
        assert publish(source, tmp_path / "shelf", "--if-better", "recall_effnet") == code


def test_publishing_twice_changes_nothing(make: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = tmp_path / "shelf"
    assert publish(make("a", line(0.2)), shelf, "--if-better", "kid_effnet") == 0
    before = {file: (file.stat().st_mtime_ns, file.stat().st_ino) for file in (shelf / "faces").iterdir()}
    again = make("a", line(0.2))  # exported again: another date
    assert publish(again, shelf, "--if-better", "kid_effnet") == 0
    assert "Nothing to do" in capsys.readouterr().out
    assert before == {file: (file.stat().st_mtime_ns, file.stat().st_ino) for file in (shelf / "faces").iterdir()}
    assert publish(make("a", line(0.4)), shelf, "--if-better", "kid_effnet") == 0  # the same model, measured anew
    assert value_of(shelf / "faces") == 0.4


def test_figures_taken_otherwise_are_not_compared(
    make: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf, better = tmp_path / "shelf", ("--if-better", "kid_effnet")
    assert publish(make("a", line(0.2), seed=1), shelf, *better) == 0
    assert publish(make("b", line(0.1, fake_count=5000), seed=2), shelf, *better) == 2
    assert "another fake count (16, now 5000)" in capsys.readouterr().err
    assert publish(make("c", line(0.1, "train"), seed=3), shelf, *better) == 2
    assert publish(make("d", line(0.1, real_count=40), seed=4), shelf, *better) == 0  # more pictures have come
    assert publish(make("e", line(0.1, real_count=40, metric="fd_effnet"), seed=5), shelf) == 0
    assert publish(make("f", line(0.1, metric="fd_effnet"), seed=6), shelf, "--if-better", "fd_effnet") == 2


def test_nothing_but_a_whole_bundle_is_published(
    make: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = tmp_path / "shelf"
    assert publish(make("good", line(0.2), seed=1), shelf) == 0
    damaged = make("bad", line(0.1), seed=2)
    with (damaged / "G.safetensors").open("ab") as file:
        file.write(b"x")
    assert publish(damaged, shelf) == 2
    assert value_of(shelf / "faces") == 0.2
    run = run_of(tmp_path / "run", line(0.1))
    assert publish(run, shelf) == 2
    assert f"ganvas export {run}" in capsys.readouterr().err
    shutil.copytree(tmp_path / "made" / "good", run / "bundle")
    assert publish(run, tmp_path / "second") == 0


@pytest.mark.parametrize("name", ["../faces", ".faces", "a/b", ""])
def test_a_name_stays_in_the_folder(make: Maker, tmp_path: Path, name: str) -> None:
    assert main(["publish", str(make("a")), "--to", str(tmp_path / "shelf"), "--name", name]) == 2


def test_what_is_no_bundle_is_not_replaced(make: Maker, tmp_path: Path) -> None:
    mine = tmp_path / "shelf" / "faces" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("keep")
    assert publish(make("a"), tmp_path / "shelf") == 2
    assert mine.read_text() == "keep"
    place = make("self")
    assert main(["publish", str(place), "--to", str(place.parent)]) == 2  # onto itself
    assert read_bundle(place)


@pytest.mark.skipif(sys.platform != "linux", reason="folders are exchanged in one step on Linux only")
def test_a_reader_never_finds_the_place_empty(make: Maker, tmp_path: Path) -> None:
    shelf, done, lost = tmp_path / "shelf", threading.Event(), []
    sources = [make("a", line(0.2), seed=1), make("b", line(0.1), seed=2)]
    assert publish(sources[0], shelf) == 0

    def watch() -> None:
        while not done.is_set():
            if not (shelf / "faces" / "bundle.json").exists():
                lost.append(1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(20):
            assert publish(sources[(number + 1) % 2], shelf, "--quiet") == 0
    finally:
        done.set()
        watcher.join()
    assert not lost


# ── Packing under a name, and asking for a round ────────────────────────────────────────────────────────────────────


def test_a_set_is_named_by_its_content(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "few"
    shutil.copytree(pictures, folder)
    command = ["pack", str(folder), "--for", "dcgan-quick", "--set", "data.minimum=4", "--into", str(tmp_path / "sets")]

    def packed(*more: str) -> Path:
        assert main([*command, *more]) == 0
        return Path(capsys.readouterr().out.splitlines()[-1])

    first = packed()
    assert first.parent == tmp_path / "sets"
    assert first.name.startswith("few-")
    made = first.stat().st_mtime_ns
    assert packed("--quiet") == first
    assert first.stat().st_mtime_ns == made
    assert packed("--set", "model.width=8") != first  # another model, another run
    assert packed("--set", "train.kimg=7") == first  # longer: the same run
    content = first.read_bytes()
    next(folder.rglob("*.png")).unlink()
    assert packed() != first
    assert first.read_bytes() == content


def test_packing_for_a_recipe_takes_its_settings_only(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", str(pictures), "--for", "dcgan-quick", "--resolution", "128"]) == 2
    assert "--set data.KEY=VALUE" in capsys.readouterr().err
    assert main(["pack", str(pictures), "--set", "data.resolution=16"]) == 2
    assert "--for" in capsys.readouterr().err


def test_a_round_is_done_when_all_is_settled(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ganvas.curate.catalog import Catalog
    from ganvas.curate.review.review import Review
    from ganvas.curate.review.schema import Verdict

    place = tmp_path / "catalogue"
    ask = ["review", str(place), "--status"]
    assert main(ask) == 2
    assert main(["collect", str(pictures / "disc"), "--catalog", str(place), "--quiet"]) == 0
    assert main(ask) == 3
    assert "Round 1: 0 of 12" in capsys.readouterr().out

    def settle(verdict: str) -> None:
        with Catalog.open(place) as catalog:
            review = Review(catalog)
            waiting = review.queue(1, "Ann")
            said = [Verdict(one.image.id, verdict, "other" if verdict == "drop" else None, f"{one.image.id}{verdict}") for one in waiting]  # fmt: skip  # noqa: E501
            assert {answer.status for answer in review.decide(1, "Ann", said)} == {"saved"}

    settle("keep")
    assert main(ask) == 0
    assert main(["collect", str(pictures / "square"), "--catalog", str(place), "--quiet"]) == 0
    assert main(ask) == 3  # what came since is waited for as well
    assert "12 of 24" in capsys.readouterr().out
    settle("drop")
    assert main(ask) == 0


def test_evaluating_again_adds_no_line(tmp_path: Path) -> None:
    from ganvas.evaluate.fidelity import Result
    from ganvas.evaluate.report import append, read

    path = tmp_path / "metrics.jsonl"
    one, other = (Result("kid_effnet", value, 0.01, PROTOCOL | {"pictures": "train"}) for value in (0.1, 0.2))
    for result in (one, one, other, one):  # the last one is news: it says otherwise than the one before
        append(path, [result], 32)
    assert [result.value for _, result in read(path)] == [0.1, 0.2, 0.1]
    append(path, [one], 64)
    assert len(read(path)) == 4


# ── Without a terminal ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_log_holds_plain_lines(pictures: Path, tmp_path: Path) -> None:
    """What a scheduler keeps: no control codes, no bars drawn over themselves, each sentence in a line of its own."""
    place, sets = tmp_path / "catalogue", tmp_path / "sets"
    (tmp_path / "rules.yaml").write_text("curate: {drop_below: 0}\n")
    commands = [
        ["collect", str(pictures), "--catalog", str(place)],
        ["curate", str(place), "--rules", str(tmp_path / "rules.yaml"), "--processes", "1"],
        ["review", str(place), "--status"],
        ["pack", str(place), "--for", "dcgan-quick", "--set", "data.minimum=4", "--into", str(sets)],
    ]
    for command, code in zip(commands, (0, 0, 3, 0), strict=True):
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "ganvas.cli", *command], capture_output=True, env=environment, check=False
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said.decode()
        assert said.strip()
        assert not {0x1B, 0x0D, 0x08} & set(said), said
        assert not done.stderr.strip(), done.stderr
