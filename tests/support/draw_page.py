"""A studio with portrait models, and the Draw page as a person uses it."""

from __future__ import annotations

import base64
import io
import os
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
    from browser.conftest import Visit
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


STROKES = Path(__file__).parent / "strokes"


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
serve(settings, port=0, on_ready=lambda url, _: print(url, flush=True))
"""


PIXELS = """picture => {
    const canvas = document.createElement("canvas");
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def address(studio_root: Path) -> Iterator[str]:
    with serving(studio_root) as address:
        yield address


@pytest.fixture
def at(visit_to: Callable[[str, Path], Visit], address: str, studio_root: Path) -> Visit:
    return visit_to(address, studio_root)


@pytest.fixture(scope="session")
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


def shared(page: Page) -> str:
    """The link to what lies on the paper, as it is in the clipboard."""
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    return str(page.evaluate("() => navigator.clipboard.readText()"))
