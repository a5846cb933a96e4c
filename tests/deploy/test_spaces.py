"""The files of a Docker Space: the Hub's front matter, and commands that exist."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import typer
import yaml

from ganvas.cli.app import app

SPACES = Path(__file__).parents[2] / "deploy" / "spaces"


def test_the_front_matter_names_the_port_on_which_the_studio_listens() -> None:
    front = yaml.safe_load((SPACES / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert front["sdk"] == "docker"
    assert len(front["short_description"]) <= 60, "the Hub refuses a longer one"
    recipe = (SPACES / "Dockerfile").read_text(encoding="utf-8")
    assert f"EXPOSE {front['app_port']}\n" in recipe
    assert f"--port {front['app_port']} " in recipe


def test_the_commands_of_the_image_are_valid() -> None:
    recipe = (SPACES / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"^CMD (.+)$", recipe, re.MULTILINE)
    assert found is not None
    group = typer.main.get_command(app)
    script = json.loads(found[1])[2]
    for command in script.split(" && "):
        _, name, *words = shlex.split(command.removeprefix("exec "))
        with group.commands[name].make_context(name, words) as context:  # type: ignore[attr-defined]
            assert context.params
    assert context.params["public"] is True
    assert context.params["host"] == "0.0.0.0"
