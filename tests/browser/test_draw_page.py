"""Drawing a face until it becomes a portrait, done by a real browser with mouse and finger."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from support.chromium import choose
from support.draw_page import (  # noqa: F401 - fixtures
    GOOD,
    PAGE,
    PIXELS,
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
    sharing_address,
    stroke,
    studio_root,
)

from ganvas.curate.sketch.drawings import Dot, Drawing, Mark, read_drawing

if TYPE_CHECKING:
    from conftest import Visit


pytestmark = [pytest.mark.browser, pytest.mark.slow]


PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_whole_face_is_drawn_and_becomes_a_portrait(at: Visit, device: str) -> None:
    page = at.open(PAGE, **(PHONE if device == "phone" else {}))
    # With the page's own pen, which neither mouse nor finger presses; every other dot will do.
    good = Drawing(
        tuple(
            Mark("pen", 0.02, tuple(Dot(dot.x, dot.y) for dot in (*mark.dots[:-1:2], mark.dots[-1])))
            for mark in read_drawing(GOOD).marks
        )
    )
    draw(page, good, finger=device == "phone")
    portrait = settled(page)
    assert np.abs(ink(page) - (1 - good.rendered(128)[:, :, 0] / 255)).mean() < 0.01

    page.get_by_role("button", name="Undo").click()
    one_less = settled(page)
    assert one_less != portrait
    page.get_by_role("button", name="Redo").click()
    assert settled(page) == portrait


def test_the_page_and_the_python_rasteriser_draw_the_same(at: Visit, tmp_path: Path) -> None:
    page = at.open(PAGE)
    told = json.loads((STROKES / "bad-13.json").read_text())
    told["marks"].append({"tool": "eraser", "width": 0.08, "dots": [[0.1, 0.5], [0.5, 0.45, 0.5], [0.9, 0.52, 1.6]]})
    told["marks"].append({"tool": "pen", "width": 0.03, "dots": [[0.05, 0.9, 0.4], [0.2, 0.7]], "mirrored": True})
    (tmp_path / "drawing.json").write_text(json.dumps(told))
    opened(page, tmp_path / "drawing.json")
    settled(page)
    difference = np.abs(ink(page) - (1 - read_drawing(tmp_path / "drawing.json").rendered(128)[:, :, 0] / 255))
    assert difference.mean() < 0.004
    assert difference.max() < 0.2


def test_a_drawing_saved_for_later_is_the_same_when_opened_again(at: Visit, tmp_path: Path) -> None:
    page = at.open(PAGE)
    page.get_by_role("button", name="Mirror").click()
    stroke(page, (0.2, 0.3), (0.3, 0.6), (0.4, 0.8))
    before = settled(page)
    drawn = ink(page)
    assert np.abs(drawn - drawn[:, ::-1]).mean() < 0.01, "what is drawn on one side appears on the other"
    path = saved(page, "Save for later", tmp_path / "mine.json")
    assert np.abs(drawn - (1 - read_drawing(path).rendered(128)[:, :, 0] / 255)).mean() < 0.004

    page.keyboard.press("Delete")
    expect(page.get_by_text("Start drawing")).to_be_visible()
    opened(page, path)
    assert settled(page) == before

    page.reload()
    assert settled(page) == before, "a reload takes nothing away"


def test_each_slider_changes_the_portrait(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    usual = settled(page)
    trust = page.get_by_role("slider", name="How much to trust my drawing")
    expect(trust).to_have_value("40")
    trust.press("End")
    own = settled(page)
    trust.press("Home")
    real = settled(page)
    assert len({usual, own, real}) == 3

    page.get_by_text("Details", exact=True).click()
    lean = page.get_by_role("slider", name="Nearest real drawings (k)")
    expect(lean).to_have_value("10")
    lean.press("Home")
    nearest = settled(page)
    assert nearest != real
    mouth = page.get_by_role("slider", name="Mouth")
    mouth.press("End")
    assert settled(page) != nearest
    expect(page.get_by_role("group", name="How much to trust my drawing")).to_contain_text("by part")
    with page.expect_response("**/portrait") as painted:
        trust.press("End")
    assert settled(page) == own, "trusting the drawing alone, no other face matters"

    # Swatches: one colour per region goes with the question, and a region that was not found is named.
    asked: list[bytes] = []
    known = painted.value.json()

    def answer(route: Any) -> None:
        asked.append(route.request.post_data_buffer)
        route.fulfill(json=known | {"uncoloured": ["hair"] if b'"hair"' in asked[-1] else []})

    page.route("**/portrait", answer)
    note = page.get_by_role("status").filter(has_text="colour")

    def choose(region: str, colour: str) -> None:
        page.get_by_role("radiogroup", name=region).locator(f"label:has(input[aria-label='{colour}'])").click()

    choose("Hair", "Blond")
    expect(note).to_have_text("Not found in this portrait, so its colour stays: Hair.")
    assert b"#ae946a" in asked[-1]
    assert b'"skin"' not in asked[-1]
    choose("Skin", "Tan")
    choose("Hair", "As painted")
    expect(note).to_have_text("The portrait's colours, changed after it is painted. Light and texture stay.")
    assert b"#c08e6c" in asked[-1]
    assert b'"hair"' not in asked[-1]


def test_the_shadow_shows_the_way_and_goes_again(at: Visit) -> None:
    page = at.open(PAGE)
    anchors = page.get_by_test_id("anchors")
    expect(anchors.get_by_role("listitem")).to_have_text(["Mouth", "Nose", "Left eye", "Right eye"])
    opened(page, GOOD)
    settled(page)
    expect(anchors).to_have_count(0)
    shadow = page.get_by_test_id("shadow")
    expect(shadow).to_be_visible()
    assert shadow.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 64
    page.keyboard.press("s")
    expect(shadow).to_have_count(0)
    page.get_by_role("region", name="Guidance").get_by_text("Tracing guide").click()
    expect(shadow).to_be_visible()


def test_what_is_kept_comes_back_with_its_settings(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    settled(page)
    page.get_by_role("slider", name="How much to trust my drawing").press("End")
    good = settled(page)
    page.get_by_role("button", name="Keep drawing and result").click()
    kept = page.get_by_role("region", name="Kept").get_by_role("listitem")
    expect(kept).to_have_count(1)

    page.get_by_role("button", name="Clear").click()
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    page.get_by_role("slider", name="How much to trust my drawing").press("Home")
    assert settled(page) != good
    page.keyboard.press("Delete")
    expect(kept).to_have_count(2)  # clearing keeps
    kept.last.get_by_role("button").click()
    assert settled(page) == good


def test_what_is_kept_before_its_portrait_has_come_gets_it_and_not_the_one_before(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    before = settled(page)
    page.route("**/portrait", lambda route: route.fulfill(status=503, json={"detail": "Not now."}))
    stroke(page, (0.1, 0.1), (0.9, 0.9))
    expect(page.get_by_role("alert")).to_contain_text("Not now.")
    page.keyboard.press("k")
    kept = page.get_by_role("region", name="Kept").get_by_role("listitem")
    expect(kept).to_have_count(1)
    expect(kept.locator("img")).to_have_count(1)  # the drawing
    assert all("503" in complaint for complaint in at.complaints)
    at.complaints.clear()
    page.unroute("**/portrait")
    page.get_by_role("button", name="Try again").click()
    expect(kept.locator("img")).to_have_count(2)
    own = settled(page)
    assert own != before
    assert kept.locator("img").first.evaluate(PIXELS) == own


def test_another_model_answers_the_same_drawing(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    first = settled(page)
    drawn = ink(page)
    page.get_by_role("button", name="Model").click()
    page.get_by_role("option", name="Plain").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    assert settled(page) != first
    assert np.array_equal(ink(page), drawn)
    expect(page.get_by_role("slider", name="How much to trust my drawing")).to_have_count(0)


def test_whoever_names_no_model_gets_one_that_takes_drawings(at: Visit) -> None:
    page = at.open("/")
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(page).to_have_url(re.compile("/draw/(plain|portraits)$"))
    expect(page.get_by_role("img", name="Drawing paper")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{at.studio.url}/")


def test_without_a_model_the_page_says_how_to_train_one(at: Visit) -> None:
    page = at.open("/runs")
    page.route("**/v1/bundles", lambda route: route.fulfill(json={"bundles": [], "refused": []}))
    page.reload()
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(page.get_by_text("No model to draw with yet")).to_be_visible()
    expect(page.get_by_text("ganvas train sketch-portrait")).to_be_visible()


def test_the_portrait_lies_under_the_ink_when_wished(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    beside = settled(page)
    choose(page.get_by_role("radio", name="Over"))
    on_paper = page.get_by_test_id("paper").get_by_role("img", name="Result")
    expect(on_paper).to_be_visible()
    assert settled(page) == beside
    strength = page.get_by_role("slider", name="How strongly the portrait shows")
    strength.press("Home")
    expect(on_paper).to_have_css("opacity", "0")
    page.keyboard.press("o")
    expect(page.get_by_test_id("result").get_by_role("img", name="Result")).to_be_visible()


def test_drawing_and_portrait_are_saved_together(at: Visit, tmp_path: Path) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    settled(page)
    with Image.open(saved(page, "Save both", tmp_path / "both.png")) as both:
        assert both.size == (1024, 512)
        drawn = 1 - np.asarray(both.convert("L").crop((0, 0, 512, 512))) / 255
    assert np.abs(drawn - (1 - read_drawing(GOOD).rendered(512)[:, :, 0] / 255)).mean() < 0.01


def test_a_photo_becomes_strokes_to_go_on_from(at: Visit, pictures: Path) -> None:
    page = at.open(PAGE)
    page.set_input_files("input[type=file][accept*=image]", next(pictures.rglob("*.png")))
    first = settled(page)
    assert 0.001 < ink(page).mean() < 0.5
    stroke(page, (0.1, 0.1), (0.9, 0.9))
    assert settled(page) != first


@pytest.mark.parametrize(
    ("content", "said"),
    [("words", "is not a drawing"), ('{"format": "ganvas-drawing", "version": 9, "marks": []}', "newer version")],
)
def test_a_file_that_is_no_drawing_is_refused_and_nothing_lost(
    at: Visit, tmp_path: Path, content: str, said: str
) -> None:
    page = at.open(PAGE)
    stroke(page, (0.2, 0.3), (0.6, 0.6))
    before = settled(page)
    (tmp_path / "notes.json").write_text(content)
    opened(page, tmp_path / "notes.json")
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert settled(page) == before


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("width", [360, 390, 800, 1280])
def test_nothing_is_wider_than_the_window(at_sharing: Visit, width: int, locale: str) -> None:
    page = at_sharing.open(PAGE, width=width, locale=locale)
    expect(page.locator("section details")).to_be_visible()  # the guidance
    opened(page, GOOD)
    expect(page.get_by_test_id("result").locator("img")).to_be_visible()
    page.keyboard.press("k")
    page.locator("summary").first.click()
    page.get_by_test_id("drawing").locator("button").last.click()
    expect(page.get_by_role("status").filter(has=page.locator("p, input"))).to_be_visible()  # what came of the link
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("o")
