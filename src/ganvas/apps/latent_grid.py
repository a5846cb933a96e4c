"""Sheets that tell a latent's parts apart: the same seed in every class, and at every truncation."""

from __future__ import annotations

from collections.abc import Sequence

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.latent_space import Pictures, Place, locate, pictures, place_of
from ganvas.errors import UserError
from ganvas.inference.generate import class_number
from ganvas.models.family import Family


def class_sheet(family: Family, places: Sequence[Place], names: Sequence[str] | None, psi: float = 1.0) -> Pictures:
    """Seeds × classes.

    Args:
        names: Names or numbers of the classes; None: all.

    Raises:
        UserError: There is no such class, or a place is no seed.
    """
    classes = family.data.classes
    labels = list(range(len(classes))) if names is None else [class_number(classes, name) for name in names]
    seeds = _seeds(places)
    rows = [
        list(pictures(family, locate(family, [place_of(family, seed, label) for label in labels], psi)))
        for seed in seeds
    ]
    return sheet(rows, [str(seed) for seed in seeds], [classes[label] for label in labels if label is not None])


def psi_sheet(family: Family, places: Sequence[Place], steps: Sequence[float]) -> Pictures:
    """Seeds × truncation."""
    columns = [list(pictures(family, locate(family, places, psi))) for psi in steps]
    rows = [list(row) for row in zip(*columns, strict=True)]
    names = [place.name for place in places]
    return sheet(rows, names, [f"psi {psi:g}" for psi in steps] if len(steps) > 1 else ())


def _seeds(places: Sequence[Place]) -> list[int]:
    if any(place.latent is not None for place in places):
        raise UserError("A projected photograph has its class in it already; name seeds for a sheet of classes.")
    return [place.seed for place in places]
