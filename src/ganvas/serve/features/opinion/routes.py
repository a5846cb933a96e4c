from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from ganvas.apps.opinion.clips import Clip
from ganvas.apps.opinion.order import plan
from ganvas.apps.opinion.ratings import Standing, Study
from ganvas.apps.opinion.results import Results, results
from ganvas.apps.opinion.study import MANIFEST, grid, read_clip, read_picture
from ganvas.errors import UserError
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.roles import needs, person_of
from ganvas.serve.features.opinion.schemas import (
    ClipNote,
    Joined,
    Question,
    RaterRequest,
    RatingRequest,
    Shown,
    StudyClip,
    StudySummary,
)

router = APIRouter()


@router.get("/v1/studies", tags=["opinion"], operation_id="listStudies", openapi_extra=needs("player"))
async def list_studies(request: Request, context: Context) -> list[StudySummary]:
    """The studies that are open for ratings; owners see the others as well. Damaged ones are left out."""
    owner = person_of(request).may("owner")

    def read() -> list[StudySummary]:
        found = []
        for name, folder in _folders(context).items():
            try:
                summary = _summary(name, Study(folder), owner)
            except UserError:
                continue
            if owner or summary.state == "open":
                found.append(summary)
        return found

    return await asyncio.to_thread(read)


@router.post("/v1/studies/{id}/raters", tags=["opinion"], operation_id="joinStudy", openapi_extra=needs("player"))
async def join_study(context: Context, id: str) -> Joined:  # noqa: A002
    """Take part in a study. No name is asked for and no address kept."""
    return Joined(rater=await asyncio.to_thread(lambda: _study(context, id).join()))


@router.post("/v1/studies/{id}/question", tags=["opinion"], operation_id="readQuestion", openapi_extra=needs("player"))
async def read_question(context: Context, id: str, body: RaterRequest) -> Question:  # noqa: A002
    """The next question of a rater."""

    def read() -> Question:
        study = _study(context, id)
        return _question(study, study.standing(body.rater))

    return await asyncio.to_thread(read)


@router.post("/v1/studies/{id}/ratings", tags=["opinion"], operation_id="sendRating", openapi_extra=needs("player"))
async def send_rating(context: Context, id: str, body: RatingRequest) -> Question:  # noqa: A002
    """Answer a question; returns the next. The same answer may be sent again, and is kept once."""

    def rate() -> Question:
        study = _study(context, id)
        return _question(study, study.rate(body.rater, body.position, body.value, body.milliseconds))

    return await asyncio.to_thread(rate)


@router.post(
    "/v1/studies/{id}/withdrawal",
    tags=["opinion"],
    operation_id="withdrawFromStudy",
    status_code=204,
    openapi_extra=needs("player"),
)
async def withdraw_from_study(context: Context, id: str, body: RaterRequest) -> None:  # noqa: A002
    """Delete a rater with all answers."""
    await asyncio.to_thread(lambda: _study(context, id).withdraw(body.rater))


@router.get(
    "/v1/studies/{id}/pictures/{picture}",
    tags=["opinion"],
    operation_id="getStudyPicture",
    openapi_extra=needs("player"),
    response_class=Response,
    responses={200: {"description": "The picture.", "content": {"image/png": {}}}},
)
async def get_study_picture(context: Context, id: str, picture: str) -> Response:  # noqa: A002
    """A picture of a study, as it was copied."""

    def read() -> bytes:
        study = _study(context, id)
        return read_picture(study.folder, study.manifest, picture)

    content = await asyncio.to_thread(read)
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get(
    "/v1/studies/{id}/clips/{clip}",
    tags=["opinion"],
    operation_id="getStudyClip",
    openapi_extra=needs("player"),
)
async def get_study_clip(context: Context, response: Response, id: str, clip: str) -> StudyClip:  # noqa: A002
    """A clip of a study of music, to be played."""

    def read() -> Clip:
        study = _study(context, id)
        return read_clip(study.folder, study.manifest, clip)

    found = await asyncio.to_thread(read)
    response.headers["Cache-Control"] = "private, max-age=3600"
    names = tuple(ClipNote.model_fields)
    return StudyClip(
        **found.model_dump(exclude={"notes", "tracks"}),
        tracks=list(found.tracks),
        notes=[ClipNote(**dict(zip(names, note, strict=True))) for note in found.notes],
    )


@router.post(
    "/v1/studies/{id}/opening",
    tags=["opinion"],
    operation_id="openStudy",
    openapi_extra=needs("owner", audit="open a study"),
)
async def open_study(context: Context, id: str) -> StudySummary:  # noqa: A002
    """Let raters in."""

    def work() -> StudySummary:
        study = _study(context, id)
        study.open()
        return _summary(id, study, True)

    return await asyncio.to_thread(work)


@router.post(
    "/v1/studies/{id}/closing",
    tags=["opinion"],
    operation_id="closeStudy",
    openapi_extra=needs("owner", audit="close a study"),
)
async def close_study(context: Context, id: str) -> StudySummary:  # noqa: A002
    """End the rating, for good."""

    def work() -> StudySummary:
        study = _study(context, id)
        study.close()
        return _summary(id, study, True)

    return await asyncio.to_thread(work)


@router.get("/v1/studies/{id}/results", tags=["opinion"], operation_id="getResults", openapi_extra=needs("owner"))
async def get_results(context: Context, id: str) -> Results:  # noqa: A002
    """The results of a closed study."""
    return await asyncio.to_thread(lambda: results(_study(context, id)))


@router.get(
    "/v1/studies/{id}/report.md",
    tags=["opinion"],
    operation_id="getStudyReport",
    openapi_extra=needs("owner"),
    response_class=PlainTextResponse,
)
async def get_study_report(context: Context, id: str) -> PlainTextResponse:  # noqa: A002
    """The report of a closed study, in Markdown."""
    from ganvas.apps.opinion.report import markdown

    return PlainTextResponse(
        await asyncio.to_thread(lambda: markdown(results(_study(context, id)))), media_type="text/markdown"
    )


def _folders(context: StudioContext) -> dict[str, Path]:
    """The folders of studies, by id."""
    folder = context.settings.studies
    if folder is None or not folder.is_dir():
        return {}
    inner = sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_symlink())
    return {path.name: path for path in inner if (path / MANIFEST).is_file()}


def _study(context: StudioContext, name: str) -> Study:
    folder = _folders(context).get(name)
    if folder is None:
        raise MissingError(f"There is no study {name!r}; reload the page.", code="no-study", params={"study": name})
    return Study(folder)


def _summary(name: str, study: Study, owner: bool) -> StudySummary:
    facts = study.facts()
    return StudySummary(
        id=name,
        title=study.manifest.title,
        mode=study.manifest.mode,
        media=study.manifest.media,
        state=facts.state,
        questions=len(plan(study.manifest, 0)),
        raters=facts.raters if owner else None,
        finished=facts.finished if owner else None,
    )


def _question(study: Study, standing: Standing) -> Question:
    pictures = grid(study.manifest).by_id
    trial, following = standing.trial, standing.following
    return Question(
        position=standing.position,
        total=standing.total,
        training=trial is not None and trial.kind == "training",
        pictures=[
            Shown(id=one, width=pictures[one].width, height=pictures[one].height)
            for one in (trial.pictures if trial is not None else ())
        ],
        following=list(following.pictures) if following is not None else [],
    )
