"""The review page's words: every check of the rules and every reason to drop has its own, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ganvas.curate.checks.rules import describe_checks, load_rules
from ganvas.curate.review.schema import REASONS

WEB = Path(__file__).parents[3] / "web" / "src" / "features" / "curate"


def block(language: str, name: str) -> set[str]:
    """The keys of an object in a file of the review's words."""
    text = (WEB / f"words.{language}.ts").read_text(encoding="utf-8")
    found = re.search(rf"^  {name}: \{{\n(.*?)^  \}}", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"words.{language}.ts has no {name}"
    return {bare or quoted for quoted, bare in re.findall(r'^    (?:"([^"]+)"|(\w+)):', found[1], re.MULTILINE)}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_reason_has_its_word(language: str) -> None:
    assert block(language, "reasons") == {reason.key for reason in REASONS}


def test_what_the_checks_propose_is_said_in_korean_too() -> None:
    assert block("ko", "proposals") >= {rule.reason for rule in load_rules("portrait").checks.values()}


def test_the_titles_of_checks_are_translated() -> None:
    assert block("ko", "measures") == {check.name for check in describe_checks(load_rules())}


def test_each_check_is_described_by_its_title_unit_and_whether_it_is_a_hint() -> None:
    described = {check.name: check for check in describe_checks(load_rules())}
    assert len({check.title for check in described.values()}) == len(described)
    assert (described["turned"].title, described["turned"].unit) == ("Looks at the camera", "°")
    assert (described["small"].unit, described["face"].unit) == ("px", "")
    assert described["fringe"].hint
    assert not described["blur"].hint
