"""Valid requests with random content, for export, warm-up and tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganvas.models.batches import MusicRequest, ReferenceRequest, SynthesisRequest, TranslationRequest
from ganvas.models.family import Family
from ganvas.spec import Task


def example_request(family: Family, count: int, *, seed: int = 0) -> Any:
    """A valid request of ``count`` rows with random content: for export, warm-up and tests."""
    generator = torch.Generator().manual_seed(seed)
    data = family.data
    rows = torch.zeros(count, dtype=torch.long)

    def pictures(channels: int, side: int = data.resolution) -> Tensor:
        return torch.rand((count, channels, side, side), generator=generator) * 2 - 1

    match family.task:
        case Task.SYNTHESIS:
            z = torch.randn(count, family.z_dim, generator=generator)
            return SynthesisRequest(z, torch.arange(count) % max(len(data.classes), 1), torch.ones(count))
        case Task.PAIRED | Task.UNPAIRED:
            return TranslationRequest(pictures(data.source_channels, data.source_resolution), rows)
        case Task.REFERENCE:
            source, reference = pictures(data.channels), pictures(data.channels)
            y = torch.arange(count) % max(len(data.classes), 1)
            z = torch.randn(count, family.z_dim, generator=generator)
            share = torch.rand(count, generator=generator)
            outline = torch.rand(count, 2, data.resolution, data.resolution, generator=generator)
            return ReferenceRequest(source, reference, y, z, share, outline)
        case Task.MUSIC:
            return MusicRequest(torch.randn(count, family.z_dim, generator=generator))
