"""Synthesis: pictures from random numbers, with or without classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.models.batches import SynthesisBatch, SynthesisRequest, latents, to_uint8
from ganvas.models.capabilities import Truncates
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks.base import BrowserGraph, Capability, Direction, Input, Page, SampleSheet, Summary, TaskSpec
from ganvas.tasks.pictures import Pictures, dense_grid, grid
from ganvas.tasks.rows import TrainingRows


class Synthesis(TaskSpec):
    """z, and a class where there are classes → picture."""

    name = "synthesis"
    batch = SynthesisBatch
    request = SynthesisRequest
    makes = "makes pictures from random numbers"
    usage = "makes pictures from seeds, so it takes no picture; give it seeds"
    from_seeds = True
    hub_tag = "unconditional-image-generation"
    sheet_count = 48

    def row(self, rows: TrainingRows, position: int) -> tuple[Any, ...]:
        """``x`` and its label, 0 when unconditional."""
        index = rows.turn(position)
        label = rows.dataset.labels[index] if rows.data.classes else np.int64(0)
        return rows.picture(index, rows.rng(position)), label

    def example_request(self, family: Family, count: int, *, seed: int = 0) -> SynthesisRequest:
        """Random latents, the classes in turn, no truncation."""
        z = torch.randn(count, family.z_dim, generator=torch.Generator().manual_seed(seed))
        return SynthesisRequest(z, self._classes_in_turn(family, count), torch.ones(count))

    def request_for(
        self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0
    ) -> SynthesisRequest:
        """Number *i* is the seed ``seed + i``; its class is that of picture *i* of the data set."""
        labels = torch.zeros(len(indices)).long()
        if family.data.classes:
            labels = torch.from_numpy(dataset.labels[[index % len(dataset) for index in indices]]).long()
        z = torch.from_numpy(latents([seed + index for index in indices], family.z_dim))
        return SynthesisRequest(z, labels, torch.ones(len(z)))

    def sample_sheet(self, family: Family, dataset: Dataset) -> SampleSheet:
        """Pictures of the first seeds, eight in a row."""
        answers = self.generate(family, dataset, range(self.sheet_count)).numpy()
        return SampleSheet(grid(answers, 8), answers)

    def preview(self, family: Family, sources: Pictures | None) -> Pictures:
        """Pictures of the first seeds, the classes in turn."""
        columns = min(max(1024 // family.data.resolution, 2), 6)
        count = columns * max(columns // 2, 1)
        z = torch.from_numpy(latents(range(count), family.z_dim))
        request = SynthesisRequest(z, self._classes_in_turn(family, count), torch.ones(count))
        return dense_grid(to_uint8(family.generate(request)).numpy(), columns)

    def _classes_in_turn(self, family: Family, count: int) -> torch.Tensor:
        return torch.arange(count) % max(len(family.data.classes), 1)

    def browser_graphs(self, family: Family) -> tuple[BrowserGraph, ...]:
        """``model``: z, the weight of each class where there are classes, and psi where the family truncates."""
        classes, truncates = len(family.data.classes), isinstance(family, Truncates)
        inputs: dict[str, tuple[int, ...]] = {"z": (1, family.z_dim)}
        if classes:
            inputs["y"] = (1, classes)
        if truncates:
            inputs["psi"] = (1,)

        def run(z: Tensor, *others: Tensor) -> Tensor:
            y = others[0] if classes else torch.zeros(1, dtype=torch.long)
            return family.generate(SynthesisRequest(z, y, others[-1] if truncates else torch.ones(1)))

        return (BrowserGraph("model", inputs, run),)

    def page(self, drawing_direction: Direction | None) -> Page:
        """The Generate page."""
        return "generate"

    def accepts(
        self, data: DataSpec, drawing_direction: Direction | None, capabilities: Sequence[Capability]
    ) -> tuple[Input, ...]:
        """Seeds."""
        return ("seed",)

    def summary(self, data: DataSpec, config: Mapping[str, Any]) -> Summary:
        """New pictures, of so many classes where there are any."""
        if data.classes:
            count = len(data.classes)
            return Summary(key="classes", params={"count": count}, sentence=f"Makes new pictures of {count} kinds")
        return Summary(key="synthesis", sentence="Makes new pictures from random numbers")
