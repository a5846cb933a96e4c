"""Breeding of faces: what a witness picked is crossed by parts and mutated, in ever smaller steps.

This is the interactive evolution of EvoFIT (Frowd et al. 2004) and EFIT-V (Solomon et al. 2012): a page of whole faces,
of which those nearest to the remembered one are picked. A child takes each group of parts (both eyes, nose, mouth, the
rest of the face with the hair) from one of two of the picked faces. Its genes g become √(1 − s²) · g + s · n, with n a
new face from the distribution of the model: however often this is repeated, faces stay as likely as those of the bank.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganvas.apps.montage.face_space import LEVELS, FaceSpace, Genes, quantized
from ganvas.errors import UserError

POPULATION = 18  # faces on a page, as in EvoFIT
MOST_PICKED = 6
LARGEST_ROUND = 99
FIRST_STEP, LAST_STEP, SHRINKAGE = 0.6, 0.15, 0.8  # s of the first children, its smallest value, its factor per round


class BreedRequest(NamedTuple):
    """What the next page of faces is made of.

    Attributes:
        seed: Of the random numbers; the same request gives the same faces.
        round: How many pages were picked from; steps shrink with it.
        picked: Up to ``MOST_PICKED`` faces; none: new faces.
        base: The face whose locked groups are kept; None: the first picked one.
        locked: Groups of parts that all faces take from ``base``.
        size: Faces of the page.
    """

    seed: int = 0
    round: int = 0
    picked: tuple[Genes, ...] = ()
    base: Genes | None = None
    locked: tuple[str, ...] = ()
    size: int = POPULATION


def step_of_round(round_: int) -> float:
    """The step s of mutations in a round, in [``LAST_STEP``, ``FIRST_STEP``]."""
    return max(LAST_STEP, FIRST_STEP * SHRINKAGE ** max(round_ - 1, 0))


def breed(space: FaceSpace, request: BreedRequest) -> list[Genes]:
    """The next page of faces. Picked faces come first and unchanged, so that nothing that was picked is lost.

    Args:
        space: The faces of the model.
        request: What was picked and locked.

    Raises:
        UserError: A group is unknown, too many faces are picked, or parts are locked without a face to take them from.
    """
    picked = _checked(space, request)
    rng = np.random.default_rng([request.seed, request.round])
    fresh = request.size - len(picked)
    faces = space.sample(rng, fresh)
    if picked:
        parents = np.stack(picked).astype(np.float64) / LEVELS
        step = step_of_round(request.round)
        faces = np.sqrt(1 - step**2) * _crossed(space, parents, rng, fresh) + step * faces
    children = quantized(faces)
    base = request.base if request.base is not None else picked[0] if picked else None
    for group in request.locked:
        for part in space.groups[group]:
            assert base is not None
            children[:, part] = base[part]
    return [*picked, *children]


def _crossed(
    space: FaceSpace, parents: NDArray[np.float64], rng: np.random.Generator, count: int
) -> NDArray[np.float64]:
    """Children that take each group of parts from one of two parents, float [count, parts, dims]."""
    pairs = np.stack([rng.permutation(len(parents))[[0, -1]] for _ in range(count)]) if count else np.zeros((0, 2), int)
    children: NDArray[np.float64] = parents[pairs[:, 0]]
    for parts in space.groups.values():
        second = rng.random(count) < 0.5
        for part in parts:
            children[second, part] = parents[pairs[second, 1], part]
    return children


def _checked(space: FaceSpace, request: BreedRequest) -> tuple[Genes, ...]:
    if len(request.picked) > MOST_PICKED:
        raise UserError(
            f"Pick at most {MOST_PICKED} faces, not {len(request.picked)}.",
            code="montage-picked",
            params={"most": MOST_PICKED},
        )
    for group in request.locked:
        check_group(space, group)
    if request.locked and request.base is None and not request.picked:
        raise UserError(
            "Parts are locked as they are in a face; pick or name the face first.", code="montage-lock", params={}
        )
    if not len(request.picked) <= request.size <= POPULATION or not 0 <= request.round <= LARGEST_ROUND:
        raise ValueError("the count of faces or the round is out of range")
    return request.picked


def check_group(space: FaceSpace, group: str) -> None:
    """Check that the model has a group of parts.

    Raises:
        UserError: It has not.
    """
    if group not in space.groups:
        known = ", ".join(space.groups)
        raise UserError(
            f"There is no part {group!r}; the parts are {known}.",
            code="unknown-part",
            params={"part": group, "known": known},
        )


def tray(space: FaceSpace, face: Genes, group: str, seed: int = 0, count: int = 12) -> list[Genes]:
    """The same face with a group of parts of real sketches of the bank, each of another one.

    Args:
        space: The faces of the model.
        face: The face that is changed.
        group: The group of parts.
        seed: Of the choice of sketches.
        count: How many; fewer where the bank has fewer.

    Raises:
        UserError: The group is unknown.
    """
    check_group(space, group)
    chosen = np.random.default_rng(seed).permutation(len(space))[:count]
    faces = np.repeat(face[None], len(chosen), 0)
    parts = list(space.groups[group])
    faces[:, parts] = quantized(space.known(chosen.tolist()))[:, parts]
    return list(faces)


def morph(first: Genes, second: Genes, count: int = 5) -> list[Genes]:
    """Faces from one to another in even steps, both included; that in the middle is the mean of both.

    Means of what several witnesses made resemble the remembered face more than each alone (Bruce et al. 2002).
    """
    shares = np.linspace(0, 1, max(count, 2))
    ends = first.astype(np.float64) / LEVELS, second.astype(np.float64) / LEVELS
    return [quantized((1 - share) * ends[0] + share * ends[1]) for share in shares]
