"""Web pages of models, opened in a real browser from a plain file server: no other request, the model's own answers."""

from __future__ import annotations

import base64
import io
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.accessibility import violations
from support.shared_folder import make_once
from support.web_page import answer, latent, model_of, write_pages

from ganvas.inference.music import notes_of
from ganvas.release.web_page import write
from ganvas.spec import RollSpec

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
mido = pytest.importorskip("mido")
expect = sync_api.expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARK = b"digitalsourcetype/trainedAlgorithmicMedia"


class QuietHandler(SimpleHTTPRequestHandler):
    """``python -m http.server`` without its log."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder of the pages, and its address."""
    if not (write.TEMPLATE / "index.html").is_file():
        pytest.skip("the page is not built; run `make web`")
    root = make_once(tmp_path_factory, "web-pages", write_pages) / "pages"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield root, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Visitor:
    """A person at a page; whatever goes elsewhere is stopped and noted."""

    def __init__(self, browser: Any, url: str) -> None:
        self.url = url
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(locale="en-GB", reduced_motion="reduce")
        self.context.set_default_timeout(60_000)
        self.context.route("**/*", self._route)

    def _route(self, route: Any) -> None:
        if route.request.url.startswith(self.url) or route.request.url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def open(self, kind: str, **viewport: int) -> Any:
        page = self.context.new_page()
        page.set_viewport_size({"width": 1280, "height": 860} | viewport)
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.url}/{kind}/")
        expect(page.get_by_test_id("runtime")).to_be_visible()
        return page


@pytest.fixture
def visitor(browser: Any, served: tuple[Path, str]) -> Iterator[Visitor]:
    person = Visitor(browser, served[1])
    yield person
    person.context.close()
    assert person.elsewhere == [], "the page asked another host"
    assert person.complaints == [], "the browser complained"


def saved(page: Any, button: Any) -> bytes:
    with page.expect_download() as download:
        button.click()
    return Path(download.value.path()).read_bytes()


