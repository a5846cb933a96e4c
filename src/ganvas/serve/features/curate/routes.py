"""``/v1/review`` and ``/v1/pictures``: the pictures of a catalogue, and the verdicts on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from ganvas.serve.core.context import Context
from ganvas.serve.core.errors import ConflictError, MissingError
from ganvas.serve.core.responses import FOREVER, not_modified
from ganvas.serve.core.roles import needs, person_of
from ganvas.serve.features.curate.schemas import (
    CatalogueCounts,
    CheckDescription,
    DropReason,
    JoinRequest,
    NamedProgress,
    PictureCheck,
    PictureDetail,
    PictureOrigin,
    PictureProposal,
    PictureTwin,
    QueuedPicture,
    ReviewerName,
    ReviewerProgress,
    ReviewQueue,
    ReviewRound,
    ReviewState,
    RoundAgreement,
    RoundChange,
    RoundDetail,
    RoundRequest,
    UndoAnswer,
    UndoRequest,
    VerdictAnswer,
    VerdictsAnswer,
    VerdictsRequest,
)
from ganvas.serve.features.curate.state import CurateState

if TYPE_CHECKING:
    from ganvas.curate.catalog import Image
    from ganvas.curate.review.review import Review
    from ganvas.curate.review.schema import QueueEntry

router = APIRouter()
TWINS = 12  # duplicates shown with a picture
MOST = 2**31 - 1  # the largest integer that every database takes
Number = Annotated[int, Path(ge=1, le=MOST, description="Number of the round.")]
PictureId = Annotated[int, Path(ge=1, le=MOST, description="Number of the picture.")]
Reviewer = Annotated[str, Query(min_length=1, max_length=100, description=ReviewerName.description)]


# ── Rounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/v1/review", tags=["review"], operation_id="getReview", openapi_extra=needs("reviewer"))
def get_review(request: Request, context: Context) -> ReviewState:
    """The catalogue under review: its rounds, its counts, and the reasons to drop a picture."""
    from ganvas.curate.checks.rules import describe_checks, load_rules
    from ganvas.curate.review.schema import REASONS

    review = context.state(CurateState).review
    return ReviewState(
        catalogue=review.catalog.root.absolute().name,
        reviewer=person_of(request).name or (context.settings.reviewer if context.access.tokens is None else None),
        counts=CatalogueCounts.model_validate(review.catalog.counts()),
        rounds=[ReviewRound.model_validate(one) for one in review.rounds()],
        reasons=[DropReason.model_validate(reason) for reason in REASONS],
        checks=[CheckDescription.model_validate(check) for check in describe_checks(load_rules())],
    )


@router.post(
    "/v1/review/rounds",
    tags=["review"],
    operation_id="openRound",
    openapi_extra=needs("owner", audit="round"),
    status_code=201,
)
def open_round(context: Context, body: RoundRequest) -> ReviewRound:
    """Open the next round; the one before is closed."""
    return ReviewRound.model_validate(context.state(CurateState).review.open_round(body.scope, body.overlap))


@router.get("/v1/review/{round}", tags=["review"], operation_id="getRound", openapi_extra=needs("reviewer"))
def get_round(context: Context, round: Number) -> RoundDetail:  # noqa: A002
    """A round: the progress of every reviewer, and the changes of verdicts so far."""
    review = context.state(CurateState).round(round)
    found = review.round(round)
    progress = [NamedProgress(reviewer=name, **review.progress(round, name)._asdict()) for name in found.reviewers]
    changes = [RoundChange.model_validate(change) for change in review.changes(round)]
    return RoundDetail(**found._asdict(), progress=progress, changes=changes)


@router.get(
    "/v1/review/{round}/agreement", tags=["review"], operation_id="getAgreement", openapi_extra=needs("reviewer")
)
def get_agreement(context: Context, round: Number) -> RoundAgreement:  # noqa: A002
    """The agreement of a round's reviewers: Cohen's κ for two, Fleiss' κ for more."""
    return RoundAgreement.model_validate(context.state(CurateState).round(round).agreement(round))


