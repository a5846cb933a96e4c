"""Shadow guidance: the nearest real sketches, drawn faintly over each other under the canvas (Chen et al. 2020, §3.4).

Sketches are decoded from their codes, part by part in one graph. From stroke to stroke most parts keep their
neighbours, and a bank has few sketches that many drawings are near: what was decoded once is kept as pixels.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.apps.code_bank import Bank, Projection
from ganvas.models.networks.sketchportrait import cut, paste

Floats = NDArray[np.float32]
Pictures = NDArray[np.uint8]

SHOWN = 3  # neighbours in a shadow: more of them is a grey cloud
DARKEST = 0.5  # share of its ink that a sketch keeps at most
KEPT = 64_000_000  # bytes of decoded pieces


class Shadows:
    """Draws the shadows of one bank.

    Args:
        draw: Codes float [N, parts, D] → sketches float [N, 1, R, R] in [-1, 1].
        parts: Names of the parts, in the order of their codes.
        kept: Bytes of decoded pieces that are kept, the least recently used dropped first.
    """

    def __init__(
        self, draw: Callable[[Floats], Floats], parts: Sequence[str], banks: Sequence[Bank], kept: int = KEPT
    ) -> None:
        self._draw, self._parts, self._banks, self._room = draw, parts, banks, kept
        self._pieces: OrderedDict[tuple[str, int], torch.Tensor] = OrderedDict()  # uint8 [1, 1, side, side], ink
        self._taken = 0  # bytes of them

    def of(self, found: Sequence[Projection]) -> Pictures:
        """The shadow of a drawing whose parts came to stand so: uint8 [R, R], 255 where there is nothing.

        Each sketch is as dark as its weight, averaged over the parts; a negative weight counts as none.
        """
        count = min(SHOWN, *(len(projection.weights) for projection in found))
        nearest = [[int(at) for at in projection.neighbours[:count]] for projection in found]
        pieces = self._decoded(nearest)
        weights = np.mean([_positive(projection.weights[:count]) for projection in found], axis=0)
        ink: Floats | float = 0.0
        for rank, weight in enumerate(np.minimum(weights, DARKEST)):
            sketch = paste({part: pieces[part, ids[rank]] for part, ids in zip(self._parts, nearest, strict=True)})
            ink = ink + weight * sketch[0, 0].numpy().astype(np.float32)
        shadow: Pictures = np.round(255 - np.clip(ink, 0, 255)).astype(np.uint8)
        return shadow

    def _decoded(self, wanted: Sequence[Sequence[int]]) -> dict[tuple[str, int], torch.Tensor]:
        """The pieces of each part's sketches. Those not known are decoded together, a sketch of each part in a row."""
        missing = [
            [at for at in dict.fromkeys(ids) if (part, at) not in self._pieces]
            for part, ids in zip(self._parts, wanted, strict=True)
        ]
        rows = max(map(len, missing))
        if rows:
            codes = [
                bank.codes[[*ids, *[0] * (rows - len(ids))]] for bank, ids in zip(self._banks, missing, strict=True)
            ]
            made = torch.from_numpy(self._draw(np.stack(codes, 1).astype(np.float32)))
            # Pasted again in the same order, a piece covers what lay over or under it in the picture it is cut from.
            cuts = cut((127.5 * (1 - made.clamp(-1, 1))).round().to(torch.uint8), self._parts)
            for part, ids in zip(self._parts, missing, strict=True):
                for row, at in enumerate(ids):
                    self._pieces[part, at] = cuts[part][row : row + 1].clone()
                    self._taken += self._pieces[part, at].numel()
        keys = [(part, at) for part, ids in zip(self._parts, wanted, strict=True) for at in ids]
        for key in keys:
            self._pieces.move_to_end(key)
        pieces = {key: self._pieces[key] for key in keys}
        while self._taken > self._room:
            self._taken -= self._pieces.popitem(last=False)[1].numel()
        return pieces


def _positive(weights: Floats) -> Floats:
    kept = np.maximum(weights, 0)
    total = kept.sum()
    shares: Floats = kept / total if total > 0 else np.full_like(kept, 1 / len(kept))
    return shares
