"""Detection of pairs from a few pictures: halves side by side, and aligned pictures in two folders."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ganvas.curate.images.crop import Half
from ganvas.curate.images.decode import PictureError, open_image, picture_size

Read = Callable[[str], bytes]


def simpler_half(read: Read, paths: list[str]) -> Half | None:
    """Which half is simpler (a label map or a drawing: it compresses better) when all are twice as wide as high."""
    sizes = {"left": 0, "right": 0}
    for path in paths:
        try:
            content = read(path)
            width, height = picture_size(content)
            if width != 2 * height:
                return None
            image = open_image(content, least=128)
        except PictureError:
            continue
        middle = image.width // 2
        for half, box in (("left", (0, 0, middle, image.height)), ("right", (middle, 0, image.width, image.height))):
            tones = np.asarray(image.crop(box)) // 32  # so that the noise of JPEG does not count
            sizes[half] += len(zlib.compress(tones.tobytes(), 6))
    if not sizes["left"]:
        return None
    return "right" if sizes["right"] < 0.75 * sizes["left"] else "left"


def lie_on_each_other(read: Read, pairs: list[tuple[str, str]]) -> bool:
    """Whether pictures of equal name are aligned: their edges agree more than those of any other two."""
    found = []
    for pair in pairs:
        try:
            found.append([_edges(read(path)) for path in pair])
        except PictureError:
            continue
    if len(found) < 3:  # too few to tell
        return False
    likeness = np.array([[float((one * other).mean()) for _, other in found] for one, _ in found])
    agree = float(np.mean(likeness.argmax(1) == np.arange(len(found))))
    return agree >= 0.5 and float(np.trace(likeness)) > 0.05 * len(found)


def _edges(content: bytes) -> npt.NDArray[np.float64]:
    """Where a picture has edges, of zero mean and unit size: [16, 16]."""
    grey = np.asarray(open_image(content, least=64).convert("L").resize((64, 64)), dtype=np.float64)
    down, right = np.gradient(grey)
    coarse = np.hypot(down, right).reshape(16, 4, 16, 4).mean((1, 3))
    coarse -= coarse.mean()
    scaled: npt.NDArray[np.float64] = coarse / max(float(coarse.std()), 1e-9)
    return scaled
