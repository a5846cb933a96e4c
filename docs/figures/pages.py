"""The README's pictures of the studio: pages with the models that ship with it, in a real browser.

    python docs/figures/pages.py

Needs the extra `dev` and a Chromium (``make test`` installs one; ``tools/browser.py`` says where it is).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
STROKES = ROOT / "tests" / "support" / "strokes"
PORT = 8377
WIDTH = 1280


@contextmanager
def studio() -> Iterator[str]:
    """A studio in an empty folder; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ganvas.cli", "studio", "--port", str(PORT)]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "Ctrl+C" in line:
                    break
            try:
                yield f"http://127.0.0.1:{PORT}"
            finally:
                process.terminate()


def draw(page: Page, address: str) -> None:
    """Three bad drawings, kept with their portraits, and a good one."""
    page.goto(f"{address}/draw")
    for number, name in enumerate(("bad-18", "bad-12", "bad-02", "good-face")):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Open").click()
        chooser.value.set_files(STROKES / f"{name}.json")
        page.locator("[data-testid=result] img").wait_for()
        page.locator("[data-testid=result][aria-busy=false]").wait_for()
        page.wait_for_timeout(1000)
        if number < 3:
            page.get_by_role("button", name="Keep").first.click()
    page.screenshot(path=PICTURES / "draw.png", clip={"x": 0, "y": 0, "width": WIDTH, "height": 970})


def generate(page: Page, address: str) -> None:
    """Sixteen portraits of the shipped model."""
    page.goto(f"{address}/generate")
    page.locator("main img").nth(15).wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "generate.png", clip={"x": 0, "y": 0, "width": WIDTH, "height": 1000})


def main() -> None:
    """Take both."""
    with studio() as address, sync_playwright() as playwright:
        found = subprocess.run(
            [sys.executable, ROOT / "tools" / "browser.py"], capture_output=True, text=True, check=True
        )
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=["--no-sandbox"])
        for take in (draw, generate):
            page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light", locale="en-GB")
            page.set_default_timeout(60_000)
            take(page, address)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
