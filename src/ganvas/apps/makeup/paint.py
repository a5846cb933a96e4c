"""The change of each region: the reference's make-up in place of the source's own colours, coarser than its detail."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ganvas.apps.makeup.colour import blurred, step
from ganvas.apps.makeup.looks import Look, Worn
from ganvas.curate.faces.networks import Floats

# Share of the reference's lightness that is taken; colour is taken whole.
_LIGHT = {"lips": 0.8, "eyes": 0.45, "cheeks": 0.2, "skin": 0.35}
_MOST_SKIN = 12.0  # Lab units: a foundation evens the tone of skin, and does not change it into another one
_MOST_CHEEKS = 10.0  # the same of the colour on the cheeks, beside the skin's
_SHINE = 0.6  # share of the change of colour that highlights do not take


def changes(own: Look, worn: Worn) -> Mapping[str, Floats]:
    """The change in CIE Lab per region, float32 [H, W, 3], also beyond its border; regions without one are left out.

    Args:
        own: The face that is to be made up.
        worn: What the references wear, in the coordinates of ``own``.
    """
    found: dict[str, Floats] = {}
    for name in ("lips", "eyes", "cheeks"):
        if name in worn.colours:
            difference = worn.colours[name][..., :3] - _relative(own, name)
            difference[..., 0] *= _LIGHT[name]
            found[name] = difference * worn.colours[name][..., 3:]
    if "cheeks" in found:
        found["cheeks"] = _limited(found["cheeks"], _MOST_CHEEKS)
    if "liner" in worn.colours and "eyes" in worn.colours:
        finer = worn.colours["liner"] - worn.colours["eyes"]
        own_finer = _relative(own, "liner") - _relative(own, "eyes")
        found["liner"] = _darker(finer[..., :3] - own_finer) * worn.colours["liner"][..., 3:]
    if "brows" in worn.colours:
        difference = worn.colours["brows"][..., :3] - _relative(own, "brows")
        found["brows"] = _darker(difference) * worn.colours["brows"][..., 3:]
    if worn.skin is not None and own.regions.tone is not None:
        found["skin"] = _toned(own, worn)
    return found


def shine(lab: Floats, eye_distance: float) -> Floats:
    """How far each pixel is a highlight, float32 [H, W] in [0, 1]: lighter than its surroundings and light."""
    light = lab[..., 0]
    highlights: Floats = step(light - blurred(light, 0.12 * eye_distance), 3, 14) * step(light, 45, 75)
    return highlights


def applied(lab: Floats, masked: Floats, highlights: Floats) -> Floats:
    """A picture with a change, both CIE Lab float32 [H, W, 3]; highlights keep most of their own colour."""
    kept = 1 - _SHINE * highlights
    changed: Floats = lab + masked * kept[..., None]
    return changed


def _relative(own: Look, name: str) -> Floats:
    """The own colours of a region; of all but lips as a difference from the skin."""
    field = own.fields[name][..., :3]
    if name == "lips" or own.regions.tone is None:
        return field
    difference: Floats = field - own.regions.tone.colour
    return difference


def _darker(difference: Floats) -> Floats:
    """What darkens of a change, with its colour: a line or a brow is drawn, never wiped away."""
    down = np.minimum(difference[..., :1], 0)
    joined = np.concatenate([down, difference[..., 1:] * step(-down, 0, 8)], axis=2)
    drawn: Floats = joined.astype(np.float32)
    return drawn


def _limited(difference: Floats, most: float) -> Floats:
    """A change whose size in Lab stays below ``most``; small ones are nearly unchanged."""
    size = np.linalg.norm(difference, axis=2, keepdims=True)
    limited: Floats = (difference * (np.tanh(size / most) * most / np.maximum(size, 1e-6))).astype(np.float32)
    return limited


def _toned(own: Look, worn: Worn) -> Floats:
    """The mean of the skin moved towards the reference's, and its deviations somewhat (Reinhard et al. 2001)."""
    tone, other = own.regions.tone, worn.skin
    assert tone is not None
    assert other is not None
    ratio = np.clip(other.spread / tone.spread, 0.8, 1.25) - 1
    coarse = own.fields["cheeks"][..., :3] - tone.colour
    shift = (other.colour - tone.colour) * np.array([_LIGHT["skin"], 1, 1], np.float32)
    moved = _limited(shift[None, None], _MOST_SKIN)
    toned: Floats = (moved + coarse * ratio * np.array([0, 0.5, 0.5], np.float32)).astype(np.float32)
    return toned
