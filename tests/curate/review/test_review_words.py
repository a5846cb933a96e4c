"""The review page's words: every check of the rules and every reason to drop has its own, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ganvas.curate.checks import load_rules
from ganvas.curate.review.schema import REASONS

WEB = Path(__file__).parents[3] / "web" / "src" / "features" / "curate"


def block(language: str, name: str) -> set[str]:
    """The keys of an object in a file of the review's words."""
    text = (WEB / f"words.{language}.ts").read_text(encoding="utf-8")
    found = re.search(rf"^  {name}: \{{\n(.*?)^  \}}", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"words.{language}.ts has no {name}"
    return {bare or quoted for quoted, bare in re.findall(r'^    (?:"([^"]+)"|(\w+)):', found[1], re.MULTILINE)}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_check_and_each_reason_has_its_word(language: str) -> None:
    assert block(language, "measures") == set(load_rules("portrait").checks)
    assert block(language, "reasons") == {reason.key for reason in REASONS}


def test_what_the_checks_propose_is_said_in_korean_too() -> None:
    assert block("ko", "proposals") >= {rule.reason for rule in load_rules("portrait").checks.values()}


def test_checks_that_never_drop_are_called_hints() -> None:
    source = (WEB / "facts.tsx").read_text(encoding="utf-8")
    found = re.search(r"HINTS = new Set\(\[(.*?)\]\)", source, re.DOTALL)
    assert found is not None
    hints = set(re.findall(r'"(\w+)"', found[1]))
    assert hints == {name for name, rule in load_rules("portrait").checks.items() if not rule.judge}
