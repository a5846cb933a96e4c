"""Where a face stands on the paper: the shift, scale and rotation that bring a drawing to where a model expects it.

The windows of the component networks are at fixed places, so that a face drawn small, off-centre or turned is cut at
the wrong ones. The ink of a drawing is taken as a sample of the density of ink in real sketches, seen through a
similarity transform T. The transform of the largest posterior density is found by a search from coarse to fine::

    log p(T | ink) = mean over places x with ink of [ log q(T x) + 2 log scale(T) ] + log p(T)

q is the mean of real sketches, blurred, with a uniform share for ink that belongs to no face; 2 log scale is the
Jacobian of T, without which every drawing would be shrunk to the darkest spot; p(T) is normal in the rotation and the
logarithm of the scale. Distances of codes to the bank were tried in its place and do not serve: they are smaller for
windows with less ink, and so prefer drawings that are too small, and do not distinguish rotations.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float64]

POINTS = 500  # squares with ink that are compared at most
BLUR = 0.02  # standard deviation of the blur of the density, in sides of the paper
STRAY = 0.15  # share of ink that belongs to no face: scribbles, a frame, a signature
CELLS = 64  # squares per side of the paper, each with ink or without
OUTSIDE = 0.02  # density of ink beyond the paper's edges, as a share of that of stray ink
FAINT = 0.1  # ink below it is paper
TURN, TURN_PRIOR = 0.25, 0.15  # deviation of the rotation in radians, and its weight against the mean over points
ZOOM, ZOOM_PRIOR = 0.6, 0.3  # the same of the logarithm of the scale
WHOLE = 0.25  # by how much eyes, nose and mouth alone must explain a drawing better than a whole face does
LARGEST = math.log(3.0)  # no face is enlarged or reduced further than this
ROUNDS = 6  # refinements, each with half the steps of the one before
IN_PLACE = (1.25, 8.0, 0.06)  # up to this scale, rotation in degrees and shift in sides, a face is where it should be


class Placement(NamedTuple):
    """A similarity transform of the paper, in sides of it: scaled and turned about the centre, then shifted.

    Attributes:
        scale: Factor of all lengths.
        angle: Degrees, clockwise as seen on the paper.
        x: Shift to the right.
        y: Shift downwards.
    """

    scale: float = 1.0
    angle: float = 0.0
    x: float = 0.0
    y: float = 0.0

    @property
    def matrix(self) -> Floats:
        """float [2, 3]: paper → where the model sees it, both with x and y from 0 to 1."""
        turn = math.radians(self.angle)
        linear = self.scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        centre = np.array([0.5, 0.5])
        shift = centre + np.array([self.x, self.y]) - linear @ centre
        return np.concatenate([linear, shift[:, None]], axis=1)

    @property
    def inverse(self) -> Placement:
        """The transform back."""
        turn = math.radians(-self.angle)
        x = -(math.cos(turn) * self.x - math.sin(turn) * self.y) / self.scale
        y = -(math.sin(turn) * self.x + math.cos(turn) * self.y) / self.scale
        return Placement(1 / self.scale, -self.angle, x, y)


HERE = Placement()


def moved(picture: Pictures, placement: Placement, side: int) -> Pictures:
    """A square picture, transformed: uint8 [S, S] → [side, side], white where there was nothing.

    Sampled at twice the side and averaged, so that thin lines do not break where they are reduced.
    """
    inverse = placement.inverse.matrix
    size, fine = picture.shape[0], 2 * side
    # PIL asks where each pixel of the result comes from, in pixels.
    to_source = np.concatenate([inverse[:, :2] * size / fine, inverse[:, 2:] * size], axis=1)
    whole = Image.fromarray(picture).transform(
        (fine, fine), Image.Transform.AFFINE, to_source.ravel().tolist(), Image.Resampling.BILINEAR, fillcolor=255
    )
    made: Pictures = np.asarray(whole.reduce(2))
    return made


class Placer:
    """Finds where the face of a drawing stands.

    Two hypotheses are compared: that the whole face is drawn, and that only eyes, nose and mouth are; those alone would
    otherwise be taken for a whole small face.

    Args:
        ink: Mean of real sketches as ink, float [R, R] in [0, 1], 1: a line in all of them.
        features: bool [R, R], where eyes, nose and mouth stand in it.
    """

    def __init__(self, ink: Floats, features: NDArray[np.bool_]) -> None:
        self._side = side = ink.shape[0]
        self._margin = side // 2
        self._maps = [self._log_density(ink), self._log_density(ink * features)]
        at = (np.arange(side) + 0.5) / side
        self._moments = [_moments(part, at) for part in (ink, ink * features)]

    def _log_density(self, ink: Floats) -> Floats:
        """Log density relative to a uniform one, with a margin that hardly any ink should be moved to: [2 R, 2 R]."""
        density = _blurred(ink, BLUR * self._side)
        density = (1 - STRAY) * density / density.sum() + STRAY / density.size
        padded = np.pad(density, self._margin, constant_values=OUTSIDE * STRAY / density.size)
        made: Floats = np.log(padded * density.size)
        return made

    def find(self, drawing: Pictures) -> Placement:
        """The transform that brings the drawing's face to its place; :data:`HERE` where it is there already.

        Args:
            drawing: uint8 [S, S], dark strokes on white.
        """
        points = _points(drawing)
        if len(points) < 2 or not points.std():
            return HERE
        (whole, best), (features, other) = (
            self._fit(points, log, *moments) for log, moments in zip(self._maps, self._moments, strict=True)
        )
        if features > whole + WHOLE:
            best = other
        found = Placement(math.exp(best[0]), math.degrees(best[1]), float(best[2]), float(best[3]))
        scale, angle, shift = IN_PLACE
        near = abs(best[0]) < math.log(scale) and abs(found.angle) < angle and max(abs(found.x), abs(found.y)) < shift
        return HERE if near else found

    def _fit(self, points: Floats, log: Floats, mean: Floats, spread: float) -> tuple[float, Floats]:
        """The largest log posterior density, and its transform (log scale, radians, x, y)."""
        best, steps = self._coarse(points, log, mean, spread), np.array([0.16, 0.12, 0.06, 0.06])
        offsets = np.stack(np.meshgrid(*[[-1, 0, 1]] * 4, indexing="ij"), -1).reshape(-1, 4)
        score = -math.inf
        for _ in range(ROUNDS):
            nearby = best + offsets * steps
            scores = self._score(points, nearby, log)
            score, best, steps = float(scores.max()), nearby[int(scores.argmax())], steps / 2
        return score, best

    def _coarse(self, points: Floats, log: Floats, mean: Floats, spread: float) -> Floats:
        """The best of a grid: the paper as it is, or moments of the ink brought near those of real sketches."""
        centre = points.mean(0) - 0.5
        usual = math.log(spread / points.std(0).mean())
        candidates = [np.zeros(4)]
        for zoom in usual + np.log([0.5, 0.65, 0.8, 1.0, 1.2]):
            for turn in np.radians([-30, -20, -10, 0, 10, 20, 30]):
                cos, sin = math.exp(zoom) * math.cos(turn), math.exp(zoom) * math.sin(turn)
                shift = mean - 0.5 - (cos * centre[0] - sin * centre[1], sin * centre[0] + cos * centre[1])
                candidates += [np.array([zoom, turn, shift[0], shift[1] + down]) for down in (-0.08, 0.0, 0.08)]
        grid = np.stack(candidates)
        best: Floats = grid[int(self._score(points, grid, log).argmax())]
        return best

    def _score(self, points: Floats, transforms: Floats, log: Floats) -> Floats:
        """Log posterior density of transforms [C, 4] (log scale, radians, x, y), up to a constant: [C]."""
        zoom, turn = np.clip(transforms[:, 0], -LARGEST, LARGEST), transforms[:, 1]
        cos, sin = np.exp(zoom) * np.cos(turn), np.exp(zoom) * np.sin(turn)
        x, y = points[:, 0] - 0.5, points[:, 1] - 0.5
        across = cos[:, None] * x - sin[:, None] * y + (0.5 + transforms[:, 2])[:, None]
        down = sin[:, None] * x + cos[:, None] * y + (0.5 + transforms[:, 3])[:, None]
        last = len(log) - 1
        columns = np.clip(across * self._side + self._margin, 0, last).astype(np.intp)
        rows = np.clip(down * self._side + self._margin, 0, last).astype(np.intp)
        prior = TURN_PRIOR * (turn / TURN) ** 2 / 2 + ZOOM_PRIOR * (zoom / ZOOM) ** 2 / 2
        scores: Floats = log[rows, columns].mean(1) + 2 * zoom - prior
        return scores


def _moments(ink: Floats, at: Floats) -> tuple[Floats, float]:
    """Mean place [2] of ink [R, R] and the mean of its deviations across and down."""
    share = ink / ink.sum()
    across, down = share.sum(0), share.sum(1)
    mean = np.array([(across * at).sum(), (down * at).sum()])
    deviations = np.sqrt([(across * (at - mean[0]) ** 2).sum(), (down * (at - mean[1]) ** 2).sum()])
    return mean, float(deviations.mean())


def _points(drawing: Pictures) -> Floats:
    """Middles of the ``CELLS``² squares of the paper with ink, x and y in sides of it: float [N, 2].

    A scribble of many lines then counts no more than the area that it covers.
    """
    side = drawing.shape[0]
    rows, columns = np.nonzero(drawing < 255 * (1 - FAINT))
    cells = np.unique(np.stack([columns * CELLS // side, rows * CELLS // side], axis=1), axis=0)
    return (cells[:: max(1, math.ceil(len(cells) / POINTS))] + 0.5) / CELLS


def _blurred(picture: Floats, deviation: float) -> Floats:
    """Gaussian blur with a border of nothing: float [R, R]."""
    reach = math.ceil(3 * deviation)
    kernel = np.exp(-((np.arange(-reach, reach + 1) / deviation) ** 2) / 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        picture = np.apply_along_axis(np.convolve, axis, picture, kernel, "same")
    return picture
