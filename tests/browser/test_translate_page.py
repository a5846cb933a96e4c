"""The Translate page, used by a real browser with real bundles: pictures in, what is made of them, and refusals."""

from __future__ import annotations

import io
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.bundle import write_bundle
from ganvas.models.families import FAMILIES
from ganvas.weights import find

if TYPE_CHECKING:
    from conftest import Studio, Visit
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

SIDE = 32

PIXELS = """picture => {
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL();
}"""


def write(root: Path, name: str, kind: str, **data: Any) -> None:
    """An untrained family of the smallest size, its weights large enough that its answers differ."""
    torch.manual_seed(0)
    config, spec = FAMILIES[kind].tiny()
    family = FAMILIES[kind](config, spec.model_copy(update=data), 1.0)
    with torch.no_grad():
        for parameter in family.parameters():
            if parameter.ndim > 1:
                parameter.mul_(2.0)
    write_bundle(root / name, family, name=name.title(), kimg=1.0, onnx=False)


@pytest.fixture(scope="module", autouse=True)
def models(studio: Studio) -> None:
    """One model of each kind beside those that every studio here has."""
    root = studio.root / "bundles"
    write(root, "anime", "ugatit", classes=("selfie", "anime"), resolution=SIDE)
    write(root, "horses", "cyclegan", resolution=SIDE)
    write(root, "portraits", "cyclegan", resolution=SIDE, crop="face")
    write(root, "styled", "starganv2")
    write(root, "faces-styled", "starganv2", crop="face", resolution=64)
    write(root, "larger", "srgan", degradation="downscale-x4", source_scale=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of all sorts, some of which are none."""
    folder = tmp_path_factory.mktemp("uploads")
    draw = np.random.default_rng(0)
    for name, (width, height) in {"one": (90, 60), "two": (64, 64), "three": (50, 80), "small": (24, 18)}.items():
        blocks = Image.fromarray(draw.integers(0, 255, (6, 6, 3), dtype=np.uint8))
        blocks.resize((width, height), Image.Resampling.BICUBIC).save(folder / f"{name}.png")
    Image.new("RGB", (1, 1), "red").save(folder / "dot.png")
    Image.new("RGB", (8000, 5000), (180, 120, 60)).save(folder / "forty.jpg")
    Image.new("1", (8001, 5000)).save(folder / "over-forty.png")
    (folder / "setup.png").write_bytes(b"MZ\x90\0\3\0\0\0" + bytes(4000))
    return folder


def pixels(picture: Locator) -> str:
    picture.evaluate("picture => picture.decode()")
    return str(picture.evaluate(PIXELS))


def give(page: Page, *files: Path) -> None:
    """Choose files, at the start or later."""
    page.locator("input[type=file]:not(section[aria-label=References] input)").last.set_input_files(list(files))


def stage(page: Page) -> Locator:
    return page.get_by_role("region", name="Result")


def settled(page: Page) -> str:
    """What the page shows once nothing newer is on its way."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(stage(page)).to_have_attribute("aria-busy", "false")
    return pixels(stage(page).get_by_role("img", name="Result"))


def refusal(visit: Visit, page: Page, status: int) -> str:
    """The one sentence of a refusal; the browser's own line about the status is expected."""
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    assert all(str(status) in complaint for complaint in visit.complaints), visit.complaints
    visit.complaints.clear()
    return str(alert.inner_text())


def fits(page: Page) -> bool:
    """Whether a phone shows the page whole, and each control has a name."""
    nameless = re.compile(r"^\s*- (button|link|slider|radio|switch|img|group|dialog)\b(?! \")")
    rows = page.locator("main").aria_snapshot().splitlines()
    wide = page.evaluate("document.documentElement.scrollWidth")
    return wide <= 360 and not [row for row in rows if nameless.match(row)]


# ── Finding the page ──


def test_home_leads_to_the_page_and_the_page_to_its_models(visit: Visit) -> None:
    page = visit.open("/")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Anime"))
    card.get_by_role("link", name="Translate").click()
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
    expect(page.get_by_role("button", name="Choose pictures")).to_be_visible()
    page.context.close()


# ── Before and after ──


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
    page.get_by_role("radio", name="Side by side").check(force=True)
    expect(slider).to_have_count(0)
    expect(stage(page).get_by_role("img")).to_have_count(2)
    expect(stage(page)).to_contain_text("ms in the studio")


def test_the_direction_turns_round(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/anime")
    give(page, folder / "one.png")
    there = settled(page)
    page.get_by_role("radio", name="anime → selfie").check(force=True)
    expect(page.get_by_role("radio", name="anime → selfie")).to_be_checked()
    back = settled(page)
    assert back != there
    page.get_by_role("radio", name="selfie → anime").check(force=True)
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
    page.get_by_role("radio", name="anime → selfie").check(force=True)
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


# ── By reference ──


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
    page.get_by_role("radio", name="square").check(force=True)
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


# ── Make-up, without any model ──


@pytest.fixture
def portraits(shared_data: Path) -> list[Path]:
    """Faces to be made up."""
    if find("face-landmark") is None:
        pytest.skip("the pinned face networks are not on this machine")
    return sorted((shared_data / "portraits").glob("*.jpg"))[:2]


@pytest.fixture
def made_up(shared_data: Path) -> list[Path]:
    """Faces that wear make-up."""
    return [shared_data / "makeup" / "makeup" / f"{number}.jpg" for number in (1, 5)]


def refer(page: Page, *files: Path) -> None:
    """Choose pictures whose make-up is taken."""
    page.get_by_role("region", name="References").locator("input[type=file]").set_input_files(list(files))


def shown(address: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """What a page's picture shows, as ``pixels`` gives it."""
    return np.asarray(Image.open(io.BytesIO(b64decode(address.partition(",")[2]))).convert("RGB")).astype(int)


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


@pytest.mark.parametrize(("locale", "said"), [("en-GB", "Reading faces needs the extra"), ("ko-KR", "설치하세요")])
def test_where_faces_cannot_be_read_the_page_says_what_to_install(
    visit: Visit, folder: Path, locale: str, said: str
) -> None:
    networks = pytest.importorskip("ganvas.curate.faces.networks", reason="the faces extra is not installed")
    missing = {"detail": str(networks.missing_extra())}
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


# ── Enlarging ──


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
    page.get_by_role("radio", name="×8").check(force=True)
    expect(lens).to_have_accessible_description("Seen: 30 × 30 pixels of the result, 8 × 8 of the source.")
    page.get_by_role("radio", name="Slider").check(force=True)
    with Image.open(folder / "small.png") as picture:
        larger = picture.resize((96, 72), Image.Resampling.BICUBIC)
    shown = Image.open(io.BytesIO(b64decode(pixels(stage(page).get_by_role("img", name="Bicubic")).partition(",")[2])))
    assert np.array_equal(np.asarray(shown.convert("RGB")), np.asarray(larger))


def test_of_a_large_picture_the_middle_is_enlarged(visit: Visit, folder: Path) -> None:
    page = visit.open("/translate/larger")
    give(page, folder / "forty.jpg")
    assert "8000 × 5000" in refusal(visit, page, 422)
    page.get_by_role("radio", name="Middle 256 px").check(force=True)
    settled(page)
    expect(stage(page)).to_contain_text("256 × 256 → 1024 × 1024 pixels (×4)")


# ── What cannot be used ──


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


# ── The camera ──


def test_no_camera_is_said_in_a_sentence(visit: Visit) -> None:
    page = visit.open("/translate/horses")
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("choose")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_camera_takes_a_picture(visit: Visit) -> None:
    from conftest import ARGUMENTS, CHROMIUM

    pretends = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    kind = visit.browser.browser_type
    browser = kind.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, *pretends])
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


# ── For everybody ──


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
