"""Drawings: dark lines on white, alike at every size, the same for the same generator, and worse when roughened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ganvas.curate.images.decode import Pixels, open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.curate.sketch.pen import Pen, Stroke, render
from ganvas.curate.sketch.strokes import lines
from ganvas.curate.sketch.styles import STYLES, draw, draw_any, roughen
from ganvas.errors import UserError


def face(side: int = 128, channels: int = 3) -> Pixels:
    """A drawn head on a ground: dark hair, skin, eyes, mouth."""
    big = 4 * side
    image = Image.new("RGB", (big, big), (90, 120, 160))
    brush = ImageDraw.Draw(image)
    for box, colour in (
        ((0.22, 0.1, 0.78, 0.8), (50, 35, 30)),
        ((0.28, 0.25, 0.72, 0.9), (225, 180, 150)),
        ((0.35, 0.46, 0.45, 0.51), (40, 30, 30)),
        ((0.55, 0.46, 0.65, 0.51), (40, 30, 30)),
        ((0.4, 0.72, 0.6, 0.77), (150, 60, 60)),
    ):
        brush.ellipse([share * big for share in box], fill=colour)
    pixels: Pixels = np.asarray(
        image.resize((side, side), Image.Resampling.BOX).convert("RGB" if channels == 3 else "L")
    )
    return pixels.reshape(side, side, channels)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("style", STYLES)
def test_a_drawing_is_lines_on_paper_where_the_picture_has_edges(style: str) -> None:
    drawing = draw(face(), style, rng())[:, :, 0]
    assert drawing.min() < 110, "some strokes are dark"
    assert np.median(drawing) > 240, "most of the sheet is paper"
    ink = 255 - drawing.astype(float)
    assert ink[:12].mean() < 12, "flat ground stays empty"
    outline = np.zeros((128, 128), bool)
    y, x = np.indices((128, 128)) / 128
    head = ((x - 0.5) / 0.28) ** 2 + ((y - 0.45) / 0.35) ** 2
    outline[(head > 0.8) & (head < 1.25) & (y < 0.45)] = True
    assert ink[outline].mean() > 3 * ink[:12].mean() + 5, "the head has an outline"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_same_generator_draws_the_same_and_another_differently(style: str, channels: int) -> None:
    picture = face(64, channels)
    before = picture.copy()
    one = draw(picture, style, rng(1))
    assert one.shape == (64, 64, 1)
    assert one.dtype == np.uint8
    assert (one == draw(picture, style, rng(1))).all()
    assert (one != draw(picture, style, rng(2))).any()
    assert (picture == before).all()


@pytest.mark.parametrize("style", STYLES)
def test_sizes_look_alike(style: str) -> None:
    large, small = draw(face(256), style, rng())[:, :, 0], draw(face(128), style, rng())[:, :, 0]
    halved = np.asarray(Image.fromarray(large).reduce(2)).astype(float)
    blurred = [np.asarray(Image.fromarray(one.astype(np.uint8)).reduce(4)).astype(float) for one in (halved, small)]
    assert abs(halved.mean() - small.mean()) < 6, "as much ink"
    assert np.corrcoef(blurred[0].ravel(), blurred[1].ravel())[0, 1] > 0.85, "in the same places"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shape", [(4, 4, 3), (5, 40, 3), (90, 60, 1)])
def test_any_shape_and_flat_pictures(style: str, shape: tuple[int, int, int]) -> None:
    for level in (0, 255):
        flat = draw(np.full(shape, level, np.uint8), style, rng())
        assert flat.shape == (*shape[:2], 1)
        if level == 255:
            assert flat.min() > 200
    noise = rng().integers(0, 256, shape).astype(np.uint8)
    assert draw(noise, style, rng()).shape == (*shape[:2], 1)


def test_an_unknown_style_is_named() -> None:
    with pytest.raises(UserError, match="choose one of photocopy"):
        draw(face(16), "crayon", rng())


def test_lines_follow_a_line_and_keep_to_their_places() -> None:
    sheet = np.full((100, 200, 1), 230, np.uint8)
    sheet[49:52, 20:180] = 30
    found = lines(sheet)
    points = found[0].points
    assert np.abs(points[:, 1] - 0.5).max() < 0.02, "y is a share of the shorter side"
    assert points[:, 0].min() < 0.3
    assert points[:, 0].max() > 1.7


@pytest.mark.parametrize("style", ["contour", "strokes"])
def test_landmarks_draw_the_features(style: str) -> None:
    landmarks = np.full((468, 3), 64.0, np.float32)
    brow = [70, 63, 105, 66, 107]
    landmarks[brow, 0], landmarks[brow, 1] = np.linspace(20, 50, 5), 40
    blank = np.full((128, 128, 3), 200, np.uint8)
    assert (draw(blank, style, rng()) == 255).all()
    drawing = draw(blank, style, rng(), landmarks)[:, :, 0]
    assert (drawing[37:44, 24:46].min(0) < 140).all(), "a brow where its points are"
    assert (drawing[:30] == 255).all()


def test_strokes_are_rendered_where_they_are() -> None:
    line = Stroke(np.array([[0.25, 0.5], [0.75, 0.5]], np.float32), 1.0)
    sheet = render([line], 64, 64, Pen(0.05, 1.0), rng())[:, :, 0]
    assert (sheet[:28] == 255).all()
    assert sheet[32, 20:44].max() < 60
    assert (render([], 8, 8, Pen(0.1, 1.0), rng()) == 255).all()


def test_roughening_loses_and_moves_strokes_but_keeps_the_drawing() -> None:
    drawing = draw(face(), "contour", rng())
    before = drawing.copy()
    worse = [roughen(drawing, rng(seed)) for seed in range(20)]
    assert (drawing == before).all()
    assert all(one.shape == drawing.shape and one.dtype == np.uint8 for one in worse)
    assert (worse[3] == roughen(drawing, rng(3))).all()
    assert len({one.tobytes() for one in worse}) == 20
    mean = np.mean([255.0 - one for one in worse], axis=0)[:, :, 0]
    ink = 255.0 - drawing[:, :, 0]
    coarse = [np.asarray(Image.fromarray(one.astype(np.float32)).reduce(8)).ravel() for one in (mean, ink)]
    assert np.corrcoef(*coarse)[0, 1] > 0.8, "on average it is the same drawing"
    apart = [np.abs(255.0 - one[:, :, 0] - ink)[ink > 60].mean() for one in worse]
    assert min(apart) > 15, "each time other strokes are off or missing"


def test_roughening_paper_leaves_paper() -> None:
    assert (roughen(np.full((64, 48, 1), 255, np.uint8), rng()) > 250).all()


def test_styles_are_degradations_of_one_channel() -> None:
    for name in ("sketch", *(f"sketch-{style}" for style in STYLES), "sketch-mixed"):
        assert DEGRADATIONS[name].source_channels() == 1
        assert DEGRADATIONS[name](face(32), rng()).shape == (32, 32, 1)
    assert (DEGRADATIONS["sketch-contour"](face(32), rng(4)) == draw(face(32), "contour", rng(4))).all()
    kinds = {draw_any(face(32), rng(seed)).tobytes() for seed in range(8)}
    assert len(kinds) == 8


def test_a_pale_picture_is_drawn_as_well() -> None:
    pale = (140 + 0.35 * face().astype(float)).astype(np.uint8)
    assert (draw(pale, "contour", rng()) < 128).mean() > 0.25 * (draw(face(), "contour", rng()) < 128).mean()


@pytest.mark.shared_data
@pytest.mark.parametrize("style", STYLES)
def test_real_portraits_are_drawn_sparingly(shared_data: Path, style: str) -> None:
    shares = []
    for seed, path in enumerate(sorted((shared_data / "portraits").glob("*.jpg"))[::60]):
        drawing = draw(prepare_image(open_image(path), 128, "smart", 3), style, rng(seed))
        shares.append(float((drawing < 128).mean()))
    assert 0.01 < np.median(shares) < (0.25 if style == "photocopy" else 0.15)
    assert min(shares) > 0.001, "nobody gets an empty sheet"
