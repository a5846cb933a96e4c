"""Make-up transfer from a reference to a face: without training, or by a trained model with a masked output.

Both preserve identity: everything but lips, eyelids and skin is unchanged to the last bit (hair, earrings, teeth, eyes,
background), and fine detail is that of the source. :func:`transfer` needs no model: it warps the reference's face onto
the source's by the face mesh and transfers colours region by region in CIE Lab. :func:`keep_person` does the same with
the output of a model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.curate.faces import Face, FaceReader, region
from ganvas.curate.faces.networks import Floats
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]

SURE = 0.36  # cosine of two likenesses above which SFace takes two faces for one person (its authors' threshold)
READ_AT = 256  # smaller pictures are enlarged to this side before faces are looked for

_FEATHER = 0.04  # of the distance of the eyes: how softly regions end
_FADE = 0.15  # the same of the skin, whose border would show on the forehead
_DETAIL = {"lips": 0.05, "eyes": 0.06}  # of the distance of the eyes: finer than this stays the source's
_LIGHT = {"lips": 0.8, "eyes": 0.7, "skin": 0.35}  # share of the reference's lightness that is taken
_WIDE = 4  # pixels of width that are enough of a blur; a wider one is made on a smaller picture
_HAIR = 3.5  # deviations from the skin's colour beyond which it is hair, a hand or glasses


class Amounts(NamedTuple):
    """Strength of the reference's make-up per region, in [0, 1]."""

    lips: float = 1.0
    eyes: float = 0.6
    skin: float = 0.8


class MadeUp(NamedTuple):
    """``picture`` uint8 [H, W, 3]; ``region`` float32 [H, W] in [0, 1]: 0 where not a bit changed; ``likeness``: cosine
    of the person before and after by SFace, above about 0.36 the same person."""

    picture: Pixels
    region: Floats
    likeness: float


class Makeup:
    """Transfers make-up; the face networks are loaded once. Not thread-safe.

    Args:
        reader: Of faces; its own when left out.
    """

    def __init__(self, reader: FaceReader | None = None) -> None:
        self.reader = reader or FaceReader()

    def face(self, picture: Pixels, whose: Literal["source", "reference"] | None = None) -> Face:
        """The largest face of a picture, however small the picture is.

        Args:
            whose: ``source`` or ``reference``, where there are both: for the sentence when there is none.

        Raises:
            UserError: No face is found.
        """
        scale = max(READ_AT / min(picture.shape[:2]), 1.0)
        seen = picture
        if scale > 1:
            size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
            seen = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
        faces = self.reader.faces(seen)
        if not faces:
            raise _no_face(whose)
        shift = 0.5 / scale - 0.5
        return faces[0].moved(np.array([[1 / scale, 0, shift], [0, 1 / scale, shift]], np.float32))

    def transfer(
        self,
        source: Pixels,
        reference: Pixels,
        strength: float = 1.0,
        amounts: Amounts = Amounts(),  # noqa: B008
    ) -> MadeUp:
        """The source's face with the reference's make-up, without any model.

        Args:
            source: uint8 [H, W, 3] RGB; the answer has its size.
            reference: uint8 [H, W, 3] RGB of any size.
            strength: Of all regions together, in [0, 1]; 0 gives the source back.

        Raises:
            UserError: A face is missing, or the strength is out of its range.
        """
        check_strength(strength)
        whole = self.face(source, "source")
        near, face = _near(whole, source)
        part, model = _near(self.face(reference, "reference"), reference)
        seen, other = source[near], _lab(reference[part])
        before, laid = _lab(seen), _lab(_laid_over(reference[part], model, face, seen.shape))
        masks, theirs = _regions(face, before), _regions(model, other)
        after = before.copy()
        skin = _recoloured(before, masks["skin"], other, theirs["skin"], _LIGHT["skin"])
        after += (skin - before) * (masks["skin"] * amounts.skin * strength)[..., None]
        for name, amount in (("eyes", amounts.eyes), ("lips", amounts.lips)):
            made = _repainted(before, laid, _DETAIL[name] * face.eye_distance, _LIGHT[name])
            after += (made - after) * (masks[name] * amount * strength)[..., None]
        picture, changed = source.copy(), np.zeros(source.shape[:2], np.float32)
        changed[near] = np.clip(masks["skin"] + masks["eyes"] + masks["lips"], 0, 1)
        picture[near] = np.where(changed[near][..., None] > 0, _rgb(after), seen)
        return MadeUp(picture, changed, self.likeness(source, picture, whole))

    def keep_person(self, source: Pixels, answer: Pixels, strength: float = 1.0) -> MadeUp:
        """A model's output for a face, blended into the source only where make-up is.

        The model may work at its own size: what it changed is enlarged and added to the source, so that the source's
        own detail stays.

        Args:
            source: uint8 [H, W, 3], square where the model's pictures are.
            answer: uint8 [h, w, 3]: the model's answer to this very picture, brought to its size.
            strength: In [0, 1].

        Raises:
            UserError: No face is found, or the strength is out of its range.
        """
        check_strength(strength)
        face = self.face(source, "source")
        height, width = source.shape[:2]
        small = (answer.shape[1], answer.shape[0])
        shrinks = small[0] < width
        seen = cv2.resize(source, small, interpolation=cv2.INTER_AREA) if shrinks else source
        change = answer.astype(np.float32) - seen.astype(np.float32)
        grown = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
        masks = _regions(face, _lab(source))
        changed = np.clip(masks["skin"] + masks["eyes"] + masks["lips"], 0, 1)
        made = source + grown * (changed * strength)[..., None]
        picture = np.where(changed[..., None] > 0, np.clip(np.rint(made), 0, 255), source).astype(np.uint8)
        return MadeUp(picture, changed, self.likeness(source, picture, face))

    def likeness(self, before: Pixels, after: Pixels, face: Face) -> float:
        """Cosine of the person in two pictures of the same face at the same place."""
        return float(self.reader.embed(before, face) @ self.reader.embed(after, face))


