"""Find a Chromium for the browser tests, or install one: by the system's packages as root, else by Playwright.

Prints its path. Without one the browser tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Say where Chromium is, installing it first where that can be done."""
    path = _find() or _from_packages() or _from_playwright()
    print(path or "No Chromium could be installed: the browser tests will be skipped. Set GANVAS_CHROMIUM to one.")
    return 0


def _find() -> str | None:
    chosen = os.environ.get("GANVAS_CHROMIUM")
    return chosen or next((found for name in NAMES if (found := shutil.which(name))), None)


def _from_packages() -> str | None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    for command in (["apt-get", "update"], install):
        subprocess.run(command, check=False, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, **quiet)
    return _find()


def _from_playwright() -> str | None:
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, capture_output=True)
    return "Playwright's own Chromium" if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
