"""The pages' words for what a run shows: no curve is without a meaning, in either language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.harness import Game

from ganvas.models.families import FAMILIES
from ganvas.models.family import FamilyConfig
from ganvas.spec import DataSpec

WORDS = Path(__file__).parents[2] / "web" / "src" / "ui" / "chart"
OWN = {"learning_rate_scale", "images_per_second", "memory_mb", "gradient_norm", "loss"}  # the trainer's, of any family

# Settings that show terms which the tiny instance does not.
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "dcgan": [{"game": "wasserstein", "drift": 1e-3}, {"game": "hinge", "norm": "none", "r1": 1.0}],
    "progan": [{"conditioning": "projection"}],
    "stylegan2": [{"augment": "diffaugment"}],
    "biggan": [{"orthogonal": 1e-4}],
}
CASES = [(name, settings) for name in sorted(FAMILIES) for settings in [{}, *VARIANTS.get(name, [])]]


def explained(language: str) -> dict[str, str]:
    """The entries of ``terms`` in a file of words: keys at the depth of the block, each with a text."""
    text = (WORDS / f"words.{language}.ts").read_text(encoding="utf-8")
    block = re.search(r"^  terms: \{\n(.*?)^  \}", text, re.DOTALL | re.MULTILINE)
    assert block is not None, f"{language}.ts has no block of terms"
    return dict(re.findall(r'^    (\w+):\s+"((?:[^"\\]|\\.)+)",$', block[1], re.MULTILINE))


def test_both_languages_explain_the_same_terms() -> None:
    english, korean = explained("en"), explained("ko")
    assert english.keys() == korean.keys()
    assert len(english) > 20
    assert english.keys() >= OWN
    assert all(re.search("[가-힣]", text) for text in korean.values())


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_each_term_of_a_family_has_its_word(
    name: str, settings: dict[str, Any], pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = FAMILIES[name]
    config, data = kind.tiny()
    changed = kind.Config.model_validate(config.model_dump(exclude_defaults=True) | settings)

    def tiny() -> tuple[FamilyConfig, DataSpec]:
        return changed, data

    monkeypatch.setattr(kind, "tiny", tiny)
    shown: set[str] = set()
    for stage in range(len(Game(name, pictures).family.stages())):
        shown |= Game(name, pictures, stage=stage).play().keys()  # at step 0 every lazy phase is due
    terms = {key.rpartition("/")[2] for key in shown}
    assert {"loss", "gradient_norm"} <= terms
    for language in ("en", "ko"):
        assert not terms - explained(language).keys(), f"{language}.ts does not say what these are"
