"""What the opinion routes take and return."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ganvas.apps.opinion.clips import ClipTrack
from ganvas.apps.opinion.ratings import State
from ganvas.apps.opinion.study import Media, Mode


class StudySummary(BaseModel):
    """A study, without anything that tells what is compared."""

    id: str
    title: str
    mode: Mode = Field(description="acr: one picture, 1 to 5; pairs: which of two; dcr: how far from the reference.")
    media: Media = Field(description="What is rated: pictures, or clips of music.")
    state: State
    questions: int = Field(description="Questions that one rater is asked.")
    raters: int | None = Field(description="Who took part and did not withdraw; null for people who are not owners.")
    finished: int | None = Field(description="Of these, who answered everything; null likewise.")


class Shown(BaseModel):
    """A picture or a clip of a question."""

    id: str
    width: int = Field(description="Pixels; 0 of a clip.")
    height: int = Field(description="Pixels; 0 of a clip.")


class Question(BaseModel):
    """Where a rater stands, and the next question."""

    position: int = Field(description="Number of questions answered, which is the index of the next.")
    total: int = Field(description="Number of questions.")
    training: bool = Field(description="The next question does not count.")
    pictures: list[Shown] = Field(description="What it shows, from left to right; empty: all are answered.")
    following: list[str] = Field(description="Ids of the pictures or clips after it, to be loaded ahead.")


class Joined(BaseModel):
    """A new rater of a study."""

    rater: str = Field(description="The secret by which the rater is known.")


class RaterRequest(BaseModel):
    """Who asks."""

    rater: str = Field(max_length=64, description="The secret that joining returned.")


class RatingRequest(RaterRequest):
    """An answer."""

    position: int = Field(ge=0, description="Index of the question.")
    value: int = Field(description="1 to 5, the best is 5; of pairs 1: left, 2: right, 0: not sure.")
    milliseconds: int | None = Field(None, ge=0, le=86_400_000, description="From when it was shown.")


class ClipNote(BaseModel):
    """A note of a clip."""

    track: int = Field(description="Index of its track.")
    pitch: int = Field(description="MIDI number.")
    start: int = Field(description="First time step.")
    length: int = Field(description="In time steps.")


class StudyClip(BaseModel):
    """A clip of music, without anything that tells where it comes from."""

    tempo: float = Field(description="Quarter notes per minute.")
    beats: int = Field(description="Quarter notes per bar.")
    beat_steps: int = Field(description="Time steps per quarter note.")
    steps: int = Field(description="Its length in time steps.")
    tracks: list[ClipTrack] = Field(description="What plays each track.")
    notes: list[ClipNote] = Field(description="By start.")
