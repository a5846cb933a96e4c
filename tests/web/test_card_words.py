"""The Card page's words for what the checks find: each code in both languages, with parameters that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ganvas.apps.card.findings import SENTENCES

FEATURE = Path(__file__).parents[2] / "web" / "src" / "features" / "card"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_finding_has_its_sentence(language: str) -> None:
    text = (FEATURE / f"words.{language}.ts").read_text(encoding="utf-8")
    block = re.search(r"^  findings: \{\n(.*?)^  \}", text, re.DOTALL | re.MULTILINE)
    assert block is not None
    words = dict(re.findall(r'^    "([\w-]+)":\s+"((?:[^"\\]|\\.)+)",$', block[1], re.MULTILINE))
    assert words.keys() == SENTENCES.keys()
    for code, sentence in words.items():
        assert set(re.findall(r"\{(\w+)\}", sentence)) == set(re.findall(r"\{(\w+)\}", SENTENCES[code])), code
