"""What a generator can change: directions in latent space, found in closed form from its weights.

Shen & Zhou 2021, "Closed-form factorization of latent semantics in GANs" (SeFa): a step n changes what a layer with
weights A takes up by A n, and the unit vectors that change it most are the eigenvectors of AᵀA with the largest
eigenvalues. For StyleGAN2, A is the affine layers of the chosen convolutions, one below the other; for families that
take z up once, it is the first layer. Rows of A are scaled to length one, as in the authors' code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.latent_space import LatentPoint, Pictures, latent_space, latents_of, pictures, point_of_seed
from ganvas.errors import UserError
from ganvas.models.family import Family

SAMPLES = 512  # latents from which the size of a step is measured
STRONGEST = 10.0  # standard deviations; far beyond what was trained, where pictures fall apart


class Direction(NamedTuple):
    """A direction, and how far a strength of one goes along it."""

    number: int
    step: Tensor  # float [dim]: one standard deviation of the latents along the direction
    share: float  # of all the change that unit steps can cause, in [0, 1]


class Directions(NamedTuple):
    """The directions of some layers, the strongest first."""

    layers: range  # the layers that are moved
    available: int  # layers that could be chosen
    found: list[Direction]


@torch.no_grad()
def directions(family: Family, layers: range | None = None, count: int | None = None) -> Directions:
    """The directions that change most what the layers take up.

    Args:
        layers: Of :meth:`~ganvas.models.capabilities.HasLatentSpace.sefa_weights`; None: all.
        count: At most so many; None: all.

    Raises:
        UserError: The family names no weights, or has no such layers.
    """
    weights = latent_space(family).sefa_weights()
    if not weights:
        raise UserError(
            "This model's family does not say which weights take its latent up, so it has no directions.",
            code="no-directions",
        )
    chosen = range(len(weights)) if layers is None else layers
    if not chosen or chosen.stop > len(weights):
        raise UserError(
            f"Directions are to be had for the layers 0 to {len(weights) - 1}; choose from these.",
            code="direction-layers",
            params={"highest": len(weights) - 1},
        )
    rows = torch.cat([weights[layer] for layer in chosen]).double()
    rows = rows / rows.norm(dim=1, keepdim=True).clamp(min=1e-12)
    values, vectors = torch.linalg.eigh(rows.t() @ rows)
    order = values.argsort(descending=True)[:count]
    vectors = vectors[:, order].t()
    # A vector and its opposite are the same to the eigenvalue: the largest number is made positive.
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    vectors = vectors * largest.sign()
    latent = latents_of(family, [point_of_seed(family, seed) for seed in range(SAMPLES)])[:, chosen.start].double()
    width = vectors.shape[1]
    sizes = (latent[:, :width] @ vectors.t()).std(0)
    steps = torch.zeros(len(vectors), latent.shape[1])
    steps[:, :width] = vectors * sizes[:, None]
    shares = (values[order] / values.sum()).tolist()
    found = [Direction(index, step, share) for index, (step, share) in enumerate(zip(steps, shares, strict=True))]
    return Directions(chosen, len(weights), found)


def move(latent: Tensor, known: Directions, strengths: Sequence[tuple[int, float]]) -> Tensor:
    """Latents [N, layers, dim] moved along directions: pairs of a direction's index and a strength, in deviations.

    Raises:
        UserError: There is no such direction, or the strength is beyond ± 10.
    """
    moved = latent.clone()
    for index, strength in strengths:
        if not 0 <= index < len(known.found):
            raise UserError(
                f"There is no direction {index}; choose from 0 to {len(known.found) - 1}.",
                code="unknown-direction",
                params={"direction": index, "highest": len(known.found) - 1},
            )
        if not abs(strength) <= STRONGEST:
            raise UserError(
                f"A strength is within ± {STRONGEST:g} standard deviations, not {strength:g}.",
                code="strength-range",
                params={"most": STRONGEST, "strength": strength},
            )
        moved[:, known.layers.start : known.layers.stop] += strength * known.found[index].step
    return moved


def direction_sheet(
    family: Family, points: Sequence[LatentPoint], known: Directions, strengths: Sequence[float], *, psi: float = 1.0
) -> Pictures:
    """A sheet with one row per direction of each point, and one column per strength."""
    latent = latents_of(family, points, psi)
    rows, names = [], []
    for direction in known.found:
        for point, start in zip(points, latent, strict=True):
            moved = [move(start[None], known, [(direction.number, strength)]) for strength in strengths]
            rows.append(list(pictures(family, torch.cat(moved))))
            names.append(f"{direction.number}: {point.name}")
    used = f"{known.layers.start}-{known.layers.stop - 1}"
    note = f"Row: direction and seed. Column: standard deviations along it, in layers {used}."
    return sheet(rows, names, [f"{strength:+g}" for strength in strengths], note)
