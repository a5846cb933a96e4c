"""Soft masks of the hair, the skin and the background of a portrait.

The network for persons separates the background; the mesh of the face gives the first skin, hair and clothes. Each of
the four then has a normal distribution of colours, which together with its place in the picture gives every pixel its
probability of each (a Gaussian mixture with spatial priors and a uniform class for anything else, smoothed over
neighbours). In large pictures the borders follow the edges (a guided filter).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.makeup.colour import blurred, grown, guided, region_blur, resized, step
from ganvas.apps.recolour.colours import REGIONS, Region
from ganvas.curate.faces import Face
from ganvas.curate.faces.landmarks import LEFT_NOSTRIL, RIGHT_NOSTRIL
from ganvas.curate.faces.networks import Floats
from ganvas.curate.faces.regions import filled, region

Seeds = npt.NDArray[np.bool_]

WORK_SIDE = 384  # pixels of the longer side at which shares are computed
_FOREHEAD, _CHIN, _TEMPLES = 10, 152, (127, 356)  # points of the mesh
_ROUNDS = 3  # of estimating the colours and the shares in turn
_FEWEST = 12  # pixels from which colours can be estimated
_LEAST_SPREAD = (4.0, 1.5, 1.5)  # of the colours of a region, CIE Lab
_THIN = 0.06  # of the distance of the eyes: half the width of what joins patches of hair
_ABOVE_EYES = 0.7  # height over that of the face
_SMOOTH = 0.045  # of the distance of the eyes: neighbours whose evidence counts for a pixel
_BORDER = 0.02  # of the distance of the eyes: how softly regions end
_RIM = 0.05  # of the distance of the eyes: half the width of the strip at which hair is told by its colour
_TOLD = (8.0, 24.0)  # distance of the colours of hair and of what is beside it, CIE Lab: from unclear to clear
_SHADED = (0.2, 0.9)  # place on the line from skin, which hair shades, to hair
_EDGE = 16.0  # squared contrast of lightness that counts as an edge
_ANYTHING = -13.0  # logarithm of the density of the colours of anything else
_LIPS = 0.5  # share of the skin's change that the lips take
_SEEN = 0.02  # of the area of the face: a smaller region is not there


class _Place(NamedTuple):
    """Where pixels are: ``across`` in half widths of the face from its middle, ``up`` 0 at the chin and 1 at the upper
    end of the forehead, both float32 [H, W]."""

    across: Floats
    up: Floats


def mattes_of(lab: Floats, face: Face, person: Floats) -> dict[Region, Floats]:
    """The share of each pixel that belongs to the hair, the skin and the background; regions that are not seen are
    left out.

    Args:
        lab: CIE Lab float32 [H, W, 3].
        face: The face, in pixels of the picture.
        person: The probability that a pixel shows the person, float32 [H, W].

    Returns:
        ``hair``, ``skin``, ``background``: float32 [H, W] in [0, 1]. Eyes, teeth, nostrils and the dark of the brows
        belong to none of them, and the lips by half to the skin.
    """
    height, width = lab.shape[:2]
    scale = min(WORK_SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    shift = 0.5 * scale - 0.5
    small = face.moved(np.array([[scale, 0, shift], [0, scale, shift]], np.float32))
    shares = _shares(resized(lab, size), small, resized(person, size))
    area = float(region(face, "face", lab.shape).sum())
    soft = max(_BORDER * face.eye_distance, 0.6)
    mattes: dict[Region, Floats] = {}
    for name in REGIONS:
        if name in shares:
            share = resized(shares[name], (width, height))
            if scale < 1:
                share = guided(share, lab[..., 0], 1.5 / scale, _EDGE)
            share = step(blurred(share, soft), 0.1, 0.9)
            if name == "hair":
                ground = resized(shares.get("background", np.zeros_like(shares[name])), (width, height))
                share = _by_colour(share, ground, lab, max(_RIM * face.eye_distance, 1.5))
            elif "hair" in mattes:
                share = np.minimum(share, 1 - mattes["hair"])
            share = share if name == "background" else share * _kept(face, lab, name)
            if share.sum() >= _SEEN * area:
                mattes[name] = share.astype(np.float32)
    return mattes


def _by_colour(hair: Floats, ground: Floats, lab: Floats, width: float) -> Floats:
    """The share of hair with a border that follows the colours: a pixel that is as bright as the skin beside dark hair
    is skin, also where the border by place and smoothness runs beyond it.

    In a strip along the border, a pixel's share is its place on the line from the colour of what is not hair to that of
    the hair, each as it is near by, as far as the two can be told apart. Skin that is somewhat dark there is shaded by
    the hair.

    Args:
        hair: float32 [H, W] in [0, 1].
        ground: The share of the background, float32 [H, W] in [0, 1].
        lab: CIE Lab float32 [H, W, 3].
        width: Half the width of the strip, pixels.
    """
    inside, outside = (1 - grown(1 - hair, width) > 0.9), grown(hair, width) < 0.1
    own, has_own = region_blur(lab, inside.astype(np.float32), 2 * width)
    other, has_other = region_blur(lab, outside.astype(np.float32), 2 * width)
    line = own - other
    squared = np.square(line).sum(axis=2)
    place = np.clip(((lab - other) * line).sum(axis=2) / np.maximum(squared, 1), 0, 1)
    behind = np.clip(blurred(ground * outside, 2 * width) / np.maximum(has_other, 1e-6), 0, 1)
    share = behind * place + (1 - behind) * step(place, *_SHADED)
    told = step(np.sqrt(squared), *_TOLD) * (np.minimum(has_own, has_other) > 0.01) * ~inside * ~outside
    found: Floats = (hair + told * (share - hair)).astype(np.float32)
    return found


def _shares(lab: Floats, face: Face, person: Floats) -> Mapping[str, Floats]:
    """Shares of background, skin, hair and clothes by colour and place; those without a sure pixel are left out."""
    place = _place(face, lab.shape)
    oval = region(face, "face", lab.shape)
    seeds = _seeds(lab, face, person, place, oval)
    priors = _priors(face, person, place, oval)
    names = [name for name, sure in seeds.items() if sure.sum() >= _FEWEST]
    weights = {name: seeds[name].astype(np.float32) for name in names}
    for _ in range(_ROUNDS):
        scores = np.stack([_likelihood(lab, weights[name]) + priors[name] for name in names] + [priors["other"]])
        scores = np.stack([blurred(score, _SMOOTH * face.eye_distance) for score in scores])
        scores -= scores.max(axis=0)
        shares = np.exp(scores)
        shares /= shares.sum(axis=0)
        for name, share in zip(names, shares, strict=False):
            sure = np.where(share > 0.7, share, 0).astype(np.float32)
            weights[name] = sure if (sure > 0).sum() >= _FEWEST else weights[name]
    found: dict[str, Floats] = dict(zip(names, shares.astype(np.float32), strict=False))
    if "hair" in found:
        found["hair"] = found["hair"] * _on_the_head(found["hair"], place, _THIN * face.eye_distance)
    return found


def _on_the_head(hair: Floats, place: _Place, thin: float) -> Floats:
    """1 where hair belongs to a patch that reaches above the eyes, float32 [H, W]: clothes and shadows do not.

    Patches that are joined by less than twice ``thin`` pixels count as several.
    """
    core = (grown((hair < 0.5).astype(np.float32), thin) < 0.5).astype(np.uint8)
    count, labels = cv2.connectedComponents(core)
    high = [label for label in range(1, count) if (place.up[labels == label] > _ABOVE_EYES).any()]
    return blurred(grown(np.isin(labels, high).astype(np.float32), 2 * thin), 0.5 * thin)


def _place(face: Face, shape: tuple[int, ...]) -> _Place:
    points = face.landmarks[:, :2]
    chin, top = points[_CHIN], points[_FOREHEAD]
    axis = top - chin
    length = max(float(np.linalg.norm(axis)), 1.0)
    half = max(float(np.linalg.norm(points[_TEMPLES[1]] - points[_TEMPLES[0]])) / 2, 1.0)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    up = ((x - chin[0]) * axis[0] + (y - chin[1]) * axis[1]) / length**2
    across = ((x - chin[0]) * -axis[1] + (y - chin[1]) * axis[0]) / length / half
    return _Place(across.astype(np.float32), up.astype(np.float32))


def _seeds(lab: Floats, face: Face, person: Floats, place: _Place, oval: Floats) -> dict[str, Seeds]:
    """Pixels that surely belong to a region, by place; hair is also told by not having the skin's colour."""
    skin = region(face, "skin", lab.shape) > 0.9
    sure = person > 0.9
    outside = grown(oval, 0.08 * face.eye_distance) < 0.1
    above = sure & outside & (place.up > 0.7) & (np.abs(place.across) < 1.4)
    if skin.sum() >= _FEWEST:
        middle = np.median(lab[skin], axis=0)
        wide = np.maximum(np.median(np.abs(lab[skin] - middle), axis=0) * 1.48, _LEAST_SPREAD)
        far = np.sqrt((((lab - middle) / wide / (1.5, 1.0, 1.0)) ** 2).sum(axis=2))
        skin &= far < 3
        above &= far > 2.5
    return {
        "background": person < 0.1,
        "skin": skin,
        "hair": above,
        "clothes": sure & (place.up < -0.12 - 0.3 * (np.abs(place.across) < 0.8)),
    }


