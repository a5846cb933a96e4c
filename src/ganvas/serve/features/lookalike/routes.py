"""``/v1/galleries``: the people that a face is compared with, and whom a face resembles."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.serve.core.context import Context
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.responses import elapsed_milliseconds
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import decode_upload
from ganvas.serve.features.lookalike.schemas import AngleReason, GallerySummary, LookalikeAnswer, Resemblance
from ganvas.serve.features.lookalike.state import LookalikeState
from ganvas.tasks.pictures import Pictures

if TYPE_CHECKING:  # needs an extra that other routes do not
    from ganvas.apps.lookalike import Comparer, Measured, Reason
    from ganvas.apps.lookalike.gallery import GalleryInfo
    from ganvas.curate.faces import FaceReader
    from ganvas.curate.faces.networks import Floats

router = APIRouter()

LONGEST_SIDE = 2048  # pixels; larger pictures are made smaller
MOST_MATCHES = 12


@router.get("/v1/galleries", tags=["lookalike"], operation_id="listGalleries", openapi_extra=needs("player"))
async def list_galleries(context: Context) -> list[GallerySummary]:
    """The galleries that a face can be compared with; damaged ones are left out."""
    found = await asyncio.to_thread(context.state(LookalikeState).galleries)
    return [_summary(name, comparer) for name, comparer in found.items()]


@router.get(
    "/v1/galleries/{id}/people/{person}/picture",
    tags=["lookalike"],
    operation_id="getGalleryPicture",
    openapi_extra=needs("player"),
    response_class=Response,
    responses={200: {"description": "A small picture of the person.", "content": {"image/jpeg": {}}}},
)
async def get_gallery_picture(context: Context, id: str, person: int) -> Response:  # noqa: A002
    """The picture of a person of a gallery."""
    comparer = await asyncio.to_thread(context.state(LookalikeState).gallery, id)
    pictures = comparer.gallery.pictures
    if not 0 <= person < len(pictures):
        raise MissingError(
            f"Gallery {id} has no picture {person}; reload the page.",
            code="no-gallery-picture",
            params={"gallery": id, "person": person},
        )
    return Response(pictures[person], media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"})


@router.post(
    "/v1/galleries/{id}/lookalike",
    tags=["lookalike"],
    operation_id="findLookalikes",
    openapi_extra=needs("player", cost="upload"),
)
async def find_lookalikes(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="A photograph of one face, from the front.")],
    consent: Annotated[
        bool, Form(description="The person shown is an adult, and is the sender or agreed to this use.")
    ] = False,
    weight: Annotated[
        float, Form(ge=0, le=1, description="Of the whole face beside its shape; 0: shape alone, 1: whole face alone.")
    ] = 0.0,
    most: Annotated[int, Form(ge=1, le=MOST_MATCHES, description="How many people.")] = 6,
) -> LookalikeAnswer:
    """Whom a face resembles, and why. The picture and what is measured in it are not kept.

    Strangers are compared and nobody is identified: people who may be the person shown are left out and not named.
    """
    start = time.perf_counter()
    state = context.state(LookalikeState)
    comparer = await asyncio.to_thread(state.gallery, id)
    from ganvas.apps.consent import check_consent

    check_consent(consent)
    pixels = await decode_upload(request, context, image, _pixels, still=True)

    def work(reader: FaceReader) -> LookalikeAnswer:
        from ganvas.apps.lookalike import measure_photograph

        measured, _ = measure_photograph(pixels, reader)
        return _answer(comparer, measured, weight, most)

    answer = await while_connected(request, state.submit(work))
    return answer.model_copy(update={"milliseconds": elapsed_milliseconds(start)})


def _summary(name: str, comparer: Comparer) -> GallerySummary:
    info = comparer.gallery.info
    return GallerySummary(
        id=name,
        name=info.name,
        people=len(info.people),
        photographs=len(info.photographs),
        consent=info.consent,
        sources=_sources(info),
        delete_after=info.delete_after,
        has_pictures=bool(comparer.gallery.pictures),
    )


def _sources(info: GalleryInfo) -> list[str]:
    """Each source once, with its licence."""
    origins = (photograph.origin for photograph in info.photographs if photograph.origin is not None)
    return list(dict.fromkeys(", ".join(filter(None, (one.source, one.licence))) for one in origins))


def _answer(comparer: Comparer, measured: Measured, weight: float, most: int) -> LookalikeAnswer:
    from ganvas.apps.lookalike import outlines

    found = comparer.compare(measured, weight, most)
    points = comparer.points
    matches = []
    for match in found.matches:
        theirs = points[match.person]
        shared, different = (
            [_reason(reason, measured.points, theirs) for reason in reasons] for reasons in match.reasons
        )
        matches.append(
            Resemblance(
                person=match.person,
                name=comparer.gallery.info.people[match.person],
                shape=match.shape,
                overall=match.overall,
                together=match.together,
                shared=shared,
                different=different,
                outline=outlines(theirs),
            )
        )
    return LookalikeAnswer(
        matches=matches,
        outline=outlines(measured.points),
        left_out=found.left_out,
        nearer_rivals=found.nearer_rivals,
        milliseconds=0,
    )


def _reason(reason: Reason, own: Floats, other: Floats) -> AngleReason:
    from ganvas.apps.lookalike import ANGLES
    from ganvas.apps.lookalike.measure import line_through

    angle = ANGLES[reason.position]
    return AngleReason(
        angle=angle.key,
        own=round(reason.own, 1),
        other=round(reason.other, 1),
        usual=round(reason.usual, 1),
        own_line=line_through(own, angle.points),
        other_line=line_through(other, angle.points),
    )


def _pixels(image: Image.Image) -> Pictures:
    if max(image.size) > LONGEST_SIDE:
        image = image.copy()
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return np.array(image.convert("RGB"))
