"""Make-up on the Translate page, in a real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from support.translate_page import (  # noqa: F401 - fixtures
    expect,
    fits,
    folder,
    give,
    models,
    pixels,
    portraits,
    refusal,
    settled,
    shown,
    stage,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Page


@pytest.fixture
def made_up(shared_data: Path) -> list[Path]:
    """Faces that wear make-up."""
    return [shared_data / "makeup" / "makeup" / f"{number}.jpg" for number in (1, 5)]


def refer(page: Page, *files: Path) -> None:
    """Choose pictures whose make-up is taken."""
    page.get_by_role("region", name="References").locator("input[type=file]").set_input_files(list(files))


@pytest.mark.shared_data
def test_make_up_is_carried_over_region_by_region(
    visit: Visit, portraits: list[Path], made_up: list[Path], tmp_path: Path
) -> None:
    page = visit.open("/translate/horses")
    give(page, portraits[0])
    settled(page)
    page.get_by_role("button", name="Model").click()
    page.get_by_role("option", name="Make-up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make-up")
    before = stage(page).get_by_role("img", name="Before")
    expect(before).to_be_visible()
    with Image.open(portraits[0]) as given:
        assert shown(pixels(before)).shape == (given.height, given.width, 3), "whole, in its own size"
    expect(stage(page).get_by_role("button", name="Choose a reference")).to_be_visible()
    refer(page, *made_up)
    full = settled(page)
    expect(stage(page).get_by_role("button", name="Choose a reference")).to_have_count(0)
    expect(stage(page)).to_contain_text("still the same person")
    page.get_by_role("button", name="Reference 2", exact=True).click()
    other = settled(page)
    assert other != full

    was = shown(pixels(before))
    changed = {}
    page.get_by_text("Skin", exact=True).click()
    page.get_by_text("Eyelids", exact=True).click()
    changed["lips"] = np.abs(shown(settled(page)) - was).max(2) > 5
    page.get_by_text("Lips", exact=True).click()
    page.get_by_text("Eyelids", exact=True).click()
    changed["eyes"] = np.abs(shown(settled(page)) - was).max(2) > 5
    lowest, highest = (np.nonzero(changed[name])[0] for name in ("eyes", "lips"))
    assert lowest.max() < highest.min(), "the eyes lie above the lips, and nothing between them changes"
    page.get_by_role("slider", name="Strength").focus()
    page.keyboard.press("Home")
    assert np.abs(shown(settled(page)) - was).max() <= 1, "no strength, no change"

    page.keyboard.press("End")
    kept = settled(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save result").click()
    assert saved.value.suggested_filename == f"{portraits[0].stem}-make-up.png"
    saved.value.save_as(tmp_path / "kept.png")
    with Image.open(tmp_path / "kept.png") as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), shown(kept))


@pytest.mark.shared_data
def test_make_up_needs_a_face_in_both_pictures(
    visit: Visit, folder: Path, portraits: list[Path], made_up: list[Path]
) -> None:
    page = visit.open("/translate?make-up")
    expect(page.get_by_text("Begin with the face to be made up")).to_be_visible()
    page.locator("input[type=file]").set_input_files(folder / "one.png")
    assert "No face was found in this picture" in refusal(visit, page, 422)
    page.get_by_role("button", name="Remove one.png").click()
    page.locator("input[type=file]").set_input_files(portraits[0])
    stage(page).get_by_role("button", name="Choose a reference").wait_for()
    stage(page).locator("input[type=file]").set_input_files(folder / "two.png")
    assert "Reference 1: No face was found in this picture" in refusal(visit, page, 422)
    expect(stage(page).get_by_role("img", name="Before")).to_be_visible()
    refer(page, made_up[0])
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "said"), [("en-GB", "Reading faces needs the extra"), ("ko-KR", "추가 패키지가 필요합니다")]
)
def test_where_faces_cannot_be_read_the_page_says_what_to_install(
    visit: Visit, folder: Path, locale: str, said: str
) -> None:
    networks = pytest.importorskip("ganvas.curate.faces.networks", reason="the faces extra is not installed")
    error = networks.missing_extra()
    missing = {"detail": str(error), "code": error.code, "params": error.params}
    page = visit.open("/translate?make-up", locale=locale)
    page.route("**/v1/makeup/prepare", lambda route: route.fulfill(status=422, json=missing))
    page.locator("input[type=file]").set_input_files(folder / "one.png")
    sentence = refusal(visit, page, 422)
    assert said in sentence
    assert "pip install 'ganvas[faces]'" in sentence


@pytest.mark.shared_data
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_make_up_fits_a_phone(visit: Visit, portraits: list[Path], made_up: list[Path], locale: str) -> None:
    page = visit.open("/translate?make-up", width=360, height=780, locale=locale, has_touch=True, is_mobile=True)
    page.locator("input[type=file]").set_input_files(portraits)
    page.get_by_test_id("translation").locator("input[type=file]").set_input_files(made_up)
    expect(page.get_by_test_id("after")).to_be_visible()
    assert fits(page)
