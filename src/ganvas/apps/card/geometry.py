"""The geometry of cards in ID-1 format (ISO/IEC 7810): size, corners, zones, and rectangles in millimetres.

A side has its origin at the upper left corner of the finished card, x to the right and y down, as it is looked at.
Artwork reaches :data:`BLEED` beyond each edge, so that a profile can take as much of it as it needs.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Orientation = Literal["landscape", "portrait"]
SideName = Literal["front", "back"]

LONG, SHORT = 85.60, 53.98  # mm, ISO/IEC 7810
CORNER = 3.18  # mm, radius: nominal of ISO/IEC 7813, 2.88 to 3.48
BLEED = 4.0  # mm of artwork around the finished card; no profile takes more
MM_PER_INCH = 25.4
POINT = MM_PER_INCH / 72  # mm


class Rect(NamedTuple):
    """A rectangle in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square millimetres."""
        return max(self.width, 0) * max(self.height, 0)

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """y of the lower edge."""
        return self.y + self.height

    def inset(self, by: float) -> Rect:
        """The rectangle with each edge moved inwards; outwards where ``by`` is negative."""
        return Rect(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def overlap(self, other: Rect) -> Rect:
        """The common part; its area is 0 where there is none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Rect(x, y, min(self.right, other.right) - x, min(self.bottom, other.bottom) - y)

    def contains(self, other: Rect, tolerance: float = 0.01) -> bool:
        """Whether the other one lies inside."""
        return (
            other.x >= self.x - tolerance
            and other.y >= self.y - tolerance
            and other.right <= self.right + tolerance
            and other.bottom <= self.bottom + tolerance
        )


# The module of the contacts on the front of a card in landscape: about 13 × 13 mm around the eight contacts of
# ISO/IEC 7816-2 (x 10.25–19.87, y 19.23–28.55).
_CHIP = Rect(9, 17, 13, 13)
# The magnetic stripe on the back: 12.7 mm wide, 4 mm from the long edge, over the whole length.
_STRIPE = Rect(0, 4, LONG, 12.7)


def trim(orientation: Orientation) -> Rect:
    """The finished card."""
    return Rect(0, 0, LONG, SHORT) if orientation == "landscape" else Rect(0, 0, SHORT, LONG)


def artwork(orientation: Orientation) -> Rect:
    """What templates draw: the finished card and :data:`BLEED` around it."""
    return trim(orientation).inset(-BLEED)


def chip(orientation: Orientation) -> Rect:
    """The zone of the chip on the front. A card in portrait is one in landscape, turned clockwise."""
    if orientation == "landscape":
        return _CHIP
    return Rect(SHORT - _CHIP.bottom, _CHIP.x, _CHIP.height, _CHIP.width)


def stripe(orientation: Orientation) -> Rect:
    """The zone of the magnetic stripe on the back."""
    return _STRIPE if orientation == "landscape" else Rect(_STRIPE.y, _STRIPE.x, _STRIPE.height, _STRIPE.width)


def zone(orientation: Orientation, side: SideName) -> Rect:
    """The zone that a bank card keeps for itself on a side: chip or stripe."""
    return chip(orientation) if side == "front" else stripe(orientation)


def pixels(millimetres: float, ppi: float) -> int:
    """Whole pixels in a length."""
    return round(millimetres / MM_PER_INCH * ppi)
