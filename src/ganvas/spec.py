"""``DataSpec`` and ``RollSpec``: how pictures and piano rolls are prepared for a model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from ganvas.crops import Crop, Resize

OCTAVE = 12  # semitones
MIN_TEMPO, MAX_TEMPO = 20.0, 400.0  # quarter notes per minute
DEFAULT_TEMPO = 100.0  # quarter notes per minute, where no file of a data set states one, and for models without data


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour's name or of #rrggbb.

    Raises:
        ValueError: it is neither.
    """
    from PIL import ImageColor  # only where a colour is checked, so that help needs no Pillow

    try:
        red, green, blue, *_ = ImageColor.getrgb(colour)
    except ValueError:
        raise ValueError(f"{colour!r} is no colour: give a name such as white, or #rrggbb") from None
    return red, green, blue


def _checked(colour: str) -> str:
    rgb_of(colour)
    return colour


Colour = Annotated[str, AfterValidator(_checked)]


def is_unset(value: Any) -> bool:
    """Whether a field of music is left out when it is written, so that files about pictures stay as they are."""
    return value is None or value == 0


class Track(BaseModel):
    """One track of a piano roll."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="its name, also that of the parts it takes where these go by name")
    program: int = Field(0, ge=0, le=127, description="General MIDI program that plays it, counted from 0")
    drums: bool = Field(False, description="played on the drum channel; its pitches are instruments")
    programs: tuple[int, int] | None = Field(
        None, description="where parts go by program: the first and the last program of the parts it takes"
    )


class RollSpec(BaseModel):
    """How music becomes a piano roll: tracks, time grid and pitch range; recorded in the run and in the bundle.

    A piano roll is a phrase of ``bars`` bars as an array [time, pitches, tracks] that is on where a note sounds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tracks: tuple[Track, ...] = Field(min_length=1, max_length=16, description="the tracks in order")
    assign: Literal["order", "name", "program", "role"] = Field(
        "order", description="what decides which track a part goes to: its place, name, MIDI program, or musical role"
    )
    bars: int = Field(4, ge=1, le=16, description="bars per phrase")
    beats: int = Field(4, ge=2, le=8, description="quarter notes per bar; bars of other lengths are left out")
    beat_steps: Literal[3, 4, 6, 8, 12, 16, 24] = Field(12, description="time steps per quarter note")
    lowest: int = Field(24, ge=0, le=127, description="MIDI number of the lowest pitch")
    octaves: int = Field(
        7, ge=3, le=8, description="octaves of pitches, from the lowest up; notes outside are left out"
    )

    key: Literal["kept", "common"] = Field(
        "kept",
        exclude_if=lambda value: value == "kept",
        description="common: each phrase is transposed to C major or A minor, by its pitch classes",
    )
    voices: Literal["all", "one"] = Field(
        "all",
        exclude_if=lambda value: value == "all",
        description="one: of the notes of a track that sound at once, the highest stays",
    )

    @field_validator("tracks")
    @classmethod
    def _names_differ(cls, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        if len({track.name for track in tracks}) < len(tracks):
            raise ValueError("each track needs a name of its own")
        return tracks

    @property
    def pitches(self) -> int:
        """Number of pitches."""
        return OCTAVE * self.octaves

    @property
    def bar_steps(self) -> int:
        """Time steps per bar."""
        return self.beats * self.beat_steps

    @property
    def steps(self) -> int:
        """Time steps per phrase."""
        return self.bars * self.bar_steps


class Performance(BaseModel):
    """How the files of a music data set are played; generated pieces are played so unless told otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tempo: float | None = Field(
        None,
        ge=MIN_TEMPO,
        le=MAX_TEMPO,
        description="quarter notes per minute, median over the phrases; null: no file states it",
    )
    programs: tuple[Annotated[int, Field(ge=0, le=127)] | None, ...] = Field(
        (), description="most frequent General MIDI program of each track, from 0; null: no file states it"
    )


class DataSpec(BaseModel):
    """How pictures or piano rolls are prepared, in training and again at use; recorded in the run and in the bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resolution: int = Field(64, ge=4, le=2048, description="side of the square picture, in pixels")
    channels: Literal[1, 3, 4] = Field(
        3, description="channels of the generated pictures (1 grey, 3 RGB, 4 RGB and opacity)"
    )
    crop: Crop = Field("center", description="how a picture that is not square becomes square")
    resize: Resize = Field("lanczos", description="lanczos, or nearest for pixel art: no pixel is mixed with another")
    background: Colour = Field("white", description="colour under transparent parts and around padded pictures")
    white_level: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="value of white in pictures of more than 8 bits; null: guessed"
    )
    flip: bool = Field(True, description="mirror pictures at random while training")
    classes: tuple[str, ...] = Field((), description="class names in label order; empty when unconditional")
    degradation: str | None = Field(None, description="paired only: what makes the source from the target")
    source_channels: Literal[1, 3, 6] = Field(3, description="paired only: channels of the source picture")
    source_scale: int = Field(1, ge=1, le=8, description="paired only: how many times smaller the source's sides are")
    labels: int = Field(0, ge=0, le=256, description="paired only: sources are maps of so many labels; 0: pictures")
    void_label: int | None = Field(
        None, ge=0, le=255, description="label maps: the number of pixels without a label; null: none"
    )
    palette: tuple[tuple[int, int, int, int], ...] = Field(
        (), description="label maps: their colours as red, green, blue and number; empty: their pixels are numbers"
    )

    roll: RollSpec | None = Field(None, exclude_if=is_unset, description="music only: the format of the piano rolls")
    transpose: int = Field(
        0, ge=0, le=11, exclude_if=is_unset, description="music only: semitones up or down at random while training"
    )
    performance: Performance | None = Field(
        None, exclude_if=is_unset, description="music only: tempo and programs of the files; null: not recorded"
    )

    @model_validator(mode="after")
    def _programs_fit(self) -> DataSpec:
        stated = self.performance.programs if self.performance else ()
        if stated and (self.roll is None or len(stated) != len(self.roll.tracks)):
            raise ValueError("performance.programs has one number for each track")
        return self

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one item: pixels of a square picture; time, pitch and tracks of a roll."""
        if self.roll is not None:
            return self.roll.steps, self.roll.pitches, len(self.roll.tracks)
        return self.resolution, self.resolution, self.channels

    @property
    def tempo(self) -> float:
        """Quarter notes per minute of generated music: those of the data, or ``DEFAULT_TEMPO``."""
        return (self.performance and self.performance.tempo) or DEFAULT_TEMPO

    @property
    def programs(self) -> tuple[int, ...]:
        """General MIDI program of each track, from 0: those of the data, or the recipe's; empty for pictures."""
        if self.roll is None:
            return ()
        stated = self.performance.programs if self.performance else ()
        own = [track.program for track in self.roll.tracks]
        return tuple(own[n] if one is None else one for n, one in enumerate(stated)) if stated else tuple(own)

    @property
    def source_resolution(self) -> int:
        """Side of the square source picture, in pixels."""
        return self.resolution // self.source_scale
