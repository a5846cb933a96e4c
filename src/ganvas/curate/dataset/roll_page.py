"""Piano rolls as grey pages, the form in which a packed data set holds them: readable as PNG files by any viewer."""

from __future__ import annotations

import numpy as np

from ganvas.curate.images.decode import Pixels
from ganvas.spec import RollSpec


def to_page(roll: Pixels) -> Pixels:
    """A roll uint8 [time, pitches, tracks] as a page uint8 [tracks · pitches, time, 1].

    The tracks stand one below the other, the first at the top; time runs to the right and pitch upwards.
    """
    time, pitches, tracks = roll.shape
    return np.ascontiguousarray(roll.transpose(2, 1, 0)[:, ::-1].reshape(tracks * pitches, time, 1))


def from_page(page: Pixels, spec: RollSpec) -> Pixels:
    """The roll of a page, uint8 [time, pitches, tracks]: the inverse of :func:`to_page`."""
    tracks = page[:, :, 0].reshape(len(spec.tracks), spec.pitches, spec.steps)
    return np.ascontiguousarray(tracks[:, ::-1].transpose(2, 1, 0))
