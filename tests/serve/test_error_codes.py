"""Every error code that the code raises has a sentence in each language of the pages, with parameters that exist."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganvas.models.advice import TROUBLES
from ganvas.tasks import TASKS

ROOT = Path(__file__).parents[2]
I18N = ROOT / "web" / "src" / "i18n"
ENTRY = re.compile(
    r'^\s+(?:"(?P<quoted>[a-z0-9-]+)"|(?P<plain>[a-z]+)):\s+(?P<text>"(?:[^"\\]|\\.)*"|\'[^\']*\')', re.M
)


def raised() -> Iterator[tuple[str, frozenset[str], str]]:
    """Code, names of parameters and place of every error with a code."""
    for path in sorted((ROOT / "src" / "ganvas").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            match keywords.get("code"):
                case ast.Constant(value=str(code)):
                    yield code, _names(keywords.get("params")), f"{path.name}:{node.lineno}"
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):  # a code per task
                    for task in TASKS:
                        yield f"{start}{task}", _names(keywords.get("params")), f"{path.name}:{node.lineno}"


def _names(params: ast.expr | None) -> frozenset[str]:
    if not isinstance(params, ast.Dict):
        return frozenset()
    return frozenset(key.value for key in params.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def table(language: str) -> dict[str, str]:
    content = (I18N / f"errors.{language}.ts").read_text(encoding="utf-8")
    found = {}
    for entry in ENTRY.finditer(content):
        text = entry["text"]
        found[entry["quoted"] or entry["plain"]] = text[1:-1] if text[0] == "'" else json.loads(text)
    return found


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_code_has_a_sentence_whose_parameters_exist(language: str) -> None:
    sentences = table(language)
    codes = list(raised())
    assert len(codes) > 80
    assert {code for code, _, _ in codes} == set(sentences), "codes and sentences must be the same set"
    for code, params, place in codes:
        used = set(re.findall(r"\{([a-z_]+)\}", sentences[code]))
        assert used <= params, f"{code} at {place} lacks {used - params}"


def test_codes_are_in_kebab_case() -> None:
    for code, _, place in raised():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code), f"{code} at {place}"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_finding_of_a_training_has_a_sentence(language: str) -> None:
    content = (ROOT / "web" / "src" / "features" / "runs" / f"words.{language}.ts").read_text(encoding="utf-8")
    troubles = content[content.index("troubles: {") :].partition("\n  }")[0]
    assert set(re.findall(r"^    (\w+):", troubles, re.M)) == set(TROUBLES)
