"""Drawing a face until it becomes a portrait, done by a real browser with mouse and finger."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.bundle import write_bundle
from ganvas.curate.sketch.drawings import Dot, Drawing, Mark, read_drawing
from ganvas.models.batches import TranslationRequest, to_float
from ganvas.models.families import FAMILIES
from ganvas.models.families.sketchportrait import SketchPortrait

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

STROKES = Path(__file__).parents[1] / "support" / "strokes"
GOOD = STROKES / "good-face.json"
PAGE = "/draw/portraits"
SERVE = """
import sys
from pathlib import Path
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.server import serve
root = Path(sys.argv[1])
shared = root / "shared" if len(sys.argv) > 2 else None
settings = StudioSettings(bundles=root / "bundles", runs=root / "runs", shared=shared)
serve(settings, port=0, on_ready=lambda url: print(url, flush=True))
"""
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
PIXELS = """picture => {
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def studio_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studio with a bundle of two stages that knows the drawings of the repository, and a pix2pix beside it."""
    root = tmp_path_factory.mktemp("drawing")
    (root / "runs").mkdir()
    torch.manual_seed(0)
    portraits = SketchPortrait(*SketchPortrait.tiny(), 1.0)  # type: ignore[arg-type]
    for parameter in portraits.parameters():  # as far from its beginning as a trained one
        torch.nn.init.normal_(parameter, std=0.4)
    portraits.eval()
    known = np.stack([read_drawing(path).rendered(64) for path in sorted(STROKES.glob("bad-*.json"))])
    labels = torch.zeros(len(known), dtype=torch.long)
    memory = portraits.code_bank([TranslationRequest(to_float(known), labels)])
    write_bundle(root / "bundles" / "portraits", portraits, name="Portraits", kimg=1.0, code_bank=memory, onnx=False)
    kind = FAMILIES["pix2pix"]
    config, data = kind.tiny()
    pix2pix = kind(config, data.model_copy(update={"degradation": "sketch", "source_channels": 1}), 1.0)
    with torch.no_grad():
        for parameter in pix2pix.parameters():
            parameter.mul_(4.0)
    write_bundle(root / "bundles" / "plain", pix2pix, name="Plain", kimg=1.0, onnx=False)
    return root


@contextmanager
def serving(root: Path, *arguments: str) -> Iterator[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SERVE, str(root), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def address(studio_root: Path) -> Iterator[str]:
    with serving(studio_root) as address:
        yield address


@pytest.fixture
def at(visit_to: Callable[[str, Path], Visit], address: str, studio_root: Path) -> Visit:
    return visit_to(address, studio_root)


@pytest.fixture(scope="module")
def sharing_address(studio_root: Path) -> Iterator[str]:
    with serving(studio_root, "shared") as address:
        yield address


@pytest.fixture
def at_sharing(visit_to: Callable[[str, Path], Visit], sharing_address: str, studio_root: Path) -> Visit:
    """At a studio whose operator lets drawings be shared by link."""
    return visit_to(sharing_address, studio_root)


def paper_box(page: Page) -> dict[str, float]:
    paper = page.get_by_role("img", name="Drawing paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    return dict(box)


def draw(page: Page, drawing: Drawing, *, finger: bool = False) -> None:
    """Draw each stroke as a hand does: down, along, up."""
    box = paper_box(page)
    session = page.context.new_cdp_session(page) if finger else None
    for mark in drawing.marks:
        places = [(box["x"] + dot.x * box["width"], box["y"] + dot.y * box["height"]) for dot in mark.dots]
        if session is None:
            page.mouse.move(*places[0])
            page.mouse.down()
            for place in places[1:]:
                page.mouse.move(*place)
            page.mouse.up()
            continue
        for kind, (x, y) in zip(["touchStart", *["touchMove"] * (len(places) - 1)], places, strict=True):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def stroke(page: Page, *places: tuple[float, float]) -> None:
    draw(page, Drawing((Mark("pen", dots=tuple(Dot(x, y) for x, y in places)),)))


def opened(page: Page, path: Path) -> None:
    """Open a file of strokes."""
    page.set_input_files("input[type=file][accept*=json]", path)


def settled(page: Page) -> str:
    """The portrait once nothing newer is on its way."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_test_id("result")).to_have_attribute("aria-busy", "false")
    picture = page.get_by_role("img", name="Result")
    picture.evaluate("picture => picture.decode()")
    return str(picture.evaluate(PIXELS))


def ink(page: Page, side: int = 128) -> np.ndarray:
    """What stands on the paper: how dark each place is, float [side, side] in [0, 1]."""
    data = str(page.evaluate("() => document.querySelector('[data-testid=ink]').toDataURL()")).partition(",")[2]
    with Image.open(io.BytesIO(base64.b64decode(data))) as layer:
        alpha = np.asarray(layer.getchannel("A").resize((side, side), Image.Resampling.BOX))
    return alpha / 255


def saved(page: Page, button: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    download.value.save_as(path)
    return path


# ── A whole face ────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── Guidance ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    lean = page.get_by_role("slider", name="Real faces to lean on")
    expect(lean).to_have_value("10")
    lean.press("Home")
    nearest = settled(page)
    assert nearest != real
    mouth = page.get_by_role("slider", name="Mouth")
    mouth.press("End")
    assert settled(page) != nearest
    expect(page.get_by_role("group", name="How much to trust my drawing")).to_contain_text("by part")
    trust.press("End")
    assert settled(page) == own, "trusting the drawing alone, no other face matters"


def test_the_shadow_shows_the_way_and_goes_again(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    settled(page)
    shadow = page.get_by_test_id("shadow")
    expect(shadow).to_have_count(0)
    page.get_by_role("region", name="Guidance").get_by_text("Show me the way").click()
    expect(shadow).to_be_visible()
    assert shadow.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 64
    page.keyboard.press("s")
    expect(shadow).to_have_count(0)


# ── Around it ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(page.get_by_text("No model to draw with yet")).to_be_visible()
    expect(page.get_by_text("ganvas train sketch-portrait")).to_be_visible()


def test_the_portrait_lies_under_the_ink_when_wished(at: Visit) -> None:
    page = at.open(PAGE)
    opened(page, GOOD)
    beside = settled(page)
    page.get_by_role("radio", name="Over").check(force=True)
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


# ── By link ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def shared(page: Page) -> str:
    """The link to what lies on the paper, as it is in the clipboard."""
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def path_of(link: str) -> str:
    return link[link.index("/draw/") :]


def saved_marks(page: Page, path: Path) -> object:
    return json.loads(saved(page, "Save for later", path).read_text())["marks"]


def test_a_shared_drawing_is_the_same_for_whoever_opens_its_link(at_sharing: Visit, tmp_path: Path) -> None:
    page = at_sharing.open(PAGE, **CLIPBOARD)
    draw(page, Drawing(read_drawing(STROKES / "bad-13.json").marks[:5]))
    page.keyboard.press("m")
    stroke(page, (0.2, 0.3), (0.4, 0.5))
    settled(page)
    page.get_by_role("slider", name="How much to trust my drawing").press("Home")
    page.locator("summary").first.click()
    page.get_by_role("slider", name="Real faces to lean on").press("Home")
    page.get_by_role("slider", name="Mouth").press("End")
    portrait = settled(page)
    link = shared(page)
    assert link.startswith(f"{at_sharing.studio.url}{PAGE}?drawing=")
    assert shared(page) == link, "the same drawing, the same link"
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Link copied")).to_have_count(0)  # it is another drawing now
    page.keyboard.press("Control+Shift+z")

    other = at_sharing.open(path_of(link))
    assert settled(other) == portrait
    assert saved_marks(other, tmp_path / "there.json") == saved_marks(page, tmp_path / "here.json")
    expect(other.get_by_role("group", name="How much to trust my drawing")).to_contain_text("by part")
    other.locator("summary").first.click()
    expect(other.get_by_role("slider", name="Real faces to lean on")).to_have_value("1")
    expect(other.get_by_role("slider", name="Mouth")).to_have_value("100")
    expect(other.get_by_role("slider", name="Nose")).to_have_value("0")
    expect(other.get_by_role("button", name="Back to my drawing")).to_have_count(0)

    stroke(other, (0.1, 0.9), (0.9, 0.9))
    settled(other)
    other.wait_for_url(f"**{PAGE}")  # it is no longer what the link says


def test_a_link_takes_nothing_from_whoever_opens_it(at_sharing: Visit, tmp_path: Path) -> None:
    page = at_sharing.open(PAGE, **CLIPBOARD)
    opened(page, GOOD)
    portrait = settled(page)
    link = path_of(shared(page))

    other = at_sharing.open(PAGE)
    stroke(other, (0.2, 0.2), (0.8, 0.8))
    other.get_by_role("slider", name="How much to trust my drawing").press("End")
    own = settled(other)
    drawn = ink(other)
    back = other.get_by_role("button", name="Back to my drawing")
    for _ in range(2):  # nor does a reload while the link is open
        other.goto(at_sharing.studio.url + link)
        expect(back).to_be_visible()
        assert settled(other) == portrait
    other.get_by_role("link", name="Home", exact=True).click()
    other.go_back()
    expect(back).to_be_visible()
    marks = len(read_drawing(GOOD).marks)
    for _ in range(marks + 1):
        other.keyboard.press("Control+z")
    settled(other)
    assert np.array_equal(ink(other), drawn)
    for _ in range(marks + 1):
        other.keyboard.press("Control+Shift+z")
    settled(other)
    back.click()
    settled(other)
    assert np.array_equal(ink(other), drawn)
    expect(back).to_have_count(0)
    other.get_by_role("slider", name="How much to trust my drawing").press("End")  # a reload forgets settings
    assert settled(other) == own


def test_without_a_clipboard_the_link_can_be_copied_by_hand(at_sharing: Visit) -> None:
    page = at_sharing.open(PAGE)
    page.context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.reload()
    stroke(page, (0.2, 0.2), (0.8, 0.8))
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Link to this drawing")
    expect(field).to_have_value(re.compile(r"/draw/portraits\?drawing=[0-9a-f]{24}$"))
    field.focus()
    selected = page.evaluate("() => document.activeElement.selectionEnd - document.activeElement.selectionStart")
    assert selected == len(field.input_value())


def test_what_began_with_a_photo_is_not_shared(at_sharing: Visit, pictures: Path) -> None:
    page = at_sharing.open(PAGE)
    page.set_input_files("input[type=file][accept*=image]", next(pictures.rglob("*.png")))
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="only strokes are kept")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{PAGE}?drawing={'0' * 24}", "drawing of this link is not here"),
        (f"{PAGE}?drawing=..%2F..%2Fsecret", "drawing of this link is not here"),
        (f"/draw/nowhere?drawing={'0' * 24}", "model of this link is not here"),
    ],
)
def test_a_link_that_leads_nowhere_says_so(at_sharing: Visit, path: str, said: str) -> None:
    page = at_sharing.open(path)
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert all("404" in complaint for complaint in at_sharing.complaints)
    at_sharing.complaints.clear()


def test_where_sharing_is_not_allowed_nothing_is_said_of_it(at: Visit, at_sharing: Visit) -> None:
    promise = "Nothing you draw or load is kept"
    page = at.open(PAGE)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Save for later")).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_have_count(0)
    expect(page.get_by_role("contentinfo")).to_contain_text(f"{promise}.")
    expect(at_sharing.open(PAGE).get_by_role("contentinfo")).to_contain_text(f"{promise}, but for")


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("width", [360, 390, 800, 1280])
def test_nothing_is_wider_than_the_window(at_sharing: Visit, width: int, locale: str) -> None:
    page = at_sharing.open(PAGE, width=width, locale=locale)
    page.wait_for_selector(".guidance details")
    opened(page, GOOD)
    page.wait_for_selector(".result img")
    page.keyboard.press("k")
    page.locator("summary").first.click()
    page.get_by_test_id("drawing").locator("button").last.click()
    page.wait_for_selector(".link-said p")
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("o")
