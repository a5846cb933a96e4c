"""Several cards on one sheet, with crop marks; the back is mirrored, so that both sides meet."""

from __future__ import annotations

from typing import Any, NamedTuple

from ganvas.apps.card.geometry import MM_PER_INCH, Rect, SideName
from ganvas.errors import UserError

SIZES: dict[str, tuple[float, float]] = {"a4": (210.0, 297.0), "a3": (297.0, 420.0), "letter": (215.9, 279.4)}
MARGIN = 8.0  # mm around all cards, for the crop marks
MARK, GAP, LINE = 4.0, 1.5, 0.1  # mm: length of a mark, its distance from the bleed, its width


class Sheet(NamedTuple):
    """A sheet by name, and how many cards are on it; None: as many as fit."""

    name: str
    cards: int | None = None


class Cells(NamedTuple):
    """Where the cards lie: ``page`` and ``size`` of a card with its bleed (width, height), ``columns``, ``rows``, the
    number of ``cards``, ``left`` and ``top`` of the first; lengths in mm."""

    page: tuple[float, float]
    columns: int
    rows: int
    cards: int
    size: tuple[float, float]
    left: float
    top: float

    def corners(self, side: SideName) -> list[tuple[float, float]]:
        """The upper left corner of each card's bleed."""
        places = []
        for number in range(self.cards):
            row, column = divmod(number, self.columns)
            if side == "back":
                column = self.columns - 1 - column
            places.append((self.left + column * self.size[0], self.top + row * self.size[1]))
        return places

    def boxes(self, page: Rect, card: Rect) -> tuple[Rect, Rect]:
        """The bleed box and the trim box of the page: of the card, or of the sheet."""
        if self.cards == 1 and self.page == self.size:
            return Rect(0, 0, *self.page), Rect(-page.x, -page.y, card.width, card.height)
        return Rect(0, 0, *self.page), Rect(0, 0, *self.page)


def cells(sheet: Sheet | None, page: Rect) -> Cells:
    """Where cards with this bleed area lie on a sheet; None: one card, which fills its page.

    Raises:
        UserError: There is no such sheet, or so many cards do not fit.
    """
    size = (page.width, page.height)
    if sheet is None:
        return Cells(size, 1, 1, 1, size, 0.0, 0.0)
    if sheet.name not in SIZES:
        raise UserError(
            f"There is no sheet {sheet.name!r}; choose one of {', '.join(SIZES)}.",
            code="card-sheet",
            params={"sheet": sheet.name, "sheets": ", ".join(SIZES)},
        )
    paper = SIZES[sheet.name]
    columns, rows = (int((paper[axis] - 2 * MARGIN) // size[axis]) for axis in (0, 1))
    most = columns * rows
    count = most if sheet.cards is None else sheet.cards
    if not 1 <= count <= most:
        raise UserError(
            f"{sheet.name} has room for 1 to {most} cards with their bleed, not {count}.",
            code="card-sheet-full",
            params={"sheet": sheet.name, "most": most, "count": count},
        )
    left, top = (paper[0] - columns * size[0]) / 2, (paper[1] - rows * size[1]) / 2
    return Cells(paper, columns, rows, count, size, left, top)


def draw_crop_marks(canvas: Any, place: Cells, page: Rect, card: Rect, side: SideName) -> None:
    """Draw marks in the margins where cards are cut, in black alone.

    Args:
        canvas: A canvas of reportlab.
        place: Where the cards lie.
        page: A card with its bleed.
        card: The finished card.
        side: Front or back.
    """
    canvas.setStrokeColorCMYK(0, 0, 0, 1)
    canvas.setLineWidth(_points(LINE))
    corners = place.corners(side)
    across = sorted({round(x - page.x + edge, 4) for x, _ in corners for edge in (0, card.width)})
    down = sorted({round(y - page.y + edge, 4) for _, y in corners for edge in (0, card.height)})
    top, bottom = min(y for _, y in corners), max(y for _, y in corners) + place.size[1]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners) + place.size[0]
    height = place.page[1]
    for x in across:
        for start in (top - GAP - MARK, bottom + GAP):
            canvas.line(_points(x), _points(height - start), _points(x), _points(height - start - MARK))
    for y in down:
        for start in (left - GAP - MARK, right + GAP):
            canvas.line(_points(start), _points(height - y), _points(start + MARK), _points(height - y))


def _points(millimetres: float) -> float:
    return millimetres / MM_PER_INCH * 72
