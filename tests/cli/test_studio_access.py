"""The commands that serve the studio say what an address allows, and make tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ganvas.cli import main
from ganvas.cli.output import Output
from ganvas.cli.studio import studio  # noqa: F401 - registers the command
from ganvas.cli.studio_access import network_settings, print_opening, read_rates
from ganvas.errors import UserError
from ganvas.serve.core.access_tokens import read_tokens
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.opening import open_at


def test_help_says_what_an_address_allows() -> None:
    from ganvas.cli.app import app

    for command in ("studio", "review"):
        said = " ".join(CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "300"}).output.split())
        assert "only this machine reaches it, and may do everything" in said
        assert "need a token for a role: player, reviewer or owner" in said


def test_a_new_token_is_printed_once_and_kept_as_a_hash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tokens.json"
    assert main(["studio", "--tokens", str(file), "--new-token", "reviewer:Ann"]) == 0
    token = capsys.readouterr().out.strip()
    assert token not in file.read_text()
    person = read_tokens(file).person(token)
    assert person is not None
    assert (person.role, person.name) == ("reviewer", "Ann")
    assert json.loads(file.read_text())["tokens"][0]["name"] == "Ann"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--new-token", "owner"],
        ["--tokens", "FILE", "--new-token", "king"],
        ["--rate", "upload"],
        ["--rate", "naps=1/hour"],
        ["--proxy", "everywhere"],
        ["--metrics-from", "everywhere"],
        ["--database", "sqlite:///x.db"],
        ["--catalogue", "absent"],
        ["--root-path", "a b"],
        ["--frame-ancestors", "example.org"],
        ["--answer-seconds", "0"],
        ["--host", "0.0.0.0", "--tokens", "FILE"],
    ],
)
def test_what_cannot_be_is_one_sentence(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(tmp_path / "tokens.json") if one == "FILE" else one for one in arguments]
    assert main(["studio", "--port", "1", *given]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_the_start_says_who_may_do_what(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    settings = StudioSettings(**network_settings(["gan.example.org"], None, "/lab", tmp_path / "audit.jsonl"))
    print_opening(Output(), "http://localhost:8300", open_at(settings, "0.0.0.0"))
    said = capsys.readouterr().out
    assert "needs a token" in said
    assert "not encrypted" in said
    assert "audit.jsonl" in said
    for role in ("player", "reviewer", "owner"):
        assert f"  {role:9} http://localhost:8300/lab/sign-in#token=" in said
    print_opening(Output(), "http://localhost:8300", open_at(StudioSettings(), "127.0.0.1"))
    assert "may do everything" in capsys.readouterr().out


def test_rates_are_read() -> None:
    assert read_rates(["upload=60/minute"]) == {"upload": "60/minute"}
    with pytest.raises(UserError, match="upload"):
        read_rates(["=1/hour"])
