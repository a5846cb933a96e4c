"""A studio as a person meets it: real bundles and runs, a real server, a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch
from support.chromium import ARGUMENTS, installed
from support.shared_folder import make_once

import ganvas.serve
from ganvas.bundle import write_bundle
from ganvas.bundle.export import can_export
from ganvas.models.families import FAMILIES
from ganvas.runs.folder import RunDir

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

# Machines that build and test at once are slow: patience costs nothing where all is well.
sync_api.expect.set_options(timeout=60_000)

STATIC = Path(ganvas.serve.__file__).parent / "static"
SERVE = """
import sys
from pathlib import Path
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.server import serve
root = Path(sys.argv[1])
settings = StudioSettings(bundles=root / "bundles", runs=root / "runs")
serve(settings, port=0, on_ready=lambda url, _: print(url, flush=True))
"""


def _write_bundle(
    directory: Path, family_name: str, *, classes: tuple[str, ...] = (), onnx: bool = False, **data_settings: object
) -> None:
    """An untrained family of the smallest size, its weights large enough that its pictures show something."""
    kind = FAMILIES[family_name]
    config, data = kind.tiny()
    torch.manual_seed(0)
    family = kind(config, data.model_copy(update={"classes": classes, **data_settings}), 1.0)
    with torch.no_grad():
        for parameter in family.parameters():
            if parameter.ndim > 1:
                parameter.mul_(4.0)
    metric = {"metric": "kid_effnet", "value": 0.0421, "std": 0.002, "nimg": 1000, "protocol": {"real_count": 100}}
    write_bundle(directory, family, name=directory.name.title(), kimg=1.0, metrics=[metric], onnx=onnx)


@dataclass
class Run:
    """A run in progress, written the way a training writes it."""

    folder: RunDir
    nimg: int = 0

    def tick(self, count: int = 1, **status: object) -> None:
        """Append ticks, each with new values."""
        self.folder.root.mkdir(parents=True, exist_ok=True)
        for _ in range(count):
            self.nimg += 1000
            kimg = self.nimg / 1000
            line = {
                "nimg": self.nimg,
                "kimg": kimg,
                "seconds": 2 * kimg,
                "D/loss": 1 / kimg,
                "G/loss": 1 + kimg / 10,
                "D/real_logits": kimg / 10,
                "D/fake_logits": -kimg / 10,
                "D/accuracy": 0.75,
                "images_per_second": 500.0,
            }
            with self.folder.stats.open("a") as file:
                file.write(json.dumps(line) + "\n")
        state = {
            "state": "running",
            "pid": os.getpid(),
            "family": "dcgan",
            "task": "synthesis",
            "recipe": "dcgan-quick",
            "nimg": self.nimg,
            "total_kimg": 100.0,
            "progress": self.nimg / 100_000,
            "images_per_second": 500.0,
            "eta_seconds": 90.0,
            "health": [],
        }
        temporary = self.folder.root / ".status"
        temporary.write_text(json.dumps(state | status))
        temporary.replace(self.folder.status)

    def sheet(self, colour: tuple[int, int, int]) -> None:
        """Add a sheet of one colour at the current nimg."""
        from PIL import Image

        self.folder.sheets.mkdir(exist_ok=True)
        temporary = self.folder.sheets / ".sheet"
        Image.new("RGB", (64, 32), colour).save(temporary, format="PNG")
        temporary.replace(self.folder.sheets / f"{self.nimg:09d}.png")


@dataclass
class Studio:
    """A running studio: its address and the folder it looks at."""

    url: str
    root: Path

    def run(self, name: str) -> Run:
        """A new run in its folder."""
        return Run(RunDir(self.root / "runs" / name))


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    if not (STATIC / "index.html").is_file():
        pytest.skip("the studio's pages are not built; run `make web`")

    def make(folder: Path) -> None:
        _write_bundle(folder / "faces", "dcgan", onnx=can_export())
        _write_bundle(folder / "animals", "dcgan", classes=("cats", "dogs"))
        _write_bundle(folder / "drawings", "pix2pix", degradation="sketch", source_channels=1)
        _write_bundle(folder / "colours", "pix2pix", degradation="grayscale", source_channels=1)

    root = tmp_path_factory.mktemp("studio")
    shutil.copytree(make_once(tmp_path_factory, "studio-bundles", make), root / "bundles")
    (root / "runs").mkdir()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SERVE, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            assert url.startswith("http://"), "the studio did not start"
            yield Studio(url.replace("localhost", "127.0.0.1"), root)
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        path = Path(installed() or playwright.chromium.executable_path)
        if not path.is_file():
            pytest.skip(f"there is no Chromium at {path}; GANVAS_CHROMIUM may name another")
        chromium = playwright.chromium.launch(executable_path=str(path), args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A person at the studio; notes each request that leaves it and each complaint of the browser."""

    studio: Studio
    browser: sync_api.Browser
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[sync_api.BrowserContext] = field(default_factory=list)

    def open(self, path: str, *, width: int = 1280, height: int = 860, **settings: object) -> sync_api.Page:
        """A new browser window at a page of the studio."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, **{"locale": "en-GB", "reduced_motion": "reduce", **settings}
        )
        self.contexts.append(context)
        context.set_default_timeout(60_000)
        context.on("request", self._note)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.studio.url + path)
        return page

    def _note(self, request: sync_api.Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != urlsplit(self.studio.url).netloc:
            self.foreign.append(request.url)


@pytest.fixture
def visit(studio: Studio, browser: sync_api.Browser) -> Iterator[Visit]:
    visit = Visit(studio, browser)
    yield visit
    for context in visit.contexts:
        context.close()
    assert visit.foreign == [], "a page asked another host"
    assert visit.complaints == [], "the browser complained"


@pytest.fixture
def visit_to(browser: sync_api.Browser) -> Iterator[Callable[[str, Path], Visit]]:
    """A person at another studio, by its address and its folder; several may be at one."""
    visits: list[Visit] = []

    def begin(url: str, root: Path) -> Visit:
        visits.append(Visit(Studio(url.replace("localhost", "127.0.0.1"), root), browser))
        return visits[-1]

    yield begin
    for visit in visits:
        for context in visit.contexts:
            context.close()
        assert visit.foreign == [], "a page asked another host"
        assert visit.complaints == [], "the browser complained"
