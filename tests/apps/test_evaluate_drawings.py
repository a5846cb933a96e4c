"""`ganvas evaluate --drawings`: drawings painted with and without the manifold, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support.face_pictures import networks  # noqa: F401

from ganvas.apps.drawings import PortraitOptions, drawings_in, judge, option_grid, portraits_in, sketched
from ganvas.apps.portrait import PortraitGenerator
from ganvas.bundle import Bundle, write_bundle
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest, to_float
from ganvas.models.families.sketchportrait import SketchPortrait
from ganvas.weights import find

STROKES = Path(__file__).parents[1] / "support" / "strokes"


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portraits")
    for index in range(6):
        pixels = np.random.default_rng(index).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((70, 70), Image.Resampling.BICUBIC).save(folder / f"{index}.png")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    torch.manual_seed(0)
    family = SketchPortrait(*SketchPortrait.tiny(), 1.0)  # type: ignore[arg-type]
    for parameter in family.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    strokes = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 1), dtype=np.uint8)
    bank = family.eval().code_bank([TranslationRequest(to_float(strokes), torch.zeros(12).long())])
    path: Path = tmp_path_factory.mktemp("model") / "faces"
    return write_bundle(path, family, name="faces", kimg=1, onnx=False, code_bank=bank)


def test_a_folder_of_strokes_and_pictures_is_read(tmp_path: Path, model: Bundle) -> None:
    (tmp_path / "b.json").write_bytes((STROKES / "good-face.json").read_bytes())
    Image.new("L", (90, 90), 255).save(tmp_path / "a.png")
    (tmp_path / "README.md").write_text("no drawing")
    cases = drawings_in(tmp_path, model.info.data)
    assert [case.name for case in cases] == ["a", "b"]
    assert all(case.drawing.shape == (64, 64, 1) for case in cases)
    assert cases[0].drawing.min() == 255
    assert cases[1].drawing.min() < 128
    assert [case.photo for case in cases] == [None, None]


def test_a_photograph_of_the_same_name_is_the_truth(tmp_path: Path, model: Bundle, portraits: Path) -> None:
    # A drawing of other measures than the photograph, with ink where that is cut off, and where it is kept.
    for name in ("drawn", "photos"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (120, 60), "red").save(tmp_path / "photos" / "one.png")
    lines = np.full((30, 60), 255, np.uint8)
    lines[:, :10] = 0
    Image.fromarray(lines).save(tmp_path / "drawn" / "one.jpg")
    lines[:, 20:40] = 0
    Image.fromarray(lines).save(tmp_path / "drawn" / "two.png")
    one, two = drawings_in(tmp_path / "drawn", model.info.data, tmp_path / "photos")
    assert one.photo is not None
    assert (one.photo[..., 0] == 255).all()
    assert one.drawing.mean() > 245
    assert two.photo is None
    assert two.drawing.mean() < 160
    with pytest.raises(UserError, match="has the name of a drawing"):
        drawings_in(tmp_path / "drawn", model.info.data, portraits)


@pytest.mark.parametrize(
    ("content", "says"), [(None, "There is no"), ({}, "no drawings in"), ({"x.json": "{}"}, "is not a drawing")]
)
def test_what_is_no_drawing_is_said(tmp_path: Path, model: Bundle, content: dict[str, str] | None, says: str) -> None:
    place = tmp_path / "drawings"
    if content is not None:
        place.mkdir()
        for name, text in content.items():
            (place / name).write_text(text)
    with pytest.raises(UserError, match=says):
        drawings_in(place, model.info.data)


def test_as_drawn_comes_first_and_once() -> None:
    assert option_grid([1, 3], [0, 1, 0.4]) == [
        PortraitOptions(1, 1.0),
        PortraitOptions(1, 0.4),
        PortraitOptions(3, 0.4),
        PortraitOptions(1, 0.0),
        PortraitOptions(3, 0.0),
    ]


class _Means:
    """What a picture's features are, without any weights: its mean colours and some of its pixels."""

    name, dim, sha256, resize = "means", 15, "0", "none"

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        return images[:, ::32, ::32].reshape(len(images), -1).float()[:, :12] / 255

    def classify(self, features: torch.Tensor) -> None:
        return None


@pytest.mark.usefixtures("networks")
def test_every_way_is_measured_and_the_real_ones_beside(model: Bundle, portraits: Path) -> None:
    data = model.info.data
    reals = portraits_in(portraits, data)
    cases = sketched(reals, data)
    assert len(cases) == 6
    counted: list[tuple[int, int]] = []
    judged = judge(
        PortraitGenerator(model),
        cases,
        reals,
        option_grid([2], [0]),
        _Means(),
        lambda done, whole: counted.append((done, whole)),
    )
    assert counted[-1] == (12, 12)
    real, own, manifold = judged
    assert real.options is None
    assert (real.portraits == np.stack([case.photo for case in cases])).all()
    assert {result.metric for result in real.results} == {"faces", "face_score"}
    assert (own.portraits != manifold.portraits).any()
    found = {result.metric: result for result in manifold.results}
    assert {"kid_means", "faces", "face_score", "psnr", "ssim"} <= set(found)
    assert found["faces"].value == 0
    assert found["psnr"].protocol["t"] == 0
    assert found["psnr"].protocol["k"] == 2
    errors = [np.mean((a.astype(float) - b) ** 2) for a, b in zip(manifold.portraits, real.portraits, strict=True)]
    assert found["psnr"].value == pytest.approx(np.mean(10 * np.log10(255**2 / np.array(errors))), abs=1e-6)


@pytest.mark.skipif(find("efficientnet-lite0") is None, reason="the weights that look at pictures are not here")
@pytest.mark.usefixtures("networks")
def test_the_command_leaves_a_sheet_and_figures(
    tmp_path: Path, model: Bundle, portraits: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawings = tmp_path / "bad"
    drawings.mkdir()
    for number in range(1, 5):
        (drawings / f"{number}.json").write_bytes((STROKES / f"bad-{number:02d}.json").read_bytes())
    asked = ["evaluate", str(model.path), "--drawings", str(drawings), "-d", str(portraits), "-k", "3", "-t", "0"]
    assert main([*asked, "--features", "effnet"]) == 0
    said = capsys.readouterr().out
    assert "as drawn" in said
    assert "k 3, t 0" in said
    place = model.path.with_name("faces-evaluation") / "drawings-bad"
    with Image.open(place / "sheet.png") as sheet:
        assert sheet.width > 3 * 64
    figures = json.loads((place / "figures.json").read_text())
    assert {one["way"] for one in figures} == {"real portraits", "as drawn", "k 3, t 0"}
    assert all(one["protocol"] for one in figures)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere", "--drawings", "x"], "neither a run nor a bundle in nowhere"),
        (["faces", "--drawings", "x"], "say with --data"),
        (["faces", "--drawings", "x", "-d", "portraits"], "There is no x"),
    ],
)
def test_mistakes_are_one_sentence(
    model: Bundle,
    portraits: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    known = {"faces": str(model.path), "portraits": str(portraits)}
    assert main(["evaluate", *(known.get(word, word) for word in words)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
