"""The Card page in a real Chromium: photograph, arranging by hand, checks, files; on a desk and on a phone."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from PIL import Image
from support.face_pictures import networks  # noqa: F401 - fixture
from support.translate_page import expect, refusal, write

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("networks")]

if TYPE_CHECKING:
    from conftest import Studio, Visit
    from playwright.sync_api import Locator, Page


@pytest.fixture(scope="module", autouse=True)
def model(studio: Studio) -> None:
    """A model that draws, untrained: what it draws does not matter here."""
    write(studio.root / "bundles", "cartoonist", "cyclegan", resolution=64)


def begin(page: Page) -> Locator:
    """Draw the first example; gives the card."""
    page.locator("img[src*=portrait-1]").click()
    card = page.get_by_test_id("card")
    expect(card).to_be_visible()
    expect(card).not_to_have_attribute("data-busy", "true")
    return card


def checks(page: Page) -> str:
    """The findings, once they are those of the card that is shown."""
    page.wait_for_function("""() => new Promise(done => setTimeout(() => done(true), 50))""")
    found = page.get_by_test_id("checks")
    expect(found).to_have_attribute("aria-busy", "false")
    return str(found.inner_text())


def matrix(card: Locator) -> list[float]:
    """Where the picture lies: a b c d e f."""
    transform = card.locator("image[transform]").get_attribute("transform") or ""
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", transform)]


def test_a_card_is_arranged_by_hand_checked_and_saved(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/card", width=1440, height=900)
    page.get_by_role("button", name="Example photograph 1").wait_for()
    Image.new("RGB", (90, 90), "grey").save(tmp_path / "grey.png")
    page.locator("input[type=file]").set_input_files(tmp_path / "grey.png")
    assert "No face was found" in refusal(visit, page, 422)
    page.get_by_role("button", name="Another photograph").click()

    card = begin(page)
    page.get_by_role("button", name="Model").click()
    page.get_by_role("option", name="Cartoonist").click()
    expect(card).not_to_have_attribute("data-busy", "true")
    assert "Nothing was found that would go wrong" in checks(page)

    page.get_by_role("heading", name="Style").hover()
    page.mouse.wheel(0, 20_000)
    page.mouse.wheel(0, 20_000)
    expect(page.get_by_text("Show where it is cut")).to_be_in_viewport(ratio=1)
    expect(card).to_be_in_viewport(ratio=1)  # the settings scroll beside it

    still = matrix(card)
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - box["width"] / 2.14, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    dragged = matrix(card)
    assert dragged[4] - still[4] == pytest.approx(-40, abs=0.6), "the picture follows the pointer, in mm"
    page.get_by_text("The card has a chip", exact=True).click()
    expect(page.get_by_test_id("checks")).to_contain_text("of the face lies under the chip")
    card.focus()
    for key in ("ArrowDown", "+", "]"):
        page.keyboard.press(key)
    turned = matrix(card)
    assert turned[1] > 0
    assert turned[0] ** 2 + turned[1] ** 2 > dragged[0] ** 2
    page.mouse.wheel(0, -300)
    page.get_by_role("button", name="Back to its place").click()
    assert matrix(card) == pytest.approx(still)

    page.get_by_role("button", name="Comic").click()
    page.get_by_label("Name", exact=True).fill("Zoë!")
    expect(card).to_contain_text("Zoë!")
    page.get_by_text("Back", exact=True).click()
    expect(card).to_contain_text("See you soon!")
    page.get_by_text("Bank upload", exact=True).click()
    expect(page.get_by_test_id("checks")).to_contain_text("There is text on the front (2)")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download JPEG").click()
    with Image.open(saved.value.path()) as image:
        assert image.size == (1616, 1019)
    page.get_by_text("Print shop", exact=True).first.click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download PDF").click()
    with pikepdf.open(io.BytesIO(Path(saved.value.path()).read_bytes())) as pdf:
        assert len(pdf.pages) == 3
        assert float(pdf.pages[0].mediabox[2]) / 72 * 25.4 == pytest.approx(91.6, abs=0.02)


def test_a_card_on_a_phone_in_korean(visit: Visit) -> None:
    page = visit.open("/card", width=390, height=844, locale="ko-KR", has_touch=True, is_mobile=True)
    card = begin(page)
    assert "문제가 될 것을 찾지 못했습니다" in checks(page)
    page.get_by_role("button", name="달빛").click()
    expect(card).to_contain_text("김민지")
    still = matrix(card)
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box is not None
    client = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 3
    near, far = ({"x": x - 30, "y": y}, {"x": x + 30, "y": y}), ({"x": x - 60, "y": y}, {"x": x + 60, "y": y})
    for kind, points in (("touchStart", near), ("touchMove", far), ("touchEnd", ())):
        client.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{**p, "id": n} for n, p in enumerate(points)]}
        )
    assert matrix(card)[0] == pytest.approx(2 * still[0], rel=0.05), "two fingers scale the picture"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    outside = "each => !each.closest('svg') && each.getBoundingClientRect().right > 391"
    assert page.evaluate(f"[...document.querySelectorAll('main *')].filter({outside}).length") == 0
