"""The queue of trainings: one at a time, over restarts, with every end; deleting with undo.

The command is a small script.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.studio import served

from ganvas.errors import UserError
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold
from ganvas.runs.queue import QueueFile
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.train import processes, run_folders, samples

# A training that ends at once, fails, or goes on until it is asked to stop, by the name of its pictures.
SCRIPT = """
import signal, sys
from pathlib import Path
words = sys.argv[1:]
run, data = (Path(words[words.index(name) + 1]) for name in ("--run", "--data"))
with (run / "words").open("a") as file:
    file.write(" ".join(words[1:]) + chr(10))
if data.name == "fails":
    print("a line before")
    sys.exit("The pictures are too few; add some.")
if data.name == "waits":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    (run / "ready").write_text("")
    while True:
        signal.pause()
"""
WAIT = 20.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "command.py"
    script.write_text(SCRIPT)
    monkeypatch.setattr(processes, "COMMAND", (sys.executable, "-I", str(script)))
    for name in ("ends", "fails", "waits"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
    return tmp_path


@contextmanager
def studio(home: Path) -> Iterator[httpx.Client]:
    settings = StudioSettings(runs=home / "runs", pictures=home / "pictures", poll=0.02)
    with served(create_app(settings=settings)) as (client, _):
        yield client


@pytest.fixture
def client(home: Path) -> Iterator[httpx.Client]:
    with studio(home) as opened:
        yield opened


def start(client: httpx.Client, data: str, **more: Any) -> str:
    answer = client.post("/v1/trainings", json={"recipe": "dcgan-quick", "data": data, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["run"])


def training(client: httpx.Client, run: str) -> dict[str, Any]:
    return next(one for one in client.get("/v1/trainings").json()["trainings"] if one["run"] == run)


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not found():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def becomes(client: httpx.Client, run: str, state: str) -> dict[str, Any]:
    until(lambda: training(client, run)["state"] == state)
    return training(client, run)


def works(home: Path, run: str) -> None:
    until((home / "runs" / run / "ready").exists)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_trainings_run_one_after_the_other(client: httpx.Client, home: Path) -> None:
    first = start(client, "waits", sets=["train.seed=5"])
    works(home, first)
    second, third = start(client, "ends"), start(client, "ends")
    assert (second, third) == ("dcgan-quick-ends", "dcgan-quick-ends 2"), "two runs never share a folder"
    assert [training(client, run)["place"] for run in (first, second, third)] == [None, 1, 2]
    assert client.get(f"/v1/runs/{second}").json()["recipe"]["name"] == "dcgan-quick", "a waiting run has its page"
    client.post(f"/v1/trainings/{first}/stop")
    becomes(client, first, "stopped")
    becomes(client, second, "finished")
    becomes(client, third, "finished")
    words = (home / "runs" / first / "words").read_text()
    assert words.startswith(f"dcgan-quick --data {home / 'pictures' / 'waits'} --run {home / 'runs' / first}")
    assert "--set train.seed=5" in words


def test_pause_and_resume_give_the_same_command_again(client: httpx.Client, home: Path) -> None:
    run = start(client, "waits")
    works(home, run)
    client.post(f"/v1/trainings/{run}/pause")
    becomes(client, run, "paused")
    (home / "runs" / run / "ready").unlink()
    client.post(f"/v1/trainings/{run}/resume")
    works(home, run)
    before, after = (home / "runs" / run / "words").read_text().splitlines()
    assert before == after
    refused(client.post(f"/v1/trainings/{run}/resume"), 409, "training-not-stopped")
    client.post(f"/v1/trainings/{run}/stop")
    becomes(client, run, "stopped")


def test_one_that_waits_is_paused_without_a_start(client: httpx.Client, home: Path) -> None:
    first = start(client, "waits")
    works(home, first)
    second = start(client, "ends")
    assert client.post(f"/v1/trainings/{second}/pause").json()["state"] == "paused"
    client.post(f"/v1/trainings/{first}/stop")
    becomes(client, first, "stopped")
    assert training(client, second)["state"] == "paused"
    assert not (home / "runs" / second / "words").exists()


def test_a_failure_says_the_last_line_of_the_command(client: httpx.Client) -> None:
    run = start(client, "fails")
    error = becomes(client, run, "failed")["error"]
    assert error["code"] == "training-failed"
    assert error["params"] == {"reason": "The pictures are too few; add some."}


def test_a_training_that_is_killed_says_so_and_the_next_one_starts(client: httpx.Client, home: Path) -> None:
    run = start(client, "waits")
    works(home, run)
    other = start(client, "ends")
    os.kill(QueueFile(home / "runs" / ".trainings" / "queue.json").read()[0].process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    assert becomes(client, run, "failed")["error"]["code"] == "training-killed"
    becomes(client, other, "finished")


def test_prolonging_starts_again_with_the_new_length(client: httpx.Client, home: Path) -> None:
    run = start(client, "ends", sets=["train.kimg=2"])
    becomes(client, run, "finished")
    refused(client.post(f"/v1/trainings/{run}/prolong", json={"kimg": 2}), 422, "not-longer")
    client.post(f"/v1/trainings/{run}/prolong", json={"kimg": 3})
    until(lambda: len((home / "runs" / run / "words").read_text().splitlines()) == 2)
    assert "--kimg 3" in (home / "runs" / run / "words").read_text().splitlines()[1]
    becomes(client, run, "finished")


def test_a_training_goes_on_when_the_studio_ends_and_is_found_again(home: Path) -> None:
    with studio(home) as client:
        run = start(client, "waits")
        works(home, run)
        waiting = start(client, "ends")
    with studio(home) as client:
        assert training(client, run)["state"] == "running"
        assert training(client, waiting)["state"] == "queued"
        client.post(f"/v1/trainings/{run}/pause")
        becomes(client, run, "paused")
        becomes(client, waiting, "finished")
        assert len((home / "runs" / run / "words").read_text().splitlines()) == 1, "it was not started twice"


def test_a_studio_killed_between_its_note_and_the_start_starts_the_training(home: Path) -> None:
    with studio(home) as client:
        run = start(client, "ends")
        becomes(client, run, "finished")
    queue = QueueFile(home / "runs" / ".trainings" / "queue.json")
    queue.write([queue.read()[0].changed(state="running", process=None)])
    with studio(home) as client:
        until(lambda: len((home / "runs" / run / "words").read_text().splitlines()) == 2)
        becomes(client, run, "finished")


def test_a_running_training_is_found_by_the_lock_of_its_run(home: Path) -> None:
    with studio(home) as client:
        run = start(client, "ends")
        becomes(client, run, "finished")
    queue = QueueFile(home / "runs" / ".trainings" / "queue.json")
    queue.write([queue.read()[0].changed(state="running", process=None)])
    with ExitStack() as training_process:
        training_process.enter_context(hold(RunDir(home / "runs" / run)))
        with studio(home) as client:
            until(lambda: queue.read()[0].process is not None)
            assert training(client, run)["state"] == "running"
            refused(client.delete(f"/v1/trainings/{run}"), 409, "run-is-trained")


def test_a_deleted_run_can_be_restored(client: httpx.Client, home: Path) -> None:
    run = start(client, "ends")
    becomes(client, run, "finished")
    gone = client.delete(f"/v1/trainings/{run}").json()
    assert client.get(f"/v1/runs/{run}").status_code == 404
    listed = client.get("/v1/trainings").json()
    assert (listed["trainings"], [one["run"] for one in listed["deleted"]]) == ([], [run])
    assert client.post(f"/v1/deleted-runs/{gone['id']}/restore").json() == {"run": run}
    assert training(client, run)["state"] == "finished"
    assert (home / "runs" / run / "words").is_file()
    refused(client.post(f"/v1/deleted-runs/{gone['id']}/restore"), 404, "not-in-trash")


def test_a_run_that_is_trained_is_neither_deleted_nor_renamed(client: httpx.Client, home: Path) -> None:
    run = start(client, "waits")
    works(home, run)
    refused(client.delete(f"/v1/trainings/{run}"), 409, "run-is-trained")
    refused(client.post(f"/v1/trainings/{run}/rename", json={"name": "other"}), 409, "run-is-trained")
    client.post(f"/v1/trainings/{run}/stop")
    becomes(client, run, "stopped")
    outside = RunDir(home / "runs" / "by the command line")
    outside.root.mkdir()
    outside.recipe.write_text("name: x\n")
    with hold(outside):
        refused(client.delete(f"/v1/trainings/{outside.root.name}"), 409, "run-is-trained")
    assert outside.recipe.is_file()


def test_a_run_has_another_name_and_goes_on_under_it(client: httpx.Client) -> None:
    run = start(client, "ends", name="first")
    becomes(client, run, "finished")
    other = start(client, "ends", name="taken")
    becomes(client, other, "finished")
    refused(client.post("/v1/trainings/first/rename", json={"name": "taken"}), 409, "run-name-taken")
    refused(client.post("/v1/trainings/first/rename", json={"name": "../up"}), 422, "run-name")
    assert client.post("/v1/trainings/first/rename", json={"name": "꽃 그림"}).json() == {"run": "꽃 그림"}
    assert training(client, "꽃 그림")["state"] == "finished"


def test_the_trash_is_emptied_after_a_week(home: Path) -> None:
    run = RunDir(home / "runs" / "old")
    run.root.mkdir(parents=True)
    gone = run_folders.delete(home / "runs", "old", None)
    run_folders.purge(home / "runs")
    assert [one.run for one in run_folders.deleted(home / "runs")] == ["old"]
    then = time.time() - run_folders.KEPT_SECONDS - 60
    os.utime(home / "runs" / run_folders.TRASH / gone.id, (then, then))
    run_folders.purge(home / "runs")
    assert run_folders.deleted(home / "runs") == []


def test_a_full_disk_is_said_before_the_start(
    client: httpx.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LEAST_FREE", 10**18)
    refused(client.post("/v1/trainings", json={"recipe": "dcgan-quick", "data": "ends"}), 507, "disk-almost-full")
    assert not (home / "runs" / "dcgan-quick-ends").exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"recipe": "/etc/passwd", "data": "ends"}, 404, "no-recipe"),
        ({"recipe": "dcgan-quick", "data": "../runs"}, 404, "no-pictures"),
        ({"recipe": "dcgan-quick", "data": "ends", "sets": ["train.start=/etc"]}, 422, "setting-not-here"),
        ({"recipe": "dcgan-quick", "data": "ends", "sets": ["train={start: /etc}"]}, 422, "setting-not-here"),
        ({"recipe": "dcgan-quick", "data": "ends", "sets": ["train.kimg=never"]}, 422, "wrong-setting"),
        ({"recipe": "dcgan-quick", "data": "ends", "start": "none"}, 404, "no-bundle"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    client: httpx.Client, home: Path, body: dict[str, Any], status: int, code: str
) -> None:
    refused(client.post("/v1/trainings", json=body), status, code)
    assert not (home / "runs").exists()


def test_only_one_studio_manages_a_folder_of_runs(client: httpx.Client, home: Path) -> None:
    run = start(client, "ends")
    becomes(client, run, "finished")
    with studio(home) as other:
        assert training(other, run)["state"] == "finished"
        refused(other.post(f"/v1/trainings/{run}/prolong", json={"kimg": 99}), 409, "other-studio")


def test_a_broken_queue_file_holds_no_trainings(home: Path) -> None:
    file = home / "runs" / ".trainings" / "queue.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"trainings": [{"run": 5}, "x"]}))
    with studio(home) as client:
        assert client.get("/v1/trainings").json() == {"trainings": [], "deleted": []}


def test_recipes_have_every_setting_with_its_range(client: httpx.Client) -> None:
    listed = {one["name"] for one in client.get("/v1/recipes").json()["recipes"]}
    assert {"dcgan-quick", "cyclegan-256"} <= listed
    recipe = client.get("/v1/recipes/stylegan2-64-small").json()
    settings = {one["key"]: one for one in recipe["settings"]}
    assert settings["train.kimg"]["above"] == 0
    assert settings["data.resolution"]["minimum"] == 4
    assert settings["data.crop"]["kind"] == "choice"
    assert settings["train.micro_batch"]["optional"]
    assert "train.start" not in settings
    assert any(key.startswith("model.") for key in settings)
    assert all(one["description"] or key.startswith("model.") for key, one in settings.items())


def test_the_sample_training_is_listed_at_once_and_begins_when_the_avatars_are_drawn(
    client: httpx.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "COUNT", 4)
    (home / "pictures" / samples.NAME).mkdir()  # somebody's own
    made = client.post("/v1/sample-training")
    assert (made.status_code, made.json()["run"]) == (201, "sample avatars 2")
    assert [one["id"] for one in client.get("/v1/runs").json()["runs"]] == ["sample avatars 2"]
    becomes(client, "sample avatars 2", "finished")
    drawn = home / "pictures" / "sample avatars 2"
    assert sorted(one.name for one in drawn.glob("*.png")) == [f"{number:06d}.png" for number in range(4)]
    words = (home / "runs" / "sample avatars 2" / "words").read_text()
    assert words.startswith(f"dcgan-quick --data {drawn} ")
    assert list((home / "pictures" / samples.NAME).iterdir()) == []
    sets = {one["name"]: one["uploaded"] for one in client.get("/v1/picture-sets").json()["sets"]}
    assert sets["sample avatars 2"] is False, "nothing is added to them"


def test_a_second_press_gives_the_same_sample_training(client: httpx.Client, home: Path) -> None:
    first = start(client, "waits")
    works(home, first)
    runs = {client.post("/v1/sample-training").json()["run"] for _ in range(2)}
    assert runs == {"sample avatars"}
    assert training(client, "sample avatars")["place"] == 1
    client.post("/v1/trainings/sample avatars/stop")
    client.post(f"/v1/trainings/{first}/stop")
    becomes(client, first, "stopped")


def test_avatars_that_cannot_be_drawn_fail_the_training_and_are_drawn_when_it_is_resumed(
    client: httpx.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise UserError("Drawing avatars needs the extra.")

    monkeypatch.setattr(samples, "COUNT", 2)
    draw = samples.draw_avatars
    monkeypatch.setattr(samples, "draw_avatars", refuse)
    run = client.post("/v1/sample-training").json()["run"]
    assert becomes(client, run, "failed")["error"]["code"] == "sample-not-drawn"
    monkeypatch.setattr(samples, "draw_avatars", draw)
    client.post(f"/v1/trainings/{run}/resume")
    becomes(client, run, "finished")


def test_drawing_goes_on_in_the_next_studio(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "COUNT", 500)
    with studio(home) as client:
        run = client.post("/v1/sample-training").json()["run"]
        until(lambda: (training(client, run)["drawn"] or 0) > 0)
        assert training(client, run)["state"] == "queued"
    drawn = len(list((home / "pictures" / run).glob("*.png")))
    assert 0 < drawn < 500
    monkeypatch.setattr(samples, "COUNT", drawn + 1)
    with studio(home) as client:
        becomes(client, run, "finished")
