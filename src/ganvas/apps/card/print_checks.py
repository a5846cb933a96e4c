"""What would go wrong in print, or at a bank, in plain sentences."""

from __future__ import annotations

import numpy as np

from ganvas.apps.card.artwork import Pixels, draw_side
from ganvas.apps.card.colour import PrintColours, contrast, luminance, measure_ink
from ganvas.apps.card.design import LEAST_SIZE, Layout, SetText
from ganvas.apps.card.findings import Finding, finding
from ganvas.apps.card.geometry import MM_PER_INCH, Rect, SideName, artwork, chip, pixels, trim, zone
from ganvas.apps.card.profiles import BankProfile, PrintProfile

LEAST_PPI, POOR_PPI = 300, 150
LEAST_CONTRAST, POOR_CONTRAST = 4.5, 3.0
DARK = 0.5  # luminance of a front below which no bank calls it light
SIDES: tuple[SideName, ...] = ("front", "back")

_PPI = 120  # of the pictures that are measured


def check_print(
    layout: Layout, picture: Pixels | None, profile: PrintProfile, colours: PrintColours | None
) -> list[Finding]:
    """The findings of a card for a print shop.

    Args:
        layout: The card.
        picture: uint8 [h, w, 4] RGBA; None: none.
        profile: The print shop.
        colours: The printing condition; None: the ink is not measured.
    """
    found = _check_picture(layout, picture)
    for side in SIDES:
        ground = draw_side(layout, side, picture, artwork(layout.orientation), _PPI, text=False)
        for text in layout.texts(side):
            found += _check_text(layout, side, text, ground, profile)
        if colours is not None:
            found += _check_ink(side, ground, profile, colours)
    if colours is None:
        found.append(finding("ink-not-measured", "info"))
    return found


def check_bank(layout: Layout, picture: Pixels | None, profile: BankProfile) -> list[Finding]:
    """The findings of a card's front for the upload to a bank."""
    found = _check_picture(layout, picture)
    ground = draw_side(layout, "front", picture, artwork(layout.orientation), _PPI, text=False)
    texts = layout.texts("front")
    for text in texts:
        found += _check_reading(layout, text, ground)
        found += _check_zone(layout, "front", text)
    if texts:
        found.append(finding("bank-text", "warning", count=len(texts)))
    if profile.dark_ground and (light := float(luminance(ground).mean())) > DARK:
        found.append(
            finding("bank-light-ground", "warning", luminance=round(light, 2), bank=profile.title),
        )
    return found


def picture_ppi(layout: Layout, picture: Pixels) -> float:
    """Pixels of the picture per inch of the card."""
    height, width = picture.shape[:2]
    matrix = layout.picture_matrix(width, height)
    return MM_PER_INCH / float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def _check_picture(layout: Layout, picture: Pixels | None) -> list[Finding]:
    if picture is None:
        return []
    found = []
    height, width = picture.shape[:2]
    ppi = picture_ppi(layout, picture)
    if ppi < LEAST_PPI - 0.5:
        level = "error" if ppi < POOR_PPI else "warning"
        found.append(finding("picture-resolution", level, ppi=round(ppi), least=LEAST_PPI))  # type: ignore[arg-type]
    frame = layout.template.picture
    if frame.fit == "stand":
        matrix = layout.picture_matrix(width, height)
        foot = (np.array([[0, height], [width, height]]) @ matrix[:, :2].T + matrix[:, 2])[:, 1].min()
        visible = min(frame.rect.bottom, trim(layout.orientation).bottom)
        if (gap := visible - float(foot)) > 0.5:
            found.append(finding("picture-floats", "warning", mm=round(gap, 1)))
    if layout.design.chip:
        found += _check_face(layout, width, height)
    return found


def _check_face(layout: Layout, width: int, height: int) -> list[Finding]:
    face = layout.face_rect(width, height)
    if face is None:
        return [finding("face-unknown", "info")]
    share = face.overlap(chip(layout.orientation)).area / max(face.area, 1e-6)
    return [finding("face-under-chip", "error", percent=round(100 * share))] if share > 0.01 else []


def _check_text(layout: Layout, side: SideName, text: SetText, ground: Pixels, profile: PrintProfile) -> list[Finding]:
    found = _check_reading(layout, text, ground)
    if not profile.safe_area(layout.orientation).contains(text.ink):
        card = trim(layout.orientation)
        ink = text.ink
        near = min(ink.x, ink.y, card.width - ink.right, card.height - ink.bottom)
        found.append(finding("text-outside-safe", "error", text=text.text, mm=round(near, 1), safe=profile.safe))
    if text.size < LEAST_SIZE:
        found.append(finding("text-too-small", "error", text=text.text, size=round(text.size, 1), least=LEAST_SIZE))
    return found + _check_zone(layout, side, text)


def _check_reading(layout: Layout, text: SetText, ground: Pixels) -> list[Finding]:
    ratio = float(np.percentile(contrast(text.colour, _cut(ground, layout, text.ink)), 5))
    if ratio >= LEAST_CONTRAST:
        return []
    level = "error" if ratio < POOR_CONTRAST else "warning"
    return [
        finding("text-contrast", level, text=text.text, ratio=round(ratio, 1), least=LEAST_CONTRAST)  # type: ignore[arg-type]
    ]


def _check_zone(layout: Layout, side: SideName, text: SetText) -> list[Finding]:
    has = layout.design.chip if side == "front" else layout.design.stripe
    if not has or zone(layout.orientation, side).overlap(text.ink).area <= 0:
        return []
    return [finding("text-under-chip" if side == "front" else "text-under-stripe", "error", text=text.text)]


def _check_ink(side: SideName, ground: Pixels, profile: PrintProfile, colours: PrintColours) -> list[Finding]:
    ink = measure_ink(colours.convert(ground), profile.ink)
    if ink.share <= 0:
        return []
    percent = round(100 * ink.share, 1)
    return [
        finding(
            "ink-above-limit", "warning", percent=percent, side=side, limit=round(profile.ink), most=round(ink.most)
        )
    ]


def _cut(ground: Pixels, layout: Layout, where: Rect) -> Pixels:
    """The part of a side's picture behind a rectangle."""
    area = artwork(layout.orientation)
    x0, y0 = pixels(max(where.x - area.x, 0), _PPI), pixels(max(where.y - area.y, 0), _PPI)
    x1, y1 = pixels(where.right - area.x, _PPI), pixels(where.bottom - area.y, _PPI)
    part = ground[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return part if part.size else ground[:1, :1]


__all__ = ["LEAST_PPI", "SIDES", "check_bank", "check_print", "picture_ppi"]
