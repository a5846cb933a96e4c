"""A study: a folder with a manifest, copies of pictures or clips under names that reveal nothing, and the ratings."""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.apps.opinion.clips import Clip
from ganvas.errors import UserError
from ganvas.files import read_below, read_regular

Mode = Literal["acr", "pairs", "dcr"]
Media = Literal["pictures", "clips"]
Use = Literal["rated", "training", "check"]
CheckKind = Literal["attention", "gold"]

MANIFEST = "study.json"
PICTURES = "pictures"
CLIPS = "clips"
RATINGS = "ratings.sqlite"
VALUES: dict[Mode, tuple[int, ...]] = {"acr": (1, 2, 3, 4, 5), "dcr": (1, 2, 3, 4, 5), "pairs": (0, 1, 2)}
"""The answers of each mode: 5 is the best; of pairs 1 is the left picture, 2 the right one and 0 *not sure*."""

_MOST_MANIFEST = 64 << 20  # bytes
_MOST_PICTURE = 256 << 20
_MOST_CLIP = 16 << 20


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Part):
    """What is compared: the pictures of one origin.

    Attributes:
        name: As it stands in the report.
        origin: Where the pictures come from: a folder's name, or a model with its seeds.
        real: The pictures are real ones, hidden among the others; the reference of degradation rating.
        measured: Metrics of the model that made them, as they stood then; by name and what they compare with.
    """

    name: str
    origin: str
    real: bool = False
    measured: dict[str, float] = {}


class StudyPicture(_Part):
    """A picture of a study, or a clip of music.

    Attributes:
        id: Name of its file, without ending, and in addresses: random.
        use: ``rated``, ``training`` (shown first and not counted) or ``check``.
        condition: Index of its condition; None: the picture of a check.
        content: Index of what it shows: the same number in all conditions where they are matched by name.
        width: Pixels; 0 of a clip.
        height: Pixels; 0 of a clip.
        name: Its name where it comes from.
    """

    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    use: Use
    condition: int | None = None
    content: int = 0
    width: int
    height: int
    name: str = ""


class Check(_Part):
    """A question whose answer is known.

    Attributes:
        kind: ``attention``: the picture says what to answer; ``gold``: a picture that was ruined on purpose.
        pictures: Ids of what is shown, in its order.
        answers: The answers that are right.
    """

    kind: CheckKind
    pictures: tuple[str, ...]
    answers: tuple[int, ...]


class Manifest(_Part):
    """What a study consists of, written once.

    Attributes:
        version: Of the format.
        title: As raters see it; it must not tell what is compared.
        mode: ``acr``: one picture, 1 to 5; ``pairs``: which of two; ``dcr``: how far a picture is from its reference.
        seed: Of the choice of pictures and of the orders.
        created: When.
        conditions: What is compared.
        matched: A content is the same subject in all conditions.
        contents: Number of contents rated per condition.
        per_rater: Number of contents that one rater sees, each in all conditions.
        training: Number of questions before those that count.
        media: What is rated: pictures, or clips of music.
        pictures: All of them.
        checks: Questions whose answers are known.
        notes: What was left out or may bias the study, one sentence each.
    """

    version: Literal[1] = 1
    title: str
    mode: Mode
    seed: int
    created: datetime.datetime
    conditions: tuple[Condition, ...]
    matched: bool
    contents: int
    per_rater: int
    training: int
    media: Media = Field("pictures", exclude_if=lambda media: media == "pictures")
    pictures: tuple[StudyPicture, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()

    @property
    def reference(self) -> int:
        """Index of the condition of real pictures; -1: there is none."""
        return next((index for index, condition in enumerate(self.conditions) if condition.real), -1)


class Grid(NamedTuple):
    """Ids of pictures by use, condition and content; and the pictures by their ids."""

    rated: dict[tuple[int, int], str]
    training: dict[tuple[int, int], str]
    by_id: dict[str, StudyPicture]


@lru_cache(maxsize=32)
def _grid(pictures: tuple[StudyPicture, ...]) -> Grid:
    def of(use: Use) -> dict[tuple[int, int], str]:
        return {
            (one.condition, one.content): one.id for one in pictures if one.use == use and one.condition is not None
        }

    return Grid(of("rated"), of("training"), {one.id: one for one in pictures})


def grid(manifest: Manifest) -> Grid:
    """The pictures of a study by what they are for."""
    return _grid(manifest.pictures)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a study.

    Raises:
        UserError: There is no study, or it is damaged or of another version.
    """
    try:
        content = read_regular(folder / MANIFEST, _MOST_MANIFEST)
    except OSError:
        raise UserError(
            f"There is no study at {folder}; make one with `ganvas opinion create`.",
            code="study-missing",
            params={"study": folder.name},
        ) from None
    try:
        return Manifest.model_validate_json(content)
    except ValidationError:
        raise UserError(
            f"The study {folder} is damaged or was made by another version of Ganvas; make it again.",
            code="study-damaged",
            params={"study": folder.name},
        ) from None


def read_picture(folder: Path, manifest: Manifest, picture: str) -> bytes:
    """The PNG file of a picture of a study.

    Raises:
        UserError: The study has no such picture, or the file is missing.
    """
    if manifest.media == "pictures" and picture in grid(manifest).by_id:
        try:
            return read_below(folder, folder / PICTURES / f"{picture}.png", _MOST_PICTURE)
        except OSError:
            pass
    raise UserError("The study has no such picture; reload the page.", code="no-study-picture")


def read_clip(folder: Path, manifest: Manifest, clip: str) -> Clip:
    """A clip of a study of music.

    Raises:
        UserError: The study has no such clip, or its file is missing or damaged.
    """
    if manifest.media == "clips" and clip in grid(manifest).by_id:
        try:
            return Clip.model_validate_json(read_below(folder, folder / CLIPS / f"{clip}.json", _MOST_CLIP))
        except (OSError, ValidationError):
            pass
    raise UserError("The study has no such clip, or it is damaged; reload the page.", code="no-study-clip")
