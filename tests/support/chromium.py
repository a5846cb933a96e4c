"""The browser of the tests: where it is and how it is started."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# The first is the same engine without a browser's own windows: a page costs a third of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The path of a Chromium: ``GANVAS_CHROMIUM``, else the first of ``NAMES``; None leaves it to Playwright."""
    return os.environ.get("GANVAS_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def choose(radio: Locator) -> None:
    """Choose a radio button by its label, as its input is not visible, and wait until the page shows it as chosen."""
    from playwright.sync_api import expect

    radio.locator("xpath=ancestor::label").click()
    expect(radio).to_be_checked()
