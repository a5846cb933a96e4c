"""Interpolation between points of latent space, and style mixing of their coarse and fine layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.latent_space import LatentPoint, Pictures, blend, latents_of, pictures
from ganvas.errors import UserError
from ganvas.models.family import Family

# ── Interpolation ───────────────────────────────────────────────────────────────────────────────────────────────────


def walk(family: Family, ends: Tensor, steps: int, *, loop: bool = False) -> Tensor:
    """Latents interpolated through ``ends`` [K, layers, dim]: ``steps`` from each to the next.

    Args:
        loop: Go back to the first at the end; its frame is not repeated, so a film of it has no seam.

    Returns:
        [(K − 1) · steps + 1, layers, dim], or [K · steps, layers, dim] of a loop.

    Raises:
        UserError: There is nothing to walk between.
    """
    if len(ends) < 2:
        raise UserError("Interpolation needs two or more points, such as 1,2.")
    if steps < 1:
        raise UserError(f"--steps must be 1 or more, not {steps}.")
    share = torch.arange(steps) / steps
    following = [*ends[1:], ends[0]] if loop else list(ends[1:])
    legs = [blend(family, start, end, share) for start, end in zip(ends, following, strict=False)]
    return torch.cat(legs if loop else [*legs, ends[-1:]])


def walk_sheet(family: Family, between: Sequence[LatentPoint], steps: int, *, psi: float = 1.0) -> Pictures:
    """A sheet with one row per pair of consecutive points, in ``steps`` steps."""
    ends = latents_of(family, between, psi)
    rows = []
    for number in range(len(ends) - 1):
        rows.append(list(pictures(family, walk(family, ends[number : number + 2], steps))))
    if not rows:
        walk(family, ends, steps)
    names = [f"{start.name} → {end.name}" for start, end in pairwise(between)]
    return sheet(rows, names)


def walk_frames(
    family: Family, between: Sequence[LatentPoint], steps: int, *, psi: float = 1.0, loop: bool = False
) -> tuple[int, Iterator[Pictures]]:
    """The number of frames and the frames, one by one, of a film through all points."""
    path = walk(family, latents_of(family, between, psi), steps, loop=loop)
    return len(path), pictures(family, path)


# ── Style mixing ────────────────────────────────────────────────────────────────────────────────────────────────────


def mix(family: Family, rows: Tensor, columns: Tensor, layers: range) -> Tensor:
    """Each row's latent with the columns' layers put in: [R, C, layers, dim] (Karras et al. 2019, figure 3).

    Raises:
        UserError: The family has a single layer, so there is nothing to mix.
    """
    if rows.shape[1] == 1:
        raise UserError(
            "This model takes its latent up at one layer, so there are no styles to mix; take a stylegan2 or a biggan "
            "with hierarchical z, or interpolate.",
            code="no-style-mixing",
        )
    mixed = rows[:, None].repeat(1, len(columns), 1, 1)
    mixed[:, :, layers.start : layers.stop] = columns[None, :, layers.start : layers.stop]
    return mixed


def mix_sheet(
    family: Family, rows: Sequence[LatentPoint], columns: Sequence[LatentPoint], layers: range, *, psi: float = 1.0
) -> Pictures:
    """A sheet with the rows' pictures at the left, the columns' at the top, and their mixtures."""
    left, top = latents_of(family, rows, psi), latents_of(family, columns, psi)
    mixed = mix(family, left, top, layers)
    cells: list[list[Pictures | None]] = [[None, *pictures(family, top)]]
    for own, across in zip(left, mixed, strict=True):
        cells.append(list(pictures(family, torch.cat([own[None], across]))))
    used = f"{layers.start}-{layers.stop - 1}"
    note = f"Left: all layers. Top: layers {used} of {left.shape[1]} are taken from here."
    return sheet(cells, ["", *(point.name for point in rows)], ["", *(point.name for point in columns)], note)


def mix_frames(
    family: Family,
    rows: Sequence[LatentPoint],
    columns: Sequence[LatentPoint],
    layers: range,
    steps: int,
    *,
    psi: float = 1.0,
) -> tuple[int, Iterator[Pictures]]:
    """A film of the sheet: one column that moves through the points of all columns and back, beside the rows."""
    left, top = latents_of(family, rows, psi), latents_of(family, columns, psi)
    path = walk(family, top, steps, loop=True)
    mix(family, left, top, layers)  # refuses now, not at the first frame

    def frames() -> Iterator[Pictures]:
        own = list(pictures(family, left))
        for latent in path:
            guide, *mixed = pictures(family, torch.cat([latent[None], mix(family, left, latent[None], layers)[:, 0]]))
            yield sheet([[None, guide], *([one, other] for one, other in zip(own, mixed, strict=True))])

    return len(path), frames()
