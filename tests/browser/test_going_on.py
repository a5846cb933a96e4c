"""Results that are saved all together, and that go on to another page."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def test_all_pictures_are_saved_with_their_seeds_and_one_goes_on_to_another_page(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/generate/faces?seed=7&count=4")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save all (zip)").click()
    saving.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        settings = json.loads(archive.read("settings.json"))
        assert [one["seed"] for one in settings["pictures"]] == [7, 8, 9, 10]
        for one in settings["pictures"]:
            assert archive.read(one["file"]).startswith(b"\x89PNG")
    page.get_by_role("button", name="Picture of seed 8").click()
    page.get_by_role("button", name="Go on with it").press("Enter")
    page.get_by_role("menuitem", name="Translate it").press("Enter")
    expect(page.get_by_role("button", name="Remove faces-seed8.png")).to_be_visible()
    expect(page.get_by_test_id("translation")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="Go on with it").click()
    page.get_by_role("menuitem", name="Put it on a card").click()
    expect(page.get_by_role("button", name="Another photograph")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible()  # its picture is too small for a card
    assert all("422" in complaint for complaint in visit.complaints)
    visit.complaints.clear()
