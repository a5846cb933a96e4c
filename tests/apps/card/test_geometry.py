"""The size, the zones and the rectangles of ID-1."""

from __future__ import annotations

from ganvas.apps.card.geometry import Rect, chip, pixels, stripe, trim


def test_a_card_in_portrait_is_one_in_landscape_turned_clockwise() -> None:
    assert trim("landscape")[2:] == (85.60, 53.98)
    assert trim("portrait")[2:] == (53.98, 85.60)
    lying, standing = chip("landscape"), chip("portrait")
    assert standing.y == lying.x, "the left edge became the upper one"
    assert trim("portrait").width - standing.right == lying.y
    assert stripe("portrait").height == stripe("landscape").width == 85.60


def test_the_chip_covers_the_contacts() -> None:
    """ISO/IEC 7816-2: columns 10.25–12.25 and 17.87–19.87, rows 19.23–28.55 mm from the upper left."""
    assert chip("landscape").contains(Rect(10.25, 19.23, 9.62, 9.32))


def test_overlaps_have_an_area_of_zero_where_there_are_none() -> None:
    assert Rect(0, 0, 2, 2).overlap(Rect(1, 1, 2, 2)).area == 1
    assert Rect(0, 0, 2, 2).overlap(Rect(5, 5, 2, 2)).area == 0
    assert pixels(25.4, 600) == 600
