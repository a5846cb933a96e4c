"""Train, in a real Chromium: from an empty studio to a model, with pause, resume, and delete with undo."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from support.accessibility import violations
from support.music import midi_file

if TYPE_CHECKING:
    from conftest import Visit

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SERVE = """
import sys
from pathlib import Path
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.server import serve
root = Path(sys.argv[1])
settings = StudioSettings(runs=root / "runs", pictures=root / "pictures")
serve(settings, port=0, on_ready=lambda url, _: print(url, flush=True))
"""
# What makes the suggested recipe one of seconds.
SMALL = ["train.batch_size=8", "train.workers=0", "train.tick_kimg=0.08", "model.width=4", "data.resolution=16"]
SMALL += ["data.held_out=0", "evaluate.metrics=[]", "train.sheet_kimg=100"]


@pytest.fixture
def empty_studio(tmp_path: Path) -> Iterator[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Fifty small pictures, and two files that are none."""
    root = tmp_path / "from here" / "flowers"
    root.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for number in range(50):
        Image.fromarray(generator.integers(0, 256, (24, 24, 3), dtype=np.uint8)).save(root / f"{number}.png")
    (root / "torn.png").write_bytes((root / "0.png").read_bytes()[:60])
    (root / "notes.txt").write_text("roses")
    return root


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    """Two MIDI files in four parts, of fifty phrases each, and a torn one."""
    rng = np.random.default_rng(0)
    files = []
    for number in range(2):
        rows = [[(beat, 4, int(rng.integers(72 - 12 * k, 80 - 12 * k))) for beat in range(0, 800, 4)] for k in range(4)]
        files.append(tmp_path / f"{number}.mid")
        files[-1].write_bytes(midi_file(rows))
    (tmp_path / "torn.mid").write_bytes(b"MThd")
    return [*files, tmp_path / "torn.mid"]


def shortened(*lengths: float) -> Callable[[sync_api.Route], None]:
    """Send requests to start a training on with settings that make it small; each with the next length in kimg."""
    left = list(lengths)

    def handle(route: sync_api.Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        body = json.loads(route.request.post_data or "{}")
        sets = [*body["sets"], *SMALL, f"train.kimg={left.pop(0)}"]
        return route.continue_(post_data=json.dumps({**body, "sets": sets}))

    return handle


def test_from_pictures_to_a_model(
    empty_studio: str, folder: Path, tmp_path: Path, visit_to: Callable[[str, Path], Visit]
) -> None:
    page = visit_to(empty_studio, tmp_path).open("/runs")
    page.route("**/v1/trainings", shortened(1000, 0.2))  # the first one does not end by itself
    page.get_by_role("link", name="Start a training").click()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Choose a folder").click()
    choosing.value.set_files(folder)
    expect(page.get_by_role("heading", name="flowers", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="50 pictures")).to_be_visible()
    expect(page.get_by_text("2 files were not kept")).to_be_visible()
    expect(page.get_by_text("notes.txt")).to_be_visible()
    expect(page.get_by_role("radio", name="Make new ones")).to_be_checked()
    page.get_by_role("button", name="Start training").click()

    expect(page).to_have_url(re.compile("/runs/dcgan-quick-flowers$"))
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    lines = (tmp_path / "runs" / "dcgan-quick-flowers" / "stats.jsonl").read_text().splitlines()
    seen = [json.loads(line)["nimg"] for line in lines]
    assert seen == sorted(set(seen)), "it went on where it was"

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="dcgan-quick-flowers").click()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("Flowers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Flowers", exact=True)).to_be_visible()
    assert (tmp_path / "runs" / "Flowers" / "checkpoints").is_dir()

    page.goto(f"{page.url.split('/runs')[0]}/train/flowers")
    page.get_by_role("button", name="Start training").click()
    page.get_by_role("link", name="Use this model").click(timeout=300_000)  # evaluated and exported as well
    expect(page.get_by_role("heading", name="dcgan-quick-flowers")).to_be_visible()
    page.goto(f"{page.url.split('/generate')[0]}/train")
    expect(page.get_by_text("Finished", exact=True)).to_be_visible()


def test_a_phone_in_korean_in_the_dark_shows_every_step(
    empty_studio: str, folder: Path, songs: list[Path], tmp_path: Path, visit_to: Callable[[str, Path], Visit]
) -> None:
    settings = {"width": 390, "height": 844, "locale": "ko-KR", "color_scheme": "dark"}
    page = visit_to(empty_studio, tmp_path).open("/train", **settings)  # type: ignore[arg-type]
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="폴더 선택").click()
    choosing.value.set_files(folder)
    expect(page.get_by_role("heading", name="사진 50장")).to_be_visible()
    expect(page.get_by_role("radio", name="새로 만들기")).to_be_checked()
    page.get_by_text("모든 설정", exact=True).click()
    page.get_by_placeholder("설정 찾기").fill("train.kimg")
    expect(page.get_by_text("학습 길이(kimg)")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("kimg", exact=True).fill("5")
    page.keyboard.press("Tab")
    expect(page.get_by_text("사진 5,000장 학습")).to_be_visible()
    page.get_by_role("button", name="train.kimg 되돌리기").click()
    expect(page.get_by_text("사진 90 k장 학습")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the screen"

    page.goto(f"{page.url.split('/train')[0]}/train")  # music goes the same way
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="파일 선택").click()
    choosing.value.set_files(songs)
    expect(page.get_by_role("heading", name="음악 파일 2개")).to_be_visible()
    expect(page.get_by_role("list", name="음악 파일 2개").get_by_text("0.mid")).to_be_visible()
    expect(page.get_by_text("음악 파일을 사용할 수 없습니다")).to_be_visible()
    expect(page.get_by_role("radio", name="음악")).to_be_checked()
    expect(page.get_by_text("4마디", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the screen"
    page.route("**/v1/trainings", lambda route: None if route.request.method == "POST" else route.continue_())
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/trainings")) as sent:
        page.get_by_role("button", name="학습 시작").click()  # the studio starts any recipe alike: see above
    body = json.loads(sent.value.post_data or "")
    assert (body["recipe"], body["data"], body["sets"]) == ("musegan-quick", "음악", [])
