"""Clips of music: notes on a time grid, as the rating page plays them; and the clips whose answer is known."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

MIDDLE = 72  # MIDI number of the tones that are counted
_PIANO = 0
_DENSE = 3  # notes per step of a ruined clip

Note = tuple[
    Annotated[int, Field(ge=0)],
    Annotated[int, Field(ge=0, le=127)],
    Annotated[int, Field(ge=0)],
    Annotated[int, Field(ge=1)],
]
"""Index of the track, MIDI number, first time step and length in time steps."""


class ClipTrack(BaseModel):
    """What plays a track: a General MIDI program from 0, or a drum kit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    program: int = Field(ge=0, le=127)
    drums: bool = False


class Clip(BaseModel):
    """A clip of music.

    Attributes:
        tempo: Quarter notes per minute.
        beats: Quarter notes per bar.
        beat_steps: Time steps per quarter note.
        steps: Its length in time steps.
        tracks: What plays each track; they have no names, which could tell where a clip comes from.
        notes: By start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tempo: float = Field(ge=20, le=400)
    beats: int = Field(ge=1)
    beat_steps: int = Field(ge=1)
    steps: int = Field(ge=1)
    tracks: tuple[ClipTrack, ...]
    notes: tuple[Note, ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return 60 * self.steps / self.tempo / self.beat_steps


def tones(number: int, like: Clip) -> Clip:
    """A clip of so many equal tones and nothing else, one per beat; they are counted to answer."""
    step = like.beat_steps
    notes = tuple((0, MIDDLE, index * step, max(step // 2, 1)) for index in range(number))
    return like.model_copy(
        update={"steps": step * (number + 1), "tracks": (ClipTrack(program=_PIANO),), "notes": notes}
    )


def ruined_clip(clip: Clip, rng: np.random.Generator) -> Clip:
    """A clip whose notes are thrown to random pitches and times, and more beside them, which nobody finds good."""
    count = max(len(clip.notes), _DENSE * clip.steps // max(clip.beat_steps // 4, 1))
    tracks = [index for index, track in enumerate(clip.tracks) if not track.drums] or [0]
    starts = np.sort(rng.integers(0, clip.steps, count))
    notes = tuple(
        (int(rng.choice(tracks)), int(rng.integers(40, 100)), int(start), min(2, clip.steps - int(start)))
        for start in starts
    )
    return clip.model_copy(update={"notes": notes})
