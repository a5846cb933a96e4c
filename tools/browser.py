"""Find a Chromium for the browser tests, or install one: by the system's packages as root, else by Playwright.

Debian's headless shell is preferred to the whole browser, which runs the same pages for three times the processor
time. Prints its path. Without one the browser tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Say where Chromium is, installing it first where that can be done."""
    path = os.environ.get("GANVAS_CHROMIUM") or shutil.which(SHELL) or _from_packages() or _find() or _from_playwright()
    print(path or "No Chromium could be installed: the browser tests will be skipped. Set GANVAS_CHROMIUM to one.")
    return 0


def _find() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _from_packages() -> str | None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, env=environment, **quiet)
    for name in (SHELL, "chromium"):
        install = ["apt-get", "install", "-y", "--no-install-recommends", name, "fonts-dejavu-core"]
        if subprocess.run(install, check=False, env=environment, **quiet).returncode == 0:
            break
    return _find()


def _from_playwright() -> str | None:
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, capture_output=True)
    return "Playwright's own Chromium" if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
