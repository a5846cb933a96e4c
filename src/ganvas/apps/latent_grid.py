"""Sheets of one latent in several forms: the same seed in every class, or at every truncation."""

from __future__ import annotations

from collections.abc import Sequence

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.latent_space import LatentPoint, Pictures, latents_of, pictures, point_of_seed
from ganvas.errors import UserError
from ganvas.inference.generate import class_number
from ganvas.models.family import Family

MOST_CLASSES = 20  # columns of a sheet, unless classes are named


def class_sheet(
    family: Family, points: Sequence[LatentPoint], names: Sequence[str] | None, psi: float = 1.0
) -> Pictures:
    """Seeds × classes.

    Args:
        names: Names or numbers of the classes; None: the first ``MOST_CLASSES``.

    Raises:
        UserError: There is no such class, or a point is not a seed.
    """
    classes = family.data.classes
    shown = classes[:MOST_CLASSES] if names is None else names
    labels = [class_number(classes, name) for name in shown]
    seeds = _seeds(points)
    rows = [
        list(pictures(family, latents_of(family, [point_of_seed(family, seed, label) for label in labels], psi)))
        for seed in seeds
    ]
    note = "" if names is not None or len(classes) <= MOST_CLASSES else left_out(classes)
    return sheet(rows, [str(seed) for seed in seeds], [classes[label] for label in labels if label is not None], note)


def left_out(classes: Sequence[str]) -> str:
    """The sentence on a sheet that does not show all classes."""
    return f"The first {MOST_CLASSES} of {len(classes):,} classes; --classes names others."


def psi_sheet(family: Family, points: Sequence[LatentPoint], steps: Sequence[float]) -> Pictures:
    """Seeds × truncation."""
    columns = [list(pictures(family, latents_of(family, points, psi))) for psi in steps]
    rows = [list(row) for row in zip(*columns, strict=True)]
    names = [point.name for point in points]
    return sheet(rows, names, [f"psi {psi:g}" for psi in steps] if len(steps) > 1 else ())


def _seeds(points: Sequence[LatentPoint]) -> list[int]:
    if any(point.latent is not None for point in points):
        raise UserError("A projected photograph has a fixed class; name seeds for a sheet of classes.")
    return [point.seed for point in points]
