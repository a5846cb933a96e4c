"""The pre-check of content: writing, and copies of the pictures that a model learned from.

A photograph without exactly one face is refused before (:mod:`ganvas.apps.consent`). Consent, trademarks, public
figures and the rest stand on the checklist that people sign (:mod:`ganvas.apps.card.statement`).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.card.artwork import Pixels
from ganvas.apps.card.findings import Finding, finding
from ganvas.curate.checks.picture_measures import ScaledPicture, writing
from ganvas.curate.dataset.dataset import Dataset

WRITING = 0.08  # of the measure "writing", as in the rules for portraits
COPY_BITS = 6  # of 64 that differ at most between near copies
MOST_COMPARED = 10_000  # training pictures

_HASH_SIDE = 32

Hashes = npt.NDArray[np.bool_]


def check_photograph(photo: Pixels) -> list[Finding]:
    """Nothing in a photograph of one person looks like letters; what cannot be checked is said.

    Args:
        photo: uint8 [H, W, 3] RGB.
    """
    letters = writing(ScaledPicture(photo).grey) > WRITING
    found = [finding("text-in-picture", "warning")] if letters else []
    return [*found, finding("age-not-checked", "info")]


def check_copies(drawn: Pixels, trained_on: Hashes | None) -> list[Finding]:
    """Whether a drawing is nearly one of the pictures that its model learned from.

    Args:
        drawn: uint8 [H, W, 1, 3 or 4].
        trained_on: See :func:`hashes_of`; None: the pictures are not at hand.
    """
    if trained_on is None:
        return [finding("not-compared", "info")]
    own = perceptual_hash(drawn)
    nearest = int((trained_on != own).sum(axis=2).min())
    if nearest > COPY_BITS:
        return []
    return [finding("copy-of-training-picture", "error", count=len(trained_on), bits=nearest)]


def hashes_of(pictures: Dataset | None) -> Hashes | None:
    """The perceptual hashes of pictures and of their mirror images, bool [N, 2, 64]; None for more than can be
    compared, and where there are none."""
    if pictures is None or not 0 < len(pictures) <= MOST_COMPARED:
        return None
    hashes = np.zeros((len(pictures), 2, 64), np.bool_)
    for index in range(len(pictures)):
        picture = pictures.image(index)
        hashes[index] = perceptual_hash(picture), perceptual_hash(picture[:, ::-1])
    return hashes


def perceptual_hash(picture: Pixels) -> Hashes:
    """64 bits: which low frequencies of the cosine transform of 32 × 32 grey pixels are above their median."""
    colour = picture[..., :3] if picture.shape[2] >= 3 else picture
    grey = colour.astype(np.float32).mean(axis=2)
    if picture.shape[2] == 4:
        grey = grey * (picture[..., 3] / 255) + 255 * (1 - picture[..., 3] / 255)  # on white
    small = cv2.resize(grey.astype(np.float32), (_HASH_SIDE, _HASH_SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:8, :8].reshape(-1)
    return np.asarray(low > np.median(low[1:]))
