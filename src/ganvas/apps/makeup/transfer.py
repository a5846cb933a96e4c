"""The make-up application: ``Makeup.transfer`` needs no model, ``Makeup.keep_person`` masks the output of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.makeup.colour import resized, to_lab, to_rgb
from ganvas.apps.makeup.faces import Role, check_turn, read_face
from ganvas.apps.makeup.looks import Look, missing_in, read_look, worn_by
from ganvas.apps.makeup.paint import applied, changes, shine
from ganvas.apps.makeup.regions import Regions, regions_of
from ganvas.apps.provenance import Origin
from ganvas.curate.faces import Face, FaceReader
from ganvas.curate.faces.networks import Floats
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]
Place = tuple[slice, slice]

SURE = 0.36  # cosine of two likenesses above which SFace takes two faces for one person (its authors' threshold)
KEPT = 0.9  # likeness that make-up leaves; where it would leave less, it is applied more weakly
MOST_REFERENCES = 6
MARK: tuple[Origin, str] = ("altered", "A photograph with make-up that a program transferred from reference pictures")
_WORKED_AT = 96.0  # pixels between the eyes at which colours are mixed; masks have the size of the picture
_AIM = KEPT + 0.01  # what is searched for, since a likeness depends somewhat on how the face is found again
_EYES = ("eyes", "liner", "brows")
_ROUNDS = 4  # of the search for the strength that keeps the likeness


class Amounts(NamedTuple):
    """Strength of the references' make-up per region, in [0, 1]."""

    lips: float = 1.0
    eyes: float = 0.8
    liner: float = 0.8
    brows: float = 0.3
    cheeks: float = 0.7
    skin: float = 0.7


class MadeUp(NamedTuple):
    """``picture`` uint8 [H, W, 3]; ``region`` float32 [H, W] in [0, 1]: 0 where not a bit changed; ``likeness``: cosine
    of the person before and after by SFace, above about 0.36 the same person; ``share`` and ``eyes_share`` in [0, 1]:
    how much of what was asked for is applied, and how much of it to eyes and brows, below 1 where more would have left
    a likeness below 0.9; ``missing``: regions that no reference shows."""

    picture: Pixels
    region: Floats
    likeness: float
    share: float = 1.0
    eyes_share: float = 1.0
    missing: tuple[str, ...] = ()


class Makeup:
    """Transfers make-up; the face networks are loaded once. Not thread-safe.

    Args:
        reader: Of faces; its own when left out.
    """

    def __init__(self, reader: FaceReader | None = None) -> None:
        self.reader = reader or FaceReader()

    def face(self, picture: Pixels, whose: Role | None = None) -> Face:
        """The one face of a picture: see :func:`ganvas.apps.makeup.faces.read_face`."""
        return read_face(picture, self.reader, whose)

    def transfer(
        self,
        source: Pixels,
        references: Pixels | Sequence[Pixels],
        strength: float = 1.0,
        amounts: Amounts = Amounts(),  # noqa: B008
        weights: Sequence[float] | None = None,
    ) -> MadeUp:
        """The source's face with the make-up of references, without any model.

        Args:
            source: uint8 [H, W, 3] RGB; the answer has its size.
            references: uint8 [H, W, 3] RGB of any size: one, or several that are mixed.
            strength: Of all regions together, in [0, 1]; 0 gives the source back.
            amounts: Per region.
            weights: How far each reference counts, 0 or more; equally when left out.

        Raises:
            UserError: A face is missing, or turned too far; a number is out of its range.
        """
        given = [references] if isinstance(references, np.ndarray) else list(references)
        shares = check_weights(weights, len(given))
        for value in (strength, *amounts):
            check_strength(value)
        face = self.face(source, "source")
        models = [self.face(reference, "reference") for reference in given]
        for model in models:
            check_turn(face, model)
        near, placed = _near(face, source)
        lab = to_lab(source[near])
        masks = regions_of(placed, lab)
        own = _look(source[near], placed)
        looks = [_look_near(reference, model) for reference, model in zip(given, models, strict=True)]
        worn = worn_by(looks, shares, own.face, own.lab.shape)
        around, rest = np.zeros_like(lab), np.zeros_like(lab)
        for name, change in changes(own, worn).items():
            amount = getattr(amounts, name) * strength
            if amount > 0:
                into = around if name in _EYES else rest
                into += resized(change, lab.shape[1::-1]) * (amount * getattr(masks, name))[..., None]
        highlights, plain = shine(lab, placed.eye_distance), to_rgb(lab)

        def painted(eyes: float, whole: float) -> Pixels:
            change = ((rest + around * eyes) * whole).astype(np.float32)
            made = to_rgb(applied(lab, change, highlights)) - plain
            made[~change.any(axis=2)] = 0
            picture = source.copy()
            picture[near] = np.clip(np.rint(source[near] + made), 0, 255).astype(np.uint8)
            return picture

        changed = np.zeros(source.shape[:2], np.float32)
        changed[near] = _union(masks)
        return self._kept(source, face, painted)._replace(region=changed, missing=missing_in(worn))

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
        changed = _union(regions_of(face, to_lab(source)))
        made = source + grown * (changed * strength)[..., None]
        picture = np.where(changed[..., None] > 0, np.clip(np.rint(made), 0, 255), source).astype(np.uint8)
        return MadeUp(picture, changed, self.likeness(source, picture, face))

    def likeness(self, before: Pixels, after: Pixels, face: Face) -> float:
        """Cosine of the person in two pictures of the same face at the same place."""
        return float(self.reader.embed(before, face) @ self.reader.embed(after, face))

    def _kept(self, source: Pixels, face: Face, painted: Callable[[float, float], Pixels]) -> MadeUp:
        """Make-up as strong as it leaves a likeness of ``KEPT``: first that of eyes and brows is reduced, which changes
        a face most, then all of it.

        Args:
            source: uint8 [H, W, 3].
            face: In the source.
            painted: Gives a picture for the share of eyes and brows, and for that of all make-up, in [0, 1].
        """
        before, none = self.reader.embed(source, face), np.zeros(source.shape[:2], np.float32)

        def tried(eyes: float, whole: float) -> MadeUp:
            picture = painted(eyes, whole)
            likeness = float(before @ self.reader.embed(picture, face))
            return MadeUp(picture, none, likeness, whole, eyes * whole)

        full = tried(1.0, 1.0)
        if full.likeness >= _AIM:
            return full
        without = tried(0.0, 1.0)
        if without.likeness >= _AIM:
            return _strongest(lambda share: tried(share, 1.0), without)
        return _strongest(lambda share: tried(0.0, share), tried(0.0, 0.0))


