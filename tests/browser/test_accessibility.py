"""No page of the studio breaks a rule of axe-core, best practices included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.accessibility import violations
from support.studio import served_at

from ganvas.serve.core.settings import StudioSettings

if TYPE_CHECKING:
    from conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

PAGES = [
    "/",
    "/draw/drawings",
    "/draw/colours",
    "/draw/nowhere",
    "/generate/animals",
    "/generate/nowhere",
    "/translate/colours",
    "/translate?make-up",
    "/card",
    "/opinion",
    "/runs",
    "/runs/measured",
    "/runs/nowhere",
    "/runs?compare=measured&compare=other",
    "/review",
    "/train",
    "/sign-in",
    "/nothing-here",
]
EMPTY = ["/", "/draw", "/generate", "/translate", "/runs"]


def check(visit: Visit, paths: list[str]) -> None:
    """Compare what axe finds on these pages with nothing, in both themes."""
    found = {}
    for scheme in ("light", "dark"):
        page = visit.open("/", color_scheme=scheme)
        for path in paths:
            page.goto(visit.studio.url + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator("main").get_by_text("Loading")).to_have_count(0)
            found[f"{scheme} {path}"] = violations(page)
    assert {path: broken for path, broken in found.items() if broken} == {}
    assert all("404" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


def test_no_page_breaks_a_rule(visit: Visit) -> None:
    run = visit.studio.run("measured")
    run.tick(6)
    run.sheet((90, 120, 150))
    other = visit.studio.run("other")
    other.tick()
    other.folder.recipe.write_text("train: {seed: 1}\n")
    line = '{{"nimg": {}, "metric": "kid_effnet", "value": 0.1, "protocol": {{"features": "effnet"}}}}\n'
    run.folder.metrics.write_text("".join(line.format(nimg) for nimg in (3000, 6000)))
    check(visit, PAGES)


def test_no_empty_page_breaks_a_rule(visit_to: Callable[[str, Path], Visit], tmp_path: Path) -> None:
    settings = StudioSettings(bundles=tmp_path / "bundles", runs=tmp_path / "runs")
    with served_at(settings) as url:
        visit = visit_to(url, tmp_path)
        check(visit, EMPTY)
        while visit.contexts:  # before the studio ends: the pages ask it every few seconds
            visit.contexts.pop().close()


def test_no_tool_of_generate_breaks_a_rule(visit: Visit) -> None:
    page = visit.open("/generate/faces")
    found = {}
    tabs = page.get_by_role("tab")
    expect(tabs.first).to_be_visible()
    for tab in tabs.all():
        tab.click()
        expect(page.get_by_role("tabpanel")).to_be_visible()
        found[tab.inner_text()] = violations(page)
    assert {tool: broken for tool, broken in found.items() if broken} == {}
