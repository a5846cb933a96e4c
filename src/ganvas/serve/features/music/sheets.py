"""``/v1/runs/{id}/sheets/{nimg}/music``: the notes of a training's sample sheet."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ValidationError

from ganvas.files import read_regular
from ganvas.runs.reader import MAX_DOCUMENT_BYTES, sample_sheets, sheet_notes
from ganvas.serve.core.context import Context
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.roles import needs
from ganvas.serve.features.music.schemas import MusicFormat, NoteInfo, Phrase, SheetMusic, TrackInfo
from ganvas.spec import RollSpec

router = APIRouter()


class _Stored(BaseModel):
    """The content of the file beside a sheet."""

    roll: RollSpec
    phrases: list[list[tuple[int, int, int, int]]]


def format_of(spec: RollSpec, given: int | None) -> MusicFormat:
    """The format of a model's music; ``given`` is the index of the track that it accompanies."""
    return MusicFormat(
        tracks=[TrackInfo(name=track.name, program=track.program, drums=track.drums) for track in spec.tracks],
        bars=spec.bars,
        beats=spec.beats,
        beat_steps=spec.beat_steps,
        lowest=spec.lowest,
        pitches=spec.pitches,
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
    try:
        stored = _Stored.model_validate_json(read_regular(path, MAX_DOCUMENT_BYTES)) if path else None
    except (OSError, ValidationError):
        stored = None
    if stored is None:
        raise MissingError(
            f"The sample sheet {nimg} of run {id!r} has no notes; see /v1/runs for those that have.",
            code="no-sheet-notes",
            params={"run": id, "nimg": nimg},
        )
    phrases = [
        Phrase(
            notes=[
                NoteInfo(track=track, pitch=pitch, start=start, length=length) for track, pitch, start, length in notes
            ],
            steps=stored.roll.steps,
        )
        for notes in stored.phrases
    ]
    return SheetMusic(format=format_of(stored.roll, None), phrases=phrases)
