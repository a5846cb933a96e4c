"""Translation by reference: a picture rendered in a domain, in the style of a reference or of a latent.

Each domain is evaluated by itself: the pictures of all others are translated into it and compared with its own. Beside
that stand the pictures as they were: a translation is worth something where its distance lies well below theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.models.batches import ReferenceBatch, ReferenceRequest, latents, to_float, to_uint8
from ganvas.models.face_masks import masks_of
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks.base import (
    Capability,
    Comparison,
    Direction,
    DiversityGroups,
    Input,
    Page,
    SampleSheet,
    Summary,
    TaskSpec,
)
from ganvas.tasks.pictures import Indices, Pictures, as_rgb, by_domain_in_turn, dense_grid, grid, real_batches, targets
from ganvas.tasks.rows import TrainingRows
from ganvas.tasks.translation import preview_columns

Guide: TypeAlias = Literal["reference", "latent"]

ANSWERS = 10  # to one source, as the paper measures diversity
GROUPS = 8  # sources of the diversity, in each domain
_BATCH = 25


class Reference(TaskSpec):
    """Source picture and reference, or latent, → picture in the reference's domain."""

    name = "reference"
    batch = ReferenceBatch
    request = ReferenceRequest
    makes = "renders a picture in the style of another"
    usage = "renders a picture in the style of a reference; give it a picture and a reference"
    by_domain = True

    def check(self, dataset: Dataset, data: DataSpec) -> None:
        """Check that each domain has pictures."""
        if not np.bincount(dataset.labels, minlength=max(len(dataset.classes), 1)).all():
            raise UserError(f"{dataset.path} has a domain without pictures; add some or lower held_out.")

    def row(self, rows: TrainingRows, position: int) -> tuple[Any, ...]:
        """``x``, ``y`` and two references of one domain drawn at random."""
        rng, index = rows.rng(position), rows.turn(position)
        x = rows.picture(index, rng)
        draw = rows.reference_rng(position)
        y_ref = int(draw.integers(len(rows.domains)))
        first, second = (int(draw.choice(rows.domains[y_ref])) for _ in range(2))
        return x, rows.dataset.labels[index], rows.picture(first, rng), rows.picture(second, rng), np.int64(y_ref)

    def example_request(self, family: Family, count: int, *, seed: int = 0) -> ReferenceRequest:
        """Random sources, references, latents, shares and outlines, into the domains in turn."""
        data, generator = family.data, torch.Generator().manual_seed(seed)
        side = data.resolution
        source, reference = (
            torch.rand((count, data.channels, side, side), generator=generator) * 2 - 1 for _ in range(2)
        )
        y = torch.arange(count) % max(len(data.classes), 1)
        z = torch.randn(count, family.z_dim, generator=generator)
        share = torch.rand(count, generator=generator)
        outline = torch.rand(count, 2, side, side, generator=generator)
        return ReferenceRequest(source, reference, y, z, share, outline)

    def request_for(
        self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0
    ) -> ReferenceRequest:
        """The pictures, each into the next domain in the style of one of its pictures."""
        among = np.array([index % len(dataset) for index in indices])
        after = partners(dataset, among)
        seeds = [seed + index for index in indices]
        return request_of(family, targets(dataset, among), targets(dataset, after), dataset.labels[after], seeds=seeds)

    def sample_sheet(self, family: Family, dataset: Dataset) -> SampleSheet:
        """Sources (rows) in the styles of references and of latents (columns)."""
        made = reference_matrix(family, dataset)
        return SampleSheet(grid(as_rgb(made.cells), made.columns), made.answers)

    def preview_sources(self, family: Family, dataset: Dataset) -> Pictures:
        """Pictures of each domain in turn."""
        return targets(dataset, by_domain_in_turn(dataset, 16))

    def preview(self, family: Family, sources: Pictures | None) -> Pictures:
        """Sources (of each domain in turn), the next one as the reference of each, and below them the answers."""
        columns = preview_columns(family)
        if sources is not None and len(sources) > 1:
            columns = min(columns, len(sources))
            source = to_float(sources[:columns])
            reference = to_float(np.roll(sources[:columns], -1, 0))
            y = (torch.arange(columns) + 1) % columns % max(len(family.data.classes), 1)
            request = self.example_request(family, columns)
            lines = keeps_lines(family.config.model_dump())
            outline = masks_of(source, "outlines") if lines else torch.zeros_like(request.outline)
            request = ReferenceRequest(source, reference, y, request.z, torch.zeros(columns), outline)
            rows = [to_uint8(pictures).numpy() for pictures in (source, reference, family.generate(request))]
            return dense_grid(np.concatenate(rows), columns)
        request = self.example_request(family, columns)
        answers = to_uint8(family.generate(request)).numpy()
        return dense_grid(np.concatenate([to_uint8(request.source).numpy(), answers]), columns)

    def comparisons(self, family: Family, dataset: Dataset, count: int, *, seed: int = 0) -> tuple[Comparison, ...]:
        """Into each domain: by reference, by latent, and the pictures of the other domains as they were."""
        found = []
        for into in domains(dataset):
            asked = min(count, len(into.others))
            sets = {
                "": translated(family, dataset, into, asked, seed=seed),
                "_by_latent": translated(family, dataset, into, asked, "latent", seed=seed),
                "_untranslated": real_batches(dataset.subset(into.others), count),
            }
            found.append(Comparison(into.name, into.label, dataset.subset(into.own), sets))
        return tuple(found)

    def diversity_groups(self, family: Family, dataset: Dataset, *, seed: int = 0) -> Iterator[DiversityGroups]:
        """Answers to one source each, for each domain, by references and by latents."""
        guides: tuple[Guide, ...] = ("reference", "latent")
        for into in domains(dataset):
            for guide in guides if len(into.own) > 1 else guides[1:]:
                protocol = {"direction": into.label, "guide": guide, "seed": seed}
                groups = answers_of_one(family, dataset, into, guide, seed=seed)
                yield DiversityGroups(f"{into.name}_by_{guide}", protocol, groups)

    def page(self, drawing_direction: Direction | None) -> Page:
        """The Translate page."""
        return "translate"

    def accepts(
        self, data: DataSpec, drawing_direction: Direction | None, capabilities: Sequence[Capability]
    ) -> tuple[Input, ...]:
        """A picture with a reference, or with a seed for the style."""
        return ("picture", "reference", "seed")

    def summary(self, data: DataSpec, config: Mapping[str, Any]) -> Summary:
        """A style, or make-up where the model was trained to transfer it."""
        if config.get("makeup"):
            return Summary(key="makeup", sentence="Transfers make-up from one face to another")
        return Summary(key="reference", sentence="Renders a picture in the style of another")


