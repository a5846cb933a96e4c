"""Paired translation: source → target, with sources that were collected or that a degradation makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.label_maps import LabelMaps, check_label_values
from ganvas.curate.sketch.degrade import degradation, displayed
from ganvas.curate.sources.listing import Structure
from ganvas.errors import UserError
from ganvas.models.batches import PairedBatch, TranslationRequest, to_float
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks.base import Capability, Direction, DrawingDomain, Input, Page, SampleSheet, Summary
from ganvas.tasks.pictures import Pictures, as_rgb, grid, sources, targets
from ganvas.tasks.rows import TrainingRows, channels_first, with_channels
from ganvas.tasks.translation import Translation


class Paired(Translation):
    """Source picture → the picture that it should become."""

    name = "paired"
    batch = PairedBatch
    makes = "turns a source picture into the picture it should become"
    pairs = True

    def structure(self, *, conditional: bool, degraded: bool, frames: bool) -> Structure:
        """Pairs, or targets alone where a degradation makes the sources; frames in order become pairs later."""
        if frames:
            return "any"
        return "targets" if degraded else "pairs"

    def check(self, dataset: Dataset, data: DataSpec) -> None:
        """Check that there are sources, with the channels and labels that the model takes."""
        if data.degradation is not None:
            made = degradation(data.degradation).source_channels(data.channels)
            if made != data.source_channels:
                raise UserError(
                    f"The degradation {data.degradation} makes sources of {made} channels, not {data.source_channels}."
                )
        elif not dataset.paired:
            raise UserError(
                f"{dataset.path} has no pairs; pack a folder with source and target sub-folders, or set a degradation."
            )
        elif (data.source_channels == 6) != (dataset.source(0).shape[2] == 6):
            raise UserError(
                f"{dataset.path} was packed for other frames than the recipe's data.frames; pack the frames again."
            )

        if data.labels:
            maps = LabelMaps(data.labels, data.void_label, data.palette)
            check_label_values(dataset.manifest.label_values, maps, str(dataset.path))

    def reads_sources(self, data: DataSpec) -> bool:
        """Sources are read where no degradation makes them."""
        return data.degradation is None

    def row(self, rows: TrainingRows, position: int) -> tuple[Any, ...]:
        """``source`` and ``target``, flipped together."""
        index, rng, data = rows.turn(position), rows.rng(position), rows.data
        flipped = rng.random() < 0.5 and data.flip
        target = rows.target(index)
        target = np.ascontiguousarray(target[:, ::-1]) if flipped else target
        if data.degradation is not None and rows.redraw == 1:
            source = degradation(data.degradation)(target, rng)
        else:
            name = data.degradation
            made = None if name is None else rows.made(index, position, degradation(name))
            source = rows.source(index) if made is None else made
            source = source[:, ::-1] if flipped else source
        return channels_first(with_channels(source, data.source_channels)), channels_first(target)

    def request_for(
        self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0
    ) -> TranslationRequest:
        """The sources of the pictures."""
        source = to_float(sources(dataset, family.data, [index % len(dataset) for index in indices]))
        return TranslationRequest(source, torch.zeros(len(source)).long())

    def sample_sheet(self, family: Family, dataset: Dataset) -> SampleSheet:
        """Source, answer and target of each pair, four pairs in a row."""
        indices = self.sheet_indices(family, dataset, self.sheet_count)
        answers = self.generate(family, dataset, indices).numpy()
        shown = displayed(sources(dataset, family.data, indices), family.data)
        cells = np.stack([as_rgb(pictures) for pictures in (shown, answers, targets(dataset, indices))], axis=1)
        return SampleSheet(grid(cells.reshape(-1, *cells.shape[2:]), 4 * cells.shape[1]), answers)

    def preview_sources(self, family: Family, dataset: Dataset) -> Pictures:
        """The sources of the first pairs."""
        return sources(dataset, family.data, self.sheet_indices(family, dataset, 16))

    def directions(self, config: Mapping[str, Any]) -> int:
        """One: pairs say which picture is the source."""
        return 1

    def drawing_direction(
        self,
        data: DataSpec,
        config: Mapping[str, Any],
        capabilities: Sequence[Capability],
        *,
        declared: DrawingDomain | None = None,
        dataset: Dataset | None = None,
    ) -> Direction | None:
        """From source to target, where the sources are drawings."""
        drawn = data.degradation is not None and degradation(data.degradation).draws
        return "a_to_b" if drawn or "codes" in capabilities or declared == "a" else None

    def page(self, drawing_direction: Direction | None) -> Page:
        """The Draw page where sources are drawings, else the Translate page."""
        return "draw" if drawing_direction else "translate"

    def accepts(
        self, data: DataSpec, drawing_direction: Direction | None, capabilities: Sequence[Capability]
    ) -> tuple[Input, ...]:
        """A drawing, a label map or a picture; pictures are turned into sources by the degradation."""
        if data.labels:
            return ("label map",)
        if drawing_direction is None:
            return ("picture",)
        return ("drawing",) if data.degradation is None else ("drawing", "picture")

    def summary(self, data: DataSpec, config: Mapping[str, Any]) -> Summary:
        """What the degradation takes away and the model brings back, or what the sources are."""
        if data.degradation is not None:
            undone = degradation(data.degradation).undone
            return Summary(key=undone.key, sentence=undone.sentence)
        if data.labels:
            return Summary(key="labels", sentence="Turns a label map into a picture")
        if data.source_channels == 6:
            return Summary(key="frames", sentence="Makes the frame between two frames")
        return Summary(key="paired", sentence="Turns one kind of picture into another")
