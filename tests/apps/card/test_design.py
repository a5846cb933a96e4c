"""Templates, fonts, texts and the place of the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.cards import coarse, head, layout

from ganvas.apps.card.artwork import draw_side
from ganvas.apps.card.design import Design, Layout, Placement, examples
from ganvas.apps.card.fonts import FONT_NAMES, shipped
from ganvas.apps.card.geometry import trim
from ganvas.apps.card.print_checks import check_print
from ganvas.apps.card.templates import names, template
from ganvas.errors import UserError


def test_six_templates_of_both_shapes_ship() -> None:
    assert len(names()) == 6
    assert {template(name).orientation for name in names()} == {"landscape", "portrait"}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", names())
def test_each_template_with_its_examples_passes_every_check(name: str, language: str) -> None:
    card = layout(name, texts=examples(name, language), chip=True, stripe=True)  # type: ignore[arg-type]
    found = check_print(card, head(), coarse(), None)
    assert [(one.code, one.params) for one in found if one.level != "info"] == []


def test_the_picture_stands_on_the_lower_edge_of_its_frame_and_moves_from_there() -> None:
    frame = template("hills").picture.rect
    matrix = Layout(Design()).picture_matrix(100, 200)
    foot, top = matrix @ (50, 200, 1), matrix @ (50, 0, 1)
    assert foot == pytest.approx((frame.x + frame.width / 2, frame.bottom))
    assert top[1] == pytest.approx(frame.y)
    moved = Layout(Design(placement=Placement(scale=2, dx=3, dy=-4, turn=90))).picture_matrix(100, 200)
    before = matrix @ (50, 100, 1)
    assert moved @ (50, 100, 1) == pytest.approx(before + np.array([3, -4])), (
        "scale and turn leave the centre where it is"
    )
    assert (moved @ (50, 0, 1))[0] > before[0] + 3, "turned clockwise, what was above lies to the right"


def test_the_picture_is_drawn_where_the_matrix_says() -> None:
    card, picture = layout("hills", texts={}), head()
    area = trim("landscape")
    with_picture = draw_side(card, "front", picture, area, 100, text=False).astype(int)
    without = draw_side(card, "front", None, area, 100, text=False).astype(int)
    changed = np.abs(with_picture - without).max(axis=2) > 40
    rows, columns = np.nonzero(changed)
    left = (card.picture_matrix(800, 800) @ (160, 400, 1))[0]
    assert columns.min() / 100 * 25.4 == pytest.approx(left, abs=0.5)
    assert rows.max() / 100 * 25.4 < 53, "the hill covers the foot"


def test_multiply_lets_the_ground_through_where_the_drawing_is_white() -> None:
    white = np.full((200, 200, 4), 255, np.uint8)
    area = trim("landscape")
    ground = draw_side(layout("hills", texts={}), "front", None, area, 60, text=False)
    assert np.array_equal(
        draw_side(layout("hills", texts={}, blend="multiply"), "front", white, area, 60, text=False), ground
    )
    covered = draw_side(layout("hills", texts={}, blend="normal"), "front", white, area, 60, text=False)
    assert not np.array_equal(covered, ground)


def test_colours_are_replaced_and_texts_are_drawn_in_korean() -> None:
    area = trim("landscape")
    blue = draw_side(layout("editorial", texts={}, colours={"paper": "#0000FF"}), "front", None, area, 60, text=True)
    assert tuple(blue[5, 5]) == (0, 0, 255)
    drawn = draw_side(layout("hills", texts={"name": "김민지"}), "front", None, area, 120, text=True)
    empty = draw_side(layout("hills", texts={}), "front", None, area, 120, text=True)
    _, columns = np.nonzero(np.abs(drawn.astype(int) - empty).max(axis=2) > 60)
    [text] = layout("hills", texts={"name": "김민지"}).texts("front")
    assert columns.min() / 120 * 25.4 == pytest.approx(text.ink.x, abs=0.6)
    assert columns.max() / 120 * 25.4 == pytest.approx(text.ink.right, abs=0.6)


def test_long_texts_are_set_smaller_and_unknown_characters_are_refused() -> None:
    [short], [long] = (layout("hills", texts={"name": name}).texts("front") for name in ("Kim", "K" * 60))
    assert short.size == 13
    assert long.size < 13
    assert long.ink.width == pytest.approx(44)
    with pytest.raises(UserError, match=r"has no 漢 字; leave them out"):
        layout("hills", texts={"name": "漢字"}).texts("front")


def test_unknown_names_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no template 'moon'; choose one of editorial"):
        Layout(Design(template="moon"))
    with pytest.raises(UserError, match="has no text 'nam'; it has line"):
        Layout(Design(texts={"nam": "x"}))
    (tmp_path / "font.ttf").write_text("no font")
    with pytest.raises(UserError, match=r"font\.ttf cannot be used as a font"):
        Layout(Design(texts={"name": "x"}), tmp_path / "font.ttf").texts("front")


def test_the_fonts_have_latin_with_accents_and_the_syllables_of_ks_x_1001_under_their_own_names() -> None:
    every = "".join(chr(code) for code in range(0xAC00, 0xD7A4) if len(chr(code).encode("euc_kr", "ignore")) == 2)
    assert len(every) >= 2350
    for name in FONT_NAMES:
        font = shipped(name)
        assert font.missing("Żółć Ünal ñ ß" + "가힝") == ""
        assert not font.missing("".join(letter for letter in every if len(letter.encode("euc_kr")) == 2))
        assert font.family.startswith("Ganvas Card"), "Pretendard is a reserved font name"
        assert (font.path.parent / ("OFL-serif.txt" if "serif" in name else "OFL-sans.txt")).is_file()
