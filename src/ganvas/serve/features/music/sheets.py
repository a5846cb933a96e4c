"""``/v1/runs/{id}/sheets/{nimg}/music``: the notes of a training's sample sheet."""

from __future__ import annotations

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, ValidationError, model_validator

from ganvas.files import read_regular
from ganvas.runs.reader import MAX_DOCUMENT_BYTES, sample_sheets, sheet_notes
from ganvas.serve.core.context import Context
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.roles import needs
from ganvas.serve.features.music.schemas import MusicFormat, NoteInfo, Phrase, SheetMusic, TrackInfo
from ganvas.spec import DataSpec, Performance, RollSpec

router = APIRouter()


class _Stored(BaseModel):
    """The content of the file beside a sheet."""

    roll: RollSpec
    performance: Performance | None = None
    phrases: list[list[tuple[int, int, int, int]]]

    @property
    def data(self) -> DataSpec:
        """The format of the rolls, and how they are played."""
        return DataSpec(roll=self.roll, performance=self.performance)  # type: ignore[call-arg]

    @model_validator(mode="after")
    def _notes_fit(self) -> Self:
        """Every note belongs to a track, and lies within the range and the phrase."""
        roll = self.data.roll
        assert roll is not None
        for track, pitch, start, length in (note for notes in self.phrases for note in notes):
            inside = 0 <= track < len(roll.tracks) and 0 <= pitch - roll.lowest < roll.pitches
            if not (inside and 0 <= start < roll.steps and 1 <= length <= roll.steps - start):
                raise ValueError(f"a note outside of the roll: {(track, pitch, start, length)}")
        return self


def format_of(data: DataSpec, given: int | None) -> MusicFormat:
    """The format of a model's music, which has a roll; ``given`` is the index of the track that it accompanies."""
    spec = data.roll
    assert spec is not None
    return MusicFormat(
        tracks=[
            TrackInfo(name=track.name, program=program, drums=track.drums)
            for track, program in zip(spec.tracks, data.programs, strict=True)
        ],
        bars=spec.bars,
        beats=spec.beats,
        beat_steps=spec.beat_steps,
        lowest=spec.lowest,
        pitches=spec.pitches,
        tempo=data.tempo,
        given=given,
    )


@router.get(
    "/v1/runs/{id}/sheets/{nimg}/music",
    tags=["music"],
    operation_id="readSheetMusic",
    openapi_extra=needs("reviewer"),
)
def read_sheet_music(context: Context, id: str, nimg: int) -> SheetMusic:  # noqa: A002
    """The phrases of the sample sheet of a number of images, to be played."""
    sheet = sample_sheets(context.run(id)).get(nimg)
    path = sheet_notes(sheet) if sheet else None
    if path is None:
        raise MissingError(
            f"The sample sheet {nimg} of run {id!r} has no notes; see /v1/runs for those that have.",
            code="no-sheet-notes",
            params={"run": id, "nimg": nimg},
        )
    try:
        stored = _Stored.model_validate_json(read_regular(path, MAX_DOCUMENT_BYTES))
    except (OSError, ValidationError):
        raise MissingError(
            f"The notes of the sample sheet {nimg} of run {id!r} are damaged; look at its picture, or choose another "
            "sheet.",
            code="sheet-notes-damaged",
            params={"run": id, "nimg": nimg},
        ) from None
    phrases = [
        Phrase(
            notes=[
                NoteInfo(track=track, pitch=pitch, start=start, length=length) for track, pitch, start, length in notes
            ],
            steps=stored.roll.steps,
        )
        for notes in stored.phrases
    ]
    return SheetMusic(format=format_of(stored.data, None), phrases=phrases)
