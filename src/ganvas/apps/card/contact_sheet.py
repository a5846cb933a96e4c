"""A picture of all templates, front and back."""

from __future__ import annotations

import numpy as np

from ganvas.apps.card.artwork import Pixels, draw_side
from ganvas.apps.card.design import Design, Layout, examples
from ganvas.apps.card.geometry import CORNER, pixels, trim
from ganvas.apps.card.print_checks import SIDES
from ganvas.apps.card.statement import Language
from ganvas.apps.card.templates import names

PPI = 150
GAP = 26  # pixels
GROUND = 236  # grey


def template_sheet(picture: Pixels | None, language: Language = "en") -> Pixels:
    """All templates with a picture: landscape ones above, portrait ones below; uint8 [H, W, 3].

    Args:
        picture: uint8 [h, w, 4] RGBA; None: none.
        language: Of the example texts.
    """
    rows: dict[str, list[Pixels]] = {"landscape": [], "portrait": []}
    for name in names():
        layout = Layout(Design(template=name, texts=examples(name, language)))
        card = trim(layout.orientation)
        for side in SIDES:
            drawn = draw_side(layout, side, picture, card, PPI, text=True)
            rows[layout.orientation].append(_rounded(drawn))
    return np.concatenate([_grid(rows["landscape"], 2), _grid(rows["portrait"], 4)])


def _grid(cards: list[Pixels], columns: int) -> Pixels:
    height, width = cards[0].shape[:2]
    whole = 4 * pixels(trim("portrait").width, PPI) + 5 * GAP
    gap = (whole - columns * width) // (columns + 1)
    count = -(-len(cards) // columns)
    sheet = np.full((count * (height + GAP) + GAP, whole, 3), GROUND, np.uint8)
    for index, card in enumerate(cards):
        row, column = divmod(index, columns)
        top, left = GAP + row * (height + GAP), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = card
    return sheet


def _rounded(card: Pixels) -> Pixels:
    """A card with the corners of ID-1, antialiased, on the ground of the sheet."""
    height, width = card.shape[:2]
    radius = pixels(CORNER, PPI)
    y = np.maximum(np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius), 0)
    x = np.maximum(np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius), 0)
    share = np.clip(radius + 0.5 - np.hypot(y[:, None], x[None]), 0, 1)[..., None]
    cut: Pixels = (card * share + GROUND * (1 - share) + 0.5).astype(np.uint8)
    return cut