def _strongest(tried: Callable[[float], MadeUp], weakest: MadeUp) -> MadeUp:
    """The result of the largest share that keeps the likeness, by bisection; ``weakest``, of share 0, keeps it."""
    low, high, best = 0.0, 1.0, weakest
    for _ in range(_ROUNDS):
        share = (low + high) / 2
        now = tried(share)
        if now.likeness >= _AIM:
            low, best = share, now
        else:
            high = share
    return best


def check_strength(strength: float) -> None:
    """Check the strength of make-up.

    Raises:
        UserError: It is not in [0, 1].
    """
    if not 0 <= strength <= 1:
        raise UserError(f"The strength of make-up is from 0 (none) to 1 (the reference's), not {strength:g}.")


def check_weights(weights: Sequence[float] | None, count: int) -> list[float]:
    """The weights of references, all 1 when they are left out.

    Raises:
        UserError: There is no reference or more than ``MOST_REFERENCES``, another number of weights, one below 0, or
            none above 0.
    """
    if not 1 <= count <= MOST_REFERENCES:
        raise UserError(
            f"Make-up is taken from 1 to {MOST_REFERENCES} references, not from {count}.",
            code="references-count",
            params={"count": count, "most": MOST_REFERENCES},
        )
    found = [1.0] * count if weights is None else list(weights)
    if len(found) != count or not all(np.isfinite(weight) and weight >= 0 for weight in found) or sum(found) <= 0:
        raise UserError(
            f"Give one weight per reference ({count}), each 0 or more and one of them above 0.",
            code="reference-weights",
            params={"count": count},
        )
    return found


def _near(face: Face, picture: Pixels) -> tuple[Place, Face]:
    """Rows and columns around a face, and the face in their coordinates; the rest of a picture is not processed."""
    points, margin = face.landmarks[:, :2], 0.5 * face.eye_distance
    low = np.maximum(np.floor(points.min(0) - margin), 0).astype(int)
    high = np.ceil(points.max(0) + margin).astype(int)
    place = (slice(low[1], high[1]), slice(low[0], high[0]))
    return place, face.moved(np.array([[1, 0, -low[0]], [0, 1, -low[1]]], np.float32))


def _look(picture: Pixels, face: Face) -> Look:
    """What a face wears, read at ``_WORKED_AT`` pixels between the eyes or fewer."""
    scale = min(_WORKED_AT / face.eye_distance, 1.0)
    if scale < 1:
        height, width = picture.shape[:2]
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        x, y = size[0] / width, size[1] / height
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        face = face.moved(np.array([[x, 0, 0.5 * x - 0.5], [0, y, 0.5 * y - 0.5]], np.float32))
    lab = to_lab(picture)
    return read_look(face, lab, regions_of(face, lab))


def _look_near(picture: Pixels, face: Face) -> Look:
    near, placed = _near(face, picture)
    return _look(picture[near], placed)


def _union(masks: Regions) -> Floats:
    parts = (masks.lips, masks.eyes, masks.liner, masks.brows, masks.cheeks, masks.skin)
    return np.clip(sum(parts), 0, 1).astype(np.float32)


__all__ = ["KEPT", "MARK", "MOST_REFERENCES", "SURE", "Amounts", "MadeUp", "Makeup", "check_strength", "check_weights"]
