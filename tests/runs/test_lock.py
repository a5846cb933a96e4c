"""Only one process trains a run; a lock that a killed one left does not stop the next."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from support.small_run import draw_pictures, recipe, train_command

from ganvas.cli import main
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.runs import lock
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import Trainer, hold, lock_state
from ganvas.runs.log import Event, Saved
from ganvas.runs.reader import read_lines
from ganvas.train.trainer import train


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir(tmp_path / "run")


def leave(run: RunDir, *, age: float = 0, **changes: object) -> None:
    """The lock of a process that no longer holds it."""
    with hold(run):
        mine = Trainer.model_validate_json(run.lock.read_text())
    run.root.mkdir(exist_ok=True)
    run.lock.write_text(mine.model_copy(update=changes).model_dump_json())
    then = run.lock.stat().st_mtime - age
    os.utime(run.lock, (then, then))


def test_a_second_training_is_refused_and_writes_nothing(tmp_path: Path, run: RunDir) -> None:
    """As when a cell of a notebook is run twice."""
    pictures = pack(draw_pictures(tmp_path / "data"), resolution=16).path
    refusals: list[str] = []

    def start_again(event: Event) -> None:
        if isinstance(event, Saved):
            with pytest.raises(UserError, match="is being trained by this very process") as refused:
                train(recipe(3), run, pictures)
            refusals.append(str(refused.value))

    assert train(recipe(3), run, pictures, listener=start_again).state == "finished"
    assert len(refusals) >= 3
    assert [line["step"] for line in read_lines(run.stats)] == [1, 2, 3]
    assert not run.lock.exists()
    assert train(recipe(4), run, pictures).state == "finished"


def test_the_command_says_who_trains_and_ends_with_2(
    tmp_path: Path, run: RunDir, capsys: pytest.CaptureFixture[str]
) -> None:
    data = draw_pictures(tmp_path / "data")
    with hold(run):
        run.lock.write_text(
            Trainer.model_validate_json(run.lock.read_text()).model_copy(update={"pid": 1}).model_dump_json()
        )
        assert main(train_command(data, "--run", str(run.root), "--kimg", "0.008")) == 2
        said = capsys.readouterr().err
    assert f"process 1 on {socket.gethostname()}, started 20" in said
    assert "choose another --run" in said
    assert not run.recipe.exists()


@pytest.mark.parametrize(
    "changes",
    [{"pid": 2**22 + 1}, {"start_ticks": 1}, {}, {"boot": "another"}],
    ids=["its process is gone", "its number was given to another process", "killed in this process", "before a reboot"],
)
@pytest.mark.parametrize("locks", [True, False], ids=["locks", "no locks"])
def test_a_stale_lock_is_taken_over(
    run: RunDir, changes: dict[str, object], locks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not locks:  # as on some network file systems
        if not changes:
            pytest.skip("without locks a living process counts as training")
        if not Path("/proc").is_dir():
            pytest.skip("the start of a process is not known here")
        monkeypatch.setattr(lock, "try_lock", lambda descriptor, shared=False: None)
    leave(run, **changes)
    state = lock_state(run)
    assert state is not None
    assert not state.held
    with hold(run):
        state = lock_state(run)
        assert state is not None
        assert (state.held, state.trainer.pid) == (True, os.getpid())


def test_without_locks_a_living_process_keeps_its_run(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "try_lock", lambda descriptor, shared=False: None)
    with hold(run), pytest.raises(UserError, match="this very process"), hold(run):
        pass


def test_a_process_of_another_machine_keeps_its_run_until_it_is_silent_for_long(run: RunDir) -> None:
    elsewhere = {"host": "elsewhere", "boot": "another"}
    leave(run, **elsewhere)
    with pytest.raises(UserError, match=r"on elsewhere.*delete .*lock\.json"), hold(run):
        pass
    state = lock_state(run)
    assert state is not None
    assert state.held
    leave_again = RunDir(run.root.with_name("other"))
    leave(leave_again, age=2 * lock.SILENT_SECONDS, **elsewhere)
    with hold(leave_again):
        pass


@pytest.mark.parametrize("content", ["", "{", "[]", '{"host": 1}'])
def test_a_damaged_lock_is_no_lock(run: RunDir, content: str) -> None:
    run.root.mkdir()
    run.lock.write_text(content)
    assert lock_state(run) is None
    with hold(run):
        pass


def test_a_lock_that_is_a_link_is_not_followed(run: RunDir, tmp_path: Path) -> None:
    run.root.mkdir()
    other = tmp_path / "other"
    other.write_text("kept")
    run.lock.symlink_to(other)
    with pytest.raises(UserError, match="cannot be written"), hold(run):
        pass
    assert other.read_text() == "kept"


def test_a_refused_training_leaves_no_folder(run: RunDir) -> None:
    with hold(run):
        pass
    assert not run.root.exists()


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="the system has no fork")
def test_a_worker_that_outlives_a_killed_trainer_does_not_hold_its_lock(run: RunDir) -> None:
    with hold(run):
        (descriptor,) = lock._held
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.fstat(descriptor)
            except OSError:
                os.write(writing, b"closed")
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        assert os.read(reading, 10) == b"closed"
        os.close(reading)
