"""Generates pictures from seeds and classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ganvas.errors import UserError
from ganvas.inference.session import Fields, Session, to_pictures
from ganvas.models.batches import latents
from ganvas.models.capabilities import Truncates
from ganvas.models.family import Family
from ganvas.setting_names import first_of, nearest
from ganvas.tasks.pictures import Pictures

LARGEST_PSI = 2.0  # truncation goes as far below 0, where pictures are mirrored in the mean of the latents


def generate(
    session: Session, z_dim: int, seeds: Sequence[int], labels: Sequence[int], psi: float = 1.0, *, batch_size: int = 16
) -> Iterator[Pictures]:
    """Generate one picture per seed, in batches uint8 [N, H, W, C].

    A picture depends on its own seed, class and psi only, not on the others (up to rounding).

    Args:
        session: A model of the task ``synthesis``.
        z_dim: Length of its latent.
        seeds: The seeds, 0 or more.
        labels: The class of each picture; ignored by models without classes.
        psi: Truncation: 1 none, 0 no variation, above 1 more, below 0 the opposite; in ± :data:`LARGEST_PSI`.
        batch_size: Pictures per batch.
    """
    for start in range(0, len(seeds), batch_size):
        part = slice(start, start + batch_size)
        yield to_pictures(session(_synthesis_fields(z_dim, seeds[part], labels[part], psi)))


def _synthesis_fields(z_dim: int, seeds: Sequence[int], labels: Sequence[int], psi: float) -> Fields:
    return {
        "z": latents(seeds, z_dim),
        "y": np.array(labels, dtype=np.int64),
        "psi": np.full(len(seeds), psi, dtype=np.float32),
    }


def class_in_turn(seed: int, classes: int) -> int:
    """The class of a seed where none is chosen, in commands and in the Python API: consecutive seeds take turns."""
    return seed % classes if classes else 0


def class_of_seed(seed: int, classes: int) -> int:
    """The class of a seed where none is chosen, in the studio: pseudorandom, all classes equally often."""
    return int(np.random.default_rng((seed, 1)).integers(classes)) if classes else 0


def class_number(classes: tuple[str, ...], wanted: str | None) -> int | None:
    """The label of a class, given by name or by number; None for None.

    Raises:
        UserError: There is no such class.
    """
    if wanted is None:
        return None
    if not classes:
        raise UserError(
            f"This model has no classes; leave --class {wanted} out.",
            code="class-not-allowed",
            params={"name": wanted},
        )
    if wanted in classes:
        return classes.index(wanted)
    if wanted.isdecimal() and int(wanted) < len(classes):
        return int(wanted)
    raise UserError(
        f"There is no class {wanted!r}{nearest(wanted, classes)}; choose one of {first_of(classes)}.",
        code="unknown-class-name",
        params={"name": wanted, "known": first_of(classes)},
    )


def check_psi_range(psi: float) -> None:
    """Check that a truncation is within ± :data:`LARGEST_PSI`.

    Raises:
        UserError: It is not.
    """
    if not -LARGEST_PSI <= psi <= LARGEST_PSI:
        raise UserError(
            f"psi is a number from -{LARGEST_PSI:g} to {LARGEST_PSI:g} (1: no truncation, 0: no variation); give "
            "another psi.",
            code="psi-range",
            params={"most": LARGEST_PSI},
        )


def check_psi(family: Family, psi: float) -> None:
    """Check a truncation.

    Raises:
        UserError: psi is outside of its range, or the family has no truncation.
    """
    check_psi_range(psi)
    if psi != 1 and not isinstance(family, Truncates):
        raise UserError("This model has no truncation; leave --psi out.")