class IntoDomain(NamedTuple):
    """A domain with the indices of its own pictures and of those of all others."""

    name: str  # "to_makeup": part of a metric's name
    label: str  # "→ makeup"
    y: int
    others: NDArray[np.int64]
    own: NDArray[np.int64]


def reference_request(
    sources: Pictures,
    references: Pictures,
    y: Sequence[int] | NDArray[np.int64],
    *,
    z_dim: int,
    lines: bool = False,
    seeds: Sequence[int] | None = None,
    share: float = 0.0,
) -> ReferenceRequest:
    """A request of pictures, on the CPU.

    Args:
        sources: uint8 [N, R, R, C].
        references: uint8 [N, R, R, C].
        y: the target domains.
        z_dim: length of the family's latents.
        lines: whether the family keeps the sources' lines, which are then detected (:func:`keeps_lines`).
        seeds: of the latents; None: 0, 1, ….
        share: how much of the style comes from the latents, in [0, 1].
    """
    source, count = to_float(np.array(sources)), len(sources)
    z = torch.from_numpy(latents(range(count) if seeds is None else seeds, z_dim))
    outline = masks_of(source, "outlines") if lines else source.new_zeros(count, 2, *source.shape[2:])
    labels = torch.as_tensor(np.asarray(y, np.int64))
    shares = torch.full((count,), float(share))
    return ReferenceRequest(source, to_float(np.array(references)), labels, z, shares, outline)


def request_of(
    family: Family,
    sources: Pictures,
    references: Pictures,
    y: Sequence[int] | NDArray[np.int64],
    *,
    seeds: Sequence[int] | None = None,
    share: float = 0.0,
) -> ReferenceRequest:
    """:func:`reference_request` with the latent length and the settings of a family."""
    lines = keeps_lines(family.config.model_dump())
    return reference_request(sources, references, y, z_dim=family.z_dim, lines=lines, seeds=seeds, share=share)


def keeps_lines(config: Mapping[str, Any]) -> bool:
    """Whether a family with these settings uses ``outline``."""
    return bool(config.get("outline"))


@torch.no_grad()
def answers_to(family: Family, request: ReferenceRequest) -> Tensor:
    """The family's answers, uint8 [N, R, R, C], in evaluation mode and on its device."""
    device = next(family.parameters()).device
    was_training = family.training
    family.eval()
    try:
        return to_uint8(family.generate(ReferenceRequest(*(tensor.to(device) for tensor in request))))
    finally:
        family.train(was_training)


