"""``/v1/card``: templates, fonts, profiles and zones."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ganvas.apps.card import check_installed, geometry
from ganvas.apps.card.fonts import FOLDER, FONT_NAMES, FontName
from ganvas.apps.card.geometry import Orientation
from ganvas.apps.card.profiles import bank_profiles, print_profiles
from ganvas.apps.card.sheets import SIZES
from ganvas.apps.card.templates import Template, names, template
from ganvas.serve.core.responses import FOREVER
from ganvas.serve.core.roles import needs
from ganvas.serve.features.card.schemas import CardFont, CardKit, CardTemplate, CardZones
from ganvas.version import __version__

router = APIRouter()


@router.get("/v1/card", tags=["card"], operation_id="readCardKit", openapi_extra=needs("player"))
async def read_card_kit() -> CardKit:
    """What a page needs to lay a card out."""
    check_installed()
    return await asyncio.to_thread(_kit)


@router.get(
    "/v1/card/fonts/{name}",
    tags=["card"],
    operation_id="readCardFont",
    openapi_extra=needs("player"),
    response_class=Response,
    responses={200: {"description": "A TrueType font.", "content": {"font/ttf": {}}}},
)
def read_card_font(request: Request, name: FontName) -> Response:
    """A font of the texts, under the SIL Open Font License."""
    fresh = request.query_params.get("v") == __version__
    cache = FOREVER if fresh else "public, max-age=0, must-revalidate"
    content = (FOLDER / f"{name}.ttf").read_bytes()
    return Response(content, media_type="font/ttf", headers={"Cache-Control": cache})


def _kit() -> CardKit:
    from ganvas.apps.card.fonts import shipped

    return CardKit(
        corner=geometry.CORNER,
        landscape=_zones("landscape"),
        portrait=_zones("portrait"),
        templates=[_template(template(name)) for name in names()],
        fonts=[
            CardFont(name=name, family=shipped(name).family, url=f"/v1/card/fonts/{name}?v={__version__}")
            for name in FONT_NAMES
        ],
        shops=print_profiles(),
        banks=bank_profiles(),
        sheets=list(SIZES),
    )


def _zones(orientation: Orientation) -> CardZones:
    return CardZones(
        trim=geometry.trim(orientation),
        artwork=geometry.artwork(orientation),
        chip=geometry.chip(orientation),
        stripe=geometry.stripe(orientation),
    )


def _template(one: Template) -> CardTemplate:
    return CardTemplate(
        name=one.name,
        orientation=one.orientation,
        title=one.title,
        colours=one.colours,
        picture=one.picture,
        texts=list(one.texts),
        front=one.drawing("front") or "",
        front_over=one.drawing("front", "over"),
        back=one.drawing("back") or "",
    )
