"""The face found, cut out, drawn and laid back; what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures

from ganvas.apps.consent import only_face
from ganvas.errors import UserError
from ganvas.spec import DataSpec

cartoon = pytest.importorskip("ganvas.apps.card.cartoon", reason="the faces extra is not installed")
Pixels = Any


@pytest.fixture(scope="module")
def reader(networks: None) -> Any:
    from ganvas.curate.faces import FaceReader

    return FaceReader()


@pytest.fixture(scope="module")
def head(astronaut: Pixels, reader: Any) -> Any:
    return cartoon.find_head(astronaut, reader, DataSpec(resolution=64), detail=128, background="remove")


def test_the_head_is_cut_out_with_its_shoulders_and_laid_back_alone(astronaut: Pixels, head: Any) -> None:
    drawn = np.full((256, 256, 3), (0, 255, 0), np.uint8)
    alone = cartoon.finish(astronaut, head, drawn, scope="head", background="remove")
    x0, y0, x1, y1 = alone.face
    assert 0 < x0 < x1 < 1
    assert 0 < y0 < y1 < 1
    alpha = alone.picture[..., 3]
    assert alpha[0].max() > 0, "the transparent border above the hair is cut away"
    assert alpha[: len(alpha) // 8, : alpha.shape[1] // 8].max() == 0, "the ground is transparent"
    middle = alpha[round((y0 + y1) / 2 * len(alpha)), round((x0 + x1) / 2 * alpha.shape[1])]
    assert middle == 255
    kept = cartoon.finish(astronaut, head, drawn, scope="head", background="keep")
    assert kept.picture.shape == (256, 256, 4)
    assert kept.picture[..., 3].mean() > 235


def test_the_head_is_laid_back_into_its_photograph_and_the_rest_stays(astronaut: Pixels, head: Any) -> None:
    drawn = np.full((256, 256, 3), (0, 255, 0), np.uint8)
    whole = cartoon.finish(astronaut, head, drawn, scope="photograph", background="keep")
    assert whole.picture.shape == (512, 512, 4)
    x, y = np.round(head.face.nose).astype(int)
    assert tuple(whole.picture[y, x, :3]) == (0, 255, 0)
    assert np.array_equal(whole.picture[-40:, :40, :3], astronaut[-40:, :40]), "the photograph far from the head"
    removed = cartoon.finish(astronaut, head, drawn, scope="photograph", background="remove")
    assert removed.picture[y, x, 3] == 255
    assert removed.picture[5, 5, 3] == 0


def test_face_crops_frame_the_face_as_the_model_was_trained(astronaut: Pixels, head: Any, reader: Any) -> None:
    tight = cartoon.find_head(
        astronaut, reader, DataSpec(resolution=64, crop="face-tight"), detail=128, background="remove"
    )
    assert np.linalg.det(tight.matrix[:, :2]) > 1.5 * np.linalg.det(head.matrix[:, :2])


def test_no_face_and_several_faces_are_refused_small_ones_behind_are_not(astronaut: Pixels, reader: Any) -> None:
    data = DataSpec(resolution=64)
    with pytest.raises(UserError, match="No face was found") as refused:
        cartoon.find_head(np.full((200, 300, 3), 90, np.uint8), reader, data, detail=64, background="keep")
    assert refused.value.code == "no-face"
    twice = np.concatenate([astronaut[:300, 100:400]] * 2, axis=1)
    with pytest.raises(UserError, match="2 faces in this picture"):
        only_face(reader.faces(twice))
    behind = astronaut.copy()
    behind[-90:, :90] = cartoon.reduced(astronaut[:300, 100:400], 90)
    assert only_face(reader.faces(behind)).eye_distance > 40
