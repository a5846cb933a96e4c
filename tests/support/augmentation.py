"""Pictures to augment."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor


@pytest.fixture
def x() -> Tensor:
    """Smooth pictures [4, 3, 32, 32]: what a filter may lose lies outside their frequencies."""
    torch.manual_seed(0)
    coarse = torch.randn(4, 3, 8, 8)
    return torch.nn.functional.interpolate(coarse, 32, mode="bicubic", align_corners=False).clamp(-1, 1)
