"""Pictures carried into a domain by a reference or by a latent: what is asked, and how it is judged.

Each domain is judged by itself: the pictures of all others are carried into it and compared with its own. Beside that
stand the pictures as they were: a translation is worth something where its distance lies well below theirs.
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
from ganvas.models.batches import ReferenceRequest, latents, to_float, to_uint8
from ganvas.models.face_masks import masks_of
from ganvas.models.family import Family

Pictures: TypeAlias = NDArray[np.uint8]
Indices: TypeAlias = Sequence[int] | NDArray[np.int64]
Guide: TypeAlias = Literal["reference", "latent"]

ANSWERS = 10  # to one source, as the paper judges diversity
GROUPS = 8  # sources of the diversity, in each domain
_BATCH = 25


class Into(NamedTuple):
    """A domain with its own pictures and those of all others."""

    name: str  # "to_makeup": part of a metric's name
    said: str
    label: int
    others: NDArray[np.int64]
    own: NDArray[np.int64]


def request(
    sources: Pictures,
    references: Pictures,
    y: Sequence[int] | NDArray[np.int64],
    *,
    z_dim: int,
    lines: bool = False,
    seeds: Sequence[int] | None = None,
    share: float = 0.0,
) -> ReferenceRequest:
    """What is asked of a family, on the CPU.

    :param sources: uint8 [N, R, R, C].
    :param references: uint8 [N, R, R, C].
    :param y: the domains to go to.
    :param z_dim: length of the family's latents.
    :param lines: whether the family keeps the sources' lines, which are then looked for (:func:`keeps_lines`).
    :param seeds: of the latents; 0, 1, … when left out.
    :param share: how much of the style comes from the latents, in [0, 1].
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
    """:func:`request` of a family that is at hand."""
    lines = keeps_lines(family.config.model_dump())
    return request(sources, references, y, z_dim=family.z_dim, lines=lines, seeds=seeds, share=share)


def keeps_lines(config: Mapping[str, Any]) -> bool:
    """Whether a family with these settings looks at ``outline``."""
    return bool(config.get("outline"))


@torch.no_grad()
def ask(family: Family, asked: ReferenceRequest) -> Tensor:
    """The family's answers, uint8 [N, R, R, C], whatever mode it is in and wherever it lives."""
    device = next(family.parameters()).device
    was_training = family.training
    family.eval()
    try:
        return to_uint8(family.generate(ReferenceRequest(*(tensor.to(device) for tensor in asked))))
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


def domains(dataset: Dataset) -> tuple[Into, ...]:
    """The ways into each domain that has pictures, from all others."""
    found = []
    for label, name in enumerate(dataset.classes):
        own = np.flatnonzero(dataset.labels == label)
        others = np.flatnonzero(dataset.labels != label)
        if len(own) and len(others):
            found.append(Into("to_" + re.sub(r"\W+", "_", name), f"→ {name}", label, others, own))
    return tuple(found)


def carried(
    family: Family, dataset: Dataset, into: Into, count: int, guide: Guide = "reference", *, seed: int = 0
) -> Iterator[Tensor]:
    """``count`` pictures of other domains carried into one, in batches, uint8 [N, R, R, C].

    References are drawn among the domain's own pictures by ``seed``; sources come round again where they are too few.
    """
    draw = np.random.default_rng((seed, into.label))
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        sources = [int(into.others[number % len(into.others)]) for number in numbers]
        references = draw.choice(into.own, len(sources))
        seeds = [seed + number for number in numbers]
        yield _answers(family, dataset, into, sources, references, seeds, guide)


def answers_of_one(
    family: Family, dataset: Dataset, into: Into, guide: Guide, *, seed: int = 0, most: int = GROUPS
) -> Iterator[Tensor]:
    """For each of some sources several answers, with other references or latents, to measure their diversity."""
    draw = np.random.default_rng((seed, into.label, 1))
    count = min(ANSWERS, len(into.own)) if guide == "reference" else ANSWERS
    for turn, source in enumerate(into.others[:most]):
        references = draw.permutation(into.own)[:count] if guide == "reference" else np.repeat(into.own[:1], count)
        seeds = [seed + turn * count + number for number in range(count)]
        yield _answers(family, dataset, into, [int(source)] * count, references, seeds, guide)


def _answers(
    family: Family,
    dataset: Dataset,
    into: Into,
    sources: Sequence[int],
    references: Indices,
    seeds: Sequence[int],
    guide: Guide,
) -> Tensor:
    given, wanted = (np.stack([dataset.image(int(index)) for index in part]) for part in (sources, references))
    y, share = [into.label] * len(given), float(guide == "latent")
    return ask(family, request_of(family, given, wanted, y, seeds=seeds, share=share))


# ── Seeing it ───────────────────────────────────────────────────────────────────────────────────────────────────────

SOURCES, REFERENCES, LATENTS = 6, 5, 3  # rows and columns of a matrix


class Matrix(NamedTuple):
    """``answers`` uint8 [rows × columns, R, R, C]; ``cells`` are them with their sources and references, row by row."""

    answers: Pictures
    cells: Pictures
    columns: int


def matrix(family: Family, dataset: Dataset) -> Matrix:
    """Some sources (rows) in the styles of some references, then of some latents (columns).

    The domains take turns in rows and columns; above the latents stands white.
    """
    sources, referred = (in_turn(dataset, SOURCES), in_turn(dataset, SOURCES + REFERENCES)[-REFERENCES:])
    kinds = max(len(dataset.classes), 1)
    given, wanted = (np.stack([dataset.image(index) for index in part]) for part in (sources, referred))
    blank = np.full((LATENTS, *wanted.shape[1:]), 255, np.uint8)
    columns = len(referred) + LATENTS
    labels = [int(dataset.labels[index]) for index in referred] + [number % kinds for number in range(LATENTS)]
    asked = [
        request_of(family, np.repeat(given[row : row + 1], columns, 0), np.concatenate([wanted, blank]), labels)
        for row in range(len(given))
    ]
    share = torch.tensor([0.0] * len(referred) + [1.0] * LATENTS)
    answers = np.concatenate([ask(family, one._replace(share=share)).numpy() for one in asked])
    first = np.concatenate([blank[:1], wanted, blank])
    rows = [
        np.concatenate([given[row : row + 1], answers[row * columns : (row + 1) * columns]])
        for row in range(len(given))
    ]
    return Matrix(answers, np.concatenate([first, *rows]), columns + 1)


def in_turn(dataset: Dataset, count: int) -> list[int]:
    """The first pictures of each domain in turn; over again where there are too few."""
    kinds = [np.flatnonzero(dataset.labels == label) for label in range(max(len(dataset.classes), 1))]
    kinds = [kind for kind in kinds if len(kind)]
    return [int(kinds[turn % len(kinds)][turn // len(kinds) % len(kinds[turn % len(kinds)])]) for turn in range(count)]
