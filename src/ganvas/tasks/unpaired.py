"""Unpaired translation: pictures of domain A ↔ pictures of domain B, which do not match each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sketch.recognise import are_drawings, measure_paper
from ganvas.curate.sources.listing import Structure
from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest, UnpairedBatch, to_float
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks.base import Capability, Comparison, Direction, DrawingDomain, Input, Page, SampleSheet, Summary
from ganvas.tasks.pictures import Pictures, as_rgb, grid, real_batches, targets
from ganvas.tasks.rows import TrainingRows
from ganvas.tasks.translation import Translation

_MEASURED = 64  # pictures of each domain

# Older bundles do not declare which domain holds drawings, and their pictures are not at hand: only names are left.
_DRAWINGS = re.compile(r"sketch|draw|stroke|line|edge|contour|스케치|그림", re.IGNORECASE)


class Unpaired(Translation):
    """Picture of one domain → picture of the other."""

    name = "unpaired"
    batch = UnpairedBatch
    makes = "translates pictures from one domain to the other"
    by_domain = True

    def structure(self, *, conditional: bool, degraded: bool, frames: bool) -> Structure:
        """Two domains, whatever the names of their pictures."""
        return "domains"

    def check(self, dataset: Dataset, data: DataSpec) -> None:
        """Check that there are two domains with pictures."""
        counts = np.bincount(dataset.labels, minlength=max(len(dataset.classes), 1))
        if len(dataset.classes) != 2 or not counts.all():
            raise UserError(f"{dataset.path} needs two sub-folders of pictures, A and B, to translate between.")

    def row(self, rows: TrainingRows, position: int) -> tuple[Any, ...]:
        """``a`` and ``b``, each domain in an order of its own."""
        rng = rows.rng(position)
        a, b = (
            domain[rows.turn(position, len(domain), salt=salt)] for salt, domain in enumerate(rows.domains, start=1)
        )
        return rows.picture(int(a), rng), rows.picture(int(b), rng)

    def request_for(
        self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0
    ) -> TranslationRequest:
        """The pictures, each from its own domain to the other."""
        among = np.array([index % len(dataset) for index in indices])
        # The two domains are the data set's classes, whether or not the family has their names.
        return TranslationRequest(to_float(targets(dataset, among)), torch.from_numpy(dataset.labels[among]).long())

    def sheet_indices(self, family: Family, dataset: Dataset, count: int) -> list[int]:
        """The first pictures of the domains that are translated, as many of each."""
        ways = self.directions(family.config.model_dump())
        domains = [np.flatnonzero(dataset.labels == label)[: count // ways] for label in range(ways)]
        return [int(index) for domain in domains for index in domain]

    def sample_sheet(self, family: Family, dataset: Dataset) -> SampleSheet:
        """Each picture beside its translation, four in a row."""
        indices = self.sheet_indices(family, dataset, self.sheet_count)
        answers = self.generate(family, dataset, indices).numpy()
        cells = np.stack([as_rgb(targets(dataset, indices)), as_rgb(answers)], axis=1)
        return SampleSheet(grid(cells.reshape(-1, *cells.shape[2:]), 4 * cells.shape[1]), answers)

    def preview_sources(self, family: Family, dataset: Dataset) -> Pictures:
        """The first pictures of domain A."""
        return targets(dataset, [i for i in self.sheet_indices(family, dataset, 16) if dataset.labels[i] == 0])

    def comparisons(self, family: Family, dataset: Dataset, count: int, *, seed: int = 0) -> tuple[Comparison, ...]:
        """A → B and B → A where the family translates so, each beside the sources as they were.

        A direction without pictures on both sides is left out.
        """
        domains = [dataset.subset(np.flatnonzero(dataset.labels == label)) for label in range(2)]
        names = dataset.classes if len(dataset.classes) == 2 else ("A", "B")
        found = []
        for name, source, target in (("a_to_b", 0, 1), ("b_to_a", 1, 0))[: self.directions(family.config.model_dump())]:
            pictures = domains[source]
            if len(pictures) and len(domains[target]):
                asked = min(count, len(pictures))
                sets = {
                    "": self.generate_batches(family, pictures, asked, seed=seed),
                    "_untranslated": real_batches(pictures, asked),
                }
                found.append(Comparison(name, f"{names[source]} → {names[target]}", domains[target], sets))
        return tuple(found)

    def directions(self, config: Mapping[str, Any]) -> int:
        """Two, except where the settings say ``one_way``."""
        return 1 if config.get("one_way") else 2

    def domains(self, data: DataSpec) -> tuple[str, ...]:
        """The classes, where there are two."""
        return data.classes if len(data.classes) == 2 else ()

    def drawing_direction(
        self,
        data: DataSpec,
        config: Mapping[str, Any],
        capabilities: Sequence[Capability],
        *,
        declared: DrawingDomain | None = None,
        dataset: Dataset | None = None,
    ) -> Direction | None:
        """From the domain that holds drawings: as declared, as measured, or as the domains' names say."""
        domain = declared
        if domain is None:
            domain = _by_name(self.domains(data)) if dataset is None else measure_drawing_domain(dataset)
        if domain == "b":
            return "b_to_a" if self.directions(config) == 2 else None
        return "a_to_b" if domain == "a" else None

    def page(self, drawing_direction: Direction | None) -> Page:
        """The Translate page."""
        return "translate"

    def accepts(
        self, data: DataSpec, drawing_direction: Direction | None, capabilities: Sequence[Capability]
    ) -> tuple[Input, ...]:
        """Pictures, and drawings where one domain holds them."""
        return ("picture",) if drawing_direction is None else ("picture", "drawing")

    def summary(self, data: DataSpec, config: Mapping[str, Any]) -> Summary:
        """Two domains."""
        return Summary(key="unpaired", sentence="Translates between two kinds of pictures")


