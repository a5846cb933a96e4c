"""Regions of a network that are computed in full precision under autocast."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor


def without_autocast(x: Tensor) -> AbstractContextManager[object]:
    """Autocast off inside, on the device of ``x``: for sums and statistics that half precision would ruin.

    Nothing is entered where autocast is off already, because the exporter splits its graph at every such region and
    its time grows with the square of their number.
    """
    kind = x.device.type
    return torch.autocast(kind, enabled=False) if torch.is_autocast_enabled(kind) else nullcontext()
