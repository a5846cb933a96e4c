"""Drawings in files: read as they were written, looking as they were drawn, refused in a sentence."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.curate.sketch.drawings import Dot, Drawing, Mark, read_drawing
from ganvas.errors import UserError

STROKES = Path(__file__).parents[2] / "support" / "strokes"


def line(*places: tuple[float, float], tool: str = "pen", width: float = 0.05, **more: bool) -> Mark:
    return Mark(tool, width, tuple(Dot(x, y) for x, y in places), **more)  # type: ignore[arg-type]


def ink(drawing: Drawing, side: int = 64) -> np.ndarray:
    """How dark each place is, in [0, 1]."""
    return 1 - drawing.rendered(side)[:, :, 0] / 255


def test_a_drawing_written_is_the_same_drawing(tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 128)).save(content, "PNG")
    drawing = Drawing(
        (
            Mark("picture", picture=content.getvalue()),
            Mark("pen", 0.01, (Dot(0.1, 0.2), Dot(0.3, 0.4, 0.5)), mirrored=True),
            Mark("eraser", 0.03, (Dot(0.1, 0.2),)),
        )
    )
    drawing.write(tmp_path / "face.json")
    assert read_drawing(tmp_path / "face.json").marks[1:] == drawing.marks[1:]
    assert np.array_equal(read_drawing(tmp_path / "face.json").rendered(32), drawing.rendered(32))


def test_a_stroke_is_as_wide_and_long_as_it_says() -> None:
    drawn = ink(Drawing((line((0.25, 0.5), (0.5, 0.5), (0.75, 0.5)),)), 200)
    assert drawn[:, 100].sum() == pytest.approx(10, abs=0.5)  # 0.05 of 200 px
    assert drawn[100].sum() == pytest.approx(110, abs=1)  # with both round ends
    assert drawn.sum() == pytest.approx(100 * 10 + np.pi * 25, rel=0.03)
    middle = (drawn * np.arange(200)).sum() / drawn.sum(), (drawn.T * np.arange(200)).sum() / drawn.sum()
    assert middle == pytest.approx((99.5, 99.5), abs=0.3)


def test_pressure_widens_and_a_single_dot_is_round() -> None:
    drawn = ink(Drawing((Mark("pen", 0.1, (Dot(0.5, 0.5, 2.0),)),)), 100)
    assert drawn.sum() == pytest.approx(np.pi * 100, rel=0.03)


def test_the_eraser_takes_away_and_what_comes_later_lies_over_it() -> None:
    across, down = line((0.1, 0.5), (0.9, 0.5)), line((0.5, 0.1), (0.5, 0.9), tool="eraser")
    drawn = ink(Drawing((across, down)))
    assert drawn[32, 32] == 0
    assert drawn[32, 10] == 1
    assert ink(Drawing((down, across)))[32, 32] == 1


def test_mirrored_strokes_are_drawn_twice() -> None:
    drawn = ink(Drawing((line((0.1, 0.2), (0.3, 0.6), mirrored=True),)))
    assert drawn == pytest.approx(drawn[:, ::-1], abs=0.3)
    assert drawn[:, :32].sum() == pytest.approx(drawn[:, 32:].sum(), rel=0.01)


def test_a_picture_darkens_what_is_below() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 128)).save(content, "PNG")
    drawn = ink(Drawing((line((0.1, 0.5), (0.9, 0.5)), Mark("picture", picture=content.getvalue()))))
    assert drawn[0, 0] == pytest.approx(0.5, abs=0.01)
    assert drawn[32, 32] == 1


def test_it_looks_the_same_at_every_size() -> None:
    drawing = read_drawing(STROKES / "good-face.json")
    large = ink(drawing, 256).reshape(64, 4, 64, 4).mean((1, 3))
    assert np.abs(large - ink(drawing, 64)).mean() < 0.003


def test_the_drawings_kept_for_evaluation_are_there_and_each_is_different() -> None:
    names = [f"bad-{number:02d}" for number in range(1, 21)] + ["good-face"]
    sheets = [ink(read_drawing(STROKES / f"{name}.json")) for name in names]
    assert all(0.01 < sheet.mean() < 0.35 for sheet in sheets)
    for index, sheet in enumerate(sheets):
        assert all(np.abs(sheet - other).mean() > 0.02 for other in sheets[:index])


def kept(**changes: object) -> bytes:
    return json.dumps({"format": "ganvas-drawing", "version": 1, "marks": []} | changes).encode()


PEN = {"tool": "pen", "width": 0.01, "dots": [[0.1, 0.1, 1]]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a drawing"),
        (b"\xff\xfe", "not a drawing"),
        (b"[" * 100_000, "not a drawing"),
        (kept(format="other"), "not a drawing"),
        (kept(version=2), "version 2"),
        (kept(marks=["line"]), "damaged"),
        (kept(marks=[{}]), "damaged"),
        (kept(marks=[PEN | {"tool": "brush"}]), "damaged"),
        (kept(marks=[PEN | {"width": "wide"}]), "damaged"),
        (kept(marks=[PEN | {"dots": [[0.1]]}]), "damaged"),
        (kept(marks=[PEN | {"dots": [[0.1, 1e9]]}]), "damaged"),
        (kept(marks=[PEN | {"dots": [[0.1, float("nan")]]}]), "damaged"),
        (kept(marks=[{"tool": "picture", "picture": "https://example.org/a.png"}]), "damaged"),
        (kept(marks=[{"tool": "picture", "picture": "data:image/png;base64,!"}]), "damaged"),
    ],
)
def test_what_is_no_drawing_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_drawing(content)


def test_pressure_may_be_left_out_and_unknown_fields_are_ignored() -> None:
    read = read_drawing(kept(marks=[PEN | {"dots": [[0.1, 0.1]], "colour": "red"}], title="Me"))
    assert read.marks == (Mark("pen", 0.01, (Dot(0.1, 0.1, 1.0),)),)


def test_a_picture_that_is_none_is_said(tmp_path: Path) -> None:
    picture = "data:image/png;base64," + base64.b64encode(b"no picture").decode()
    with pytest.raises(UserError, match="damaged"):
        read_drawing(kept(marks=[{"tool": "picture", "picture": picture}])).rendered(16)
    with pytest.raises(UserError, match="cannot be read"):
        read_drawing(tmp_path / "absent.json")
