"""Consent and one face before a picture of a person is used."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the faces extra is not installed")

from ganvas.apps.consent import check_consent, only_face
from ganvas.curate.faces import Face
from ganvas.curate.faces.face import face_of
from ganvas.errors import UserError


def face(width: float) -> Face:
    rng = np.random.default_rng(0)
    return face_of(rng.uniform(0, width, (468, 3)).astype(np.float32), 1.0, 1.0, (0.3, 0.3))


def test_nothing_is_done_without_consent() -> None:
    check_consent(True)
    with pytest.raises(UserError) as refused:
        check_consent(False)
    assert refused.value.code == "consent-needed"


def test_a_picture_shows_one_person() -> None:
    large, small = face(100), face(20)
    assert only_face([small, large]) is large, "somebody small in the background does not count"
    with pytest.raises(UserError) as none:
        only_face([])
    assert none.value.code == "no-face"
    with pytest.raises(UserError, match="3 faces") as several:
        only_face([large, large, face(60), small])
    assert several.value.code == "several-faces"
