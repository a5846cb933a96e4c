"""``/v1/health`` and ``/v1/bundles``: the state of the studio and its models."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ganvas.serve.core.context import Context
from ganvas.serve.core.responses import cache_headers, cached_png, not_modified, picture_response
from ganvas.serve.core.roles import needs, person_of
from ganvas.serve.features.home import cards
from ganvas.serve.features.home.schemas import BundleDetail, BundleList, Health, RefusedBundle
from ganvas.version import __version__

router = APIRouter()


@router.get("/v1/health", tags=["studio"], operation_id="health", openapi_extra=needs("anyone"))
def health(request: Request, context: Context) -> Health:
    """The version of the studio, and what it has that this person may use."""
    person, catalog = person_of(request), context.settings.catalog
    if not person.may("player"):
        return Health(version=__version__, engine=context.engine.name, bundles=0, runs=0, catalogue=None, shares=False)
    return Health(
        version=__version__,
        engine=context.engine.name,
        bundles=len(context.bundles.paths()),
        runs=len(context.runs.ids()) if person.may("reviewer") else 0,
        catalogue=catalog.root.absolute().name if catalog is not None and person.may("reviewer") else None,
        shares=context.settings.shared is not None,
    )


@router.get("/v1/bundles", tags=["bundles"], operation_id="listBundles", openapi_extra=needs("player"))
def list_bundles(context: Context) -> BundleList:
    """All trained models."""
    found, refused = context.bundles.all()
    return BundleList(
        bundles=[cards.card(name, opened) for name, opened in found.items()],
        refused=[
            RefusedBundle(id=name, reason=str(error), code=error.code, params=error.params)
            for name, error in refused.items()
        ],
    )


@router.get("/v1/bundles/{id}", tags=["bundles"], operation_id="getBundle", openapi_extra=needs("player"))
def get_bundle(context: Context, id: str) -> BundleDetail:  # noqa: A002
    """A trained model in full: how it was trained, and the credits of its training pictures."""
    return cards.detail(id, context.bundle(id))


@router.get(
    "/v1/bundles/{id}/preview.png",
    tags=["bundles"],
    operation_id="getPreview",
    openapi_extra=needs("player"),
    response_class=Response,
    responses=picture_response("A grid of pictures that the model made."),
)
def preview(request: Request, context: Context, id: str) -> Response:  # noqa: A002
    """A grid of pictures that the model made."""
    opened = context.bundle(id)
    etag, cache = cache_headers(request, opened)
    return not_modified(request, etag, cache) or cached_png(opened.preview, etag, cache)
