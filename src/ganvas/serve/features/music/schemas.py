"""What the music routes take and return."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from ganvas.inference.music import MAX_PHRASES
from ganvas.serve.core.parameters import SEEDS


class TrackInfo(BaseModel):
    """A track of a model."""

    name: str
    program: int = Field(description="General MIDI program of the training data, from 0.")
    drums: bool = Field(description="Its pitches are instruments of the drum kit.")


class MusicFormat(BaseModel):
    """What the pieces of a model are made of."""

    tracks: list[TrackInfo]
    bars: int = Field(description="Bars per phrase.")
    beats: int = Field(description="Quarter notes per bar.")
    beat_steps: int = Field(description="Time steps per quarter note.")
    lowest: int = Field(description="MIDI number of the lowest pitch.")
    pitches: int = Field(description="Number of pitches.")
    tempo: float = Field(description="Quarter notes per minute of the training data; 100 where unknown.")
    given: int | None = Field(description="Index of the track that it accompanies; null: it takes none.")


class NoteInfo(BaseModel):
    """A note."""

    track: int = Field(description="Index of its track.")
    pitch: int = Field(description="MIDI number.")
    start: int = Field(description="First time step, from the beginning of the piece.")
    length: int = Field(description="In time steps.")


class ComposeRequest(BaseModel):
    """Which piece is wanted."""

    seeds: list[Annotated[int, Field(ge=0, lt=SEEDS)]] = Field(
        min_length=1, max_length=16, description="One, or several through which the piece passes."
    )
    phrases: int = Field(1, ge=1, le=MAX_PHRASES, description="Phrases of the piece; the latent moves between seeds.")
    threshold: float = Field(0.5, gt=0, lt=1, description="A note sounds where its probability is above this.")
    draw: bool = Field(False, description="Draw each note with its probability instead, by the seed.")


class Phrase(BaseModel):
    """Music of some bars."""

    notes: list[NoteInfo] = Field(description="By start, then track, then pitch.")
    steps: int = Field(description="Its length in time steps.")


class SheetMusic(BaseModel):
    """The phrases of a sample sheet."""

    format: MusicFormat
    phrases: list[Phrase] = Field(description="In the order of the sheet, row by row.")


class Composition(Phrase):
    """A piece."""

    milliseconds: float = Field(description="Time that the request took.")
