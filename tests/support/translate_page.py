"""Models that translate, and the Translate page as a person uses it."""

from __future__ import annotations

import io
import re
from base64 import b64decode
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
    from browser.conftest import Studio, Visit
    from playwright.sync_api import Locator, Page

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


@pytest.fixture
def portraits(shared_data: Path) -> list[Path]:
    """Faces to be made up."""
    if find("face-landmark") is None:
        pytest.skip("the pinned face networks are not on this machine")
    return sorted((shared_data / "portraits").glob("*.jpg"))[:2]


def shown(address: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """What a page's picture shows, as ``pixels`` gives it."""
    return np.asarray(Image.open(io.BytesIO(b64decode(address.partition(",")[2]))).convert("RGB")).astype(int)
