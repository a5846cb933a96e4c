"""How the threads of torch wait in commands."""

from __future__ import annotations

import os

import pytest

from ganvas.cli import main


@pytest.mark.parametrize(("given", "then"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_the_threads_of_commands_sleep_unless_told_otherwise(
    given: str | None, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    if given is None:
        monkeypatch.delenv("OMP_WAIT_POLICY")
    assert main(["train", "no-such-recipe"]) == 2  # refused before torch is imported
    assert os.environ["OMP_WAIT_POLICY"] == then