def _no_face(role: Literal["source", "reference"] | None) -> UserError:
    match role:
        case "source":
            return UserError(
                "No face was found in the source picture; choose one that shows a face from the front, near and in "
                "good light.",
                code="no-face-in-source",
            )
        case "reference":
            return UserError(
                "No face was found in the reference; choose one that shows a face from the front, near and in good "
                "light.",
                code="no-face-in-reference",
            )
        case None:
            return UserError(
                "No face was found in this picture; choose one that shows a face from the front, near and in good "
                "light.",
                code="no-face",
            )


def check_strength(strength: float) -> None:
    """Check the strength of make-up.

    Raises:
        UserError: It is not in [0, 1].
    """
    if not 0 <= strength <= 1:
        raise UserError(f"The strength of make-up is from 0 (none) to 1 (the reference's), not {strength:g}.")


# ── Where ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _near(face: Face, picture: Pixels) -> tuple[tuple[slice, slice], Face]:
    """Rows and columns around a face, and the face in their coordinates; the rest of a picture is not processed."""
    points, margin = face.landmarks[:, :2], face.eye_distance
    low = np.maximum(np.floor(points.min(0) - margin), 0).astype(int)
    high = np.ceil(points.max(0) + margin).astype(int)
    place = (slice(low[1], high[1]), slice(low[0], high[0]))
    return place, face.moved(np.array([[1, 0, -low[0]], [0, 1, -low[1]]], np.float32))


def _regions(face: Face, lab: Floats) -> dict[str, Floats]:
    """Soft masks of lips, eyelids and skin that do not overlap; hair and hands before the face are not skin."""
    shape = lab.shape
    soft = max(_FEATHER * face.eye_distance, 0.5)
    eyeballs = np.maximum(region(face, "left_eye", shape), region(face, "right_eye", shape))
    teeth = region(face, "mouth", shape) - region(face, "lips", shape)
    closed = 1 - np.clip(eyeballs + teeth, 0, 1)  # what is never painted
    lips = _feathered(region(face, "lips", shape), soft / 2) * closed
    lids = np.maximum(region(face, "left_eye_shadow", shape), region(face, "right_eye_shadow", shape))
    eyes = _feathered(_coarsely(_grown, np.maximum(lids, _lower_lids(face, shape)), soft), soft) * closed * (1 - lips)
    skin = _feathered(region(face, "skin", shape), _FADE * face.eye_distance)
    skin = skin * _skin_coloured(lab, skin, soft) * closed * (1 - lips) * (1 - eyes)
    inside = region(face, "face", shape) > 0
    return {"lips": lips, "eyes": eyes * inside, "skin": skin * inside}


def _lower_lids(face: Face, shape: tuple[int, ...]) -> Floats:
    """A band around each eye, for eyeliner and mascara."""
    eyes = np.maximum(region(face, "left_eye", shape), region(face, "right_eye", shape))
    return _coarsely(_grown, eyes, 0.08 * face.eye_distance)


