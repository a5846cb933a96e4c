"""Where a face stands on the paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganvas.apps.placement import HERE, Placement, Placer, moved
from ganvas.curate.sketch.drawings import Drawing, read_drawing
from ganvas.models.networks.sketchportrait import WINDOWS, scaled

STROKES = Path(__file__).parents[1] / "support" / "strokes"
OFF_CENTRE = {"bad-05", "bad-18"}  # the two that were drawn small, in a corner
SIDE = 64


@pytest.fixture(scope="module")
def drawings() -> dict[str, Drawing]:
    return {path.stem: read_drawing(path) for path in sorted(STROKES.glob("*.json"))}


@pytest.fixture(scope="module")
def placer(drawings: dict[str, Drawing]) -> Placer:
    """Made from drawings whose faces stand where the page's outline is."""
    sheets = [drawing.rendered(SIDE)[:, :, 0] for name, drawing in drawings.items() if name not in OFF_CENTRE]
    features = np.zeros((SIDE, SIDE), bool)
    for name, window in WINDOWS.items():
        if name != "remainder":
            x, y, side = scaled(window, SIDE)
            features[y : y + side, x : x + side] = True
    return Placer(1 - np.stack(sheets).astype(np.float64).mean(0) / 255, features)


def together(first: Placement, then: Placement) -> np.ndarray:
    """float [3, 3] of one transform after the other."""
    last = np.array([[0.0, 0.0, 1.0]])
    return np.concatenate([then.matrix, last]) @ np.concatenate([first.matrix, last])


def test_the_inverse_undoes_a_placement() -> None:
    placement = Placement(1.7, 23.0, -0.1, 0.3)
    np.testing.assert_allclose(together(placement, placement.inverse), np.eye(3), atol=1e-12)


def test_points_are_scaled_and_turned_about_the_middle_and_then_shifted() -> None:
    matrix = Placement(2.0, 90.0, 0.1, 0.0).matrix
    np.testing.assert_allclose(matrix @ [0.5, 0.5, 1], [0.6, 0.5])
    np.testing.assert_allclose(matrix @ [0.6, 0.5, 1], [0.6, 0.7])  # right of the middle → below it, twice as far


def test_ink_goes_where_the_matrix_says() -> None:
    paper = np.full((128, 128), 255, np.uint8)
    paper[30:34, 90:94] = 0
    placement = Placement(0.5, 30.0, 0.05, -0.1)
    made = 255 - moved(paper, placement, 64).astype(float)
    rows, columns = np.mgrid[:64, :64] + 0.5
    centre = np.array([(made * columns).sum(), (made * rows).sum()]) / made.sum() / 64
    np.testing.assert_allclose(centre, placement.matrix @ [92 / 128, 32 / 128, 1], atol=2e-3)


@pytest.mark.parametrize("name", ["good-face", "bad-01", "bad-03", "bad-09", "bad-12"])
def test_a_face_in_its_place_is_left_there(placer: Placer, drawings: dict[str, Drawing], name: str) -> None:
    assert placer.find(drawings[name].rendered(256)[:, :, 0]) == HERE


@pytest.mark.parametrize("name", ["good-face", "bad-01", "bad-03", "bad-09", "bad-12"])
@pytest.mark.parametrize("misplaced", [Placement(0.6, 0, 0.15, -0.1), Placement(0.7, 0, -0.12, 0.12)])
def test_a_small_face_in_a_corner_is_brought_back(
    placer: Placer, drawings: dict[str, Drawing], name: str, misplaced: Placement
) -> None:
    paper = moved(drawings[name].rendered(512)[:, :, 0], misplaced, 256)
    found = together(misplaced, placer.find(paper))
    assert 0.85 < np.hypot(found[0, 0], found[1, 0]) < 1.25
    np.testing.assert_allclose(found[:2, :2] @ [0.5, 0.5] + found[:2, 2], [0.5, 0.5], atol=0.07)


def test_eyes_nose_and_mouth_alone_are_not_taken_for_a_small_face(placer: Placer, drawings: dict[str, Drawing]) -> None:
    """As while one draws: the outline comes later."""
    marks = [mark for mark in drawings["bad-03"].marks if np.ptp([dot[:2] for dot in mark.dots], axis=0).max() < 0.3]
    assert 0 < len(marks) < len(drawings["bad-03"].marks)
    assert placer.find(Drawing(tuple(marks)).rendered(256)[:, :, 0]) == HERE


@pytest.mark.parametrize("ink", ["none", "a dot", "all"])
def test_paper_without_a_face_is_left_as_it_is(placer: Placer, ink: str) -> None:
    paper = np.full((128, 128), 0 if ink == "all" else 255, np.uint8)
    if ink == "a dot":
        paper[40, 40] = 0
    assert placer.find(paper) == HERE
