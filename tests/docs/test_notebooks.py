"""The notebooks run from their first to their last cell, in their quick form and in this process."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the notebooks share, as a reader's."""
    return tmp_path_factory.mktemp("lesson")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(path: Path, lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plt = pytest.importorskip("matplotlib.pyplot", reason="the extra `docs` is not installed")
    plt.switch_backend("agg")
    monkeypatch.chdir(lesson)
    monkeypatch.setenv("GANVAS_QUICK", "1")
    try:
        runpy.run_path(str(path))
        assert plt.get_fignums(), "no figure was drawn"
    finally:
        plt.close("all")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_begins_with_text_and_ends_with_questions(path: Path) -> None:
    jupytext = pytest.importorskip("jupytext", reason="the extra `notebooks` is not installed")
    cells = jupytext.read(path).cells
    assert cells[0].source.startswith("# ")
    assert cells[-1].source.startswith("## To do")
    assert {"markdown", "code"} == {cell.cell_type for cell in cells}
