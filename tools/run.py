"""The work of ``make run``: opens the studio, and trains a model beside it that appears on the studio's pages.

Without ``--data`` it draws free avatars first; without ``--recipe`` it takes what ``ganvas suggest`` suggests. Pictures
that nothing can be learned from are refused before the studio opens. Ctrl+C
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
    parser.add_argument("--data", type=Path, default=AVATARS, help="folder or zip of pictures or music")
    parser.add_argument("--recipe", default="", help="recipe; chosen from the files if empty")
    parser.add_argument("--port", type=int, default=8300, help="port of the studio")
    options = parser.parse_args()
    plan: tuple[str, list[str]] | None = ("dcgan-quick", []) if options.data == AVATARS else None
    if plan is None and not options.data.exists():
        print(
            f"There is no {options.data}; give a folder or zip of pictures or music: make run DATA=my/pictures",
            file=sys.stderr,
        )
        return 2
    plan = (options.recipe, []) if options.recipe else plan or _suggested(options.data)
    if plan is None:
        return 2
    studio = subprocess.Popen([*GANVAS, "studio", "--port", str(options.port), "--open"])
    _step_back()
    try:
        if options.data == AVATARS:
            subprocess.run([*GANVAS, "sample", "avatars", "--count", "1000", "--output", str(AVATARS)], check=True)
        failed = _train(options.data, *plan)
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


def _suggested(data: Path) -> tuple[str, list[str]] | None:
    """The recipe that ``ganvas suggest`` suggests, and its settings; None where it has said why there is none."""
    asked = subprocess.run([*GANVAS, "suggest", str(data), "--json"], stdout=subprocess.PIPE, check=False)
    if asked.returncode:
        return None
    best = json.loads(asked.stdout)["suggestions"]
    if not best:
        subprocess.run([*GANVAS, "suggest", str(data), "--no-estimate"], check=False)
        return None
    print(f"Training {best[0]['recipe']}: {best[0]['title']}. `ganvas suggest {data}` lists other choices.", flush=True)
    return best[0]["recipe"], [part for text in best[0]["sets"] for part in ("--set", text)]


def _train(data: Path, recipe: str, sets: list[str]) -> int:
    training = subprocess.Popen([*GANVAS, "train", recipe, "--data", str(data), *sets])
    try:
        return training.wait()
    except KeyboardInterrupt:
        training.wait()  # it has had the same signal, and saves
        raise


if __name__ == "__main__":
    sys.exit(main())
