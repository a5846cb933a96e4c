"""Piano rolls drawn for people: time to the right, pitch upwards, a colour per track."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ganvas.curate.images.decode import Pixels
from ganvas.spec import OCTAVE, RollSpec

# Colours that stay apart for most forms of colour blindness (Okabe & Ito 2008), and black.
COLOURS = (
    (213, 94, 0),
    (0, 114, 178),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (0, 0, 0),
)
GROUND, BAR, BEAT, OCTAVES = 255, 170, 228, 240  # grey levels
WIDTH, HEIGHT = 256, 3  # pixels per roll, at least; per pitch


def draw_roll(on: npt.NDArray[np.bool_], roll: RollSpec) -> Pixels:
    """A roll [time, pitches, tracks] as a picture uint8 [3 · pitches, W, 3]; notes on top of each other are mixed."""
    across = max(-(-WIDTH // roll.steps), 1)
    ground = np.full((roll.steps * across, roll.pitches * HEIGHT, 3), GROUND, np.float32)
    ground[:, (-roll.lowest % OCTAVE) * HEIGHT :: OCTAVE * HEIGHT] = OCTAVES
    ground[:: roll.beat_steps * across] = BEAT
    ground[:: roll.bar_steps * across] = BAR
    colours = np.array([COLOURS[index % len(COLOURS)] for index in range(on.shape[2])], np.float32)
    count = on.sum(2, keepdims=True)
    mixed = on.astype(np.float32) @ colours / np.maximum(count, 1)
    cells = np.repeat(np.repeat(mixed, across, 0), HEIGHT, 1)
    sounding = np.repeat(np.repeat(count > 0, across, 0), HEIGHT, 1)
    picture = np.where(sounding, cells, ground).astype(np.uint8)
    return np.ascontiguousarray(picture.transpose(1, 0, 2)[::-1])
