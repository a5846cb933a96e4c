"""The tools of the Generate page: walks, mixtures, sliders, projection and look-alikes, done by a real browser."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from support.chromium import choose

from ganvas.bundle import write_bundle
from ganvas.cli import main
from ganvas.models.families import FAMILIES
from ganvas.weights import find

if TYPE_CHECKING:
    from conftest import Studio, Visit
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

LAYERS = 6  # of the smallest stylegan2


@pytest.fixture(scope="module")
def styles(studio: Studio) -> str:
    """An untrained StyleGAN2 of the smallest size, its weights large enough that its pictures differ."""
    directory = studio.root / "bundles" / "styles"
    config, data = FAMILIES["stylegan2"].tiny()
    torch.manual_seed(0)
    family = FAMILIES["stylegan2"](config, data, 1.0)
    with torch.no_grad():
        for parameter in family.parameters():
            if parameter.ndim > 1:
                parameter.mul_(2.0)
    write_bundle(directory, family.eval(), name="Styles", kimg=1.0, onnx=False)
    return "/generate/styles"


def tabs(page: Page) -> list[str]:
    expect(page.get_by_role("tab", name="Walk")).to_be_visible()
    return page.get_by_role("tab").all_inner_texts()


def shown(picture: Locator) -> np.ndarray:
    """The picture of an image whose source is a data address, int16 [H, W, 3]."""
    head, content = str(picture.get_attribute("src")).split(",", 1)
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(b64decode(content))) as image:
        return np.asarray(image.convert("RGB"), np.int16)


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() <= 1)


def settled(page: Page, stage: str) -> Locator:
    region = page.get_by_role("region", name=stage, exact=True)
    expect(region).to_have_attribute("aria-busy", "false")
    return region


def test_only_what_a_model_can_do_is_offered(visit: Visit, styles: str) -> None:
    assert tabs(visit.open(styles)) == ["Pictures", "Walk", "Mix styles", "Sliders", "Photo"]
    page = visit.open("/generate/faces?tool=mix")
    assert tabs(page) == ["Pictures", "Walk", "Sliders", "Photo"]
    expect(page.get_by_role("tab", name="Pictures")).to_have_attribute("aria-selected", "true")


def test_tools_are_reached_by_keyboard_and_kept_in_the_address(visit: Visit, styles: str) -> None:
    page = visit.open(styles)
    tabs(page)
    page.get_by_role("tab", name="Pictures").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("tool=walk"))
    expect(page.get_by_role("region", name="The walk")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Photo")).to_have_attribute("aria-selected", "true")


def test_pictures_chosen_in_the_grid_are_walked_between(visit: Visit, styles: str, tmp_path: Path) -> None:
    page = visit.open(f"{styles}?seed=5&count=4&steps=8")
    tabs(page)
    grid = page.get_by_role("group", name="Generated pictures")
    grid.get_by_role("button").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="Select: Picture of seed 6")).to_be_checked()
    first, last = (shown(picture) for picture in grid.locator("img").all()[:2])
    page.get_by_role("button", name="Walk between them").click()

    expect(page).to_have_url(re.compile("walk=5.6"))
    stage = settled(page, "The walk")
    frame = stage.get_by_role("img")
    expect(frame).to_have_accessible_name("Picture 1 of 9 of the walk")
    assert near(shown(frame), first)
    stage.get_by_role("button", name="Play").click()
    expect(frame).to_have_accessible_name("Picture 9 of 9 of the walk")
    assert near(shown(frame), last)
    expect(stage.get_by_role("button", name="Play")).to_be_visible()
    stage.get_by_role("slider", name="Position in the walk").focus()
    page.keyboard.press("ArrowLeft")
    expect(frame).to_have_accessible_name("Picture 8 of 9 of the walk")

    with page.expect_download() as saved:
        page.get_by_role("button", name="Save GIF").click()
    assert saved.value.suggested_filename == "styles-walk.gif"
    saved.value.save_as(tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 9


def test_stops_are_added_moved_and_removed(visit: Visit, styles: str) -> None:
    page = visit.open(f"{styles}?tool=walk&walk=1.2.3&steps=8")
    settled(page, "The walk")
    stops = page.get_by_role("list", name="Stops")
    stops.get_by_role("button", name="Seed 3").click()
    page.get_by_role("menuitem", name="Move earlier").click()
    expect(page).to_have_url(re.compile("walk=1.3.2"))
    stops.get_by_role("button", name="Seed 1").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(page).to_have_url(re.compile("walk=3.2&"))
    stops.get_by_role("button", name="Add to: Stops").click()
    page.get_by_role("dialog").get_by_label("Seed").fill("77")
    page.keyboard.press("Tab")
    page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    expect(page).to_have_url(re.compile("walk=3.2.77"))
    expect(settled(page, "The walk").get_by_role("img")).to_have_accessible_name("Picture 1 of 17 of the walk")


def test_styles_are_mixed(visit: Visit, styles: str) -> None:
    page = visit.open(f"{styles}?tool=mix&rows=1.2&columns=3.4.5&layers=0-1")
    table = settled(page, "Mixed pictures").get_by_role("table")
    expect(table.get_by_role("cell").get_by_role("img")).to_have_count(6)
    cell = table.get_by_role("img", name="Seed 2 with layers of Seed 4")
    row, column = (
        table.get_by_role("img", name="Seed 2", exact=True),
        table.get_by_role("img", name="Seed 4", exact=True),
    )
    some = shown(cell)
    assert not near(some, shown(row))
    assert not near(some, shown(column))

    source = str(cell.get_attribute("src"))
    page.get_by_role("slider", name="Last layer").focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(f"layers=0-{LAYERS - 1}"))
    expect(cell).not_to_have_attribute("src", source)
    settled(page, "Mixed pictures")
    assert near(shown(cell), shown(column))
    page.get_by_role("button", name="Fine").click()
    expect(page).to_have_url(re.compile("layers=4-5"))


def test_a_slider_moves_the_picture_and_is_reset(visit: Visit, styles: str) -> None:
    page = visit.open(f"{styles}?tool=sliders&base=3")
    slider = page.get_by_role("slider", name=re.compile("^Direction 1"))
    expect(slider).to_be_visible()
    after = settled(page, "Changed pictures").get_by_role("img", name="Seed 3, after")
    still, source = shown(after), str(after.get_attribute("src"))
    slider.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"moves=0\*6"))
    expect(after).not_to_have_attribute("src", source)
    settled(page, "Changed pictures")
    moved = shown(after)
    assert not near(moved, still)

    again = visit.open(page.url.removeprefix(visit.studio.url))
    assert near(shown(settled(again, "Changed pictures").get_by_role("img", name="Seed 3, after")), moved)

    page.get_by_role("button", name="Reset all").click()
    expect(page).not_to_have_url(re.compile("moves="))
    settled(page, "Changed pictures")
    assert near(shown(after), still)


def test_the_newest_position_of_a_slider_wins(visit: Visit, styles: str) -> None:
    far = visit.open(f"{styles}?tool=sliders&base=3&moves=0*6")
    wanted = shown(settled(far, "Changed pictures").get_by_role("img", name="Seed 3, after"))

    page = visit.open(f"{styles}?tool=sliders&base=3")
    slider = page.get_by_role("slider", name=re.compile("^Direction 1"))
    expect(slider).to_be_visible()
    after = settled(page, "Changed pictures").get_by_role("img", name="Seed 3, after")
    held = []

    def hold_first(route) -> None:  # type: ignore[no-untyped-def]
        held.append(route) if not held else route.continue_()

    page.route("**/edit", hold_first)
    slider.focus()
    with page.expect_request("**/edit"):
        page.keyboard.press("Home")
    with page.expect_response("**/edit"):
        page.keyboard.press("End")
    settled(page, "Changed pictures")
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert near(shown(after), wanted)


@pytest.fixture
def generated(visit: Visit, styles: str, tmp_path: Path) -> Path:
    """A picture that the model made."""
    page = visit.open(f"{styles}?seed=9&count=1&open=9")
    with page.expect_download() as saved:
        page.get_by_role("dialog").get_by_role("button", name="Download").click()
    saved.value.save_as(tmp_path / "photo.png")
    return tmp_path / "photo.png"


needs_lpips = pytest.mark.skipif(find("lpips-vgg16") is None, reason="the weights of LPIPS are not here")


@needs_lpips
def test_a_photo_is_projected_and_walked_from(visit: Visit, styles: str, generated: Path) -> None:
    page = visit.open(f"{styles}?tool=photo")
    choose(page.get_by_role("radio", name="100", exact=True))
    page.set_input_files("input[type=file]", generated)
    expect(page.get_by_role("progressbar", name="Searching")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Step \d+ of 100"))).to_be_visible()
    expect(page.get_by_role("img", name="Your photograph")).to_be_visible()
    expect(page.get_by_text(re.compile("PSNR"))).to_be_visible(timeout=120_000)
    with Image.open(generated) as picture:
        assert near(
            shown(page.get_by_role("img", name="Your photograph")), np.asarray(picture.convert("RGB"), np.int16)
        )
    found = shown(page.get_by_role("img", name="Found"))

    page.get_by_role("button", name="Walk from it").click()
    expect(page.get_by_role("list", name="Stops").get_by_role("button", name="Photo 1")).to_be_visible()
    assert near(shown(settled(page, "The walk").get_by_role("img")), found)


@needs_lpips
def test_a_search_is_cancelled(visit: Visit, styles: str, generated: Path) -> None:
    page = visit.open(f"{styles}?tool=photo")
    choose(page.get_by_role("radio", name="1000", exact=True))
    with page.expect_response(re.compile("/v1/projections/")) as looked:
        page.set_input_files("input[type=file]", generated)
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as ended:
        page.get_by_role("button", name="Cancel").click()
    assert ended.value.status == 204
    assert page.request.get(looked.value.url).status == 404
    expect(page.get_by_text("Choose a picture")).to_be_visible()


def test_what_is_no_picture_is_refused_in_a_sentence(visit: Visit, styles: str, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    page = visit.open(f"{styles}?tool=photo")
    page.set_input_files("input[type=file]", tmp_path / "notes.png")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\w+.*\."))
    assert all("415" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


@pytest.mark.skipif(find("efficientnet-lite0") is None, reason="the weights that look at pictures are not here")
def test_a_runs_nearest_training_pictures_are_shown(visit: Visit, pictures: Path) -> None:
    run = visit.studio.root / "runs" / "learned"
    small = ["train.batch_size=8", "train.workers=0", "model.width=4", "data.minimum=4", "data.resolution=16"]
    sets = [part for change in small for part in ("--set", change)]
    command = ["train", "dcgan-quick", "-d", str(pictures), "--run", str(run), "--kimg", "0.008", "--train-only", "-q"]
    assert main([*command, *sets]) == 0
    assert main(["export", str(run), "--no-onnx", "-q"]) == 0
    page = visit.open("/generate/learned?seed=3&count=4&open=4")
    page.get_by_role("dialog").get_by_role("button", name="Search for look-alikes").click()
    expect(page).to_have_url(re.compile("tool=copies.*near=4"))
    choose(page.get_by_role("radio", name="1", exact=True))
    page.get_by_role("button", name="Compare", exact=True).click()
    stage = page.get_by_role("region", name="Nearest training pictures")
    expect(stage.get_by_role("img", name="Picture of seed 4")).to_be_visible(timeout=60_000)
    for kind in ("By features", "By pixels"):
        expect(stage.get_by_role("img", name=re.compile(f"^{kind}"))).to_have_count(3)
    expect(stage.get_by_text(re.compile("median distance"))).to_be_visible()


TOOLS = ["pictures", "walk", "mix", "sliders", "photo"]
NAMELESS = re.compile(r"^\s*- (button|link|slider|textbox|spinbutton|radio|switch|checkbox|img|tab|table)\b(?! \")")


@pytest.mark.parametrize(("width", "locale", "scheme"), [(360, "ko-KR", "dark"), (390, "en-GB", "light")])
def test_every_tool_fits_a_phone_and_names_its_controls(
    visit: Visit, styles: str, width: int, locale: str, scheme: str
) -> None:
    settings = {"locale": locale, "color_scheme": scheme, "has_touch": True, "is_mobile": True}
    page = visit.open(styles, width=width, height=800, **settings)
    for tool in TOOLS:
        page.goto(f"{visit.studio.url}{styles}?tool={tool}&picked=1.2.3")
        expect(page.get_by_role("tab", selected=True)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tool
        tree = page.locator("body").aria_snapshot()
        assert [line for line in tree.splitlines() if NAMELESS.match(line)] == [], tool