def _priors(face: Face, person: Floats, place: _Place, oval: Floats) -> dict[str, Floats]:
    """Logarithms of how likely a region is at each pixel, by place alone, up to a constant."""
    across, up = np.abs(place.across), place.up
    inside = np.clip(oval, 0, 1)
    logit = np.log(np.clip(person, 0.002, 0.998) / np.clip(1 - person, 0.002, 0.998))
    beside = np.maximum(across - 1.0, 0)
    neck = 2.0 * np.maximum(-0.35 - up, 0)
    below = up < 0.1
    away = np.where(below & (across < 0.75), neck, 6 * beside + 8 * np.maximum(up - 1.0, 0) + 6 * below)
    deep = grown(1 - inside, 0.12 * face.eye_distance) < 0.5  # well inside the outline of the face
    jaw = np.clip((0.5 - up) / 0.3, 0, 1) * np.clip((1.25 - across) / 0.2, 0, 1)  # where shadows look like hair
    low = 9.0 * np.maximum(0.05 - up, 0) + 3.0 * np.maximum(across - 1.6, 0)
    return {
        "background": (-2 * logit - 12 * inside).astype(np.float32),
        "skin": (np.where(inside > 0.5, 2.0, -0.5 - away)).astype(np.float32),
        "hair": (-low - 8 * deep - 6 * jaw).astype(np.float32),
        "clothes": (-20 * np.clip(up + 0.12, 0, 0.5) - 12 * inside).astype(np.float32),
        "other": (_ANYTHING - 4 * inside - 4 * (1 - person)).astype(np.float32),
    }


