"""What only the first of several processes does, and how the others learn of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ganvas.errors import UserError
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold
from ganvas.train.launch import holding, in_first_process


class Group:
    """Two processes of one training, one after the other: the first's broadcast reaches the second."""

    def __init__(self) -> None:
        self.is_global_zero = True
        self._sent: Any = None

    def broadcast(self, value: Any) -> Any:
        if self.is_global_zero:
            self._sent = value
        return self._sent


def test_all_processes_have_the_result_of_the_first() -> None:
    group, done = Group(), []

    def work() -> int:
        done.append(1)
        return 7

    assert in_first_process(group, work) == 7  # type: ignore[arg-type]
    group.is_global_zero = False
    assert in_first_process(group, work) == 7  # type: ignore[arg-type]
    assert done == [1]


def test_only_the_first_process_says_what_is_wrong() -> None:
    group = Group()

    def fail() -> None:
        raise UserError("Something is wrong.")

    with pytest.raises(UserError, match="wrong"):
        in_first_process(group, fail)  # type: ignore[arg-type]
    group.is_global_zero = False
    with pytest.raises(SystemExit) as ended:
        in_first_process(group, fail)  # type: ignore[arg-type]
    assert ended.value.code == 2


def test_the_first_process_holds_the_lock_for_all(tmp_path: Path) -> None:
    run, group = RunDir(tmp_path / "run"), Group()
    with holding(run, group):  # type: ignore[arg-type]
        group.is_global_zero = False
        with holding(run, group):  # type: ignore[arg-type]
            assert run.lock.exists()
        assert run.lock.exists(), "the second process has none of its own to give back"
    with hold(run):
        group.is_global_zero = True
        with pytest.raises(UserError, match="is being trained"), holding(run, group):  # type: ignore[arg-type]
            pass
        group.is_global_zero = False
        with pytest.raises(SystemExit), holding(run, group):  # type: ignore[arg-type]
            pass
