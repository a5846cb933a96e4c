"""What reportlab does not write into a PDF: page boxes, output intent, ``Trapped`` and XMP, added by pikepdf."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import pikepdf
from pikepdf import Array, Dictionary, Name

from ganvas.apps.card.geometry import MM_PER_INCH, Rect
from ganvas.apps.card.marks import COMPOSITE, sentence

_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PDFX = "{http://www.npes.org/pdfx/ns/id/}"


def finish_pdf(
    content: bytes,
    boxes: Sequence[tuple[Rect, Rect]],
    intent: tuple[bytes, str, int],
    title: str,
    model: str | None,
) -> bytes:
    """The finished file.

    Args:
        content: The PDF.
        boxes: Bleed box and trim box of each page, in mm from the upper left.
        intent: ICC profile of the output intent, its description, and its number of channels.
        title: Of the document.
        model: Name of the model that drew; None: none did.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page, (bleed, trimmed) in zip(pdf.pages, boxes, strict=True):
            height = float(page.mediabox[3])
            page.bleedbox, page.trimbox = _box(bleed, height), _box(trimmed, height)
        _set_intent(pdf, *intent)
        now = datetime.now(UTC).replace(microsecond=0)
        stamp = now.strftime("D:%Y%m%d%H%M%SZ")
        conforms = intent[2] == 4
        _set_information(pdf, title, stamp, conforms)
        _set_metadata(pdf, title, now.isoformat(), model, conforms)
        file = io.BytesIO()
        pdf.save(file, min_version="1.6", deterministic_id=False)
    return file.getvalue()


def _box(rect: Rect, height: float) -> Array:
    points = [rect.x, 0.0, rect.right, 0.0]
    x0, x1 = (value / MM_PER_INCH * 72 for value in (points[0], points[2]))
    y0, y1 = (height - value / MM_PER_INCH * 72 for value in (rect.bottom, rect.y))
    return Array([round(value, 5) for value in (x0, max(y0, 0.0), x1, min(y1, height))])


def _set_intent(pdf: pikepdf.Pdf, profile: bytes, description: str, channels: int) -> None:
    stream = pdf.make_stream(profile)
    stream.N = channels
    pdf.Root.OutputIntents = Array(
        [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFX,
                    OutputConditionIdentifier=pikepdf.String("Custom"),
                    OutputCondition=pikepdf.String(description),
                    Info=pikepdf.String(description),
                    DestOutputProfile=stream,
                )
            )
        ]
    )


def _set_information(pdf: pikepdf.Pdf, title: str, stamp: str, conforms: bool) -> None:
    info = pdf.docinfo
    for key in ("/Author", "/Subject", "/Keywords"):
        if key in info:
            del info[key]
    info[Name.Title] = pikepdf.String(title)
    info[Name.Creator] = info[Name.Producer] = pikepdf.String("Ganvas")
    info[Name.CreationDate] = info[Name.ModDate] = pikepdf.String(stamp)
    info[Name.Trapped] = Name("/False")  # a name, not a boolean
    if conforms:
        info[Name.GTS_PDFXVersion] = pikepdf.String("PDF/X-4")


def _set_metadata(pdf: pikepdf.Pdf, title: str, date: str, model: str | None, conforms: bool) -> None:
    document = f"uuid:{uuid.uuid4()}"
    with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        meta["dc:title"] = title
        meta["xmp:CreatorTool"] = "Ganvas"
        meta["pdf:Producer"] = "Ganvas"
        meta["pdf:Trapped"] = "False"
        for key in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
            meta[key] = date
        meta["xmpMM:DocumentID"] = document
        meta["xmpMM:InstanceID"] = f"uuid:{uuid.uuid4()}"
        meta["xmpMM:RenditionClass"], meta["xmpMM:VersionID"] = "default", "1"
        if conforms:
            meta[_PDFX + "GTS_PDFXVersion"] = "PDF/X-4"
        if model is not None:
            meta[_IPTC + "DigitalSourceType"] = COMPOSITE
            meta["dc:description"] = sentence(model)
