"""Make-up on the Translate page, in a real Chromium."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from support.accessibility import violations
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


def agree(page: Page, text: str = "I agree") -> None:
    """Nothing is sent before the statement was agreed to."""
    expect(page.locator("input[type=file]")).to_have_count(0)
    page.get_by_text(text, exact=True).click()


def strength(page: Page, name: str, key: str) -> None:
    """Move a slider to one of its ends."""
    page.get_by_role("slider", name=name, exact=True).focus()
    page.keyboard.press(key)


@pytest.mark.shared_data
def test_make_up_is_carried_over_region_by_region(
    visit: Visit, portraits: list[Path], made_up: list[Path], tmp_path: Path
) -> None:
    page = visit.open("/translate?make-up")
    agree(page)
    give(page, portraits[0])
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
    page.get_by_text("Mix several", exact=False).click()
    mixed = settled(page)
    assert len({full, other, mixed}) == 3
    strength(page, "Reference 1", "Home")
    assert settled(page) == other, "the first reference counts no more"
    assert violations(page) == []

    was = shown(pixels(before))
    for region in ("Eye shadow", "Eyeliner", "Brows", "Cheeks", "Skin"):
        strength(page, region, "Home")
    lips = np.abs(shown(settled(page)) - was).max(2) > 5
    rows = np.nonzero(lips)[0]
    assert rows.max() - rows.min() < 0.25 * was.shape[0], "nothing but the lips changes"
    strength(page, "All together", "Home")
    assert np.array_equal(shown(settled(page)), was), "no strength, no change"

    page.get_by_role("button", name="Natural strengths").click()
    kept = settled(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save result").click()
    assert saved.value.suggested_filename == f"{portraits[0].stem}-make-up.png"
    saved.value.save_as(tmp_path / "kept.png")
    with Image.open(tmp_path / "kept.png") as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), shown(kept))

    strength(page, "Reference 1", "End")
    give(page, portraits[1])
    settled(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save all (zip)").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        settings = json.loads(archive.read("settings.json"))
    assert settings["references"] == [{"name": file.name, "weight": 1} for file in made_up]
    assert [one["source"] for one in settings["pictures"]] == [file.name for file in portraits[:2]]


@pytest.mark.shared_data
def test_what_cannot_be_made_up_on_a_phone(
    visit: Visit, folder: Path, portraits: list[Path], made_up: list[Path]
) -> None:
    page = visit.open(
        "/translate?make-up", width=360, height=780, locale="ko-KR", has_touch=True, is_mobile=True, color_scheme="dark"
    )
    agree(page, "동의합니다")
    page.locator("input[type=file]").set_input_files(folder / "one.png")
    assert "얼굴을 찾지 못했습니다" in refusal(visit, page, 422)
    page.locator("input[type=file]").last.set_input_files(portraits[0])
    result = page.get_by_test_id("translation")
    result.get_by_role("button", name="참고 그림 고르기").wait_for()
    result.locator("input[type=file]").set_input_files(folder / "two.png")
    assert "얼굴을 찾지 못했습니다" in refusal(visit, page, 422)
    page.get_by_role("region", name="참고 그림").locator("input[type=file]").set_input_files(made_up[0])
    expect(page.get_by_test_id("after")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert fits(page)
    assert all("422" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


@pytest.mark.parametrize(
    ("locale", "agreement", "said"),
    [("en-GB", "I agree", "Reading faces needs the extra"), ("ko-KR", "동의합니다", "추가 패키지가 필요합니다")],
)
def test_where_faces_cannot_be_read_the_page_says_what_to_install(
    visit: Visit, folder: Path, locale: str, agreement: str, said: str
) -> None:
    networks = pytest.importorskip("ganvas.curate.faces.networks", reason="the faces extra is not installed")
    error = networks.missing_extra()
    missing = {"detail": str(error), "code": error.code, "params": error.params}
    page = visit.open("/translate?make-up", locale=locale)
    page.route("**/v1/makeup/prepare", lambda route: route.fulfill(status=422, json=missing))
    agree(page, agreement)
    page.locator("input[type=file]").set_input_files(folder / "one.png")
    sentence = refusal(visit, page, 422)
    assert said in sentence
    assert "pip install 'ganvas[faces]'" in sentence
