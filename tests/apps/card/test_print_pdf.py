"""The PDF for print shops, opened by pikepdf and rasterised by pdfium: neither wrote its pages."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from support.cards import coarse, head, layout, press
from support.colour_profiles import cmyk_profile, rgb_profile

from ganvas.apps.card.colour import PrintColours, limit_ink, measure_ink
from ganvas.apps.card.print_pdf import PrintOptions, print_pdf
from ganvas.apps.card.profiles import print_profile, print_profiles
from ganvas.apps.card.sheets import Sheet
from ganvas.apps.card.statement import ModelCredit, Provenance
from ganvas.errors import UserError

IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
PROVENANCE = Provenance("Pencil", "pix2pixhd", (ModelCredit("Congress portraits", "public domain", 650),))


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def millimetres(box: Any) -> list[float]:
    return [float(value) / 72 * 25.4 for value in box]


def images(page: pikepdf.Page) -> list[Any]:
    return [one for one in page.Resources.XObject.values() if one.Subtype == "/Image"]


def raster(content: bytes, page: int, ppi: float = 72) -> np.ndarray[Any, Any]:
    with pypdfium2.PdfDocument(content) as document:
        return np.asarray(document[page].render(scale=ppi / 72).to_pil().convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def card() -> bytes:
    made = print_pdf(layout(), head(), coarse(), PrintOptions(press(), provenance=PROVENANCE))
    assert made.cards == 1
    assert made.ink["front"].most <= 300
    return made.content


def test_the_boxes_are_those_of_id_1_with_the_bleed_of_the_shop(card: bytes) -> None:
    with opened(card) as pdf:
        assert len(pdf.pages) == 3, "front, back and statement"
        for page in list(pdf.pages)[:2]:
            assert millimetres(page.mediabox) == pytest.approx([0, 0, 91.6, 59.98], abs=0.01)
            assert millimetres(page.bleedbox) == pytest.approx([0, 0, 91.6, 59.98], abs=0.01)
            assert millimetres(page.trimbox) == pytest.approx([3, 3, 88.6, 56.98], abs=0.01)
    for shop in print_profiles():
        standing = shop.page("portrait")
        assert (standing.width, standing.height) == pytest.approx((shop.height, shop.width))


def test_all_is_cmyk_text_is_black_alone_and_nothing_is_transparent(card: bytes) -> None:
    with opened(card) as pdf:
        for page in list(pdf.pages)[:2]:
            [picture] = images(page)
            assert picture.ColorSpace == "/DeviceCMYK"
            assert "/SMask" not in picture
            ppi = int(picture.Width) / (float(page.mediabox[2]) / 72)
            assert ppi == pytest.approx(150, abs=1)
        for page in pdf.pages:
            content = page.Contents.read_bytes().decode("latin-1")
            assert not re.search(r"\b(rg|RG|cs|CS|gs|sh)\b", re.sub(r"\([^)]*\)", "", content))
            fills = set(re.findall(r"([\d.]+ [\d.]+ [\d.]+ [\d.]+) k\b", content))
            assert fills <= {"0 0 0 1", "0 0 0 0"}
        assert "0 0 0 1" in pdf.pages[2].Contents.read_bytes().decode("latin-1")


def test_fonts_are_embedded_and_their_text_can_be_read(card: bytes) -> None:
    with opened(card) as pdf:
        found = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert found
        for font in found:
            assert "/FontFile2" in font.FontDescriptor, font.BaseFont
    with pypdfium2.PdfDocument(card) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    assert "Kim Minji" in texts[0]
    assert "Good to see you" in texts[1]
    assert "drawn from my own photograph by the model “Pencil”" in texts[2]
    assert "Congress portraits · 650 pictures · public domain" in texts[2]
    assert "Signature" in texts[2]


def test_the_structure_of_pdf_x_4(card: bytes) -> None:
    with opened(card) as pdf:
        assert pdf.pdf_version == "1.6"
        [intent] = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFX"
        assert intent.DestOutputProfile.N == 4
        assert intent.DestOutputProfile.read_bytes() == press().content
        assert pdf.docinfo["/Trapped"] == pikepdf.Name("/False"), "a name, not a boolean"
        with pdf.open_metadata() as meta:
            assert meta["pdfxid:GTS_PDFXVersion"] == "PDF/X-4"
            assert meta[IPTC + "DigitalSourceType"].endswith("compositeWithTrainedAlgorithmicMedia")
            assert "drawn by the model Pencil" in str(meta["dc:description"])
        assert "/ID" in pdf.trailer


def test_the_raster_shows_the_card(card: bytes) -> None:
    front, back, statement = (raster(card, page) for page in range(3))
    assert front.shape[:2] == (171, 260)
    x, y = ((layout().picture_matrix(800, 800) @ (400, 300, 1)) + 3) / 25.4 * 72
    red = front[round(y), round(x)]
    assert red[0] > red[1] + 60, "the head is red"
    assert np.abs(front - raster(card, 0)[:, ::-1]).mean() > 5
    assert back.std() > 10
    assert (statement < 100).any()
    assert statement[:20].min() == 255


def test_without_a_profile_of_the_shop_the_file_is_in_srgb_and_says_so() -> None:
    made = print_pdf(layout(), head(), coarse(), PrintOptions(statement=False))
    assert made.ink == {}
    with opened(made.content) as pdf:
        assert len(pdf.pages) == 2
        assert images(pdf.pages[0])[0].ColorSpace == "/DeviceRGB"
        assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
        with pdf.open_metadata() as meta:
            assert "pdfxid:GTS_PDFXVersion" not in meta
            assert IPTC + "DigitalSourceType" not in meta, "no model drew it"


def test_ink_above_the_limit_is_measured_and_reduced() -> None:
    made = print_pdf(layout(), head(), coarse(ink=120), PrintOptions(press(), statement=False))
    assert made.ink["front"].most > 120
    assert made.ink["front"].share > 0
    with opened(made.content) as pdf:
        picture = images(pdf.pages[0])[0]
        cmyk = np.frombuffer(picture.read_bytes(), np.uint8).reshape(int(picture.Height), int(picture.Width), 4)
    assert measure_ink(cmyk, 120).most <= 120.01
    full = np.full((1, 1, 4), 255, np.uint8)
    assert limit_ink(full, 250).sum() / 2.55 == pytest.approx(250, abs=1.5)
    assert limit_ink(full, 250)[0, 0, 3] == 255, "black stays"


def test_a_sheet_has_crop_marks_outside_of_the_cards_and_a_mirrored_back() -> None:
    made = print_pdf(layout(), head(), coarse(), PrintOptions(press(), Sheet("a4", 3), statement=False))
    assert made.cards == 3
    with opened(made.content) as pdf:
        assert millimetres(pdf.pages[0].mediabox) == pytest.approx([0, 0, 210, 297], abs=0.01)
        assert len(images(pdf.pages[0])) == 1, "the picture is in the file once"
    front, back = (raster(made.content, page, 50.8) < 240 for page in (0, 1))  # 2 pixels per mm
    front, back = front.any(axis=2), back.any(axis=2)
    assert front[315:].sum() == 0, "three of eight places are taken"
    left, right = slice(30, 208), slice(212, 390)
    middle = slice(190, 285)  # the second row has one card: left on the front, right on the back
    assert front[middle, left].mean() > 0.9 > front[middle, right].mean()
    assert back[middle, right].mean() > 0.9 > back[middle, left].mean()
    with pytest.raises(UserError, match="a4 has room for 1 to 8 cards with their bleed, not 9"):
        print_pdf(layout(), None, coarse(), PrintOptions(sheet=Sheet("a4", 9)))
    with pytest.raises(UserError, match="no sheet 'b5'"):
        print_pdf(layout(), None, coarse(), PrintOptions(sheet=Sheet("b5")))


@pytest.mark.parametrize("content", [b"", b"text", rgb_profile("srgb"), cmyk_profile((48, 68, 48))[:300]])
def test_what_is_no_profile_of_a_press_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match=r"shop\.icc is no ICC profile of a CMYK printer"):
        PrintColours(content, "shop.icc")


def test_profiles_are_found_by_name_and_in_files(tmp_path: Any) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("title: Mine\nwidth: 90\nheight: 58\nsafe: 3\nink: 280\n")
    assert print_profile(str(own)).page("landscape").width == 90
    own.write_text("title: Mine\nwidth: 9\n")
    with pytest.raises(UserError, match="is no profile"):
        print_profile(str(own))
    with pytest.raises(UserError, match="no profile 'nowhere'; choose one of default"):
        print_profile("nowhere")