@router.post(
    "/v1/review/{round}/reviewers",
    tags=["review"],
    operation_id="joinRound",
    openapi_extra=needs("reviewer", audit="join"),
)
def join_round(request: Request, context: Context, round: Number, body: JoinRequest) -> ReviewerProgress:  # noqa: A002
    """Add a reviewer to a round; the pictures that nobody has judged are distributed anew. Joining again is safe."""
    review = context.state(CurateState).round(round)
    context.access.check_name(person_of(request), body.reviewer)
    review.join(round, body.reviewer)
    return _progress(review, round, body.reviewer)


# ── Verdicts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/v1/review/{round}/queue", tags=["review"], operation_id="getQueue", openapi_extra=needs("reviewer"))
def get_queue(
    context: Context,
    round: Number,  # noqa: A002
    reviewer: Reviewer,
    after: Annotated[
        int | None,
        Query(
            ge=0, le=MOST, description="Number of the last picture received; left out: from where the reviewer stopped."
        ),
    ] = None,
    count: Annotated[int, Query(ge=1, le=200, description="How many pictures.")] = 50,
    skipped: Annotated[bool, Query(description="True: the pictures that the reviewer skipped.")] = False,
) -> ReviewQueue:
    """The next pictures of a reviewer of the round, lowest score first."""
    review = context.state(CurateState).round(round)
    if not review.has_reviewer(round, reviewer):
        raise ConflictError(
            f"{reviewer} is not a reviewer of round {round}; join it first with POST /v1/review/{round}/reviewers.",
            code="not-a-reviewer",
            params={"reviewer": reviewer, "round": round},
        )
    found = review.skipped(round, reviewer, count) if skipped else review.queue(round, reviewer, after, count)
    return ReviewQueue(pictures=_queued(review, found), progress=_progress(review, round, reviewer))


@router.post(
    "/v1/review/{round}/verdicts",
    tags=["review"],
    operation_id="sendVerdicts",
    openapi_extra=needs("reviewer", audit="verdicts"),
)
def send_verdicts(request: Request, context: Context, round: Number, body: VerdictsRequest) -> VerdictsAnswer:  # noqa: A002
    """Save verdicts (keep, drop or skip). Sending them again is safe, and a refused one does not stop the others."""
    from ganvas.curate.review.schema import Verdict

    review = context.state(CurateState).round(round)
    context.access.check_name(person_of(request), body.reviewer)
    verdicts = [Verdict(one.id, one.verdict, one.reason, one.client_id) for one in body.verdicts]
    answers = [
        VerdictAnswer(
            client_id=one.client_id,
            id=one.image_id,
            status=one.status,
            why=None if one.why is None else str(one.why),
            code=None if one.why is None else one.why.code,
            params={} if one.why is None else one.why.params,
        )
        for one in review.decide(round, body.reviewer, verdicts)
    ]
    return VerdictsAnswer(answers=answers, progress=_progress(review, round, body.reviewer))


@router.post(
    "/v1/review/{round}/undo",
    tags=["review"],
    operation_id="undoVerdict",
    openapi_extra=needs("reviewer", audit="undo"),
)
def undo_verdict(request: Request, context: Context, round: Number, body: UndoRequest) -> UndoAnswer:  # noqa: A002
    """Take back the reviewer's last verdict that has not been taken back."""
    review = context.state(CurateState).round(round)
    context.access.check_name(person_of(request), body.reviewer)
    image_id = review.undo(round, body.reviewer, body.client_id)
    place = None if image_id is None else review.place(round, image_id)
    picture = _queued(review, [place])[0] if place else None
    return UndoAnswer(picture=picture, progress=_progress(review, round, body.reviewer))


def _progress(review: Review, number: int, reviewer: str) -> ReviewerProgress:
    return ReviewerProgress.model_validate(review.progress(number, reviewer))


