"""The synthesis network of StyleGAN2: ws → picture."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from ganvas.models.layers.convolutions import conv2d
from ganvas.models.layers.filters import Upsample
from ganvas.models.networks.stylegan2.layers import FILTER, GAIN, Architecture, channels_at
from ganvas.models.networks.stylegan2.modulated_convolution import Modulated, Noise, ToImage


class SynthesisBlock(nn.Module):
    """One resolution: a convolution that doubles the side (but at 4 × 4), one that does not, and a picture."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        w_dim: int,
        resolution: int,
        channels: int,
        *,
        last: bool,
        architecture: Architecture,
        clamp: float | None,
        noisy: bool,
    ) -> None:
        super().__init__()
        first = inputs == 0
        residual = architecture == "residual" and not first
        # Factors that are missing from the features before and after. A residual sum is divided by √2, the gain.
        before = 1.0 if resolution == 4 or (architecture == "residual" and resolution > 8) else GAIN
        after = 1.0 if residual else GAIN
        common: dict[str, Any] = {"clamp": clamp, "noisy": noisy}
        self.conv0 = None if first else Modulated(inputs, outputs, w_dim, resolution, up=True, gain=before, **common)
        within = before if first else GAIN
        self.conv1 = Modulated(outputs, outputs, w_dim, resolution, up=False, gain=within, **common)
        drawing = last or architecture == "skip"
        self.to_image = ToImage(outputs, channels, w_dim, gain=after, clamp=clamp) if drawing else None
        self.upsample = Upsample(FILTER)
        self.shortcut = nn.Parameter(torch.randn(outputs, inputs, 1, 1)) if residual else None
        self.shortcut_gain = before / (GAIN * math.sqrt(inputs)) if residual else 1.0
        self.layers = 1 if first else 2

    def forward(self, x: Tensor, image: Tensor | None, ws: list[Tensor], mode: Noise) -> tuple[Tensor, Tensor | None]:
        before = x
        x = self.conv1(x if self.conv0 is None else self.conv0(x, ws[0], mode), ws[self.layers - 1], mode)
        if self.shortcut is not None:
            x = x + self.upsample(conv2d(before, self.shortcut * self.shortcut_gain))
        if image is not None:
            image = self.upsample(image)
        if self.to_image is not None:
            drawn = self.to_image(x, ws[self.layers])
            image = drawn if image is None else image + drawn
        return x, image


class Synthesis(nn.Module):
    """ws → picture. A block's picture layer shares its w with the next block's first convolution."""

    def __init__(
        self,
        resolution: int,
        channels: int,
        w_dim: int,
        base: int,
        most: int,
        architecture: Architecture = "skip",
        clamp: float | None = 256.0,
        noisy: bool = True,
    ) -> None:
        super().__init__()
        sides = [2**i for i in range(2, int(math.log2(resolution)) + 1)]
        widths = [channels_at(side, base, most) for side in sides]
        self.constant = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.blocks = nn.ModuleList(
            SynthesisBlock(
                before,
                width,
                w_dim,
                side,
                channels,
                last=side == resolution,
                architecture=architecture,
                clamp=clamp,
                noisy=noisy,
            )
            for side, before, width in zip(sides, [0, *widths], widths, strict=False)
        )
        self.layers = 2 * len(sides)
        self.w_gain = 1 / math.sqrt(w_dim)  # for the affine layers

    def forward(self, ws: Tensor, noise_mode: Noise = "random") -> Tensor:
        x = self.constant.expand(ws.shape[0], -1, -1, -1)  # len() would fix the batch of an export
        image = None
        styles = list((ws * self.w_gain).unbind(1))
        for i, block in enumerate(self.blocks):
            x, image = block(x, image, styles[max(2 * i - 1, 0) :], noise_mode)
        assert isinstance(image, Tensor)
        return image
