"""``/v1/bundles/{id}/project`` and ``/v1/projections``: the latent of a photograph, found in the background."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from PIL import Image

from ganvas.apps.projection import Space
from ganvas.serve.core.bundle_inputs import check_label, prepare_picture
from ganvas.serve.core.context import Context
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import decode_upload
from ganvas.serve.features.generate.latents import latent_bundle
from ganvas.serve.features.generate.schemas import ProjectionStarted, ProjectionState
from ganvas.serve.features.generate.state import GenerateState

router = APIRouter()


@router.post(
    "/v1/bundles/{id}/project",
    tags=["explore"],
    operation_id="project",
    openapi_extra=needs("player", cost="projection", audit="projection"),
    status_code=202,
)
async def start_projection(
    request: Request,
    context: Context,
    id: str,  # noqa: A002
    image: Annotated[UploadFile, File(description="Any picture.")],
    steps: Annotated[int, Form(ge=1, le=2000, description="Steps of the optimisation.")] = 300,
    plus: Annotated[
        bool, Form(description="True: one style per layer, which is closer to the photograph but edits less well.")
    ] = False,
    label: Annotated[
        int | None, Form(alias="class", description="Number of the class; left out: the one that starts closest.")
    ] = None,
    client: Annotated[
        str, Form(max_length=64, description="Any name of the client: a new projection stops its earlier one.")
    ] = "",
) -> ProjectionStarted:
    """Find the latent of a photograph, in the background. The photograph is not kept."""
    opened = await asyncio.to_thread(latent_bundle, context, id)
    if label is not None:
        check_label(opened, label, 0)

    def submit(picture: Image.Image) -> str:
        target = prepare_picture(opened, picture)
        space: Space = "layers" if plus else "shared"
        projections = context.state(GenerateState).projections
        return projections.start(opened, target, client=client, steps=steps, space=space, label=label)

    return ProjectionStarted(id=await decode_upload(request, context, image, submit, opened))


@router.get("/v1/projections/{id}", tags=["explore"], operation_id="getProjection", openapi_extra=needs("player"))
def get_projection(context: Context, id: str) -> ProjectionState:  # noqa: A002
    """The progress of a projection with its picture, and the latent once it is finished."""
    found = context.state(GenerateState).projections.find(id)
    if found is None:
        raise MissingError(
            f"There is no projection {id!r}; start one with POST /v1/bundles/ID/project.",
            code="no-projection",
            params={"projection": id},
        )
    return found


@router.delete(
    "/v1/projections/{id}",
    tags=["explore"],
    operation_id="stopProjection",
    openapi_extra=needs("player"),
    status_code=204,
)
def stop_projection(context: Context, id: str) -> Response:  # noqa: A002
    """Stop and forget a projection. It is no error if it has ended or never existed."""
    context.state(GenerateState).projections.stop(id)
    return Response(status_code=204)
