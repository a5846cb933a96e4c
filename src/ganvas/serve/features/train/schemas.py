"""Requests and answers of the Train page."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from ganvas.runs.queue import TrainingError, TrainingState
from ganvas.serve.features.train.picture_sets import Dropped, Kind
from ganvas.serve.features.train.run_folders import MAX_NAME, DeletedRun

Change = Field(description="A change of a setting, KEY=VALUE.", max_length=500)


class TrainingCard(BaseModel):
    """A training that the studio started."""

    run: str = Field(description="Id of its run.")
    recipe: str
    data: str = Field(description="Name of the pictures.")
    state: TrainingState
    stopping: bool = Field(description="It was asked to stop and still saves what it has learned.")
    place: int | None = Field(description="Place in the queue from 1; null: it does not wait.")
    kimg: float = Field(description="Length of the training in kimg.")
    created: str = Field(description="ISO 8601 in UTC, as the other times.")
    started: str | None
    ended: str | None
    error: TrainingError | None = Field(description="Why it failed; null: it did not.")
    drawn: float | None = Field(description="Share of its sample pictures that are drawn; null: none are being drawn.")


class TrainingList(BaseModel):
    """The trainings that the studio started, and the runs that can be restored."""

    trainings: list[TrainingCard] = Field(description="In the order in which they were added.")
    deleted: list[DeletedRun] = Field(description="The last deleted first.")


class TrainingRequest(BaseModel):
    """A training to put into the queue."""

    recipe: str = Field(description="Name of a shipped recipe.", max_length=200)
    data: str = Field(description="Name of the pictures.", max_length=1000)
    name: str | None = Field(None, max_length=1000, description="Name of the run; null: that of recipe and pictures.")
    sets: list[str] = Field([], max_length=200, description="Changes of settings, each KEY=VALUE.")
    start: str | None = Field(None, max_length=1000, description="Id of the bundle to begin from; null: none.")


class ProlongRequest(BaseModel):
    """A new length of a training."""

    kimg: float = Field(gt=0, lt=1e7, description="Its whole length in kimg.")


class RenameRequest(BaseModel):
    """A new name of a run."""

    name: str = Field(min_length=1, max_length=MAX_NAME)


class RestoredRun(BaseModel):
    """The name of a run that was restored or renamed."""

    run: str


class PictureSetCard(BaseModel):
    """Pictures that can be trained on."""

    name: str
    kind: Kind
    uploaded: bool = Field(description="Made by an upload, to which more can be added.")
    expected: int | None = Field(description="Number of files of an upload that has not ended; null: it has.")


class PictureSetList(BaseModel):
    """The pictures that can be trained on."""

    sets: list[PictureSetCard]


class Unpacked(BaseModel):
    """How far an uploaded zip is unpacked."""

    done: int
    total: int
    ended: bool
    error: TrainingError | None


class PictureSetDetail(PictureSetCard):
    """Pictures that can be trained on, with the first of them."""

    count: int = Field(description="Number of pictures; 0 for a zip and a catalogue, which are not looked into.")
    samples: list[str] = Field(description="Paths of the first pictures.")
    music: int = Field(description="Number of music files; 0 for a zip and a catalogue.")
    pieces: list[str] = Field(description="Paths of the first music files.")
    dropped: list[Dropped] = Field(description="Uploaded files that were not kept, by reason.")
    unpacking: Unpacked | None = Field(description="The uploaded zip; null: none, or it was unpacked before.")


class NewPictureSet(BaseModel):
    """The name of an upload."""

    name: str = Field(min_length=1, max_length=MAX_NAME)


class ExpectedFiles(BaseModel):
    """How many files an upload has."""

    files: int | None = Field(ge=1, description="Number of files that are about to be sent; null: all were sent.")


class PicturePaths(BaseModel):
    """The pictures that a set has."""

    paths: list[str] = Field(description="As they were sent, in Unicode NFC.")


class KeptPicture(BaseModel):
    """Whether an uploaded file was kept, and if not, why."""

    kept: bool
    error: TrainingError | None


class ReceivedZip(BaseModel):
    """How many bytes of a zip were received; the next part begins there."""

    size: int


class SuggestionReason(BaseModel):
    """Why something is suggested."""

    key: str
    params: dict[str, str | float]
    sentence: str


class RecipeSuggestion(BaseModel):
    """A recipe that suits the pictures."""

    goal: str = Field(description="What the model will do, such as new-pictures.")
    title: str = Field(description="The goal as a phrase in English.")
    recipe: str
    about: str
    sets: list[str]
    reasons: list[SuggestionReason]


class MissingGoal(BaseModel):
    """A goal that the pictures do not reach, and what is missing."""

    goal: str
    title: str
    reason: SuggestionReason


class PictureSurvey(BaseModel):
    """What the pictures are."""

    pictures: int
    width: int
    height: int
    arrangement: str
    classes: dict[str, int] = Field(description="Names of the classes, and how many pictures each has.")
    faces: float | None = Field(description="Share with a face; null: faces cannot be found on this machine.")
    drawings: bool
    grey: float = Field(description="Share without colour.")
    unreadable: int


class MusicFilesSurvey(BaseModel):
    """What the music is."""

    files: int = Field(description="Music files.")
    pictures: int = Field(description="Pictures beside them, which are left out.")
    parts: int = Field(description="Median number of parts with notes, of a sample of pieces.")
    roles: dict[str, int] = Field(description="In how many pieces of the sample there is melody, chords, bass, drums.")
    pieces: int = Field(description="Pieces in the sample.")
    unreadable: dict[str, str] = Field(description="Files of the sample that cannot be used, and why, in English.")


class SuggestionList(BaseModel):
    """What the pictures or the music are, and what can be learned from them, best first."""

    survey: PictureSurvey | None = Field(description="Null: they are music.")
    music: MusicFilesSurvey | None = Field(description="Null: they are pictures.")
    suggestions: list[RecipeSuggestion]
    missing: list[MissingGoal]


class RecipeCard(BaseModel):
    """A shipped recipe in short."""

    name: str
    task: str
    family: str
    about: str
    resolution: int
    bars: int | None = Field(description="Bars per phrase of music; null: it learns from pictures.")
    kimg: float


class RecipeList(BaseModel):
    """The shipped recipes."""

    recipes: list[RecipeCard]


class Setting(BaseModel):
    """A setting of a recipe."""

    key: str = Field(description="Dotted path, such as train.kimg.")
    kind: Literal["integer", "number", "boolean", "choice", "text", "list"]
    description: str
    value: Any = Field(description="The recipe's value.")
    optional: bool = Field(description="It may be null.")
    choices: list[Any] = Field(description="The values of a choice, and of the items of a list; empty: any.")
    minimum: float | None
    maximum: float | None
    above: float | None = Field(description="The value is greater than this; null: no such limit.")
    below: float | None = Field(description="The value is less than this; null: no such limit.")


class RecipeDetail(RecipeCard):
    """A shipped recipe with every setting."""

    settings: list[Setting]
