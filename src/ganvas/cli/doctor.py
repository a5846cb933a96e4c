"""``ganvas doctor``: what this machine can do and what is missing. Works without torch."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from ganvas.cli.app import app
from ganvas.cli.extras import missing_packages
from ganvas.cli.options import MACHINE
from ganvas.paths import cache_dir

# What each optional extra of the package is for.
PURPOSES = {
    "sample": "drawing avatars to try things with",
    "heif": "reading HEIC pictures",
    "evaluate": "evaluation without a download",
    "studio": "the studio in the browser",
    "export": "ONNX in bundles",
    "collect": "crawling web pages and image searches",
    "catalogue": "catalogues of collected pictures, review, duplicates",
    "postgres": "catalogues in PostgreSQL",
    "faces": "detecting, aligning and checking faces",
    "shards": "WebDataset shards, also on S3",
    "manifold": "fast nearest-neighbour search for portraits from drawings",
    "video": "reading and writing video",
    "music": "reading and writing MIDI files",
    "tracking": "curves in TensorBoard or W&B",
}

Level = Literal["ok", "warning", "error"]


class Finding(NamedTuple):
    """One line of the report: what was checked, its state, and what to do (empty when nothing)."""

    subject: str
    level: Level
    state: str
    advice: str = ""


def examine() -> list[Finding]:
    """Check the interpreter, torch, memory, disk, optional extras and pretrained files."""
    return [_python(), *_torch(), _memory(), _disk(), *(_extra(name) for name in PURPOSES), *_weights()]


def _python() -> Finding:
    version = platform.python_version()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding(
            "Python", "error", version, "install Python 3.11, 3.12 or 3.13 and make a new environment with it"
        )
    return Finding("Python", "ok", f"{version} on {platform.system()} {platform.machine()}")


def _torch() -> list[Finding]:
    if find_spec("torch") is None:
        return [Finding("torch", "error", "not installed", "pip install torch==2.13.0")]
    import torch

    from ganvas.train.number_format import bf16_is_fast

    found = [Finding("torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads")]
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        more = f", {torch.cuda.device_count()} of them" if torch.cuda.device_count() > 1 else ""
        found.append(Finding("GPU", "ok", f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB{more}"))
    else:
        found.append(
            Finding("GPU", "warning", "none: training runs on the processor", "begin with the *-quick recipes")
        )
    bf16 = bf16_is_fast()
    advice = "" if bf16 else "keep train.precision at 32-true"
    found.append(Finding("bf16", "ok" if bf16 else "warning", "fast here" if bf16 else "slow here", advice))
    return found


def _memory() -> Finding:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return Finding("Memory", "warning", "unknown")
    low = total < 3.5
    return Finding("Memory", "warning" if low else "ok", f"{total:.1f} GiB", "set train.micro_batch low" if low else "")


def _disk() -> Finding:
    place = cache_dir()
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free / 2**30
    if not os.access(place, os.W_OK):
        return Finding("Disk", "error", f"{cache_dir()} cannot be written", "point GANVAS_CACHE at a folder of yours")
    advice = "free some space: packed pictures and checkpoints take several GiB" if free < 3 else ""
    return Finding("Disk", "warning" if advice else "ok", f"{free:.0f} GiB free at {Path(place)}", advice)


def _extra(name: str) -> Finding:
    missing = missing_packages(name)
    if missing:
        state = f"{PURPOSES[name]}: {', '.join(missing)} missing"
        return Finding(f"[{name}]", "warning", state, f"pip install 'ganvas[{name}]'")
    return Finding(f"[{name}]", "ok", PURPOSES[name])


def _weights() -> list[Finding]:
    from ganvas import weights

    here = {listed.weight.name: listed.path for listed in weights.listing()}
    found = []
    for name in ("efficientnet-lite0", "inception"):
        if here.get(name) is None:
            found.append(
                Finding(name, "warning", f"not here ({weights.WEIGHTS[name].used_for})", f"ganvas weights fetch {name}")
            )
        else:
            found.append(Finding(name, "ok", str(here[name])))
    return found


@app.command(rich_help_panel=MACHINE)
def doctor() -> None:
    """Print what this machine can do, and what is missing."""
    from rich.markup import escape

    from ganvas.cli.output import Output

    console = Output().console
    colours = {"ok": "green", "warning": "yellow", "error": "red"}
    for finding in examine():
        advice = f"  → {finding.advice}" if finding.advice else ""
        subject, state = escape(f"{finding.subject:<20}"), escape(finding.state + advice)
        console.print(f"[{colours[finding.level]}]●[/] {subject}{state}", soft_wrap=True, highlight=False)
