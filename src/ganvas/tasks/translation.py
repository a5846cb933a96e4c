"""What paired and unpaired translation share: requests of a source and a direction, and previews of both sides."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ganvas.curate.sketch.degrade import displayed
from ganvas.models.batches import TranslationRequest, to_float, to_uint8
from ganvas.models.family import Family
from ganvas.models.layers.directions import only
from ganvas.tasks.base import BrowserGraph, TaskSpec
from ganvas.tasks.pictures import Pictures, dense_grid, same_channels


class Translation(TaskSpec):
    """A source picture, and a direction where there are two → picture."""

    request = TranslationRequest
    usage = "translates pictures, so it takes a picture and no seeds; give it a picture"

    def example_request(self, family: Family, count: int, *, seed: int = 0) -> TranslationRequest:
        """Random sources in the first direction."""
        data, generator = family.data, torch.Generator().manual_seed(seed)
        side = data.source_resolution
        source = torch.rand((count, data.source_channels, side, side), generator=generator) * 2 - 1
        return TranslationRequest(source, torch.zeros(count, dtype=torch.long))

    def browser_graphs(self, family: Family) -> tuple[BrowserGraph, ...]:
        """``a_to_b``, and ``b_to_a`` where there are two directions; none for label maps and for pairs of frames."""
        data = family.data
        if data.labels or data.source_channels not in (1, 3):
            return ()
        shape = (1, data.source_channels, data.source_resolution, data.source_resolution)

        def graph(name: str, direction: int) -> BrowserGraph:
            def run(source: Tensor) -> Tensor:
                with only(direction):
                    return family.generate(TranslationRequest(source, torch.full((1,), direction)))

            return BrowserGraph(name, {"source": shape}, run)

        names = ("a_to_b", "b_to_a")[: self.directions(family.config.model_dump())]
        return tuple(graph(name, direction) for direction, name in enumerate(names))

    def preview(self, family: Family, sources: Pictures | None) -> Pictures:
        """Each source above its translation."""
        columns = preview_columns(family)
        request = self.example_request(family, columns)
        if sources is not None and len(sources):
            columns = min(columns, len(sources))
            request = TranslationRequest(to_float(sources[:columns]), request.direction[:columns])
        answers = to_uint8(family.generate(request)).numpy()
        shown = displayed(to_uint8(request.source).numpy(), family.data)
        rows = [same_channels(pictures, (shown, answers)) for pictures in (shown, answers)]
        return dense_grid(np.concatenate(rows), columns)


def preview_columns(family: Family) -> int:
    """Pictures in a row of a preview: about 1,024 pixels, from 2 to 6."""
    return min(max(1024 // family.data.resolution, 2), 6)
