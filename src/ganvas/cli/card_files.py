"""Reads what ``ganvas card`` is given, and writes its files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ganvas.apps.card.artwork import Pixels, opaque
from ganvas.apps.card.bank_jpeg import bank_jpeg
from ganvas.apps.card.cartoon import LONGEST_SIDE, reduced
from ganvas.apps.card.colour import PrintColours
from ganvas.apps.card.content_checks import check_copies, check_photograph, hashes_of
from ganvas.apps.card.design import Design, Layout, Placement, examples
from ganvas.apps.card.drawing import CartoonOptions, draw_cartoon, provenance_of, training_pictures
from ganvas.apps.card.findings import Finding
from ganvas.apps.card.print_checks import check_bank, check_print
from ganvas.apps.card.print_pdf import PrintOptions, print_pdf
from ganvas.apps.card.profiles import bank_profile, print_profile
from ganvas.apps.card.sheets import Sheet
from ganvas.apps.card.statement import Language, Provenance
from ganvas.cli.still_picture import read_still
from ganvas.curate.faces import FaceReader
from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.inference.load import load_model


class Drawn(NamedTuple):
    """A drawn photograph: ``picture`` uint8 [H, W, 4], its face, the model, and what the pre-check found."""

    picture: Pixels
    face: tuple[float, float, float, float]
    provenance: Provenance
    findings: tuple[Finding, ...]


class Card(NamedTuple):
    """A card to write."""

    layout: Layout
    picture: Pixels
    provenance: Provenance | None
    findings: tuple[Finding, ...]
    language: Language


class Written(NamedTuple):
    """What was written, in sentences, and what the checks found."""

    lines: list[str]
    findings: list[Finding]


def draw(photo: Path, folder: Path, options: CartoonOptions) -> Drawn:
    """Draw a photograph with a model, and check its content.

    Raises:
        UserError: The photograph, its face or the model cannot be used.
    """
    pixels = reduced(read_picture(photo)[..., :3], LONGEST_SIDE)
    model, reader = load_model(folder), FaceReader()
    cartoon = draw_cartoon(model, pixels, reader, options)
    findings = check_photograph(pixels) + check_copies(cartoon.picture, hashes_of(training_pictures(model)))
    return Drawn(cartoon.picture, cartoon.face, provenance_of(model), tuple(findings))


def read_picture(path: Path) -> Pixels:
    """A picture as uint8 [H, W, 4] RGBA.

    Raises:
        UserError: It is none, or moves.
    """
    return opaque(read_still(path, opacity=True))


def read_language(language: str) -> Language:
    """``en`` or ``ko``.

    Raises:
        UserError: It is neither.
    """
    match language:
        case "en":
            return "en"
        case "ko":
            return "ko"
        case _:
            raise UserError(f"--language is en or ko, not {language!r}.")


def design_of(
    template: str,
    texts: list[str],
    colours: list[str],
    place: str,
    *,
    chip: bool,
    stripe: bool,
    language: Language,
) -> Design:
    """The design that options describe; without texts, the template's examples.

    Raises:
        UserError: An option cannot be read.
    """
    given = _pairs(texts, "--text", "name='Kim Minji'")
    numbers = place.split(",")
    try:
        scale, dx, dy, turn = (float(number) for number in numbers)
    except ValueError:
        raise UserError(f"--place is four numbers, such as 1.2,3,-1,0, not {place!r}.") from None
    try:
        return Design(
            template=template,
            texts=given or examples(template, language),
            colours=_pairs(colours, "--colour", "ground=#F7E3C5"),  # type: ignore[arg-type] # checked by the model
            placement=Placement(scale=scale, dx=dx, dy=dy, turn=turn),
            chip=chip,
            stripe=stripe,
        )
    except ValidationError as error:
        first = error.errors()[0]
        place_in = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise UserError(f"The card cannot be laid out so ({place_in}: {first['msg']}).") from None


def write_card(
    card: Card, output: Path, *, profile: str, icc: Path | None, sheet: str | None, statement: bool
) -> Written:
    """Write a card, by the ending of its file.

    Raises:
        UserError: The ending is another, or something given cannot be used.
    """
    model = None if card.provenance is None else card.provenance.model
    match output.suffix.lower():
        case ".jpg" | ".jpeg":
            bank = bank_profile(profile)
            findings = [*card.findings, *check_bank(card.layout, card.picture, bank)]
            jpeg = bank_jpeg(card.layout, card.picture, bank, model)
            write_atomically(output, jpeg.content)
            size = f"{jpeg.width} × {jpeg.height} px, {len(jpeg.content) / 1e6:.2f} MB, quality {jpeg.quality}"
            return Written([f"{size}, for {bank.title}: {output}"], findings)
        case ".pdf":
            shop = print_profile(profile)
            colours = None if icc is None else PrintColours.read(icc)
            findings = [*card.findings, *check_print(card.layout, card.picture, shop, colours)]
            options = PrintOptions(colours, _sheet(sheet), statement, card.provenance, card.language)
            pdf = print_pdf(card.layout, card.picture, shop, options)
            write_atomically(output, pdf.content)
            space = "RGB, for no ICC profile was given" if colours is None else f"CMYK by {colours.description}"
            count = "" if pdf.cards == 1 else f", {pdf.cards} cards per page"
            lines = [f"{shop.width:g} × {shop.height:g} mm with bleed, {space}{count}, for {shop.title}: {output}"]
            lines += [
                f"ink of the {side}: at most {ink.most:.0f} % of {ink.limit:g} %" for side, ink in pdf.ink.items()
            ]
            return Written(lines, findings)
        case _:
            raise UserError(f"--output is a .pdf for a print shop or a .jpg for a bank, not {output.name}.")


def _sheet(text: str | None) -> Sheet | None:
    if text is None:
        return None
    name, colon, count = text.partition(":")
    if colon and not count.isdecimal():
        raise UserError(f"--sheet is a size and a number of cards, such as a4 or a4:4, not {text!r}.")
    return Sheet(name, int(count) if colon else None)


def _pairs(given: list[str], option: str, example: str) -> dict[str, str]:
    pairs = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"{option} takes a name and a value, such as {example}, not {text!r}.")
        pairs[key.strip()] = value
    return pairs