def pixels(png: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A saved picture, which says that a model made it, as float [1, 3, H, W] in [-1, 1]."""
    assert MARK in png
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).transpose(2, 0, 1)[None] / 127.5 - 1


def same(found: Any, expected: Any) -> bool:
    """Equal up to the rounding of 8 bits and of another order of sums."""
    difference = np.abs(found - np.clip(expected, -1, 1))
    return bool(difference.mean() < 0.005 and difference.max() < 0.05)


def test_drawing_is_answered_in_the_browser(visitor: Visitor, served: tuple[Path, str]) -> None:
    root, _ = served
    page = visitor.open("draw")
    assert page.get_by_test_id("runtime").get_attribute("data-runtime") == "wasm"  # no graphics processor here
    ink = page.get_by_test_id("ink")
    box = ink.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    page.mouse.up()
    result = page.get_by_test_id("result")
    expect(result.locator("img")).to_be_visible()
    expect(result).to_have_attribute("aria-busy", "false")
    side = model_of(root / "draw")["source_resolution"]
    shown = page.evaluate(
        """([ink, side]) => {
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = side;
          const context = canvas.getContext("2d");
          context.imageSmoothingQuality = "high";
          context.fillStyle = "#fff";
          context.fillRect(0, 0, side, side);
          context.drawImage(ink, 0, 0, side, side);
          return canvas.toDataURL();
        }""",
        [ink.element_handle(), side],
    )
    drawn = Image.open(io.BytesIO(base64.b64decode(shown.partition(",")[2]))).convert("L")
    source = (np.asarray(drawn)[None, None] / 127.5 - 1).astype(np.float32)
    assert source.min() < 0
    assert same(
        pixels(saved(page, page.get_by_role("button", name="Save result"))),
        answer(root / "draw", "a_to_b", source=source),
    )
    about = page.get_by_role("region", name="About this model")
    expect(about).to_contain_text("Drawn by the tests · 1,200 items · CC0-1.0")
    assert violations(page) == []


def test_seeds_and_classes_make_the_models_pictures(visitor: Visitor, served: tuple[Path, str]) -> None:
    root, _ = served
    page = visitor.open("generate", width=390, height=844)
    z = latent(0, model_of(root / "generate")["z_dim"])
    save = page.get_by_role("button", name="Save Picture of seed 0", exact=True)
    first = page.get_by_test_id("picture").first
    for label, name in enumerate(("cats", "dogs")):
        if label:
            page.get_by_role("button", name="Class").click()
            page.get_by_role("option", name=name).click()
            expect(first).to_have_attribute("aria-busy", "true")
        expect(first).to_have_attribute("aria-busy", "false")
        y = np.eye(2, dtype=np.float32)[label : label + 1]
        assert same(pixels(saved(page, save)), answer(root / "generate", "model", z=z, y=y))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page fits on a phone"
    assert violations(page) == []


def test_the_middle_of_a_picture_is_translated_in_both_directions(
    visitor: Visitor, served: tuple[Path, str], tmp_path: Path
) -> None:
    root, _ = served
    side = model_of(root / "translate")["source_resolution"]
    levels = np.random.default_rng(1).integers(0, 256, (side, side + 6, 3), np.uint8)
    Image.fromarray(levels).save(tmp_path / "wide.png")
    source = (levels[:, 3:-3].transpose(2, 0, 1)[None] / 127.5 - 1).astype(np.float32)
    page = visitor.open("translate")
    expect(page.get_by_text(f"Only the middle square of a picture is used, as {side} × {side}")).to_be_visible()
    page.locator("input[type=file]").set_input_files(tmp_path / "wide.png")
    result = page.get_by_test_id("answer")
    for graph, way in (("a_to_b", "apples → oranges"), ("b_to_a", "oranges → apples")):
        page.get_by_text(way, exact=True).click()
        expect(result.locator("img")).to_be_visible()
        expect(result).to_have_attribute("aria-busy", "false")
        made = saved(page, page.get_by_role("button", name="Save result"))
        assert same(pixels(made), answer(root / "translate", graph, source=source))
    (tmp_path / "text.png").write_text("no picture")
    page.get_by_role("button", name="Another picture").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "text.png")
    expect(page.get_by_role("alert")).to_contain_text("could not be read as a picture")


def test_music_is_composed_in_the_browser(visitor: Visitor, served: tuple[Path, str]) -> None:
    root, _ = served
    model = model_of(root / "music")
    page = visitor.open("music")
    song = mido.MidiFile(file=io.BytesIO(saved(page, page.get_by_role("button", name="Save MIDI"))))
    assert "Made by a model: Music (Ganvas)" in [m.text for track in song.tracks for m in track if m.type == "text"]
    roll = answer(root / "music", "model", z=latent(0, model["z_dim"]))[0].transpose(1, 2, 0) > 0
    music = {key: model["music"][key] for key in ("tracks", "bars", "beats", "beat_steps", "lowest")}
    notes = notes_of(roll, RollSpec.model_validate(music | {"octaves": 3}))
    assert len(notes) > 3
    pitches = [[m.note for m in track if m.type == "note_on"] for track in song.tracks[1:]]
    assert [sorted(each) for each in pitches] == [sorted(n.pitch for n in notes if n.track == t) for t in range(2)]


def test_a_browser_that_computes_something_else_is_told_so(visitor: Visitor, served: tuple[Path, str]) -> None:
    root, _ = served
    copy = root.parent / "pages" / "wrong"
    shutil.copytree(root / "generate", copy, dirs_exist_ok=True)
    sample = next(copy.glob("*.sample"))
    content = np.frombuffer(sample.read_bytes(), np.uint8).copy()
    content[-100:] ^= 255
    sample.write_bytes(content.tobytes())
    page = visitor.open("wrong")
    expect(page.get_by_role("alert")).to_contain_text("This browser computes something else than the model does")
    page.get_by_role("button", name="Switch to Korean").click()
    expect(page.get_by_role("alert")).to_contain_text("이 브라우저의 계산 결과가 모델과 다릅니다")
