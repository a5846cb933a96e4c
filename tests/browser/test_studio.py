"""What people do in the studio, done by a real browser. Each test also fails when a page asks another host or when
the browser's console shows an error (see ``visit``)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from support.chromium import choose

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

PIXELS = """picture => {
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL();
}"""


def pixels(picture: Locator) -> str:
    """What an image on the page shows, wherever it came from."""
    picture.evaluate("picture => picture.decode()")
    return str(picture.evaluate(PIXELS))


def stroke(page: Page, *points: tuple[float, float], lift: bool = True) -> None:
    """Draw a line on the paper; places are shares of its side."""
    paper = page.get_by_role("img", name="Drawing paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    if lift:
        page.mouse.up()


def settled(page: Page) -> str:
    """What the Draw page shows once nothing newer is on its way."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_test_id("result")).to_have_attribute("aria-busy", "false")
    return pixels(page.get_by_role("img", name="Result"))


# ── Home ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_home_names_each_model_and_leads_to_its_page(visit: Visit) -> None:
    page = visit.open("/")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Faces", exact=True))
    expect(card).to_contain_text("Makes new pictures from random numbers")
    expect(card).to_contain_text("KID (EfficientNet)")
    expect(card).to_contain_text("0.0421")
    drawings = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Drawings"))
    drawings.get_by_role("link", name=re.compile("^Draw")).click()
    expect(page).to_have_url(re.compile("/draw/drawings$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Drawings")


def test_home_shows_a_run_in_progress(visit: Visit) -> None:
    visit.studio.run("in-progress").tick(40)
    page = visit.open("/")
    expect(page.get_by_role("progressbar", name="in-progress")).to_have_attribute("aria-valuenow", "40")
    page.get_by_role("link", name="in-progress").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("in-progress")


def test_an_example_shows_what_a_model_does_at_once(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("link", name="Try an example : Drawings").click()
    expect(page.get_by_role("img", name="Result")).to_be_visible()
    expect(page).to_have_url(visit.studio.url + "/draw/drawings")
    page.keyboard.press("Delete")
    page.get_by_role("group", name="Or try one of these drawings").get_by_role("button").nth(1).click()
    expect(page.get_by_role("img", name="Result")).to_be_visible()

    page.goto(visit.studio.url + "/")
    page.get_by_role("link", name="Try an example : Colours").click()
    expect(page.get_by_role("img", name="Before")).to_be_visible()


def test_a_page_opens_with_the_model_that_was_used_last(visit: Visit) -> None:
    page = visit.open("/generate/animals")
    expect(page.get_by_role("heading", level=1)).to_have_text("Animals")
    page.goto(visit.studio.url + "/generate/faces")
    expect(page.get_by_role("heading", level=1)).to_have_text("Faces")
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="Generate", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Faces")
    page.get_by_role("link", name="Make-up").click()
    expect(page.get_by_role("link", name="Make-up")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("link", name="Translate")).not_to_have_attribute("aria-current", "page")


def test_only_the_control_with_the_focus_is_framed(visit: Visit) -> None:
    page = visit.open("/generate/faces")
    page.get_by_role("tab", name="Pictures").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    framed = """() => [...document.querySelectorAll("main *")]
        .filter(element => getComputedStyle(element).outlineStyle === "solid")
        .map(element => element.contains(document.activeElement) && element !== document.activeElement)"""
    assert page.evaluate(framed) == [False]


# ── Generate ────────────────────────────────────────────────────────────────────────────────────────────────────────


def samples(page: Page) -> Locator:
    return page.get_by_role("group", name="Generated pictures").get_by_role("button")


def test_a_permalink_gives_the_same_pictures_again(visit: Visit) -> None:
    page = visit.open("/generate/animals")
    expect(samples(page)).to_have_count(16)
    page.get_by_role("button", name="Shuffle").click()
    choose(page.get_by_role("radio", name="9", exact=True))
    page.get_by_role("button", name="Class").click()
    page.get_by_role("option", name="dogs").click()
    expect(samples(page)).to_have_count(9)
    expect(samples(page).first).to_have_accessible_name(re.compile("dogs"))
    expect(page).to_have_url(re.compile(r"seed=\d+&count=9&class=1"))
    expect(page.get_by_label("Generated pictures").first).to_have_attribute("aria-busy", "false")
    first = [pixels(picture) for picture in samples(page).locator("img").all()]
    assert len(set(first)) == 9

    again = visit.open(page.url.removeprefix(visit.studio.url))
    expect(samples(again)).to_have_count(9)
    assert [pixels(picture) for picture in samples(again).locator("img").all()] == first


def test_the_grid_and_the_enlarged_picture_work_by_keyboard(visit: Visit) -> None:
    page = visit.open("/generate/faces?seed=100&count=9")
    expect(samples(page)).to_have_count(9)
    samples(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(samples(page).nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Seed 104")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="Seed 105")).to_be_visible()
    expect(page).to_have_url(re.compile("open=105"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_pictures_are_saved_one_by_one_and_as_a_grid(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/generate/faces?seed=7&count=4&open=8")
    with page.expect_download() as one:
        page.get_by_role("dialog").get_by_role("button", name="Download").click()
    assert one.value.suggested_filename == "faces-seed8.png"
    one.value.save_as(tmp_path / "one.png")
    page.keyboard.press("Escape")
    with page.expect_download() as grid:
        page.get_by_role("button", name="Download grid").click()
    grid.value.save_as(tmp_path / "grid.png")
    with Image.open(tmp_path / "one.png") as picture, Image.open(tmp_path / "grid.png") as sheet:
        side = picture.width
        assert sheet.size == (2 * side, 2 * side)
        # Seed 8 is the second of seeds 7 to 10: top right.
        cut = sheet.convert("RGB").crop((side, 0, 2 * side, side))
        assert cut.tobytes() == picture.convert("RGB").tobytes()


# ── Draw ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_picture_follows_each_stroke_and_each_undo(visit: Visit) -> None:
    page = visit.open("/draw/drawings")
    expect(page.get_by_text("Start drawing")).to_be_visible()
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    one = settled(page)
    stroke(page, (0.5, 0.1), (0.3, 0.6), (0.7, 0.9))
    two = settled(page)
    assert two != one
    page.keyboard.press("Control+z")
    assert settled(page) == one
    page.keyboard.press("Control+Shift+z")
    assert settled(page) == two

    page.keyboard.press("Delete")
    expect(page.get_by_text("Start drawing")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    assert settled(page) == two


def test_the_picture_comes_while_the_pen_is_still_down(visit: Visit) -> None:
    page = visit.open("/draw/drawings")
    stroke(page, (0.2, 0.2), (0.8, 0.8), lift=False)
    expect(page.get_by_role("img", name="Result")).to_be_visible()
    page.mouse.up()


def test_pen_and_eraser_change_the_paper(visit: Visit) -> None:
    page = visit.open("/draw/drawings")
    inked = """() => {
        const canvas = document.querySelector("[data-testid=ink]");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        for (let i = 3; i < data.length; i += 4) sum += data[i];
        return sum;
    }"""
    expect(page.get_by_role("img", name="Drawing paper")).to_be_visible()
    assert page.evaluate(inked) == 0
    stroke(page, (0.1, 0.5), (0.9, 0.5))
    drawn = page.evaluate(inked)
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    stroke(page, (0.5, 0.3), (0.5, 0.7))
    assert 0 < page.evaluate(inked) < drawn
    page.keyboard.press("p")
    page.get_by_role("button", name="simple face").click()
    page.wait_for_function(f"drawn => ({inked})() > drawn", arg=drawn)


def test_the_drawing_is_saved_black_on_white(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/draw/drawings")
    stroke(page, (0.1, 0.5), (0.9, 0.5))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save drawing").click()
    saved.value.save_as(tmp_path / "drawing.png")
    with Image.open(tmp_path / "drawing.png") as drawing:
        grey = drawing.convert("L")
    centre = grey.width // 2
    assert grey.getpixel((centre, centre)) < 40
    assert grey.getpixel((centre, grey.height // 8)) == 255


def test_a_model_that_takes_no_drawings_links_to_its_own_page(visit: Visit) -> None:
    page = visit.open("/draw/colours")
    expect(page.get_by_text("This model takes no drawings.")).to_be_visible()
    expect(page.get_by_role("link", name="Open its page")).to_have_attribute("href", "/translate/colours")


# ── Runs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_curve_moves_while_the_run_goes_on(visit: Visit) -> None:
    run = visit.studio.run("moving")
    run.tick(5)
    run.sheet((200, 0, 0))
    page = visit.open("/runs")
    page.get_by_role("link", name="moving").click()
    losses = page.get_by_role("slider", name="Losses")
    expect(losses).to_have_attribute("aria-valuemax", "5")
    curve = page.locator("path[data-series='G/loss']")
    before = curve.get_attribute("d")
    expect(page.get_by_role("img", name="Samples after 5 kimg")).to_be_visible()

    warning = "The discriminator wins; try a lower learning rate for it."
    run.tick(5, health=[{"name": "overpowering", "level": "warning", "sentence": warning}])
    run.sheet((0, 200, 0))
    expect(losses).to_have_attribute("aria-valuemax", "10")
    expect(curve).not_to_have_attribute("d", before or "")
    expect(page.get_by_text(warning)).to_be_visible()
    expect(page.get_by_role("img", name="Samples after 10 kimg")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("aria-valuenow", "10")

    run.tick(1, state="finished", progress=1.0)
    expect(page.get_by_text("Finished", exact=True)).to_be_visible()


def test_values_are_read_by_keyboard(visit: Visit) -> None:
    visit.studio.run("read").tick(8)
    page = visit.open("/runs/read")
    losses = page.get_by_role("slider", name="Losses")
    losses.focus()
    page.keyboard.press("Home")
    expect(losses).to_have_attribute("aria-valuetext", "1 kimg: D/loss 1, G/loss 1.1")
    page.get_by_role("region", name="Losses").get_by_role("button", name="D/loss").click()
    losses.focus()
    page.keyboard.press("Home")
    expect(losses).to_have_attribute("aria-valuetext", "1 kimg: G/loss 1.1")


def test_sheets_go_back_in_time(visit: Visit) -> None:
    run = visit.studio.run("sheets")
    for shade in (10, 100, 200):
        run.tick()
        run.sheet((shade, shade, shade))
    page = visit.open("/runs/sheets")
    moment = page.get_by_role("slider", name="Position in the training")
    moment.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("img", name="Samples after 1 kimg")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("img", name="Samples after 2 kimg")).to_be_visible()


# ── When something is wrong ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/generate/nowhere", "/draw/nowhere", "/runs/nowhere"])
def test_what_is_missing_is_said_with_a_way_on(visit: Visit, path: str) -> None:
    page = visit.open(path)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("nowhere")
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()
    assert all("404" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    page = visit.open("/translate/colours")
    page.set_input_files("input[type=file]", tmp_path / "notes.png")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\w+.*\."))
    expect(page.get_by_role("button", name="Add pictures")).to_be_visible()
    assert all("415" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


# ── For everybody ───────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = ["/", "/generate/animals", "/draw/drawings", "/translate/colours", "/runs", "/runs/everybody", "/nothing-here"]
NAMELESS = re.compile(
    r"^\s*- (button|link|slider|textbox|spinbutton|radio|switch|combobox|img|progressbar|dialog)\b(?! \")"
)


@pytest.fixture
def everybody(visit: Visit) -> Visit:
    run = visit.studio.run("everybody")
    if not run.folder.status.exists():
        run.tick(12)
        run.sheet((90, 120, 150))
        line = '{"nimg": 12000, "metric": "kid_effnet", "value": 0.1, "protocol": {"features": "effnet"}}\n'
        run.folder.metrics.write_text(line)
    return visit


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name_and_every_page_a_structure(everybody: Visit, path: str) -> None:
    page = everybody.open(path)
    expect(page.get_by_role("heading").first).to_be_visible()
    page.wait_for_load_state("networkidle" if "runs/" not in path else "load")
    tree = page.locator("body").aria_snapshot()
    assert [line for line in tree.splitlines() if NAMELESS.match(line)] == []
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    assert page.title().endswith("Ganvas")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_no_page_is_wider_than_a_phone(everybody: Visit, width: int, locale: str) -> None:
    page = everybody.open("/", width=width, height=800, locale=locale, has_touch=True, is_mobile=True)
    for path in PAGES:
        page.goto(everybody.studio.url + path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_finger_draws(visit: Visit) -> None:
    page = visit.open("/draw/drawings", width=390, height=844, has_touch=True, is_mobile=True)
    paper = page.get_by_role("img", name="Drawing paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("img", name="Result")).to_be_visible()


def test_language_follows_the_system_and_a_choice_is_kept(visit: Visit) -> None:
    page = visit.open("/", locale="ko-KR")
    expect(page.get_by_role("heading", level=1)).to_have_text("내 모델")
    page.get_by_role("button", name="영어로 바꾸기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your models")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your models")
    assert page.locator("html").get_attribute("lang") == "en"


def test_theme_follows_the_system_and_a_choice_is_kept(visit: Visit) -> None:
    page = visit.open("/", color_scheme="dark")
    body = page.locator("body")
    dark = str(body.evaluate("body => getComputedStyle(body).backgroundColor"))
    choose(page.get_by_role("radio", name="Light"))
    expect(body).not_to_have_css("background-color", dark)
    light = str(body.evaluate("body => getComputedStyle(body).backgroundColor"))
    page.reload()
    expect(body).to_have_css("background-color", light)
    choose(page.get_by_role("radio", name="System"))
    expect(body).to_have_css("background-color", dark)
