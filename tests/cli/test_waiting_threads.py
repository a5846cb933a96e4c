"""How the threads of torch wait in the studio."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from ganvas.cli import app


@pytest.mark.parametrize(("given", "then"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_the_threads_of_a_studio_sleep_unless_told_otherwise(
    given: str | None, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    if given is None:
        monkeypatch.delenv("OMP_WAIT_POLICY")
    CliRunner().invoke(app, ["studio", "--port", "0"])  # is refused before anything is served
    assert os.environ["OMP_WAIT_POLICY"] == then
