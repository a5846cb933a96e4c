"""What a reference wears: the colours of each region, blurred inside it, relative to its own skin; laid on a face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.makeup.colour import region_blur, step
from ganvas.apps.makeup.correspondence import Correspondence, correspondence
from ganvas.apps.makeup.regions import NAMES, Regions, Skin
from ganvas.curate.faces import Face
from ganvas.curate.faces.networks import Floats

# Of the distance of the eyes: finer than this stays the source's.
DETAIL: Mapping[str, float] = {"lips": 0.06, "eyes": 0.08, "liner": 0.03, "brows": 0.06, "cheeks": 0.14}
_LEAST_SEEN = 0.35  # share of a region that a reference must show


class Look(NamedTuple):
    """A face as it is read: its points, CIE Lab float32 [H, W, 3], regions, and per region the colours blurred inside
    it with their support: float32 [H, W, 4]."""

    face: Face
    lab: Floats
    regions: Regions
    fields: Mapping[str, Floats]


class Worn(NamedTuple):
    """Per region that the references show: the colours in the coordinates of the source, those of lips in Lab, the
    others as differences from the reference's skin, and how sure they are in [0, 1]: float32 [H, W, 4]. ``skin``: the
    mean of the references' tones."""

    colours: Mapping[str, Floats]
    skin: Skin | None


def read_look(face: Face, lab: Floats, regions: Regions) -> Look:
    """Blur the colours of each region inside it.

    Args:
        face: In the coordinates of ``lab``.
        lab: CIE Lab float32 [H, W, 3].
        regions: From :func:`ganvas.apps.makeup.regions.regions_of`.
    """
    fields = {}
    for name, detail in DETAIL.items():
        values, support = region_blur(lab, getattr(regions, name), max(detail * face.eye_distance, 0.5))
        fields[name] = np.dstack([values, support]).astype(np.float32)
    return Look(face, lab, regions, fields)


def worn_by(looks: Sequence[Look], weights: Sequence[float], face: Face, shape: tuple[int, ...]) -> Worn:
    """What references wear, mixed by weights, as it lies on a face.

    A region that a reference does not show enough of (hair, a hand or glasses before it) is taken from the others.

    Args:
        looks: Of the references.
        weights: One per reference, 0 or more.
        face: In the coordinates of ``shape``.
        shape: Of the picture that is to be changed, (H, W) or (H, W, 3).
    """
    maps = [correspondence(face, look.face, shape) for look in looks]
    colours = {}
    for name in DETAIL:
        total = np.zeros((*shape[:2], 4), np.float32)
        for look, weight, places in zip(looks, weights, maps, strict=True):
            if weight > 0 and _shows(look, name):
                total += weight * _laid(look, name, places)
        if total[..., 3].max() > 0:
            total[..., :3] /= np.maximum(total[..., 3:], 1e-6)
            total[..., 3] = step(total[..., 3] / sum(weights), 0.01, 0.1)
            colours[name] = total
    tones = [(look.regions.tone, weight) for look, weight in zip(looks, weights, strict=True)]
    return Worn(colours, _mean_tone([(tone, weight) for tone, weight in tones if tone is not None and weight > 0]))


def missing_in(worn: Worn) -> tuple[str, ...]:
    """The regions that no reference shows."""
    return tuple(name for name in NAMES if name not in worn.colours and not (name == "skin" and worn.skin is not None))


def _shows(look: Look, name: str) -> bool:
    """Whether enough of a region is seen, and for all but lips the skin that it is compared with."""
    if name != "lips" and look.regions.tone is None:
        return False
    if name in ("lips", "liner", "brows"):
        return bool(getattr(look.regions, name).max() > 0.5)
    mask, whole = getattr(look.regions, name), look.regions.whole[name]
    return bool(mask.sum() > _LEAST_SEEN * whole.sum() > 0)


def _laid(look: Look, name: str, places: Correspondence) -> Floats:
    """A field of a reference on the source, from the side of the face that is seen better, times its support."""
    field = look.fields[name].copy()
    if name != "lips" and look.regions.tone is not None:
        field[..., :3] -= look.regions.tone.colour
    here, there = (_sampled(field, where) for where in (places.places, places.twins))
    own = (places.seen + 0.02) * step(here[..., 3], 0.0, 0.2)
    other = places.twin_seen * (1 - places.seen) * step(there[..., 3], 0.0, 0.2) + 1e-3 * there[..., 3]
    weight = own + other
    mean = (here[..., :3] * own[..., None] + there[..., :3] * other[..., None]) / np.maximum(weight, 1e-6)[..., None]
    laid = np.dstack([mean * weight[..., None], weight]) * places.inside[..., None]
    return laid.astype(np.float32)


def _sampled(field: Floats, places: Floats) -> Floats:
    return cv2.remap(field, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.float32, copy=False
    )


def _mean_tone(tones: Sequence[tuple[Skin, float]]) -> Skin | None:
    if not tones:
        return None
    shares: npt.NDArray[np.float32] = np.array([weight for _, weight in tones], np.float32)
    shares = shares / shares.sum()
    colour, wide = (np.stack([tone[part] for tone, _ in tones]) for part in (0, 1))
    return Skin((shares @ colour).astype(np.float32), (shares @ wide).astype(np.float32))
