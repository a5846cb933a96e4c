"""Drawings shared by link, in a real Chromium."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.draw_page import (  # noqa: F401 - fixtures
    GOOD,
    PAGE,
    STROKES,
    address,
    at,
    at_sharing,
    draw,
    expect,
    ink,
    opened,
    saved,
    settled,
    shared,
    sharing_address,
    stroke,
    studio_root,
)

from ganvas.curate.sketch.drawings import Drawing, read_drawing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Page


CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def path_of(link: str) -> str:
    return link[link.index("/draw/") :]


def saved_marks(page: Page, path: Path) -> object:
    return json.loads(saved(page, "Save for later", path).read_text())["marks"]


def test_a_shared_drawing_is_the_same_for_whoever_opens_its_link(at_sharing: Visit, tmp_path: Path) -> None:
    page = at_sharing.open(PAGE, **CLIPBOARD)
    draw(page, Drawing(read_drawing(STROKES / "bad-13.json").marks[:5]))
    page.keyboard.press("m")
    stroke(page, (0.2, 0.3), (0.4, 0.5))
    settled(page)
    page.get_by_role("slider", name="How much to trust my drawing").press("Home")
    page.locator("summary").first.click()
    page.get_by_role("slider", name="Nearest real drawings (k)").press("Home")
    page.get_by_role("slider", name="Mouth").press("End")
    portrait = settled(page)
    link = shared(page)
    assert link.startswith(f"{at_sharing.studio.url}{PAGE}?drawing=")
    assert shared(page) == link, "the same drawing, the same link"
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Link copied")).to_have_count(0)  # it is another drawing now
    page.keyboard.press("Control+Shift+z")

    other = at_sharing.open(path_of(link))
    assert settled(other) == portrait
    assert saved_marks(other, tmp_path / "there.json") == saved_marks(page, tmp_path / "here.json")
    expect(other.get_by_role("group", name="How much to trust my drawing")).to_contain_text("by part")
    other.locator("summary").first.click()
    expect(other.get_by_role("slider", name="Nearest real drawings (k)")).to_have_value("1")
    expect(other.get_by_role("slider", name="Mouth")).to_have_value("100")
    expect(other.get_by_role("slider", name="Nose")).to_have_value("0")
    expect(other.get_by_role("button", name="Back to my drawing")).to_have_count(0)

    stroke(other, (0.1, 0.9), (0.9, 0.9))
    settled(other)
    other.wait_for_url(f"**{PAGE}")  # it is no longer what the link says


def test_a_link_takes_nothing_from_whoever_opens_it(at_sharing: Visit, tmp_path: Path) -> None:
    page = at_sharing.open(PAGE, **CLIPBOARD)
    opened(page, GOOD)
    portrait = settled(page)
    link = path_of(shared(page))

    other = at_sharing.open(PAGE)
    stroke(other, (0.2, 0.2), (0.8, 0.8))
    other.get_by_role("slider", name="How much to trust my drawing").press("End")
    own = settled(other)
    drawn = ink(other)
    back = other.get_by_role("button", name="Back to my drawing")
    for _ in range(2):  # nor does a reload while the link is open
        other.goto(at_sharing.studio.url + link)
        expect(back).to_be_visible()
        assert settled(other) == portrait
    other.get_by_role("link", name="Home", exact=True).click()
    other.go_back()
    expect(back).to_be_visible()
    marks = len(read_drawing(GOOD).marks)
    for _ in range(marks + 1):
        other.keyboard.press("Control+z")
    settled(other)
    assert np.array_equal(ink(other), drawn)
    for _ in range(marks + 1):
        other.keyboard.press("Control+Shift+z")
    settled(other)
    back.click()
    settled(other)
    assert np.array_equal(ink(other), drawn)
    expect(back).to_have_count(0)
    other.get_by_role("slider", name="How much to trust my drawing").press("End")  # a reload forgets settings
    assert settled(other) == own


def test_without_a_clipboard_the_link_can_be_copied_by_hand(at_sharing: Visit) -> None:
    page = at_sharing.open(PAGE)
    page.context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.reload()
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Link to this drawing")
    expect(field).to_have_value(re.compile(r"/draw/portraits\?drawing=[0-9a-f]{24}$"))
    field.focus()
    selected = page.evaluate("() => document.activeElement.selectionEnd - document.activeElement.selectionStart")
    assert selected == len(field.input_value())


def test_what_began_with_a_photo_is_not_shared(at_sharing: Visit, pictures: Path) -> None:
    page = at_sharing.open(PAGE)
    page.set_input_files("input[type=file][accept*=image]", next(pictures.rglob("*.png")))
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="only strokes are kept")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{PAGE}?drawing={'0' * 24}", "drawing of this link is not here"),
        (f"{PAGE}?drawing=..%2F..%2Fsecret", "drawing of this link is not here"),
        (f"/draw/nowhere?drawing={'0' * 24}", "model of this link is not here"),
    ],
)
def test_a_link_that_leads_nowhere_says_so(at_sharing: Visit, path: str, said: str) -> None:
    page = at_sharing.open(path)
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert all("404" in complaint for complaint in at_sharing.complaints)
    at_sharing.complaints.clear()


def test_where_sharing_is_not_allowed_nothing_is_said_of_it(at: Visit, at_sharing: Visit) -> None:
    promise = "Nothing you draw or load is kept"
    page = at.open(PAGE)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Save for later")).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_have_count(0)
    expect(page.get_by_role("contentinfo")).to_contain_text(f"{promise}, except files that you add")
    expect(at_sharing.open(PAGE).get_by_role("contentinfo")).to_contain_text(f"{promise}, except drawings")
