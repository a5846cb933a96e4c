"""Bytes that a browser has to load before anything works, in gzip: budgets of the studio and of a model's web page.

docs/performance.md states them. They bound growth that nobody decided on: raise one here and there, with a reason.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import ganvas.release.web_page
import ganvas.serve

STUDIO = Path(ganvas.serve.__file__).parent / "static"
PAGE = Path(ganvas.release.web_page.__file__).parent / "template"
DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
BUDGETS = {  # kB in gzip of what index.html names: scripts, styles
    STUDIO: (180, 8),
    PAGE: (210, 10),
}


def first_files(folder: Path, ending: str) -> list[Path]:
    """The files of a kind that ``index.html`` names, so that they are loaded before anything is shown."""
    text = (folder / "index.html").read_text(encoding="utf-8")
    return [folder / name for name in re.findall(rf'(?:src|href)="\./([^"]+\.{ending})"', text)]


def kilobytes(files: list[Path]) -> float:
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1000


@pytest.mark.parametrize("folder", BUDGETS, ids=["studio", "page"])
def test_what_is_loaded_first_is_small(folder: Path) -> None:
    if not (folder / "index.html").is_file():
        pytest.skip("the pages are not built; run `make web`")
    scripts, styles = BUDGETS[folder]
    assert first_files(folder, "js"), "a budget of nothing says nothing"
    assert kilobytes(first_files(folder, "js")) < scripts
    assert kilobytes(first_files(folder, "css")) < styles


def test_the_budgets_are_those_of_the_documentation() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.findall(r"^\| (?:the studio|a model's web page) \| (\d+) kB \| (\d+) kB \|", text, re.MULTILINE)
    assert [(int(scripts), int(styles)) for scripts, styles in found] == list(BUDGETS.values())
