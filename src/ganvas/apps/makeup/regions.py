"""Where make-up goes on a face: soft masks of lips, lids, lash lines, brows, cheeks and skin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ganvas.apps.makeup.colour import blurred, grown, guided, step
from ganvas.apps.makeup.correspondence import spread, surface_triangles
from ganvas.curate.faces import Face, region
from ganvas.curate.faces.landmarks import LEFT_NOSTRIL, RIGHT_NOSTRIL
from ganvas.curate.faces.networks import Floats
from ganvas.curate.faces.pose import frontal_points
from ganvas.curate.faces.regions import filled

NAMES = ("lips", "eyes", "liner", "brows", "cheeks", "skin")

# In distances of the eyes
_FEATHER = 0.035  # how softly regions end
_FADE = 0.15  # the same of the skin, whose border would show on the forehead
_SHADOW = 0.08  # how far eye shadow reaches beyond the lids
_LINER = 0.055  # width of the line along the lashes
_EDGE = 0.05  # how far the border of the lips may follow the colours of the picture
_HAIR = 3.5  # deviations from the skin's colour beyond which it is hair, a hand or glasses
_BLUSH = 0.16  # of the outer corners of the eyes: radius of the cheeks about the anchors
_CHEEKS = (50, 205, 280, 425)  # points at the middle of the cheeks, upper and lower, left and right


class Skin(NamedTuple):
    """The colour of a face's skin in CIE Lab: the median float32 [3], and the robust deviation float32 [3]."""

    colour: Floats
    spread: Floats


class Regions(NamedTuple):
    """Soft masks float32 [H, W] in [0, 1]. All are 0 on eyeballs, teeth, nostrils and outside the face, and small on
    hair, glasses and hands; ``skin`` covers lids, brows and cheeks as well, under their own make-up. ``tone``: None
    where too little skin is seen. ``whole``: masks of eyes and cheeks as if nothing covered them."""

    lips: Floats
    eyes: Floats
    liner: Floats
    brows: Floats
    cheeks: Floats
    skin: Floats
    tone: Skin | None
    whole: Mapping[str, Floats]


def regions_of(face: Face, lab: Floats) -> Regions:
    """The regions of a face.

    Args:
        face: Its points, those of the lids refined.
        lab: CIE Lab float32 [H, W, 3].
    """
    shape, eyes = lab.shape, face.eye_distance
    soft = max(_FEATHER * eyes, 0.5)
    eyeballs = np.maximum(region(face, "left_eye", shape), region(face, "right_eye", shape))
    inner = region(face, "mouth", shape) * (1 - region(face, "lips", shape))
    nostrils = grown(filled(face.landmarks, (LEFT_NOSTRIL, RIGHT_NOSTRIL), shape), 0.01 * eyes)
    oval = region(face, "face", shape)
    free = (1 - np.clip(eyeballs + inner + nostrils, 0, 1)) * (oval > 0)  # what may be painted
    lips = _lips(face, lab, inner) * free
    tone = skin_tone(lab, feathered(region(face, "skin", shape), soft))
    near = blurred(_skin_coloured(lab, tone, _HAIR), soft)
    lids = np.maximum(region(face, "left_eye_shadow", shape), region(face, "right_eye_shadow", shape))
    shadow = blurred(grown(np.maximum(lids, eyeballs), 0.5 * _SHADOW * eyes), 0.5 * _SHADOW * eyes)
    brows = blurred(region(face, "brows", shape), soft)
    line = blurred(grown(eyeballs, 0.5 * _LINER * eyes), 0.5 * _LINER * eyes)
    loose = blurred(_skin_coloured(lab, tone, 2 * _HAIR), soft)
    dry = (1 - lips) * free
    whole = {"eyes": np.clip(1.4 * shadow, 0, 1) * (1 - 0.7 * brows) * dry, "cheeks": _cheeks(face, shape) * dry}
    return Regions(
        lips=lips,
        eyes=whole["eyes"] * loose,
        liner=np.clip(2 * line, 0, 1) * dry,
        brows=brows * dry,
        cheeks=whole["cheeks"] * near,
        skin=feathered(oval, _FADE * eyes) * np.maximum(near, np.clip(shadow, 0, 1) * loose) * dry,
        tone=tone,
        whole=whole,
    )


