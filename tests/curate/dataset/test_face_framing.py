"""What lies outside of a tight photograph is counted and said, and a closer crop invents less."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.packing import cache  # noqa: F401 - a fixture

pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

from ganvas.bundle import write_bundle
from ganvas.cli.output import Output
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.faces import TIGHT, WIDE, FaceReader, Style, matrix_for, share_outside
from ganvas.inference.translate import prepare_picture
from ganvas.models.families import FAMILIES

Pixels = npt.NDArray[np.uint8]


def test_the_share_outside_is_that_of_the_area() -> None:
    whole = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    assert share_outside(whole, 64, (64, 64)) == 0
    assert share_outside(whole, 64, (64, 32)) == pytest.approx(0.5, abs=0.02)
    shifted = np.array([[1, 0, 16], [0, 1, 16]], np.float32)  # the picture's corner lies at a quarter of the square
    assert share_outside(shifted, 64, (64, 64)) == pytest.approx(1 - 0.75**2, abs=0.02)
    assert share_outside(shifted, 64, (64, 64), zoom=0.5) == 0


@pytest.mark.usefixtures("networks")
def test_a_tight_photograph_is_reported_and_a_closer_crop_proposed(
    astronaut: Pixels, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    face = FaceReader().faces(astronaut)[0]
    x0, y0, x1, y1 = face.box.astype(int)
    (tmp_path / "in").mkdir()
    Image.fromarray(astronaut[y0 - 20 : y1 + 5, x0 - 12 : x1 + 12]).save(tmp_path / "in" / "0.png")
    report = pack(tmp_path / "in", resolution=64, crop="face")
    assert report.outside is not None
    assert report.outside.count == 1
    assert report.outside.share > 0.3
    assert report.outside.tight < report.outside.share / 2
    Output().pack_report(report)
    said = capsys.readouterr().out
    assert "In 1 of 1 pictures more than a tenth of the square lies outside of the photograph" in said
    assert "face-tight frames faces more closely" in said
    assert "center or smart" in said
    closer = pack(tmp_path / "in", resolution=64, crop="face-tight")
    assert Dataset(closer.path).manifest.crop == "face-tight"
    assert closer.outside is None or closer.outside.share == pytest.approx(report.outside.tight, abs=0.05)
    assert pack(tmp_path / "in", resolution=64, crop="center").outside is None


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize(("style", "side"), [("tight", TIGHT), ("wide", WIDE)])
def test_closer_and_wider_squares_have_the_same_middle(astronaut: Pixels, style: Style, side: float) -> None:
    face = FaceReader().faces(astronaut)[0]
    usual, other = (np.linalg.inv(np.vstack([matrix_for(face, 64, one), [0, 0, 1]])) for one in ("ffhq", style))
    middle = np.array([31.5, 31.5, 1])
    assert np.abs((usual - other) @ middle).max() < 0.01
    assert np.linalg.det(other[:2, :2]) / np.linalg.det(usual[:2, :2]) == pytest.approx(side**2, rel=1e-3)


@pytest.mark.usefixtures("networks")
def test_a_model_of_wide_pictures_frames_photographs_as_its_training_pictures_were(
    astronaut: Pixels, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    Image.fromarray(astronaut).save(tmp_path / "in" / "0.png")
    packed = Dataset(pack(tmp_path / "in", resolution=64, crop="face-wide").path)
    config, data = FAMILIES["ugatit"].tiny()
    family = FAMILIES["ugatit"](config, data.model_copy(update={"resolution": 64, "crop": "face-wide"}), 1.0)
    bundle = write_bundle(tmp_path / "wide", family, name="Wide", kimg=1, onnx=False)
    prepared = prepare_picture(bundle.info.data, Image.fromarray(astronaut))
    np.testing.assert_array_equal(prepared, packed.image(0))
    assert "cropped by `face-wide` (the head with all of its hair)" in (tmp_path / "wide" / "card.md").read_text()
