"""Face detection: where the detectors look, what they find, and how their answers are joined."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures

cv2 = pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

from ganvas.curate.faces import FaceReader  # noqa: E402
from ganvas.curate.faces.detector import Detection, Detector, blaze_anchors, weighted_suppression  # noqa: E402

Pixels = npt.NDArray[np.uint8]


def test_anchors_are_those_of_blazeface() -> None:
    anchors = blaze_anchors()
    assert anchors.shape == (896, 2)
    assert anchors[0] == pytest.approx([1 / 32, 1 / 32])
    assert anchors[2] == pytest.approx([3 / 32, 1 / 32]), "along the row first"
    assert anchors[512] == pytest.approx([1 / 16, 1 / 16])
    assert anchors[-1] == pytest.approx([15 / 16, 15 / 16])


@pytest.mark.usefixtures("networks")
def test_both_detectors_find_the_face_at_the_same_place(astronaut: Pixels) -> None:
    (face,) = FaceReader().faces(astronaut, eyes=False)
    detector = Detector()
    near = astronaut[0:256, 96:352]  # as large as the one for large faces expects it
    shift = np.array([96, 0], np.float32)
    for answers in (detector.large_ones(near, 0.5), detector.small_ones(near, 0.5)):
        best = max(answers, key=lambda one: one.score)
        eyes = np.stack([face.left_eye, face.right_eye]) - shift
        assert np.abs(best.points[:2] - eyes).max() < 0.15 * face.eye_distance


def test_answers_for_one_face_are_joined_by_score() -> None:
    def found(x: float, score: float, side: float = 10) -> Detection:
        points = np.array([[x + 3, 3], [x + 7, 3], [x + 5, 5], [x + 5, 8]], np.float32)
        return Detection(np.array([x, 0, x + side, side], np.float32), points, score)

    joined = weighted_suppression([found(0, 0.9), found(1, 0.3), found(40, 0.6)])
    assert [one.score for one in joined] == [0.9, 0.6]
    assert joined[0].box[0] == pytest.approx(0.25)
    assert joined[1].box[0] == 40
    taller = Detection(np.array([-8, -8, 18, 18], np.float32), found(0, 1).points, 0.8)
    assert len(weighted_suppression([found(0, 0.9), taller])) == 1, "same eyes and mouth: the same face"


# ── Many ────────────────────────────────────────────────────────────────────────────────────────────────────────────
