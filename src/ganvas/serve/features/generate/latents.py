"""From the points of a request to latents."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ganvas.apps.latent_space import LatentPoint, fitting, latent_space, latents_of, shape_of
from ganvas.apps.sefa import Directions, directions
from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.serve.core.bundle_inputs import check_label
from ganvas.serve.core.context import StudioContext
from ganvas.serve.features.generate.schemas import Point
from ganvas.serve.features.generate.state import GenerateState

KEPT_DIRECTIONS = 32  # ranges of layers per family


def latent_bundle(context: StudioContext, name: str) -> Bundle:
    """The bundle of an id, once it is sure that it has a latent space.

    Raises:
        UserError: It has none, or there is no such bundle.
    """
    opened = context.bundle(name)
    if "latent_space" not in opened.info.capabilities:
        model = opened.info.name
        raise UserError(
            f"{model} has no latent space of pictures; choose a model that makes pictures from seeds.",
            code="no-latent-space",
            params={"model": model},
        )
    return opened


def places_of(opened: Bundle, points: Sequence[Point]) -> list[LatentPoint]:
    """The points of a request with their classes, decided by the seed where none is given.

    Raises:
        UserError: The model has no such class, or a latent cannot be read.
    """
    return [
        LatentPoint(
            str(point.seed),
            point.seed,
            check_label(opened, point.label, point.seed),
            None if point.latent is None else _parse_latent(point.latent),
        )
        for point in points
    ]


def _parse_latent(text: str) -> Tensor:
    try:
        numbers = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float32)
    except (binascii.Error, ValueError):
        raise UserError(
            "A latent is base64 of float32 numbers, as a projection returns it; send such a one.", code="latent-format"
        ) from None
    return torch.from_numpy(numbers)


def locate_places(family: Family, places: Sequence[LatentPoint], psi: float) -> Tensor:
    """Latents of places, [N, layers, width].

    Raises:
        UserError: A latent does not fit the family.
    """
    shape = shape_of(family)
    fitted = []
    for place in places:
        if place.latent is not None:
            latent = place.latent
            whole = latent.view(shape) if latent.numel() == shape[0] * shape[1] else latent[None]
            place = place._replace(latent=fitting(whole, family, "The latent"))
        fitted.append(place)
    return latents_of(family, fitted, psi)


def layer_range(first: int, last: int, available: int) -> range:
    """The layers from ``first`` to ``last``, both included.

    Raises:
        UserError: The model does not have these layers.
    """
    if not first <= last < available:
        highest = available - 1
        raise UserError(
            f"Layers go from 0 to {highest}, the lower first, not from {first} to {last}.",
            code="layer-range",
            params={"highest": highest, "first": first, "last": last},
        )
    return range(first, last + 1)


def directions_of_layers(state: GenerateState, family: Family, first: int | None, last: int | None) -> Directions:
    """The directions that a family has in a range of layers, from the cache where they are there.

    Args:
        state: Holds the cache.
        family: The family.
        first: First layer; None: the first one there is.
        last: Last layer, included; None: the last one there is.

    Raises:
        UserError: The family does not have these layers, or has no directions.
    """
    kept = state.directions.setdefault(family, {})
    key = (first, last)
    if key not in kept:
        chosen = None
        if first is not None or last is not None:
            available = max(len(latent_space(family).sefa_weights()), 1)
            chosen = layer_range(first or 0, available - 1 if last is None else last, available)
        if len(kept) >= KEPT_DIRECTIONS:
            kept.clear()
        kept[key] = directions(family, chosen)
    return kept[key]