def feathered(mask: Floats, width: float) -> Floats:
    """Fade a mask inwards from its border, so that nothing outside changes."""
    soft: Floats = np.clip(mask * np.clip(2 * blurred(mask, width) - 1, 0, 1), 0, 1).astype(np.float32, copy=False)
    return soft


def skin_tone(lab: Floats, mask: Floats) -> Skin | None:
    """The colour of the skin inside a mask; None where too little of it is seen."""
    sure = lab[mask > 0.9]
    if len(sure) < 16:
        return None
    middle = np.median(sure, axis=0)
    wide = np.maximum(np.median(np.abs(sure - middle), axis=0) * 1.4826, (6.0, 2.5, 2.5))
    return Skin(middle.astype(np.float32), wide.astype(np.float32))


def _skin_coloured(lab: Floats, tone: Skin | None, limit: float) -> Floats:
    """1 where a colour is near that of the skin, falling to 0 at ``limit`` deviations and beyond."""
    if tone is None:
        return np.ones(lab.shape[:2], np.float32)
    far = np.sqrt((((lab - tone.colour) / tone.spread / (2.0, 1.0, 1.0)) ** 2).sum(axis=2))
    return step((limit + 1.5 - far).astype(np.float32), 0, 1.5)


def _lips(face: Face, lab: Floats, inner: Floats) -> Floats:
    """The lips, whose border follows the colours of the picture near the mesh's; teeth are left out."""
    eyes, shape = face.eye_distance, lab.shape
    mesh = region(face, "lips", shape)
    edge = max(_EDGE * eyes, 1.0)
    outer = region(face, "mouth", shape)
    core, around = (mesh > 0.9), (grown(outer, 2 * edge) - grown(outer, 0.6 * edge) > 0.9)
    soft = blurred(mesh, max(0.3 * edge, 0.5))
    if core.sum() < 16 or around.sum() < 16:
        return soft
    axis = _fisher(lab[core], lab[around])
    guide = (lab @ axis).astype(np.float32)
    followed = guided(mesh, guide, edge, 0.05)
    bound = step(blurred(grown(outer, 0.5 * edge), 0.5 * edge), 0.1, 0.9)
    lips = step(followed, 0.15, 0.85) * bound
    middle = np.median(lab[core], axis=0)
    mouth = grown(inner, edge) if inner.max() > 0.5 else inner
    bright = step(lab[..., 0] - middle[0], 12, 25) * step(middle[1] - lab[..., 1], 4, 12)
    return (lips * (1 - blurred(bright * mouth, max(0.2 * edge, 0.4)))).astype(np.float32)


def _fisher(inside: Floats, outside: Floats) -> Floats:
    """The direction in Lab that separates two sets of colours best (Fisher 1936), their means 1 apart."""
    within = np.cov(inside.T) + np.cov(outside.T) + 4 * np.eye(3)
    apart = inside.mean(0) - outside.mean(0)
    axis = np.linalg.solve(within, apart)
    scaled: Floats = (axis / max(float(axis @ apart), 1e-3)).astype(np.float32)
    return scaled


def _cheeks(face: Face, shape: tuple[int, ...]) -> Floats:
    """A soft patch on each cheek, from its middle to the cheekbone."""
    points = frontal_points(face.landmarks)[:, :2]
    far = np.min([((points - points[anchor]) ** 2).sum(1) for anchor in _CHEEKS], axis=0)
    bump = np.exp(-0.5 * far / _BLUSH**2)
    drawn, _ = spread(bump[:, None], face, surface_triangles(face), shape)
    return drawn[..., 0]
