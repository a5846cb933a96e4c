"""Tolerant readers of a run's files.

A run may be written while it is read, may have been killed, or may be a copy from another machine: a missing file, half
a line or content of another kind is left out and never raises. Only regular files are read, and the size and depth of
their content are bounded.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ganvas.documents import is_bounded
from ganvas.files import open_regular, read_regular
from ganvas.runs.folder import RunDir

MAX_LINE_BYTES = 1 << 20  # no line that the trainer writes is longer
MAX_DOCUMENT_BYTES = 1 << 20  # of a status or a recipe
MAX_LOG_BYTES = 1 << 29  # of a JSON Lines file or a sample sheet
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml bounds the depth, and is faster


def read_bytes(path: Path, most: int = MAX_LOG_BYTES) -> bytes:
    """The content of a regular file; empty where it cannot be read or is larger than ``most`` bytes."""
    try:
        return read_regular(path, most)
    except OSError:
        return b""


def modified_at(path: Path) -> float:
    """Time of the last change in seconds since the epoch; 0 where there is no file."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def parse_lines(content: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects of a JSON Lines file; a line that is cut short, too long or not an object is left out."""
    for text in content.split(b"\n"):
        if 0 < len(text) <= MAX_LINE_BYTES and isinstance(line := _parse(text), dict):
            yield line


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a JSON Lines file, oldest first; see :func:`parse_lines`."""
    return list(parse_lines(read_bytes(path)))


def read_status(run: RunDir) -> dict[str, Any]:
    """The content of ``status.json``; empty where there is none."""
    return _status(run) or {}


def read_recipe(run: RunDir) -> dict[str, Any]:
    """The resolved recipe as plain values, not validated; empty where it cannot be read."""
    try:
        content = yaml.load(read_bytes(run.recipe, MAX_DOCUMENT_BYTES), _YAML_LOADER)
    except Exception:  # noqa: BLE001 - PyYAML's constructors raise errors of many types on malformed values
        return {}
    return content if isinstance(content, dict) and is_bounded(content) else {}


def unreadable_file(run: RunDir) -> Path | None:
    """The path of ``status.json`` if it exists but cannot be read, else None."""
    return run.status if _status(run) is None and os.path.lexists(run.status) else None


def _status(run: RunDir) -> dict[str, Any] | None:
    content = _parse(read_bytes(run.status, MAX_DOCUMENT_BYTES))
    return content if isinstance(content, dict) else None


def sample_sheets(run: RunDir) -> dict[int, Path]:
    """The sample sheets by nimg, in ascending order."""
    try:
        if run.sheets.is_symlink():
            return {}
        files = [path for path in run.sheets.glob("*.png") if path.stem.isdecimal() and not path.is_symlink()]
        found = {int(path.stem): path for path in files}
    except (OSError, ValueError):
        return {}
    return dict(sorted(found.items()))


def sheet_notes(sheet: Path) -> Path | None:
    """The notes stored beside a sample sheet; None: there are none."""
    notes = sheet.with_suffix(".json")
    return notes if notes.is_file() and not notes.is_symlink() else None


def latest_metrics(run: RunDir) -> list[dict[str, Any]]:
    """The last line of ``metrics.jsonl`` of each metric and set of pictures, in the order of their first lines."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for line in read_lines(run.metrics):
        protocol = line.get("protocol")
        last[str(line.get("metric")), str(protocol.get("pictures") if isinstance(protocol, dict) else None)] = line
    return list(last.values())


def dataset_path(run: RunDir) -> Path | None:
    """The packed data set that the run was trained on, where it still exists."""
    stated = read_status(run).get("dataset")
    path = Path(stated) if isinstance(stated, str) and stated else None
    return path if path is not None and path.is_file() else None


def process_has_ended(pid: object) -> bool:
    """Whether the process of this id certainly no longer runs on this machine.

    False where that cannot be determined: ``pid`` is no process id, or the system is not POSIX.
    """
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0 or os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it runs under another user, or the number is out of range
        return False
    return False


def without_non_finite(value: Any) -> Any:
    """The same value as standard JSON in UTF-8.

    Numbers outside the range of a float, NaN and infinity become null; lone surrogates in strings become question
    marks; dates and other objects become strings.
    """
    match value:
        case float():
            return value if math.isfinite(value) else None
        case bool() | None:
            return value
        case int():
            return value if abs(value) <= sys.float_info.max else None
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {without_non_finite(str(key)): without_non_finite(item) for key, item in value.items()}
        case list() | tuple():
            return [without_non_finite(item) for item in value]
        case _:
            return without_non_finite(str(value))


@dataclass
class LineTail:
    """Reads the complete lines that a growing JSON Lines file has gained since the last call."""

    path: Path
    _offset: int = 0
    _inode: int = 0

    def read(self) -> tuple[list[dict[str, Any]], bool]:
        """The new lines, and whether the file was replaced or truncated (the lines are then all of its lines)."""
        try:
            with open_regular(self.path) as file:
                now = os.fstat(file.fileno())
                replaced = self._inode != 0 and (now.st_ino != self._inode or now.st_size < self._offset)
                self._offset = 0 if replaced else self._offset
                self._inode = now.st_ino
                file.seek(self._offset)
                content = file.read()
        except OSError:
            return [], False
        complete = content[: content.rfind(b"\n") + 1]  # what follows is a line being written
        self._offset += len(complete)
        return list(parse_lines(complete)), replaced


def _parse(text: bytes) -> Any:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if is_bounded(content) else None
