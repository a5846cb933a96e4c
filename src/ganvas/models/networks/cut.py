"""The patch projector and the PatchNCE loss of CUT (Park et al. 2020, §3).

At width 64 with nine blocks the projector has 560,384 parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise

EPSILON = 1e-7


class PatchProjector(nn.Module):
    """An MLP of two layers per feature map, which embeds its patches as unit vectors.

    Args:
        channels: Channels of each feature map.
        dim: Length of an embedding.
    """

    def __init__(self, channels: Sequence[int], dim: int = 256) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            nn.Sequential(nn.Linear(inputs, dim), nn.ReLU(inplace=True), nn.Linear(dim, dim)) for inputs in channels
        )

    def forward(self, features: Sequence[Tensor], places: Sequence[Tensor]) -> list[Tensor]:
        """Per level: features [N, C, H, W] and positions in them, int64 [N, P] → unit vectors [N, P, dim]."""
        found = []
        for level, maps, where in zip(self.levels, features, places, strict=True):
            patches = maps.flatten(2).gather(2, where[:, None].expand(-1, maps.shape[1], -1)).transpose(1, 2)
            vectors = level(patches)
            found.append(vectors / (vectors.norm(dim=2, keepdim=True) + EPSILON))
        return found


def draw_places(features: Sequence[Tensor], count: int) -> list[Tensor]:
    """Draw up to ``count`` different positions in each feature map per row, int64 [N, P]."""
    sizes = [(len(maps), maps.shape[2] * maps.shape[3]) for maps in features]
    return [
        noise.uniform(rows, places, device=maps.device).argsort(1)[:, :count]
        for maps, (rows, places) in zip(features, sizes, strict=True)
    ]


def patch_nce(queries: Tensor, keys: Tensor, temperature: float) -> Tensor:
    """InfoNCE of patches: the other keys of the same picture are the negatives (Park et al. 2020, eq. 3 and 4).

    Args:
        queries: Unit vectors [N, P, dim] of the output.
        keys: Those of the source at the same positions; they get no gradient.
        temperature: Divides the similarities.

    Returns:
        The mean cross-entropy over all patches, 0-d.
    """
    likeness = queries.float() @ keys.detach().float().transpose(1, 2) / temperature  # [N, P, P]
    right = torch.arange(likeness.shape[1], device=likeness.device).expand(len(likeness), -1)
    return F.cross_entropy(likeness.flatten(0, 1), right.flatten())