def measure_drawing_domain(dataset: Dataset) -> DrawingDomain | None:
    """Which domain's pictures are drawings: mostly white paper, with hardly any colour.

    Args:
        dataset: with two domains; the first pictures of each are measured.

    Returns:
        The first domain whose median picture is a drawing; None where neither is.
    """
    domains: tuple[DrawingDomain, ...] = ("a", "b")
    for label, domain in enumerate(domains):
        indices = np.flatnonzero(dataset.labels == label)[:_MEASURED]
        if not len(indices):
            continue
        if are_drawings(*measure_paper(as_rgb(targets(dataset, indices)))):
            return domain
    return None


def _by_name(names: Sequence[str]) -> DrawingDomain | None:
    """The reader of older bundles: the first domain whose name speaks of drawings."""
    domains: tuple[DrawingDomain, ...] = ("a", "b")
    for name, domain in zip(names, domains, strict=False):
        if _DRAWINGS.search(name):
            return domain
    return None


def direction_to(domain: str | None, *, directions: int, classes: tuple[str, ...]) -> int:
    """The direction that leads to a domain: 0 to B, 1 to A.

    Args:
        domain: ``A``, ``B`` or the domain's name; None: B.
        directions: how many the model has (:meth:`TaskSpec.directions`).
        classes: the domains' names, A's first; empty where they are not known.

    Raises:
        UserError: the model has no such domain, or no direction to it.
    """
    if domain is None:
        return 0
    names = classes if len(classes) == 2 else ()
    places = {"a": 1, "b": 0} | {name.lower(): 1 - place for place, name in enumerate(names)}
    if directions < 2:
        raise UserError("This model translates in one direction only; leave out where to translate to.")
    if domain.lower() not in places:
        known = f"{names[0]} (A) and {names[1]} (B)" if names else "A and B"
        raise UserError(f"This model translates between {known}, not to {domain}; choose one of the two.")
    return places[domain.lower()]
