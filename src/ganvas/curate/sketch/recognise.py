"""Whether pictures are drawings: mostly white paper, with hardly any colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]

_PAPER = 230  # of 255: a pixel whose darkest channel is lighter counts as paper
_PAPER_SHARE = 0.5  # of a drawing's pixels are paper, at least
_SATURATION = 0.08  # of a drawing, at most: the mean over pixels of (largest - smallest channel) / 255


def measure_paper(pictures: npt.NDArray[np.uint8]) -> tuple[Values, Values]:
    """The share of white paper and the mean saturation of each picture, in [0, 1]; ``pictures`` uint8 [N, H, W, 3]."""
    values = pictures.astype(np.float32)
    paper = (values.min(axis=3) >= _PAPER).mean(axis=(1, 2))
    saturation = (values.max(axis=3) - values.min(axis=3)).mean(axis=(1, 2)) / 255
    return paper, saturation


def are_drawings(paper: Sequence[float] | Values, saturation: Sequence[float] | Values) -> bool:
    """Whether the median picture of :func:`measure_paper` is a drawing."""
    return bool(np.median(paper) >= _PAPER_SHARE and np.median(saturation) <= _SATURATION)
