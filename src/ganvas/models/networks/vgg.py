"""VGG16's convolutions (Simonyan & Zisserman 2015, configuration D): the feature network of perceptual losses.

14,714,688 parameters; the three fully connected layers are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
LAYERS = tuple(f"relu{block}_{i}" for block, widths in enumerate(_WIDTHS, 1) for i in range(1, len(widths) + 1))
"""``relu1_1`` … ``relu5_3``, in the order in which they are worked out."""


class ImageNetScaling(nn.Module):
    """Pictures in [-1, 1] → what ImageNet networks were trained on; one channel becomes three alike.

    The constants are ImageNet's mean and deviation on this scale, rounded as the ``lpips`` package has them.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("shift", torch.tensor([-0.030, -0.088, -0.188]).view(3, 1, 1), persistent=False)
        self.register_buffer("scale", torch.tensor([0.458, 0.448, 0.450]).view(3, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.shift) / self.scale


class VGG16(nn.Module):
    """Pictures float [N, 1 or 3, H, W] in [-1, 1] → activations after the named ReLUs.

    Block *b* has a 2^(b-1)-th of the picture's side, so the fifth needs at least 16 pixels. The weights are frozen;
    gradients flow through to the picture.
    """

    least = 16  # pixels of a side that every layer can be had from

    def __init__(self) -> None:
        super().__init__()
        self.scaling = ImageNetScaling()
        self.convs = nn.ModuleList()
        inputs = 3
        for widths in _WIDTHS:
            for width in widths:
                self.convs.append(nn.Conv2d(inputs, width, 3, padding=1))
                inputs = width
        self.requires_grad_(False).eval()

    def forward(self, x: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        """Activations of the given layers, by name; layers behind the last of them are not computed.

        Raises:
            ValueError: There is no such layer.
        """
        if unknown := set(layers) - set(LAYERS):
            raise ValueError(f"VGG16 has no layer {min(unknown)}: choose from {', '.join(LAYERS)}")
        found: dict[str, Tensor] = {}
        x = self.scaling(x)
        for name, conv in zip(LAYERS, self.convs, strict=True):
            if len(found) == len(set(layers)):
                break
            if name.endswith("_1") and name != "relu1_1":
                x = F.max_pool2d(x, 2)
            x = F.relu(conv(x), inplace=True)
            if name in layers:
                found[name] = x
        return {name: found[name] for name in layers}
