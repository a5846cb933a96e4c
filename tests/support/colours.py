"""A family without weights that answers in one colour."""

from __future__ import annotations

import torch
from torch import Tensor


class Colours:
    """Features: each picture's colours at four by four places."""

    name, dim, sha256, resize = "colours", 48, "0" * 64, "area, 4"

    def __call__(self, images: Tensor) -> Tensor:
        places = torch.nn.functional.adaptive_avg_pool2d(images.permute(0, 3, 1, 2).float() / 255, 4)
        return places.flatten(1)

    def classify(self, features: Tensor) -> Tensor | None:
        return None