def _queued(review: Review, found: Sequence[QueueEntry]) -> list[QueuedPicture]:
    shown = _described(review, [queued.image for queued in found])
    return [
        QueuedPicture(
            **shown[queued.image.id],
            score=queued.score,
            before=queued.before,
            shared=queued.shared,
            lent=queued.lent,
        )
        for queued in found
    ]


# ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/v1/pictures/{id}", tags=["review"], operation_id="getPicture", openapi_extra=needs("reviewer"))
def get_picture(context: Context, id: PictureId) -> PictureDetail:  # noqa: A002
    """A picture: its origins, the results of its checks, its duplicates and its verdict."""
    review = context.state(CurateState).review
    image = _picture(review, id)
    return PictureDetail(
        **_described(review, [image])[id],
        bytes=image.bytes,
        added=image.added,
        score=image.score,
        result=image.result,
        reason=image.reason,
    )


@router.get(
    "/v1/pictures/{id}/thumbnail",
    tags=["review"],
    operation_id="getThumbnail",
    openapi_extra=needs("reviewer"),
    response_class=Response,
    responses={
        200: {"description": "WebP", "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
def get_thumbnail(
    request: Request,
    context: Context,
    id: PictureId,  # noqa: A002
    size: Annotated[
        int,
        Query(ge=16, le=2048, description="The longer side in pixels; the next larger size that exists is returned."),
    ] = 256,
) -> Response:
    """A smaller copy of a picture, upright and without its metadata."""
    review = context.state(CurateState).review
    image = _picture(review, id)
    thumbnails = review.catalog.thumbnails
    etag = f'"{image.sha256[:16]}-{thumbnails.size(size)}"'
    same = request.query_params.get("v") == image.sha256[:12]
    cache = FOREVER if same else "no-cache"
    if (answer := not_modified(request, etag, cache)) is not None:
        return answer
    content = thumbnails.get(image, size)
    if content is None:
        raise MissingError(
            f"The file of picture {id} is missing from the catalogue's store.",
            code="picture-file-missing",
            params={"picture": id},
        )
    return Response(content, media_type="image/webp", headers={"ETag": etag, "Cache-Control": cache})


def _picture(review: Review, image_id: int) -> Image:
    image = review.catalog.image(image_id)
    if image is None:
        raise MissingError(
            f"There is no picture {image_id} in this catalogue.", code="no-picture", params={"picture": image_id}
        )
    return image


def _thumbnail_url(image_id: int, sha256: str) -> str:
    return f"/v1/pictures/{image_id}/thumbnail?v={sha256[:12]}"


def _described(review: Review, images: Sequence[Image]) -> dict[int, dict[str, Any]]:
    """The fields that every answer holds about these pictures, in a few queries for all of them."""
    from ganvas.curate.review.propose import proposals_of

    catalog = review.catalog
    ids = [image.id for image in images]
    checks, origins, proposals = catalog.checks_of(ids), catalog.origins_of(ids), proposals_of(catalog, ids)
    twins = {number: found[:TWINS] for number, found in catalog.twins(ids).items()}
    names = {twin.id for found in twins.values() for twin in found}
    hashes = {image.id: image.sha256 for image in catalog.images(ids=sorted(names))}
    return {
        image.id: {
            "id": image.id,
            "sha256": image.sha256,
            "width": image.width,
            "height": image.height,
            "thumbnail_url": _thumbnail_url(image.id, image.sha256),
            "checks": [PictureCheck.model_validate(check) for check in checks[image.id]],
            "proposal": PictureProposal(keep=said.keep, reason=said.reason)
            if (said := proposals.get(image.id))
            else None,
            "duplicates": [
                PictureTwin(**twin._asdict(), thumbnail_url=_thumbnail_url(twin.id, hashes[twin.id]))
                for twin in twins[image.id]
            ],
            "origins": [PictureOrigin.model_validate(origin) for origin in origins[image.id]],
        }
        for image in images
    }