def _grown(mask: Floats, by: float) -> Floats:
    side = 2 * max(round(by), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return cv2.dilate(mask, kernel).astype(np.float32, copy=False)


def _blurred(picture: Floats, width: float) -> Floats:
    return cv2.GaussianBlur(picture, (0, 0), width).astype(np.float32, copy=False)


def _coarsely(work: Callable[[Floats, float], Floats], picture: Floats, width: float) -> Floats:
    """``work(picture, width)``; a wide one on a smaller picture, which looks the same and comes sooner."""
    shrink = int(width / _WIDE)
    if shrink < 2:
        return work(picture, width)
    height, breadth = picture.shape[:2]
    size = (-(-breadth // shrink), -(-height // shrink))
    done = work(cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False), width / shrink)
    return cv2.resize(done, (breadth, height), interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _feathered(mask: Floats, width: float) -> Floats:
    """Fade a mask inwards from its border, so that nothing outside changes."""
    blurred = _coarsely(_blurred, mask, width)
    soft: Floats = np.clip(mask * np.clip(2 * blurred - 1, 0, 1), 0, 1).astype(np.float32, copy=False)
    return soft


def _skin_coloured(lab: Floats, mask: Floats, soft: float) -> Floats:
    """1 where a colour is near the most common one of the face, falling to 0 with distance."""
    sure = lab[mask > 0.9]
    if len(sure) < 16:
        return np.ones_like(mask)
    middle = np.median(sure, axis=0)
    spread = np.maximum(np.median(np.abs(sure - middle), axis=0) * 1.4826, (6.0, 2.5, 2.5))
    far = np.sqrt((((lab - middle) / spread / (2.0, 1.0, 1.0)) ** 2).sum(axis=2))
    near = np.clip((_HAIR + 1.5 - far) / 1.5, 0, 1).astype(np.float32)
    return _coarsely(_blurred, near, soft)


# ── What ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _recoloured(lab: Floats, mask: Floats, other: Floats, theirs: Floats, light: float) -> Floats:
    """Mean and deviation of each channel as the other's skin has them (Reinhard et al. 2001); light only in part."""
    here, there = lab[mask > 0.5], other[theirs > 0.5]
    if len(here) < 16 or len(there) < 16:
        return lab
    mean, deviation = here.mean(0), np.maximum(here.std(0), 1e-3)
    ratio = np.clip(there.std(0) / deviation, 0.6, 1.6)
    made = (lab - mean) * ratio + there.mean(0)
    made[..., 0] = lab[..., 0] + (made[..., 0] - lab[..., 0]) * light
    moved: Floats = made.astype(np.float32)
    return moved


def _repainted(lab: Floats, laid: Floats, detail: float, light: float) -> Floats:
    """The reference's colours where they lie, with the source's own fine detail; light only in part."""
    width = max(detail, 0.6)
    coarse, theirs = _coarsely(_blurred, lab, width), _coarsely(_blurred, laid, width / 2)
    share = np.array([light, 1, 1], np.float32)
    return (lab + (theirs - coarse) * share).astype(np.float32)


def _laid_over(reference: Pixels, model: Face, face: Face, shape: tuple[int, ...]) -> Pixels:
    """The reference bent so that its mesh lies on the source's: triangle by triangle, uint8 of the source's size."""
    height, width = shape[:2]
    to, of = face.landmarks[:, :2], model.landmarks[:, :2]
    triangles = _triangles(to)
    corners = np.concatenate([to[triangles], np.ones((len(triangles), 3, 1), np.float32)], axis=2).astype(np.float64)
    sound = np.abs(np.linalg.det(corners)) > 1e-3
    triangles, corners = triangles[sound], corners[sound]
    matrices = np.linalg.solve(corners, of[triangles].astype(np.float64))  # (x, y, 1) → place in the reference
    which = np.full((height, width), -1, np.int32)
    for number, triangle in enumerate(triangles):
        cv2.fillConvexPoly(which, np.round(to[triangle] * 16).astype(np.int32), number, shift=4)
    rows, columns = np.mgrid[:height, :width]
    places = np.stack([columns, rows, np.ones_like(rows)], axis=2)
    found = np.einsum("hwk,hwkc->hwc", places, matrices[np.maximum(which, 0)]).astype(np.float32)
    found[which < 0] = -1
    return cv2.remap(reference, found[..., 0], found[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8, copy=False
    )


def _triangles(points: Floats) -> npt.NDArray[np.int64]:
    """Delaunay's triangles of points [N, 2], as indices [T, 3]."""
    low = np.floor(points.min(0)) - 2
    size = np.ceil(points.max(0) - low).astype(int) + 4
    plane = cv2.Subdiv2D((0, 0, int(size[0]), int(size[1])))
    names: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate((points - low).astype(np.float32)):
        names.setdefault((float(x), float(y)), index)
        plane.insert((float(x), float(y)))
    found = []
    for triangle in np.asarray(plane.getTriangleList()).reshape(-1, 3, 2):
        corners = [names.get((float(x), float(y))) for x, y in triangle]
        if None not in corners:
            found.append(corners)
    return np.array(found, dtype=np.int64)


def _lab(picture: Pixels) -> Floats:
    """sRGB uint8 → CIE Lab float32: L in [0, 100], a and b in about ±100."""
    lab: Floats = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).astype(np.float32, copy=False)
    return lab


def _rgb(lab: Floats) -> Pixels:
    picture: Pixels = np.clip(np.rint(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255), 0, 255).astype(np.uint8)
    return picture


__all__ = ["SURE", "Amounts", "MadeUp", "Makeup", "check_strength"]
