"""The command line: its commands with their options, the list of recipes, and every shipped recipe resolved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from golden.outside import command_line, run
from golden.records import Records

KINDS = {"str": "text", "Path": "path", "int": "integer", "float": "float", "bool": "boolean"}


def test_the_commands_have_the_options_recorded(records: Records) -> None:
    records.check("commands", _described(command_line()))


def test_the_list_of_recipes_names_what_is_recorded(records: Records) -> None:
    records.check("recipes", _listed())


@pytest.mark.parametrize("task", ["paired", "reference", "synthesis", "unpaired"])
def test_recipes_resolve_as_recorded(task: str, records: Records) -> None:
    shown = {name: json.loads(run("show", name, "--json").out) for name, of in _listed() if of == task}
    for one in shown.values():
        del one["recipe"]["about"]
    common = _common([one["recipe"] for one in shown.values()])
    for one in shown.values():
        one["recipe"] = _without(one["recipe"], common)
    records.check(f"recipes-{task}", {"most have": common, "recipes": shown})


def _listed() -> list[list[str]]:
    """The recipes that ``ganvas recipes`` lists: name and task."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "300")
        ended = run("recipes")
    assert (ended.code, ended.err) == (0, "")
    return [line.split()[:2] for line in ended.out.splitlines()[1:] if line[:1].strip()]


def test_a_setting_on_the_command_line_and_a_recipe_of_ones_own(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: pix2pix-64-sketch\ntrain: {kimg: 3, seed: 5}\n")
    changes = ["--set", "train.kimg=7", "--set", "model.width=8", "--set", "data.flip=false"]
    shown = {
        "set": json.loads(run("show", "dcgan-64", "--json", *changes).out),
        "extends": json.loads(run("show", path, "--json").out),
    }
    for one in shown.values():
        del one["recipe"]["about"]
    records.check("changed-recipes", shown)


WRONG: dict[str, list[str]] = {
    "no such command": ["nonsense"],
    "no such option": ["recipes", "--nonsense"],
    "no such recipe": ["show", "nonsense"],
    "no such setting": ["show", "dcgan-64", "--set", "train.nonsense=1"],
    "a setting that does not fit": ["show", "dcgan-64", "--set", "train.kimg=no"],
    "no pictures": ["train", "dcgan-quick", "--data", "nowhere", "--quiet"],
    "no run": ["export", "nowhere"],
    "no model": ["generate", "nowhere"],
    "nothing said of what passes": ["gate", "nowhere", "--metric", "kid_effnet"],
    "an argument is missing": ["show"],
}


def test_what_is_wrong_ends_with_one_sentence_and_the_code_recorded(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    codes = {}
    for what, arguments in WRONG.items():
        ended = run(*arguments)
        assert ended.out == "", what
        assert len(ended.err.splitlines()) == 1, what
        codes[what] = ended.code
    assert list(tmp_path.iterdir()) == []
    records.check("exit-codes", codes)


# ── Reading the parser ──────────────────────────────────────────────────────────────────────────────────────────────


def _described(command: Any) -> dict[str, Any]:
    """A command, without words: its arguments in order, its options by name, its commands by name."""
    found: dict[str, Any] = {"arguments": [], "options": {}}
    for parameter in command.params:
        kind = getattr(parameter, "type_descriptor", None)
        told = {
            "type": _kind(kind.annotation) if kind is not None else parameter.type.name,
            "required": parameter.required,
            "several": parameter.multiple or parameter.nargs != 1,
            "default": _plain(parameter.default),
        }
        if parameter.param_type_name == "argument":
            found["arguments"].append(told)
        elif parameter.name != "help":
            first, *others = [*parameter.opts, *parameter.secondary_opts]
            found["options"][first] = {**told, "also": others}
    below = {name: _described(one) for name, one in getattr(command, "commands", {}).items()}
    return {**found, "commands": below} if below else found


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is list:
        return _kind(get_args(annotation)[0])
    return KINDS.get(annotation.__name__, annotation.__name__)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


# ── What recipes have in common, so that the record is small ────────────────────────────────────────────────────────


def _common(several: list[dict[str, Any]]) -> dict[str, Any]:
    """The values that more than half of them have, by key."""
    found: dict[str, Any] = {}
    for key in sorted({key for one in several for key in one}):
        values = [one[key] for one in several if key in one]
        if key == "model":
            continue
        if all(isinstance(value, dict) for value in values):
            found[key] = _common(values)
            continue
        told = [json.dumps(value, sort_keys=True) for value in values]
        most = max(sorted(set(told)), key=told.count)
        if told.count(most) * 2 > len(several):
            found[key] = json.loads(most)
    return found


def _without(one: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """What differs from the common values; a key that is missing is null."""
    found: dict[str, Any] = {}
    for key in sorted({*one, *common}):
        if key in one and isinstance(one[key], dict) and isinstance(common.get(key), dict):
            if rest := _without(one[key], common[key]):
                found[key] = rest
        elif key not in common or key not in one or json.dumps(one[key]) != json.dumps(common[key]):
            found[key] = one.get(key, "missing")
    return found
