"""What every family in FAMILIES promises, whatever its game: the trainer, the exporter and the studio rely on it.

Batch statistics are the one thing that a split batch does change (each part normalises by its own mean): where
networks use them they are held for the two tests on splitting, and the documentation says what differs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from support.exported import exported  # noqa: F401 - a fixture
from support.harness import Game, hold_statistics, same, states
from support.requests import example_request
from support.shared_folder import make_once

from ganvas.bundle import read_bundle
from ganvas.models.capabilities import Truncates
from ganvas.models.families import FAMILIES
from ganvas.models.family import GenerateModule
from ganvas.recipe import Recipe
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Tick
from ganvas.runs.reader import read_lines
from ganvas.tasks import TASKS
from ganvas.train.trainer import train

BATCH = 8
pytestmark = pytest.mark.parametrize("name", sorted(FAMILIES))


def test_a_phase_moves_exactly_what_it_lists(name: str, pictures: Path) -> None:
    game = Game(name, pictures)
    for stage_index, stage in enumerate(game.family.stages()):
        for phase in stage.phases:
            game = Game(name, pictures, stage=stage_index)
            before = states(game.family)
            game.play_alone(phase.name)
            after = states(game.family)
            for network in game.family.networks():
                parameters = {key for key, _ in game.family.get_submodule(network).named_parameters()}
                moved = any(not torch.equal(before[f"{network}.{k}"], after[f"{network}.{k}"]) for k in parameters)
                assert moved == (network in phase.trains), f"{phase.name} and {network}"


def test_each_phase_alone_descends_on_one_batch(name: str, pictures: Path) -> None:
    stages = Game(name, pictures).family.stages()
    for stage_index, stage in enumerate(stages):
        for phase in stage.phases:
            game = Game(name, pictures, stage=stage_index)
            losses: list[float] = []
            # The first steps settle spectral norms. Gradient penalties of networks with kinks jump at them, which can
            # take back a few dozen steps.
            while len(losses) < 90 and not (losses and min(losses[-5:]) < losses[4]):
                losses += [game.play_alone(phase.name, same_batch=True)[f"{phase.name}/loss"] for _ in range(15)]
            assert min(losses[-5:]) < losses[4], f"{stage.name}: {phase.name} went from {losses[4]} to {losses[-1]}"


def test_a_stopped_training_goes_on_bit_for_bit(name: str, pictures: Path, tmp_path: Path) -> None:
    recipe = _recipe(name)
    whole, halves = RunDir(tmp_path / "whole"), RunDir(tmp_path / "halves")
    packed = Game(name, pictures).packed
    assert train(recipe, whole, packed).state == "finished"

    def stop_in_the_middle(event: Event) -> None:
        if isinstance(event, Tick) and event.stats["step"] == 3:
            os.kill(os.getpid(), signal.SIGINT)

    assert train(recipe, halves, packed, listener=stop_in_the_middle).state == "stopped"
    assert train(recipe, halves, packed).state == "finished"

    one, two = (checkpoint.read(checkpoint.listing(run.checkpoints)[-1]) for run in (whole, halves))
    assert one["clock"] == two["clock"]
    for part in ("family", "average", "optimizers"):
        assert same(one[part], two[part]), part
    timing = {"seconds", "images_per_second", "eta_seconds", "memory_mb"}
    lines = [read_lines(run.stats) for run in (whole, halves)]
    told = [[{k: v for k, v in line.items() if k not in timing} for line in run] for run in lines]
    assert told[0] == told[1]


def test_accumulation_changes_nothing(name: str, pictures: Path) -> None:
    with torch.device("cpu"):
        whole, parts = (Game(name, pictures, micro=micro, exact=True) for micro in (BATCH, BATCH // 4))
    for game in (whole, parts):
        hold_statistics(game.family)
        for _ in range(2):
            game.play()
    _assert_close(states(whole.family), states(parts.family))


def test_two_processes_equal_one(name: str, pictures: Path, two_processes: dict[str, dict[str, torch.Tensor]]) -> None:
    game = Game(name, pictures, exact=True)
    hold_statistics(game.family)
    for _ in range(2):
        game.play()
    _assert_close(states(game.family), two_processes[name])


def test_the_export_equals_the_eager_output(name: str, exported: Callable[[str], Path]) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    bundle = exported(name)
    family = read_bundle(bundle).load_family()
    session = onnxruntime.InferenceSession(bundle / "model.onnx", providers=["CPUExecutionProvider"])
    for count in (1, 3):
        request = example_request(family, count, seed=count)
        with torch.no_grad():
            wanted = GenerateModule(family, TASKS[family.task].request)(*request)
        given = {node.name for node in session.get_inputs()}
        feed = {key: value.numpy() for key, value in request._asdict().items() if key in given}
        got = torch.from_numpy(session.run(None, feed)[0])
        assert got.shape == wanted.shape
        assert (got - wanted).abs().max() < 1e-4


def test_an_answer_does_not_depend_on_its_neighbours(name: str, pictures: Path) -> None:
    family = Game(name, pictures).family.eval()
    request = example_request(family, 4)
    alone = type(request)(*(tensor[2:3] for tensor in request))
    with torch.no_grad():
        together, single = family.generate(request), family.generate(alone)
    assert together.abs().max() <= 1.0 + 1e-6 or isinstance(family, Truncates)
    torch.testing.assert_close(together[2:3], single, atol=1e-5, rtol=0)


def test_the_average_follows_with_its_half_life(name: str, pictures: Path) -> None:
    game = Game(name, pictures, ema_kimg=0.001 * BATCH)  # one step is one half-life
    if not game.family.averaged:
        pytest.skip("keeps no average")
    if game.family.ema_kimg(game.clock, 0.001 * BATCH) != 0.001 * BATCH:
        pytest.skip("has a half-life of its own")
    network = game.family.averaged[0]
    before = [p.clone() for p in game.stepper.average.get_submodule(network).parameters()]
    game.play()
    live = game.family.get_submodule(network).parameters()
    average = game.stepper.average.get_submodule(network).parameters()
    for old, now, kept in zip(before, live, average, strict=True):
        torch.testing.assert_close(kept, (old + now) / 2)


def _recipe(name: str) -> Recipe:
    config, data = FAMILIES[name].tiny()
    fields = {"resolution", "channels", "crop", "flip", "degradation", "roll", "transpose"}
    return Recipe.model_validate(
        {
            "name": f"contract-{name}",
            "family": name,
            "data": data.model_dump(include=fields) | {"conditional": bool(data.classes), "minimum": 2},
            "model": config.model_dump(mode="json"),
            "train": {
                "kimg": 6 * BATCH / 1000,
                "batch_size": BATCH,
                "ema_kimg": 0.05,
                "tick_kimg": BATCH / 1000,
                "sheet_kimg": 1000,
                "checkpoint_kimg": 1000,
                "metric_kimg": 0,
                "workers": 0,
            },
        }
    )


def _assert_close(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> None:
    assert one.keys() == two.keys()
    for key, value in one.items():
        torch.testing.assert_close(two[key], value, atol=1e-7, rtol=1e-5, msg=lambda text, key=key: f"{key}: {text}")


@pytest.fixture(scope="session")
def two_processes(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, torch.Tensor]]:
    """The weights of every family after two steps of two CPU processes, by the documented launcher."""
    script = Path(__file__).with_name("two_processes.py")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script)]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
    }

    def make(folder: Path) -> None:
        done = subprocess.run(
            [*command, str(pictures), str(folder / "states.pt")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]

    output = make_once(tmp_path_factory, "two-processes", make) / "states.pt"
    return dict(torch.load(output, weights_only=True))
