"""The work of ``make run``: opens the studio, and trains a model beside it that appears on the studio's pages.

Without ``--data`` it draws free avatars first; without ``--recipe`` it takes what ``ganvas suggest`` suggests. Ctrl+C
stops both; the training saves first, and the same command resumes it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

AVATARS = Path("data/avatars")
GANVAS = [sys.executable, "-m", "ganvas.cli"]


def main() -> int:
    """Returns the training's exit code where it fails, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=AVATARS, help="folder or zip of pictures")
    parser.add_argument("--recipe", default="", help="recipe; chosen from the pictures if empty")
    parser.add_argument("--port", type=int, default=8300, help="port of the studio")
    options = parser.parse_args()
    studio = subprocess.Popen([*GANVAS, "studio", "--port", str(options.port), "--open"])
    _step_back()
    try:
        if options.data == AVATARS:
            subprocess.run([*GANVAS, "sample", "avatars", "--count", "1000", "--output", str(AVATARS)], check=True)
            options.recipe = options.recipe or "dcgan-quick"
        failed = _train(options.data, options.recipe)
        if not failed:
            print("The new model is on the studio's Home page.", flush=True)
        studio.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            studio.send_signal(signal.SIGINT)
        studio.wait()
    return failed


def _step_back() -> None:
    """Give what is started from here on a lower priority: the studio answers somebody who waits."""
    if hasattr(os, "nice"):
        os.nice(5)


def _train(data: Path, recipe: str) -> int:
    sets: list[str] = []
    if not recipe:
        asked = subprocess.run([*GANVAS, "suggest", str(data), "--json"], stdout=subprocess.PIPE, check=False)
        if asked.returncode:
            return asked.returncode
        best = json.loads(asked.stdout)["suggestions"]
        if not best:
            subprocess.run([*GANVAS, "suggest", str(data), "--no-estimate"], check=False)
            return 2
        recipe = best[0]["recipe"]
        sets = [part for text in best[0]["sets"] for part in ("--set", text)]
        print(f"Training {recipe}: {best[0]['title']}. `ganvas suggest {data}` lists other choices.", flush=True)
    training = subprocess.Popen([*GANVAS, "train", recipe, "--data", str(data), *sets])
    try:
        return training.wait()
    except KeyboardInterrupt:
        training.wait()  # it has had the same signal, and saves
        raise


if __name__ == "__main__":
    sys.exit(main())
