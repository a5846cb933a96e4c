"""AlexNet's convolutions (Krizhevsky 2014, "One weird trick", as torchvision has them), for LPIPS.

2,469,696 parameters; the fully connected layers are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.networks.vgg import ImageNetScaling

LAYERS = ("relu1", "relu2", "relu3", "relu4", "relu5")
_POOLED = ("relu2", "relu3")  # layers whose input is pooled first


class AlexNet(nn.Module):
    """Pictures float [N, 1 or 3, H, W] in [-1, 1] → activations after the named ReLUs. The weights are frozen."""

    least = 31  # pixels of a side that every layer can be had from

    def __init__(self) -> None:
        super().__init__()
        self.scaling = ImageNetScaling()
        self.convs = nn.ModuleList(
            [
                nn.Conv2d(3, 64, 11, stride=4, padding=2),
                nn.Conv2d(64, 192, 5, padding=2),
                nn.Conv2d(192, 384, 3, padding=1),
                nn.Conv2d(384, 256, 3, padding=1),
                nn.Conv2d(256, 256, 3, padding=1),
            ]
        )
        self.requires_grad_(False).eval()

    def forward(self, x: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        """Activations of the given layers, by name.

        Raises:
            ValueError: There is no such layer.
        """
        if unknown := set(layers) - set(LAYERS):
            raise ValueError(f"AlexNet has no layer {min(unknown)}: choose from {', '.join(LAYERS)}")
        found: dict[str, Tensor] = {}
        x = self.scaling(x)
        for name, conv in zip(LAYERS, self.convs, strict=True):
            if name in _POOLED:
                x = F.max_pool2d(x, 3, 2)
            x = F.relu(conv(x), inplace=True)
            found[name] = x
        return {name: found[name] for name in layers}
