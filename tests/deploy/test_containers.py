"""The container files name options, variables and files that exist; docs/deploying.md says what was built with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from ganvas.cli.app import app
from ganvas.cli.studio import studio  # noqa: F401 - registers the command
from ganvas.cli.suggest import suggest  # noqa: F401 - registers the command

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
SETTINGS = dict(line.split("=", 1) for line in (DEPLOY / ".env.example").read_text().splitlines() if "=" in line[:30])


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile in order."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", OURS)
def test_the_command_of_a_service_is_one_that_ganvas_takes(name: str) -> None:
    command = [re.sub(r"\$\{(\w+)[^}]*\}", lambda found: SETTINGS[found[1]], one) for one in SERVICES[name]["command"]]
    group = typer.main.get_command(app)
    context = group.make_context("ganvas", [], resilient_parsing=True)
    found = group.get_command(context, command[0])  # type: ignore[attr-defined]
    found.make_context(command[0], command[1:], parent=context)


def test_every_variable_is_explained_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", COMPOSE))
    assert used == set(SETTINGS)


@pytest.mark.parametrize("name", OURS)
def test_a_service_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    stages = [index for index, (word, _) in enumerate(instructions()) if word == "FROM"]
    last = dict(instructions()[stages[-1] :])
    assert last["USER"] == "10001:10001"
    assert "/v1/health" in last["HEALTHCHECK"]


def test_both_studios_have_the_same_settings_and_only_one_writes_runs() -> None:
    first, second = (
        [one for one in SERVICES[name]["command"] if "audit" not in one] for name in ("studio-1", "studio-2")
    )
    assert first == second
    proxy = SERVICES["proxy"]
    assert f"--proxy={proxy['networks']['inside']['ipv4_address']}" in first
    assert [proxy["environment"][f"GANVAS_STUDIO_{number}"] for number in (1, 2)] == ["studio-1:8300", "studio-2:8300"]
    written = {name: {one for one in SERVICES[name]["volumes"] if not one.endswith(":ro")} for name in OURS}
    assert {name for name in ("studio-1", "studio-2") if "runs:/data/runs" in written[name]} == {"studio-1"}


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    root = DEPLOY.parent
    allowed = [line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [
        word for name, rest in instructions() if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]
    ]
    assert copied
    for name in copied:
        assert (root / name).exists(), name
        assert any(name.strip("/") == one or name.startswith(f"{one}/") for one in allowed), name
    folders = {one.partition(":")[2].removesuffix(":ro") for name in OURS for one in SERVICES[name]["volumes"]}
    made = re.search(r"for name in ([\w ]+);", (DEPLOY / "Dockerfile").read_text())
    assert made is not None
    assert folders == {f"/data/{name}" for name in made[1].split()}
