"""What the golden tests read from the files of a run."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageSequence

# What depends on the time and the memory of the machine.
TIMES = {"seconds", "images_per_second", "eta_seconds", "memory_mb"}


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def stats(run: Path) -> list[dict[str, Any]]:
    """The lines of ``stats.jsonl`` without times and memory."""
    found = lines(run / "stats.jsonl")
    assert all(set(line) >= TIMES for line in found)
    return [{key: value for key, value in line.items() if key not in TIMES} for line in found]


def checkpoint(run: Path) -> dict[str, Any]:
    """The newest checkpoint by path of its leaves: tensors as kind, shape and digest, all else as it is.

    Each network, average and optimiser is one digest, so that the record stays small and still says what differs.
    """
    newest = sorted((run / "checkpoints").glob("*.pt"))[-1]
    content = torch.load(newest, map_location="cpu", weights_only=True)
    found: dict[str, Any] = {"file": newest.name}
    tensors: dict[str, Any] = {}
    for path, value in _leaves(content, ()):
        if isinstance(value, torch.Tensor):
            part = "/".join(path[:2]) if path[0] != "family" else f"family/{path[1].split('.')[0]}"
            told = f"{'/'.join(path)} {str(value.dtype)[6:]} {list(value.shape)}\n".encode()
            names, digest = tensors.setdefault(part, (hashlib.sha256(), hashlib.sha256()))
            names.update(told)
            digest.update(told + value.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        elif "param_groups" not in path or path[4] in ("lr", "betas", "eps", "weight_decay"):  # the rest is torch's own
            found["/".join(path)] = value
    # Names, kinds and shapes are the same on every machine, so their digest is compared everywhere.
    found["tensors"] = {
        part: {"names": names.hexdigest()[:16], "values": f"sha256:{digest.hexdigest()}"}
        for part, (names, digest) in sorted(tensors.items())
    }
    return found


def picture_shape(content: bytes) -> str:
    """Kind, size and mode of an encoded picture, and its number of frames where it has several."""
    with Image.open(io.BytesIO(content)) as image:
        frames = getattr(image, "n_frames", 1)
        return f"{image.format} {image.width} × {image.height} {image.mode}" + (f" × {frames}" if frames > 1 else "")


def picture_digest(content: bytes) -> str:
    """Digest of the pixels of an encoded picture, over all its frames."""
    digest = hashlib.sha256()
    with Image.open(io.BytesIO(content)) as image:
        for frame in ImageSequence.Iterator(image):
            digest.update(frame.convert("RGBA").tobytes())
    return f"sha256:{digest.hexdigest()}"


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _leaves(value[key], (*path, str(key)))
    elif isinstance(value, list | tuple) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, str(index)))
    else:
        yield path, value
