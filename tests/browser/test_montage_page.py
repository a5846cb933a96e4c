"""The Montage page in a real Chromium: rounds, locks, parts, the file and another witness, on a desktop and a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from support.accessibility import violations
from support.portrait import portrait_bundle  # noqa: F401 - a fixture
from support.studio import served_at

from ganvas.serve.core.settings import StudioSettings

if TYPE_CHECKING:
    from conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


@pytest.fixture
def at_faces(visit_to: Callable[[str, Path], Visit], portrait_bundle: Path, tmp_path: Path) -> Iterator[Visit]:
    """A person at a studio with one model of portraits."""
    shutil.copytree(portrait_bundle, tmp_path / "bundles" / "faces")
    with served_at(StudioSettings(bundles=tmp_path / "bundles")) as url:
        visit = visit_to(url, tmp_path)
        yield visit
        while visit.contexts:
            visit.contexts.pop().close()


def test_a_face_is_bred_changed_saved_and_joined(at_faces: Visit, tmp_path: Path) -> None:
    page = at_faces.open("/montage")
    faces = page.get_by_role("list", name="Faces").get_by_role("button")
    expect(faces).to_have_count(18)
    expect(page.get_by_role("button", name="Next faces")).to_be_disabled()
    faces.nth(3).focus()
    page.keyboard.press("Space")
    faces.nth(7).click()
    expect(page.get_by_text("2 of 6 picked")).to_be_visible()
    page.get_by_role("button", name="Nose").click()
    expect(page.get_by_role("button", name="Nose")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Next faces").click()
    expect(page.get_by_role("heading", name="Round 1")).to_be_visible()
    expect(faces.nth(0).locator("img")).to_be_visible()
    assert violations(page) == []
    expect(page.get_by_role("list", name="Faces")).to_have_attribute("aria-busy", "false")
    faces.nth(0).click()
    page.get_by_role("button", name="Work on this face").click()
    expect(page.get_by_role("img", name="Your face")).to_be_visible()
    page.get_by_text("Code of this face").click()
    code = page.locator("code").inner_text()
    page.get_by_text("Mouth", exact=True).click()
    page.get_by_role("list", name="Mouth of other drawings").get_by_role("button", name="Variant 2").click()
    expect(page.locator("code")).not_to_have_text(code)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a picture").click()
    saved.value.save_as(tmp_path / "face.png")
    with Image.open(tmp_path / "face.png") as picture:
        assert page.locator("code").inner_text() in picture.info["XML:com.adobe.xmp"]
    page.get_by_role("textbox", name="Code of another face").fill(code)
    page.get_by_role("button", name="Join with mine").click()
    expect(page.get_by_role("list", name="Between both faces")).to_be_visible()
    page.get_by_role("button", name="Step 5").click()
    expect(page.locator("code")).to_have_text(code)
    assert violations(page) == []
    page.get_by_role("button", name="Breed from this face").click()
    expect(page.get_by_role("heading", name="Round 2")).to_be_visible()
    page.get_by_role("button", name="Back one round").click()
    expect(page.get_by_role("heading", name="Round 1")).to_be_visible()


def test_on_a_phone_in_korean(at_faces: Visit) -> None:
    page = at_faces.open("/montage/faces", width=390, height=844, locale="ko-KR", color_scheme="dark")
    faces = page.get_by_role("list", name="얼굴").get_by_role("button")
    expect(faces).to_have_count(18)
    faces.nth(0).click()
    page.get_by_role("button", name="이 얼굴 다듬기").click()
    expect(page.get_by_role("list", name=re.compile("다른 그림의 부위")).get_by_role("button")).to_have_count(12)
    page.get_by_role("textbox", name="다른 얼굴의 코드").fill("AAAAAAAA")
    page.get_by_role("button", name="내 얼굴과 합치기").click()
    expect(page.get_by_role("alert")).to_contain_text("다른 모델로 만든 얼굴입니다")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off at the side"
    assert violations(page) == []
    assert all("422" in complaint or "400" in complaint for complaint in at_faces.complaints)
    at_faces.complaints.clear()