def _likelihood(lab: Floats, weight: Floats) -> Floats:
    """Logarithm of the normal density of the colours that ``weight`` [H, W] marks, at every pixel."""
    flat, share = lab.reshape(-1, 3).astype(np.float64), weight.reshape(-1).astype(np.float64)
    share = share / share.sum()
    mean = share @ flat
    offset = flat - mean
    covariance = (offset * share[:, None]).T @ offset + np.diag(np.square(_LEAST_SPREAD))
    distance = np.einsum("ni,ij,nj->n", offset, np.linalg.inv(covariance), offset)
    density = -0.5 * (np.minimum(distance, 60) + np.log(np.linalg.det(covariance)))
    found: Floats = density.reshape(lab.shape[:2]).astype(np.float32)
    return found


def _kept(face: Face, lab: Floats, name: str) -> Floats:
    """How far a pixel may change with the hair or the skin: float32 [H, W] in [0, 1]."""
    shape = lab.shape
    mouth, lips = region(face, "mouth", shape), region(face, "lips", shape)
    eyes = np.maximum(region(face, "left_eye", shape), region(face, "right_eye", shape))
    nostrils = filled(face.landmarks, (LEFT_NOSTRIL, RIGHT_NOSTRIL), shape)
    fixed = np.clip(eyes + mouth * (1 - lips) + nostrils, 0, 1)
    free: Floats
    if name == "hair":
        free = np.clip(1 - fixed - lips, 0, 1).astype(np.float32)
        return free
    skin = lab[..., 0][region(face, "skin", shape) > 0.9]
    if len(skin) < _FEWEST:
        free = (1 - fixed).astype(np.float32)
        return free
    spread = max(float(np.median(np.abs(skin - np.median(skin))) * 1.48), 2.0)
    dark = step((np.median(skin) - lab[..., 0]) / spread, 1.5, 3.5)
    brows = blurred(region(face, "brows", shape), 0.02 * face.eye_distance) * dark
    free = np.clip(1 - fixed - brows, 0, 1) * (1 - (1 - _LIPS) * lips)
    return free
