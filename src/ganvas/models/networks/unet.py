"""The U-Net generator of pix2pix (Isola et al. 2017, §6.1.1): down to one pixel and up again, with skips.

At width 64 and three channels in and out: 54,413,955 parameters at 256 px, 41,828,995 at 128 px.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.layers.initialization import initialize_normal
from ganvas.models.layers.normalization import normalization


class UNet(nn.Module):
    """``[N, inputs, R, R]`` → ``[N, outputs, R, R]`` in [-1, 1]; R is divisible by 2 ** ``downs``.

    Level i has ``width · min(2^i, 8)`` channels. The outermost levels and the innermost way down are not normalised.
    Dropout is on the way up, at the levels that are as wide as the one inside them, save the innermost: three
    levels at 256 px, two at 128, one at 64.

    Args:
        residual: The output, initially 0, is added to ``x`` (to the mean of its pictures, where it holds several).
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        width: int,
        downs: int,
        *,
        norm: str,
        dropout: float,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.residual = outputs if residual else 0
        widths = [width * min(2**i, 8) for i in range(downs)]
        bias = norm != "batch"  # batch norm's shift would undo it
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()  # from the outermost in, as ``down``
        for i, channels in enumerate(widths):
            innermost = i == downs - 1
            outside = widths[i - 1] if i else inputs
            self.down.append(
                nn.Sequential(
                    nn.Conv2d(outside, channels, 4, 2, 1, bias=bias),
                    nn.Identity() if innermost or i == 0 else normalization(norm, channels),
                )
            )
            inside = channels if innermost else 2 * channels
            if i == 0:
                self.up.append(nn.Sequential(nn.ConvTranspose2d(inside, outputs, 4, 2, 1), nn.Tanh()))
                continue
            drops = dropout > 0 and not innermost and outside == channels
            self.up.append(
                nn.Sequential(
                    nn.ConvTranspose2d(inside, outside, 4, 2, 1, bias=bias),
                    normalization(norm, outside),
                    noise.Dropout(dropout) if drops else nn.Identity(),
                )
            )
        initialize_normal(self)
        if residual:
            last = self.up[0].get_submodule("0")
            for parameter in last.parameters():
                nn.init.zeros_(parameter)

    def extra_repr(self) -> str:
        return f"residual={bool(self.residual)}"

    def forward(self, x: Tensor) -> Tensor:
        source = x
        skips: list[Tensor] = []
        for i, down in enumerate(self.down):
            x = down(x if i == 0 else F.leaky_relu(x, 0.2))
            skips.append(x)
        x = skips.pop()
        for i in range(len(self.up) - 1, -1, -1):
            x = self.up[i](F.relu(x))
            if i:
                x = torch.cat([skips.pop(), x], 1)
        if self.residual:  # twice: black may become white
            x = torch.stack(torch.split(source, self.residual, 1)).mean(0) + 2 * x
        return x
