"""The Train page's Korean for recipes and settings: each that the server serves, and no other."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from ganvas.recipe import names
from ganvas.serve.features.train import recipe_settings

FOLDER = Path(__file__).parents[2] / "web" / "src" / "features" / "train" / "recipe-words"
ENTRY = re.compile(r'^  (?:"(?P<quoted>[^"]+)"|(?P<plain>\w+)):\s+(?P<text>"(?:[^"\\]|\\.)+"),$', re.MULTILINE)


def table(name: str) -> dict[str, str]:
    content = (FOLDER / f"{name}.ko.ts").read_text(encoding="utf-8")
    return {entry["quoted"] or entry["plain"]: json.loads(entry["text"]) for entry in ENTRY.finditer(content)}


def test_each_recipe_is_described_in_korean() -> None:
    assert table("recipes").keys() == names().keys()


def test_each_setting_is_described_in_korean() -> None:
    korean = table("settings") | table("models")
    meanings = defaultdict(set)  # English descriptions by the entry that the page shows for them
    missing = set()
    for name in names():
        recipe = recipe_settings.detail(name)
        for setting in recipe.settings:
            own = f"{setting.key}@{recipe.family}"
            entry = own if own in korean else setting.key
            if entry not in korean:
                missing.add(own)
            meanings[entry].add(setting.description)
    assert missing == set(), "settings without a Korean description"
    assert korean.keys() - meanings.keys() == set(), "descriptions of settings that no recipe has"
    assert {entry: said for entry, said in meanings.items() if len(said) > 1} == {}, "write KEY@FAMILY for each meaning"


@pytest.mark.parametrize("name", ["recipes", "settings", "models"])
def test_the_sentences_are_korean(name: str) -> None:
    assert [entry for entry, text in table(name).items() if not re.search("[가-힣]", text)] == []
