"""Super-resolution of pictures of any size, in overlapping tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest, to_float, to_uint8
from ganvas.models.family import Family

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float32]
Enlarge: TypeAlias = Callable[[Floats], Floats]  # [1, C, h, w] → [1, C', s·h, s·w], both in about [-1, 1]

TILE = 160  # side of a tile without its margin, in source pixels
MARGIN = 24  # source pixels around it: the receptive field of a generator of 5 blocks, nearly all that one of 16 uses
SMALLEST = 8  # side in source pixels; smaller pictures are padded by repeating the edge
MOST = 40_000_000  # pixels of an output


def check_size(width: int, height: int, scale: int) -> None:
    """Check the size of an output.

    Raises:
        UserError: The enlarged picture would have too many pixels.
    """
    if width * height * scale**2 > MOST:
        raise UserError(
            f"A picture of {width} × {height} pixels, {scale} times enlarged, would have more than "
            f"{MOST // 1_000_000} million pixels; take a smaller one.",
            code="answer-too-large",
            params={"width": width, "height": height, "scale": scale, "millions": MOST // 1_000_000},
        )


def enlarge(model: Enlarge, source: Pictures, scale: int) -> Pictures:
    """Enlarge a picture tile by tile: uint8 [h, w, C] → uint8 [scale·h, scale·w, C'].

    Every pixel is computed once, with at least ``MARGIN`` source pixels around it or the edge of the picture. Memory
    does not grow with the picture.

    Raises:
        UserError: See :func:`check_size`.
    """
    height, width = source.shape[:2]
    check_size(width, height, scale)
    grown = ((0, max(SMALLEST - height, 0)), (0, max(SMALLEST - width, 0)), (0, 0))
    padded = np.pad(source, grown, mode="edge")
    tall, wide = padded.shape[:2]
    rows = []
    for top in _starts(tall):
        row = [_tile(model, padded, scale, top, left) for left in _starts(wide)]
        rows.append(np.concatenate(row, 1))
    return np.ascontiguousarray(np.concatenate(rows, 0)[: height * scale, : width * scale])


def enlarged(family: Family, source: Pictures) -> Pictures:
    """Enlarge one picture with a family; see :func:`enlarge`."""
    device = next(family.parameters()).device

    def model(pixels: Floats) -> Floats:
        with torch.inference_mode():
            request = TranslationRequest(torch.from_numpy(pixels).to(device), torch.zeros(1).long().to(device))
            made: Floats = family.generate(request).float().cpu().numpy()
        return made

    return enlarge(model, source, family.data.source_scale)


def _starts(length: int) -> range:
    # A last tile of less than the margin is not worth a call: it joins the one before.
    return range(0, max(length - MARGIN, 1), TILE)


def _span(start: int, length: int) -> tuple[int, int, int, int]:
    """Along one side: start and end of a tile, and start and end with its margins."""
    end = start + TILE if start + TILE < length - MARGIN else length
    return start, end, max(start - MARGIN, 0), min(end + MARGIN, length)


def _tile(model: Enlarge, source: Pictures, scale: int, top: int, left: int) -> Pictures:
    first_row, last_row, above, below = _span(top, source.shape[0])
    first, last, before, after = _span(left, source.shape[1])
    seen = to_float(np.ascontiguousarray(source[above:below, before:after])[None]).numpy()
    made: Any = to_uint8(torch.from_numpy(model(seen)))[0].numpy()
    kept: Pictures = made[
        (first_row - above) * scale : (last_row - above) * scale, (first - before) * scale : (last - before) * scale
    ]
    return kept
