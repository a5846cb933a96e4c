"""The Look-alike page in a real Chromium: consent, a face, reasons, and what is refused, on a desktop and a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

pytest.importorskip("cv2", reason="the faces extra is not installed")

from support.accessibility import violations
from support.face_pictures import networks  # noqa: F401 - a fixture
from support.lookalike import invented_gallery
from support.studio import served_at

from ganvas.apps.lookalike import write_gallery
from ganvas.serve.core.settings import StudioSettings

if TYPE_CHECKING:
    from conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

PHOTOS = Path(__file__).parents[2] / "web" / "public" / "examples"


@pytest.fixture
def at_people(visit_to: Callable[[str, Path], Visit], tmp_path: Path) -> Iterator[Visit]:
    """A person at a studio with two galleries."""
    for name in ("first", "second"):
        write_gallery(tmp_path / f"{name}.gallery", invented_gallery(60 if name == "first" else 3))
    with served_at(StudioSettings(galleries=tmp_path)) as url:
        visit = visit_to(url, tmp_path)
        yield visit
        while visit.contexts:
            visit.contexts.pop().close()


def test_a_face_is_compared_after_consent(at_people: Visit, networks: None) -> None:
    page = at_people.open("/lookalike")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look-alike")
    expect(page.locator("input[type=file]")).to_have_count(0)
    page.get_by_text("I agree").click()
    page.get_by_role("button", name="Example 2").click()
    results = page.get_by_role("region", name="Most alike")
    cards = results.get_by_role("listitem")
    expect(cards).to_have_count(6)
    expect(cards.first).to_contain_text(re.compile(r"More alike than [\d,]+ of 1?,?[\d]+ pairs of strangers"))
    expect(cards.first.get_by_role("img", name="The outlines of your face")).to_be_visible()
    expect(results).to_contain_text("A resemblance is not an identification")
    cards.first.get_by_text("Show the angles").click()
    expect(cards.first.get_by_role("columnheader", name="Usual")).to_be_visible()
    page.get_by_text("How faces are compared").click()
    expect(page.get_by_role("img", name="Doubled")).to_be_visible()
    assert violations(page) == []
    first = cards.first.get_by_role("heading").inner_text()
    page.get_by_role("slider", name="What counts").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("whole face alone")).to_be_visible()
    expect(cards.first.get_by_role("heading")).not_to_have_text(first)
    page.get_by_role("button", name="Compared with").click()
    page.get_by_role("option").nth(1).click()
    expect(page).to_have_url(re.compile("/lookalike/second$"))
    expect(page.get_by_text("I agree")).to_be_visible()


def test_on_a_phone_in_korean_and_what_is_refused(at_people: Visit, networks: None, tmp_path: Path) -> None:
    page = at_people.open("/lookalike/first", width=390, height=844, locale="ko-KR", color_scheme="dark")
    page.get_by_text("동의합니다").click()
    Image.new("RGB", (300, 300), (90, 120, 90)).save(tmp_path / "green.png")
    for file, said in ((tmp_path / "green.png", "얼굴을 찾지 못했습니다"), (Path(__file__), "읽을 수 없는 형식")):
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_role("alert")).to_contain_text(said)
        page.get_by_role("button", name="다른 사진").click()
        expect(page.get_by_role("alert")).to_have_count(0)
    page.locator("input[type=file]").set_input_files(PHOTOS / "portrait-3.jpg")
    expect(page.get_by_role("region", name="가장 닮은 사람").get_by_role("listitem")).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off at the side"
    assert violations(page) == []
    assert all("422" in complaint or "415" in complaint for complaint in at_people.complaints)
    at_people.complaints.clear()


def test_without_a_gallery_the_page_says_how_one_is_made(
    visit_to: Callable[[str, Path], Visit], tmp_path: Path
) -> None:
    with served_at(StudioSettings()) as url:
        visit = visit_to(url, tmp_path)
        page = visit.open("/lookalike")
        expect(page.get_by_text("ganvas lookalike build congress")).to_be_visible()
        assert violations(page) == []
        while visit.contexts:
            visit.contexts.pop().close()
