"""Recorded values: how they are written, and how values of now are compared with them."""

from __future__ import annotations

import json
import math
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from golden.outside import weights_here

FOLDER = Path(__file__).parent / "recorded"


class Records:
    """Values by name, each in its own file.

    Args:
        recording: Write the values of now in place of comparing them.
    """

    def __init__(self, recording: bool) -> None:
        self.recording = recording

    def check(self, name: str, values: Any) -> None:
        """Compare values that are the same on every machine.

        Raises:
            AssertionError: They differ; the first differences are named.
        """
        if self.recording:
            _write(name, values)
            return
        _report(name, differences(_read(name), _plain(values)))

    def check_numbers(self, name: str, values: Any) -> None:
        """Compare numbers and digests of float arithmetic: exactly on the machine they were recorded on.

        Args:
            name: Name of the recorded file.
            values: What there is now. Texts that begin with ``sha256:`` are digests; elsewhere they are not compared.

        Raises:
            AssertionError: They differ; the first differences are named.
        """
        now = machine()
        if self.recording:
            _write(name, {"machine": now, "values": values})
            return
        before = _read(name)
        _report(name, differences(before["values"], _plain(values), exact=before["machine"] == now))


@cache
def machine() -> dict[str, str | int]:
    """What the last bits of a result depend on: the processor, the number of cores, and the libraries that compute."""
    import torch

    def installed(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return "none"

    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "settings": " ".join(f"{key}={os.environ[key]}" for key in _SETTINGS if key in os.environ),
        "inception": "inception" in weights_here(),  # measured with in place of the smaller network
        **{package: installed(package) for package in ("torch", "numpy", "pillow", "onnxruntime")},
    }


_SETTINGS = ("ATEN_CPU_CAPABILITY", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA")


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        names = [line.partition(":")[2].strip() for line in path.read_text().splitlines() if "model name" in line]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def structure(value: Any) -> Any:
    """A JSON value with its values dropped: keys stay, a list becomes what its items have in common, else type names.

    Items of a list that have different structures are all listed, so that nothing is lost.
    """
    if isinstance(value, dict):
        return {str(key): structure(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        found: list[Any] = []
        for item in map(structure, value):
            if item not in found:
                found.append(item)
        return sorted(found, key=lambda item: json.dumps(item, sort_keys=True))
    if value is None or isinstance(value, bool | str):
        return {None: "null", True: "boolean", False: "boolean"}.get(value, "string")  # type: ignore[arg-type]
    return "number"


def differences(before: Any, now: Any, path: str = "", *, exact: bool = True) -> list[str]:
    """What differs between two JSON values, as lines that say where.

    Args:
        before: The recorded value.
        now: The value of now.
        path: Where in the whole these stand.
        exact: Whether floats must be equal to the last bit and digests equal at all.
    """
    if isinstance(before, dict) and isinstance(now, dict):
        found = [f"{path}/{key}: is gone" for key in before if key not in now]
        found += [f"{path}/{key}: is new" for key in now if key not in before]
        for key in before:
            if key in now:
                found += differences(before[key], now[key], f"{path}/{key}", exact=exact)
        return found
    if isinstance(before, list) and isinstance(now, list):
        if len(before) != len(now):
            return [f"{path}: {len(before)} items before, {len(now)} now: {before!r:.200} → {now!r:.200}"]
        pairs = enumerate(zip(before, now, strict=True))
        return [line for at, (a, b) in pairs for line in differences(a, b, f"{path}/{at}", exact=exact)]
    if not exact and (_close(before, now, path) or _both_digests(before, now)):
        return []
    same = before == now if _is_number(before) and _is_number(now) else json.dumps(before) == json.dumps(now)
    return [] if same else [f"{path}: {before!r:.200} → {now!r:.200}"]


# On another machine: a share and a difference that no change of a formula would stay within. What jumps from one
# picture to the next, or divides by what is nearly nothing, is not compared there.
RELATIVE, ABSOLUTE = 0.1, 0.05
JUMPING = ("accuracy", "gradient_norm", "precision_", "recall_")


def _close(before: Any, now: Any, path: str) -> bool:
    if not (isinstance(before, float) and isinstance(now, float)):
        return False
    return any(word in path for word in JUMPING) or math.isclose(before, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _both_digests(before: Any, now: Any) -> bool:
    return all(isinstance(one, str) and one.startswith("sha256:") for one in (before, now))


def _plain(values: Any) -> Any:
    return json.loads(json.dumps(values))


def _write(name: str, values: Any) -> None:
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _read(name: str) -> Any:
    path = FOLDER / f"{name}.json"
    assert path.is_file(), f"Nothing is recorded as {name}; run `python -m pytest tests/golden --record`."
    return json.loads(path.read_text(encoding="utf-8"))


def _report(name: str, found: list[str]) -> None:
    more = f"\n… and {len(found) - 20} more" if len(found) > 20 else ""
    assert not found, f"{len(found)} differences from recorded/{name}.json:\n" + "\n".join(found[:20]) + more
