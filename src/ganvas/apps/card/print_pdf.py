"""The PDF for a print shop: artwork as one CMYK picture per side, text as outlines of embedded fonts, boxes, intent.

It has the structure of PDF/X-4: TrimBox, BleedBox, output intent, no RGB, no transparency, embedded fonts, ``Trapped``,
XMP. No free validator of PDF/X is known; the structure is tested, and the shop's preflight decides. Without an ICC
profile the file is in sRGB, and says so.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image, ImageCms

from ganvas.apps.card.artwork import Pixels, draw_side
from ganvas.apps.card.colour import BLACK, Ink, PrintColours, limit_ink, measure_ink, rgb
from ganvas.apps.card.design import Layout
from ganvas.apps.card.fonts import FONT_NAMES, shipped
from ganvas.apps.card.geometry import MM_PER_INCH, Rect, SideName, trim
from ganvas.apps.card.pdf_marks import finish_pdf
from ganvas.apps.card.print_checks import SIDES
from ganvas.apps.card.profiles import PrintProfile
from ganvas.apps.card.sheets import Sheet, cells, draw_crop_marks
from ganvas.apps.card.statement import A4, Language, Provenance, draw_statement


@dataclass(frozen=True)
class PrintOptions:
    """How the PDF is made.

    Attributes:
        colours: The printing condition; None: sRGB.
        sheet: Several cards per page; None: one.
        statement: Append the page about the model, with the checklist.
        provenance: The model that drew the picture; None: none did.
        language: Of the statement.
        title: Of the document.
    """

    colours: PrintColours | None = None
    sheet: Sheet | None = None
    statement: bool = True
    provenance: Provenance | None = None
    language: Language = "en"
    title: str = "Card"


class PrintFile(NamedTuple):
    """A PDF; ``ink`` by side as it was before it was limited, empty without an ICC profile; cards per page."""

    content: bytes
    ink: dict[SideName, Ink]
    cards: int


def print_pdf(layout: Layout, picture: Pixels | None, profile: PrintProfile, options: PrintOptions) -> PrintFile:
    """Front and back for a print shop.

    Args:
        layout: The card.
        picture: uint8 [h, w, 4] RGBA; None: none.
        profile: The print shop.
        options: See there.

    Raises:
        UserError: A text cannot be set, or the card does not fit on the sheet.
    """
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # binary streams: ASCII85 makes them a quarter larger
    page = profile.page(layout.orientation)
    place = cells(options.sheet, page)
    file = io.BytesIO()
    _register_fonts(layout)
    canvas = Canvas(
        file, pagesize=_size(*place.page), pageCompression=1, pdfVersion=(1, 6), initialFontName=FONT_NAMES[0]
    )
    ink: dict[SideName, Ink] = {}
    for side in SIDES:
        artwork = draw_side(layout, side, picture, page, profile.ppi, text=False)
        image = Image.fromarray(artwork)
        if options.colours is not None:
            cmyk = options.colours.convert(artwork)
            ink[side] = measure_ink(cmyk, profile.ink)
            image = Image.fromarray(limit_ink(cmyk, profile.ink), "CMYK")
        for x, y in place.corners(side):
            _draw_card(canvas, layout, side, image, page, (x, y), place.page[1], options.colours)
        if options.sheet is not None:
            draw_crop_marks(canvas, place, page, trim(layout.orientation), side)
        canvas.showPage()
    if options.statement:
        canvas.setPageSize(_size(*A4))
        _fill_black(canvas, options.colours)
        draw_statement(canvas, options.provenance, options.language)
        canvas.showPage()
    canvas.save()
    boxes = [place.boxes(page, trim(layout.orientation))] * len(SIDES)
    boxes += [(Rect(0, 0, *A4), Rect(0, 0, *A4))] if options.statement else []
    model = None if options.provenance is None else options.provenance.model
    content = finish_pdf(file.getvalue(), boxes, _intent(options.colours), options.title, model)
    return PrintFile(content, ink, len(place.corners("front")))


def _draw_card(
    canvas: Any,
    layout: Layout,
    side: SideName,
    image: Image.Image,
    page: Rect,
    corner: tuple[float, float],
    height: float,
    colours: PrintColours | None,
) -> None:
    """Draw one card whose bleed begins at ``corner``, in mm from the upper left of a page of this height."""
    from reportlab.lib.utils import ImageReader

    x, y = corner
    canvas.drawImage(
        ImageReader(image), _points(x), _points(height - y - page.height), _points(page.width), _points(page.height)
    )
    for text in layout.texts(side):
        _fill(canvas, text.colour, colours)
        line = canvas.beginText(_points(x + text.x - page.x), _points(height - (y + text.y - page.y)))
        line.setFont(_font_id(text.font.path.stem, text.font.path.parent.name), text.size)
        line.setCharSpace(text.box.tracking * text.size)
        line.textOut(text.text)
        canvas.drawText(line)


def _fill(canvas: Any, colour: str, colours: PrintColours | None) -> None:
    if colours is not None:
        canvas.setFillColorCMYK(*colours.of(colour))
    elif max(rgb(colour)) <= BLACK:
        canvas.setFillGray(0)
    else:
        canvas.setFillColorRGB(*(value / 255 for value in rgb(colour)))


def _fill_black(canvas: Any, colours: PrintColours | None) -> None:
    if colours is None:
        canvas.setFillGray(0)
        canvas.setStrokeGray(0)
    else:
        canvas.setFillColorCMYK(0, 0, 0, 1)
        canvas.setStrokeColorCMYK(0, 0, 0, 1)


def _register_fonts(layout: Layout) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    paths = {shipped(name).path for name in FONT_NAMES}
    paths |= {text.font.path for side in SIDES for text in layout.texts(side)}
    for path in paths:
        name = _font_id(path.stem, path.parent.name)
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(path)))


def _font_id(stem: str, folder: str) -> str:
    """Name of a font inside the PDF library; the fonts that ship have their own names."""
    return stem if folder == "fonts" and stem in FONT_NAMES else f"own-{folder}-{stem}"


def _intent(colours: PrintColours | None) -> tuple[bytes, str, int]:
    """ICC profile, its description and its number of channels."""
    if colours is not None:
        return colours.content, colours.description, 4
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), "sRGB", 3


def _size(width: float, height: float) -> tuple[float, float]:
    return _points(width), _points(height)


def _points(millimetres: float) -> float:
    return millimetres / MM_PER_INCH * 72
