"""The Translate page, used by a real browser with real bundles: pictures in, what is made of them, and refusals."""

from __future__ import annotations

import io
import json
import re
import zipfile
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from support.chromium import choose
from support.translate_page import (  # noqa: F401 - fixtures
    PIXELS,
    SIDE,
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

from ganvas.weights import find

if TYPE_CHECKING:
    from conftest import Visit


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_home_leads_to_the_page_and_the_page_to_its_models(visit: Visit) -> None:
    page = visit.open("/")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Anime"))
    card.get_by_role("link", name=re.compile("^Translate")).click()
    expect(page).to_have_url(re.compile("/translate/anime$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Anime")
    page.get_by_role("button", name="Model").click()
    names = page.get_by_role("option").all_inner_texts()
    found = {name.split("\n")[0].strip() for name in names}
    assert {"Anime", "Horses", "Styled", "Larger", "Colours", "Make-up"} <= found
    assert not {"Faces", "Drawings"} & found, "what makes pictures from seeds or sketches has its own page"
    page.get_by_role("option", name="Horses").click()
    expect(page).to_have_url(re.compile("/translate/horses$"))


def test_a_model_of_another_kind_is_led_to_its_page(visit: Visit) -> None:
    page = visit.open("/translate/faces")
    page.get_by_role("link", name="Open its page").click()
    expect(page).to_have_url(re.compile("/generate/faces"))


def test_without_a_model_the_page_says_how_to_train_one(visit: Visit) -> None:
    page = visit.browser.new_context(locale="en-GB").new_page()
    page.route("**/v1/bundles", lambda route: route.fulfill(json={"bundles": [], "refused": []}))
    page.goto(visit.studio.url + "/translate")
    expect(page.get_by_text("No model to translate with yet")).to_be_visible()
    expect(page.get_by_text("ganvas train ugatit-light-64")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make-up")
    page.get_by_text("I agree", exact=True).click()
    expect(page.get_by_role("button", name="Choose pictures")).to_be_visible()
    page.context.close()


def test_before_and_after_are_slid_by_keyboard(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/horses")
    give(page, folder / "one.png")
    after = settled(page)
    before = stage(page).get_by_role("img", name="Before")
    assert pixels(before) != after
    shape = "picture => [picture.naturalWidth, picture.naturalHeight]"
    assert before.evaluate(shape) == [SIDE, SIDE], "the picture as the model takes it"
    slider = page.get_by_role("slider", name="Slide between before and after")
    slider.focus()
    clip = "picture => getComputedStyle(picture).clipPath"
    result = stage(page).get_by_role("img", name="Result")
    assert "50%" in result.evaluate(clip)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("53")
    assert "53%" in result.evaluate(clip)
    choose(page.get_by_role("radio", name="Side by side"))
    expect(slider).to_have_count(0)
    expect(stage(page).get_by_role("img")).to_have_count(2)
    expect(stage(page)).to_contain_text("ms in the studio")


def test_the_direction_turns_round(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/anime")
    give(page, folder / "one.png")
    there = settled(page)
    choose(page.get_by_role("radio", name="anime → selfie"))
    expect(page.get_by_role("radio", name="anime → selfie")).to_be_checked()
    back = settled(page)
    assert back != there
    choose(page.get_by_role("radio", name="selfie → anime"))
    assert settled(page) == there
    page.goto(visit.studio.url + "/translate/horses")
    give(page, folder / "one.png")
    expect(page.get_by_role("radio", name="A → B")).to_be_checked()


def test_the_heat_map_lies_over_the_picture_and_fades(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/anime")
    give(page, folder / "one.png")
    settled(page)
    expect(page.get_by_role("img", name="Heat map")).to_have_count(0)
    page.get_by_text("Show where it looks").click()
    heat = page.get_by_role("img", name="Heat map")
    expect(heat).to_be_visible()
    first = pixels(heat)
    page.get_by_role("slider", name="Strength of the overlay").focus()
    page.keyboard.press("End")
    expect(heat).to_have_css("opacity", "1")
    choose(page.get_by_role("radio", name="anime → selfie"))
    page.wait_for_function(
        f"first => ({PIXELS})(document.querySelector('[data-testid=heat]')) !== first",
        arg=first,
    )
    page.get_by_text("Show where it looks").click()
    expect(heat).to_have_count(0)


def test_several_pictures_stand_in_a_strip_and_are_all_translated(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/horses")
    give(page, folder / "one.png", folder / "two.png", folder / "dot.png")
    first = settled(page)
    strip = page.get_by_role("list", name="Your pictures")
    tiles = strip.get_by_role("button", name=re.compile("^Picture"))
    expect(tiles).to_have_count(3)
    expect(strip.get_by_role("button", name="dot.png (cannot be used)")).to_be_visible()
    tiles.nth(1).click()
    second = settled(page)
    assert second != first
    give(page, folder / "three.png")
    expect(tiles).to_have_count(4)
    expect(tiles.nth(3)).to_have_attribute("aria-pressed", "true")
    assert settled(page) not in (first, second)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save all (zip)").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        settings = json.loads(archive.read("settings.json"))
        assert [one["source"] for one in settings["pictures"]] == ["one.png", "two.png", "three.png"]
        assert set(archive.namelist()) == {"settings.json", *(one["file"] for one in settings["pictures"])}
    strip.get_by_role("button", name="Remove three.png").click(force=True)
    expect(tiles).to_have_count(3)
    assert all("422" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_pictures_are_dropped_and_pasted(visit: Visit, folder: Path, how: str) -> None:
    page = visit.open("/translate/horses")
    expect(page.get_by_text("Drop pictures here")).to_be_visible()
    page.evaluate(
        """([how, content]) => {
            const data = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
            data.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
            const event = how === "drop"
                ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
            document.querySelector("main").dispatchEvent(event);
        }""",
        [how, b64encode((folder / "one.png").read_bytes()).decode()],
    )
    settled(page)


def test_results_are_saved_alone_and_beside_the_source(visit: Visit, folder: Path, tmp_path: Path) -> None:
    page = visit.open("/translate/horses")
    give(page, folder / "one.png")
    settled(page)
    for button, name, size in (
        ("Save result", "one-horses.png", (SIDE, SIDE)),
        ("Save side by side", "one-horses-pair.png", (2 * SIDE, SIDE)),
    ):
        with page.expect_download() as saved:
            page.get_by_role("button", name=button).click()
        assert saved.value.suggested_filename == name
        saved.value.save_as(tmp_path / name)
        with Image.open(tmp_path / name) as picture:
            assert picture.size == size
    with Image.open(tmp_path / "one-horses.png") as alone, Image.open(tmp_path / "one-horses-pair.png") as pair:
        right = pair.convert("RGB").crop((SIDE, 0, 2 * SIDE, SIDE))
        assert right.tobytes() == alone.convert("RGB").tobytes()


def test_styles_come_from_variations_and_from_references(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/styled")
    give(page, folder / "one.png")
    first = settled(page)
    expect(page.get_by_role("radio", name="disc")).to_be_checked()
    strip = page.get_by_role("region", name="Variations")
    tiles = strip.get_by_role("button", name=re.compile("^Variation "))
    expect(tiles).to_have_count(6)
    expect(tiles.locator("img")).to_have_count(6)
    strip.get_by_role("button", name="More").click()
    expect(tiles.locator("img")).to_have_count(12)
    strip.get_by_role("button", name="Variation 7", exact=True).click()
    seventh = settled(page)
    assert seventh != first
    assert pixels(strip.get_by_role("button", name="Variation 7", exact=True).locator("img")) == seventh

    gallery = page.get_by_role("region", name="References")
    gallery.locator("input[type=file]").set_input_files([folder / "two.png", folder / "three.png"])
    expect(gallery.get_by_role("button", name="Reference 1", exact=True)).to_have_attribute("aria-pressed", "true")
    by_first = settled(page)
    gallery.get_by_role("button", name="Reference 2", exact=True).click()
    by_second = settled(page)
    assert len({first, seventh, by_first, by_second}) == 4
    choose(page.get_by_role("radio", name="square"))
    assert settled(page) != by_second


def test_references_are_kept_up_to_twelve_and_unusable_ones_are_said(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/styled")
    give(page, folder / "one.png")
    settled(page)
    gallery = page.get_by_role("region", name="References")
    gallery.locator("input[type=file]").set_input_files([folder / "two.png"] * 11)
    expect(gallery.get_by_role("button", name=re.compile("^Reference"))).to_have_count(11)
    gallery.locator("input[type=file]").set_input_files([folder / "two.png", folder / "dot.png"])
    expect(gallery.get_by_role("button", name=re.compile("^Reference"))).to_have_count(12)
    expect(page.get_by_text("Up to 12 pictures at a time")).to_be_visible()
    gallery.get_by_role("button", name="Reference 12", exact=True).click()
    expect(gallery.get_by_role("alert")).to_contain_text("1 × 1 pixels")
    visit.complaints.clear()


@pytest.mark.skipif(find("face-landmark") is None, reason="the pinned face networks are not on this machine")
def test_the_person_is_kept_as_strongly_as_wished(visit: Visit, folder: Path) -> None:
    data = pytest.importorskip("skimage", reason="scikit-image's pictures are not installed").__file__
    page = visit.open("/translate/faces-styled")
    give(page, Path(data).parent / "data" / "astronaut.png")
    free = settled(page)
    page.get_by_text("Keep the person").click()
    expect(page.get_by_role("slider", name="Strength")).to_be_visible()
    kept = settled(page)
    before = pixels(stage(page).get_by_role("img", name="Before"))
    assert len({free, kept, before}) == 3
    page.get_by_role("slider", name="Strength").focus()
    page.keyboard.press("Home")
    assert settled(page) == before, "no strength, no change"
    give(page, folder / "one.png")
    assert "No face was found in this picture" in refusal(visit, page, 422)


def test_the_magnifier_shows_both_enlargements_at_one_place(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/larger")
    give(page, folder / "small.png")
    settled(page)
    expect(stage(page)).to_contain_text("24 × 18 → 96 × 72 pixels (×4)")
    lens = stage(page).get_by_role("group", name="Magnifier")
    expect(lens).to_have_accessible_description("Seen: 60 × 60 pixels of the result, 15 × 15 of the source.")
    views = [stage(page).get_by_role("img", name=name) for name in ("Bicubic", "After")]
    shows = "view => view.toDataURL()"
    page.wait_for_function("() => [...document.querySelectorAll('canvas')].every(c => c.toDataURL().length > 2000)")
    at_first = [view.evaluate(shows) for view in views]
    assert at_first[0] != at_first[1]
    lens.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    for view, was in zip(views, at_first, strict=True):
        assert view.evaluate(shows) != was
    choose(page.get_by_role("radio", name="×8"))
    expect(lens).to_have_accessible_description("Seen: 30 × 30 pixels of the result, 8 × 8 of the source.")
    choose(page.get_by_role("radio", name="Slider"))
    with Image.open(folder / "small.png") as picture:
        larger = picture.resize((96, 72), Image.Resampling.BICUBIC)
    shown = Image.open(io.BytesIO(b64decode(pixels(stage(page).get_by_role("img", name="Bicubic")).partition(",")[2])))
    assert np.array_equal(np.asarray(shown.convert("RGB")), np.asarray(larger))


def test_of_a_large_picture_the_middle_is_enlarged(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/larger")
    give(page, folder / "forty.jpg")
    assert "8000 × 5000" in refusal(visit, page, 422)
    choose(page.get_by_role("radio", name="Middle 256 px"))
    settled(page)
    expect(stage(page)).to_contain_text("256 × 256 → 1024 × 1024 pixels (×4)")


@pytest.mark.parametrize("model", ["anime", "styled", "larger", "colours"])
def test_hostile_files_get_a_sentence_and_a_way_on(visit: Visit, folder: Path, model: str) -> None:
    page = visit.open(f"/translate/{model}")
    for name, status, said in (
        ("setup.png", 415, "not a picture"),
        ("dot.png", 422, "only 1 × 1 pixels"),
        ("over-forty.png", 413, "at most 40 million"),
    ):
        give(page, folder / name)
        assert said in refusal(visit, page, status)
        page.get_by_role("button", name=f"Remove {name}").click()
    give(page, folder / "two.png")
    settled(page)


def test_refusals_are_korean_on_a_korean_page(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/larger", locale="ko-KR")
    korean = re.compile("[가-힣].*니다.*[.]")
    for name, status in (("setup.png", 415), ("dot.png", 422), ("over-forty.png", 413), ("forty.jpg", 422)):
        page.locator("input[type=file]").last.set_input_files(folder / name)
        assert korean.search(refusal(visit, page, status).replace("\n", " "))
        page.get_by_role("button", name=f"{name} 빼기").click()


def test_forty_megapixels_are_translated(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/horses")
    give(page, folder / "forty.jpg")
    settled(page)


def test_more_than_twenty_megabytes_are_not_even_sent(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(bytes(20_000_001))
    page = visit.open("/translate/horses")
    give(page, tmp_path / "huge.png")
    assert "huge.png is larger than 20 MB" in refusal(visit, page, 413)
    expect(page.get_by_text("Drop pictures here")).to_be_visible()


@pytest.mark.skipif(find("face-detection") is None, reason="the pinned face networks are not on this machine")
def test_a_picture_without_a_face_is_refused_where_one_is_needed(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/portraits")
    expect(page.get_by_text("A face is needed")).to_be_visible()
    give(page, folder / "one.png")
    assert "No face was found in this picture" in refusal(visit, page, 422)


def test_no_camera_is_said_in_a_sentence(visit: Visit) -> None:
    page = visit.open("/translate/horses")
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("choose")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_camera_takes_a_picture(visit: Visit) -> None:
    from support.chromium import ARGUMENTS, installed

    pretends = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    kind = visit.browser.browser_type
    browser = kind.launch(executable_path=installed(), args=[*ARGUMENTS, *pretends])
    try:
        page = browser.new_context(locale="en-GB", permissions=["camera"]).new_page()
        page.goto(visit.studio.url + "/translate/styled")
        page.get_by_role("button", name="Use the camera").click()
        page.get_by_role("button", name="Take the picture").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        settled(page)
        references = page.get_by_role("region", name="References")
        references.get_by_role("button", name="Take a picture").click()
        page.get_by_role("button", name="Take the picture").click()
        expect(references.get_by_role("button", name="Reference 1", exact=True)).to_be_visible()
        settled(page)
    finally:
        browser.close()


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("model", ["anime", "styled", "larger", "colours"])
def test_no_wider_than_a_phone_and_no_control_without_a_name(
    visit: Visit, folder: Path, model: str, locale: str
) -> None:
    page = visit.open(f"/translate/{model}", width=360, height=780, locale=locale, has_touch=True, is_mobile=True)
    page.locator("input[type=file]").set_input_files([folder / "small.png", folder / "two.png"])
    expect(page.get_by_test_id("translation")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_test_id("translation").locator("img").first).to_be_visible()
    assert fits(page)
