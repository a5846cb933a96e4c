"""``/v1/card/check``, ``print`` and ``bank``: a laid-out card checked, and written."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import ValidationError

from ganvas.apps.card import check_installed
from ganvas.apps.card.colour import PrintColours
from ganvas.apps.card.design import Design, Layout
from ganvas.apps.card.profiles import bank_profile, print_profile
from ganvas.apps.card.statement import Language, Provenance
from ganvas.curate.images.animation import refuse_animation
from ganvas.errors import UserError
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.disconnect import while_connected
from ganvas.serve.core.roles import needs
from ganvas.serve.core.uploads import read_upload
from ganvas.serve.features.card.schemas import CardCheck
from ganvas.serve.features.card.state import CardState
from ganvas.serve.features.card.uploads import decode_picture
from ganvas.tasks.pictures import Pictures

router = APIRouter()

PictureFile = Annotated[UploadFile, File(description="The picture on the front, such as a cartoon.")]
DesignField = Annotated[str, Form(max_length=20_000, description="The design as JSON: see ganvas.apps.card.design.")]
ProfileField = Annotated[str, Form(max_length=40, description="Name of a print shop or of a bank.")]
IccFile = Annotated[
    UploadFile | None, File(description="ICC profile of the print shop; left out: the file is in sRGB.")
]
BundleField = Annotated[
    str | None, Form(description="Id of the model that drew the picture; left out: none did, and there is no mark.")
]


class _Given(NamedTuple):
    layout: Layout
    picture: Pictures


@router.post(
    "/v1/card/check",
    tags=["card"],
    operation_id="checkCard",
    openapi_extra=needs("player", cost="upload"),
)
async def check_card(
    request: Request,
    context: Context,
    picture: PictureFile,
    design: DesignField,
    purpose: Annotated[Literal["print", "bank"], Form(description="What the card is for.")] = "print",
    profile: ProfileField = "default",
    icc: IccFile = None,
) -> CardCheck:
    """What would go wrong in print, or at a bank, in sentences. The picture is not kept."""
    given = await _given(request, context, picture, design)
    from ganvas.apps.card.print_checks import check_bank, check_print

    if purpose == "bank":
        bank = bank_profile(_shipped(profile))
        found = context.state(CardState).submit(lambda: check_bank(given.layout, given.picture, bank))
    else:
        shop, colours = print_profile(_shipped(profile)), await _colours(context, icc)
        found = context.state(CardState).submit(lambda: check_print(given.layout, given.picture, shop, colours))
    return CardCheck(findings=await while_connected(request, found))


@router.post(
    "/v1/card/print",
    tags=["card"],
    operation_id="printCard",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses={
        200: {
            "description": "Front, back, and the page about the model.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def print_card(
    request: Request,
    context: Context,
    picture: PictureFile,
    design: DesignField,
    profile: ProfileField = "default",
    icc: IccFile = None,
    sheet: Annotated[str | None, Form(max_length=20, description="a4, a3 or letter: several cards per page.")] = None,
    statement: Annotated[bool, Form(description="Add the page about the model, with the checklist.")] = True,
    bundle: BundleField = None,
    language: Annotated[Literal["en", "ko"], Form(description="Of the page about the model.")] = "en",
) -> Response:
    """The card as a PDF for a print shop. The picture is not kept."""
    given = await _given(request, context, picture, design)
    from ganvas.apps.card.print_pdf import PrintOptions, print_pdf
    from ganvas.apps.card.sheets import Sheet

    shop, colours = print_profile(_shipped(profile)), await _colours(context, icc)
    provenance = await asyncio.to_thread(_provenance, context, bundle)
    language_of: Language = language
    options = PrintOptions(colours, None if sheet is None else Sheet(sheet), statement, provenance, language_of)
    made = await while_connected(
        request, context.state(CardState).submit(lambda: print_pdf(given.layout, given.picture, shop, options))
    )
    return Response(made.content, media_type="application/pdf", headers={"Cache-Control": "no-store"})


@router.post(
    "/v1/card/bank",
    tags=["card"],
    operation_id="cardForBank",
    openapi_extra=needs("player", cost="upload"),
    response_class=Response,
    responses={
        200: {
            "description": "The front in the size of the bank.",
            "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def card_for_bank(
    request: Request,
    context: Context,
    picture: PictureFile,
    design: DesignField,
    profile: ProfileField = "default",
    bundle: BundleField = None,
) -> Response:
    """The front of the card as a JPEG for the upload to a bank. The picture is not kept."""
    given = await _given(request, context, picture, design)
    from ganvas.apps.card.bank_jpeg import bank_jpeg

    bank = bank_profile(_shipped(profile))
    provenance = await asyncio.to_thread(_provenance, context, bundle)
    model = None if provenance is None else provenance.model
    made = await while_connected(
        request, context.state(CardState).submit(lambda: bank_jpeg(given.layout, given.picture, bank, model))
    )
    return Response(made.content, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


async def _given(request: Request, context: StudioContext, picture: UploadFile, design: str) -> _Given:
    check_installed()
    from ganvas.apps.card.cartoon import LONGEST_SIDE, reduced

    try:
        read = Design.model_validate_json(design)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(["design", *(str(part) for part in first["loc"] if part != "[key]")])
        raise UserError(
            f"{field}: {first['msg']}; see /v1/openapi.json for what this address accepts.",
            code="invalid-request",
            params={"field": field, "reason": first["msg"]},
        ) from None
    layout = Layout(read)
    content = await read_upload(context, picture)
    refuse_animation(content)
    pixels = await decode_picture(request, context, content)
    return _Given(layout, reduced(pixels, LONGEST_SIDE))


async def _colours(context: StudioContext, icc: UploadFile | None) -> PrintColours | None:
    if icc is None:
        return None
    return PrintColours(await read_upload(context, icc), "The file")


def _shipped(profile: str) -> str:
    """A name, never a path: files of one's own are for the command line."""
    return profile.replace("/", "").replace("\\", "").replace(".", "")


def _provenance(context: StudioContext, bundle: str | None) -> Provenance | None:
    from ganvas.apps.card.drawing import as_credit

    if bundle is None:
        return None
    info = context.bundle(bundle).info
    return Provenance(info.name, info.family, tuple(map(as_credit, info.credits)))
