"""The networks of DCGAN (Radford, Metz & Chintala 2016, figure 1 and §3) for squares of 16 to 256 pixels.

At 64 px, width 64 and z of 100 they are those of the well-known PyTorch example: 3,576,704 and 2,765,568 parameters.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models.layers.classes import ClassEmbedding
from ganvas.models.layers.initialization import initialize_normal
from ganvas.models.layers.minibatch_discrimination import MinibatchDiscrimination
from ganvas.models.layers.normalization import activation, normalization
from ganvas.models.layers.spectral import spectral_norm

WIDEST = 16  # × width: 1,024 channels at width 64, the paper's widest layer


def channels_by_size(resolution: int, width: int) -> list[int]:
    """Channels at sides resolution/2, resolution/4, … 4: they double as the side halves, up to ``WIDEST`` × width.

    Raises:
        UserError: The resolution is not 16, 32, 64, 128 or 256.
    """
    if resolution not in (16, 32, 64, 128, 256):
        raise UserError(f"dcgan makes pictures of 16, 32, 64, 128 or 256 pixels, not {resolution}; change resolution.")
    return [width * min(2**i, WIDEST) for i in range(resolution.bit_length() - 3)]


class Generator(nn.Module):
    """z float ``[N, z_dim]`` and labels y int64 ``[N]`` → pictures ``[N, channels, R, R]`` in [-1, 1].

    With classes, a learned class embedding is concatenated to z (Mirza & Osindero 2014).
    """

    def __init__(self, resolution: int, channels: int, z_dim: int, width: int, classes: int = 0, class_dim: int = 0):
        super().__init__()
        self.embedding = ClassEmbedding(classes, class_dim) if classes else None
        widths = channels_by_size(resolution, width)[::-1]
        inputs = z_dim + (class_dim if classes else 0)
        layers: list[nn.Module] = [nn.ConvTranspose2d(inputs, widths[0], 4, 1, 0, bias=False)]
        for before, after in pairwise(widths):
            layers += [nn.BatchNorm2d(before), nn.ReLU(inplace=True)]
            layers += [nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(widths[-1]), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(widths[-1], channels, 4, 2, 1, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)
        initialize_normal(self)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        if self.embedding is not None:
            z = torch.cat([z, self.embedding(y)], 1)
        pictures: Tensor = self.main(z[:, :, None, None])
        return pictures


class Discriminator(nn.Module):
    """Pictures ``[N, channels, R, R]`` and labels y int64 ``[N]`` → logits ``[N]``.

    With classes, the inner product of a learned class embedding and the summed features is added to the logit
    (projection, Miyato & Koyama 2018, eq. 4). With ``minibatch`` > 0, that many features of minibatch
    discrimination are added.
    """

    def __init__(
        self,
        resolution: int,
        channels: int,
        width: int,
        classes: int = 0,
        *,
        norm: str = "batch",
        spectral: bool = False,
        minibatch: int = 0,
    ) -> None:
        super().__init__()
        widths = channels_by_size(resolution, width)
        layers: list[nn.Module] = [nn.Conv2d(channels, widths[0], 4, 2, 1, bias=False)]
        layers += [nn.LeakyReLU(0.2, inplace=True)]
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 4, 2, 1, bias=norm == "none")]
            layers += [normalization(norm, after), activation(norm)]
        self.features = nn.Sequential(*layers)
        self.logit = nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False)
        self.minibatch = MinibatchDiscrimination(widths[-1] * 16, minibatch) if minibatch else None
        self.minibatch_logit = nn.Linear(minibatch, 1, bias=False) if minibatch else None
        self.projection = nn.Embedding(classes, widths[-1]) if classes else None
        initialize_normal(self)
        if self.projection is not None:
            nn.init.normal_(self.projection.weight, 0.0, 0.02)
        if spectral:
            spectral_norm(self)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = self.features(x)
        logits: Tensor = self.logit(h).flatten()
        if self.projection is not None:
            logits = logits + (self.projection(y) * h.sum((2, 3))).sum(1)
        if self.minibatch is not None and self.minibatch_logit is not None:
            logits = logits + self.minibatch_logit(self.minibatch(h.flatten(1))).flatten()
        return logits