def partners(dataset: Dataset, indices: Indices) -> NDArray[np.int64]:
    """For each picture the one whose style it takes: one of the next domain, another each time."""
    domains = [np.flatnonzero(dataset.labels == label) for label in range(max(len(dataset.classes), 1))]
    found = []
    for index in indices:
        own = int(dataset.labels[index])
        there = [domain for domain in domains[own + 1 :] + domains[:own] if len(domain)]
        found.append(int(there[0][int(index) % len(there[0])]) if there else (int(index) + 1) % len(dataset))
    return np.array(found, dtype=np.int64)


def domains(dataset: Dataset) -> tuple[IntoDomain, ...]:
    """The ways into each domain that has pictures, from all others."""
    found = []
    for label, name in enumerate(dataset.classes):
        own = np.flatnonzero(dataset.labels == label)
        others = np.flatnonzero(dataset.labels != label)
        if len(own) and len(others):
            found.append(IntoDomain("to_" + re.sub(r"\W+", "_", name), f"→ {name}", label, others, own))
    return tuple(found)


def translated(
    family: Family, dataset: Dataset, into: IntoDomain, count: int, guide: Guide = "reference", *, seed: int = 0
) -> Iterator[Tensor]:
    """``count`` pictures of other domains translated into one, in batches, uint8 [N, R, R, C].

    References are drawn among the domain's own pictures by ``seed``; sources repeat where they are too few.
    """
    draw = np.random.default_rng((seed, into.y))
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        sources = [int(into.others[number % len(into.others)]) for number in numbers]
        references = draw.choice(into.own, len(sources))
        seeds = [seed + number for number in numbers]
        yield _answers(family, dataset, into, sources, references, seeds, guide)


def answers_of_one(
    family: Family, dataset: Dataset, into: IntoDomain, guide: Guide, *, seed: int = 0, most: int = GROUPS
) -> Iterator[Tensor]:
    """For each of some sources several answers, with other references or latents, to measure their diversity."""
    draw = np.random.default_rng((seed, into.y, 1))
    count = min(ANSWERS, len(into.own)) if guide == "reference" else ANSWERS
    for turn, source in enumerate(into.others[:most]):
        references = draw.permutation(into.own)[:count] if guide == "reference" else np.repeat(into.own[:1], count)
        seeds = [seed + turn * count + number for number in range(count)]
        yield _answers(family, dataset, into, [int(source)] * count, references, seeds, guide)


def _answers(
    family: Family,
    dataset: Dataset,
    into: IntoDomain,
    sources: Sequence[int],
    references: Indices,
    seeds: Sequence[int],
    guide: Guide,
) -> Tensor:
    given, wanted = (np.stack([dataset.image(int(index)) for index in part]) for part in (sources, references))
    y, share = [into.y] * len(given), float(guide == "latent")
    return answers_to(family, request_of(family, given, wanted, y, seeds=seeds, share=share))


# ── Sample sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────

SOURCES, REFERENCES, LATENTS = 6, 5, 3  # rows and columns of a matrix


class ReferenceMatrix(NamedTuple):
    """``answers`` uint8 [rows × columns, R, R, C]; ``cells`` are them with their sources and references, row by row."""

    answers: Pictures
    cells: Pictures
    columns: int


def reference_matrix(family: Family, dataset: Dataset) -> ReferenceMatrix:
    """Some sources (rows) in the styles of some references, then of some latents (columns).

    The domains take turns in rows and columns; above the latents stands white.
    """
    sources = by_domain_in_turn(dataset, SOURCES)
    referred = by_domain_in_turn(dataset, SOURCES + REFERENCES)[-REFERENCES:]
    kinds = max(len(dataset.classes), 1)
    given, wanted = (np.stack([dataset.image(index) for index in part]) for part in (sources, referred))
    blank = np.full((LATENTS, *wanted.shape[1:]), 255, np.uint8)
    columns = len(referred) + LATENTS
    labels = [int(dataset.labels[index]) for index in referred] + [number % kinds for number in range(LATENTS)]
    requests = [
        request_of(family, np.repeat(given[row : row + 1], columns, 0), np.concatenate([wanted, blank]), labels)
        for row in range(len(given))
    ]
    share = torch.tensor([0.0] * len(referred) + [1.0] * LATENTS)
    answers = np.concatenate([answers_to(family, one._replace(share=share)).numpy() for one in requests])
    first = np.concatenate([blank[:1], wanted, blank])
    rows = [
        np.concatenate([given[row : row + 1], answers[row * columns : (row + 1) * columns]])
        for row in range(len(given))
    ]
    return ReferenceMatrix(answers, np.concatenate([first, *rows]), columns + 1)
