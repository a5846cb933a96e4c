"""Pairs out of time and maps of labels: what packing makes of them, and games that learn from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from support.colours import Colours
from support.requests import answers

from ganvas.bundle import write_bundle
from ganvas.cli import main
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.label_maps import LabelMaps
from ganvas.errors import UserError
from ganvas.evaluate.protocol import evaluate_family
from ganvas.inference.video import translate_frames
from ganvas.models.families import FAMILIES, build
from ganvas.models.family import Clock
from ganvas.recipe import load
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.train.stream import Stream
from ganvas.train.trainer import train

SIDE = 32


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two films of twelve frames; the whole frame is as bright as its number, and tells its film in red."""
    root = tmp_path_factory.mktemp("films")
    for take in range(2):
        (root / f"film{take}").mkdir()
        for number in range(12):
            pixels = np.full((SIDE, SIDE, 3), 10 * number, np.uint8)
            pixels[..., 0] = 200 * take
            Image.fromarray(pixels).save(root / f"film{take}" / f"{number}.png")  # 10.png comes after 9.png
    return root


def number(pixels: np.ndarray[Any, Any]) -> int:
    return int(pixels[0, 0, 1]) // 10


def test_the_next_frame_follows_within_its_translate_frames(films: Path) -> None:
    dataset = Dataset(pack(films, resolution=SIDE, frames="next").path)
    assert len(dataset) == 22
    assert dataset.paired
    assert dataset.classes == ()
    for index in range(len(dataset)):
        before, after = dataset.source(index), dataset.image(index)
        assert number(after) == number(before) + 1
        assert before[0, 0, 0] == after[0, 0, 0]


def test_between_two_frames_lies_one(films: Path) -> None:
    dataset = Dataset(pack(films, resolution=SIDE, frames="between").path)
    assert len(dataset) == 20
    for index in range(len(dataset)):
        around, middle = dataset.source(index), dataset.image(index)
        assert around.shape == (SIDE, SIDE, 6)
        assert number(around) == number(middle) - 1
        assert number(around[..., 3:]) == number(middle) + 1
    data = load("between-frames-128", [f"data.resolution={SIDE}"]).data_spec()
    assert data.source_channels == 6
    batch = next(Stream(dataset, "paired", data, 0).micros(0, 4, 4))
    assert batch.source.shape == (4, 6, SIDE, SIDE)
    assert torch.equal(batch.target[:, 1] - 10, batch.source[:, 1])
    assert torch.equal(batch.target[:, 1] + 10, batch.source[:, 4])
    family = build("pix2pix", {"width": 4, "layers": 1}, data, 1.0)
    assert answers(family, dataset, range(2)).shape == (2, SIDE, SIDE, 3)


def test_a_change_begins_with_the_frames_around_and_is_learned_from_there(films: Path) -> None:
    dataset = Dataset(pack(films, resolution=SIDE, frames="between").path)
    data = load("between-frames-128", [f"data.resolution={SIDE}"]).data_spec()
    family = build("pix2pix", {"width": 4, "layers": 1, "residual": True}, data, 1.0)
    for index, made in enumerate(answers(family, dataset, range(len(dataset))).numpy()):
        assert np.abs(made.astype(int) - dataset.image(index)).max() <= 1  # these films move evenly
    batch = next(Stream(dataset, "paired", data, 0).micros(0, 4, 4))
    prepared = batch._replace(source=-torch.ones(4, 6, SIDE, SIDE), target=torch.ones(4, 3, SIDE, SIDE))
    generator = next(phase for phase in family.stages()[0].phases if phase.render is not None)
    assert generator.render is not None
    prepared.memo.update(generator.render(prepared, Clock()))
    loss, _ = generator.loss(prepared, Clock())
    loss.backward()
    (last,) = [p for p in family.get_submodule("generator.up.0.0").parameters() if p.ndim > 1]
    assert last.grad is not None
    assert last.grad.abs().max() > 0


def test_what_the_mean_of_both_frames_gets_stands_beside(films: Path) -> None:
    dataset = Dataset(pack(films, resolution=SIDE, frames="between").path)
    data = load("between-frames-128", [f"data.resolution={SIDE}"]).data_spec()
    family = build("pix2pix", {"width": 4, "layers": 1}, data, 1.0).eval()  # not residual: at first it makes nothing
    settings = load("between-frames-128", ["evaluate.metrics=[kid]"]).evaluate
    found = {r.metric: r for r in evaluate_family(family, dataset, settings, Colours()).results}
    assert found["ssim_untranslated"].value > 0.99  # these films move evenly
    assert found["psnr"].value < 20 < found["psnr_untranslated"].value
    assert found["psnr_untranslated"].protocol["fake_count"] == len(dataset)


def test_a_change_of_what_is_no_picture_of_the_same_kind_is_refused() -> None:
    data = DataSpec.model_validate({"resolution": SIDE, "source_channels": 1, "channels": 3})
    with pytest.raises(UserError, match=r"model\.residual"):
        build("pix2pix", {"width": 4, "layers": 1, "residual": True}, data, 1.0)


def test_what_is_no_film_is_said(films: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    Image.new("RGB", (SIDE, SIDE)).save(tmp_path / "one" / "0.png")
    with pytest.raises(UserError, match="enough frames"):
        pack(tmp_path / "one", resolution=SIDE, frames="next")
    packed = pack(films, resolution=SIDE, frames="next").path
    between = load("between-frames-128", [f"data.resolution={SIDE}"]).data_spec()
    with pytest.raises(UserError, match=r"other frames.*pack the frames again"):
        Stream(Dataset(packed), "paired", between, 0)


@pytest.mark.parametrize("name", ["next-frame-128", "between-frames-128"])
def test_recipes_take_two_steps(name: str, films: Path, tmp_path: Path) -> None:
    small = [f"data.resolution={SIDE}", "data.minimum=8", "train.kimg=0.016", "train.batch_size=8", "train.workers=0"]
    small += ["train.tick_kimg=0.008", "train.sheet_kimg=0.008", "train.checkpoint_kimg=0.008", "train.metric_kimg=0"]
    small += ["model.width=4", "model.layers=1"]
    recipe, run = load(name, small), RunDir(tmp_path / "run")
    packed = pack(films, resolution=SIDE, frames=recipe.data.frames).path
    assert train(recipe, run, packed).state == "finished"
    assert list(run.sheets.glob("0*.png"))


def test_a_video_becomes_a_folder_of_frames(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    from ganvas.collect.frames import extracted

    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for i in range(6):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 40 * i, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    folder = extracted(path)
    assert [file.name for file in sorted(folder.iterdir())] == [f"{i:06d}.png" for i in range(6)]
    assert extracted(path) == folder
    assert pack(folder, resolution=SIDE, frames="next").count == 5


# ── Maps of labels ──


def a_map(path: Path, mode: str) -> None:
    numbers = np.zeros((48, 48), np.uint8)
    numbers[10:30, 5:41] = 3
    numbers[35:, 20:] = 7
    image = Image.fromarray(numbers)
    if mode == "P":
        image.putpalette(list(np.random.default_rng(0).integers(0, 255, 768)))
    image.save(path)


@pytest.mark.parametrize("mode", ["L", "P"])
def test_numbers_of_labels_stay_numbers(mode: str, tmp_path: Path) -> None:
    for name in ("source", "target"):
        (tmp_path / "pairs" / name).mkdir(parents=True)
    for i in range(3):
        a_map(tmp_path / "pairs" / "source" / f"{i}.png", mode)
        Image.new("RGB", (48, 48), (i * 40, 0, 0)).save(tmp_path / "pairs" / "target" / f"{i}.png")
    dataset = Dataset(pack(tmp_path / "pairs", resolution=SIDE, labels=LabelMaps(8)).path)
    source = dataset.source(0)
    assert np.unique(source[..., 0]).tolist() == [0, 3, 7]  # nothing in between
    data = DataSpec(resolution=SIDE, labels=8)
    model = {"width": 8, "downs": 2, "blocks": 1, "discriminator_width": 4, "layers": 1, "edges": True, "perceptual": 0}
    family = build("pix2pixhd", model, data, 1.0)
    batch = next(Stream(dataset, "paired", data, 0).micros(0, 2, 2))
    assert batch.source.unique().tolist() == [0, 3, 7]
    assert answers(family, dataset, range(3)).shape == (3, SIDE, SIDE, 3)


def test_a_blurred_map_is_refused(tmp_path: Path) -> None:
    Image.new("L", (48, 48)).save(tmp_path / "map.jpg")
    with pytest.raises(PictureError, match="PNG"):
        open_image(tmp_path / "map.jpg", labels=True)
    Image.fromarray(np.full((8, 8), 4000, np.uint16)).save(tmp_path / "map.png")
    with pytest.raises(PictureError, match="0 to 255"):
        open_image(tmp_path / "map.png", labels=True)


# ── Films through a model ──


def clip(path: Path, count: int = 5) -> Path:
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for i in range(count):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 40 * i, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def frames_in(path: Path) -> tuple[int, float]:
    import av

    with av.open(str(path)) as container:
        speed = float(container.streams.video[0].average_rate)
        return sum(1 for _ in container.decode(video=0)), speed


@pytest.mark.parametrize(("times", "count"), [(2, 9), (4, 17)])
def test_a_film_gets_frames_between(times: int, count: int, tmp_path: Path) -> None:
    data = load("between-frames-128", [f"data.resolution={SIDE}"]).data_spec()
    family = build("pix2pix", {"width": 4, "layers": 1}, data, 1.0).eval()
    written = write_bundle(tmp_path / "b", family, name="b", kimg=1, onnx=False)
    asked = [written.path, clip(tmp_path / "a.mp4"), "--times", times, "-o", tmp_path / "o.mp4"]
    assert main(["translate", *map(str, asked)]) in (0, None)
    assert frames_in(tmp_path / "o.mp4") == (count, 10 * times)


def test_frames_between_keep_those_that_are_there() -> None:
    data = load("between-frames-128", [f"data.resolution={SIDE}"]).data_spec()
    family = build("pix2pix", {"width": 4, "layers": 1}, data, 1.0).eval()
    own = [Image.new("RGB", (SIDE, SIDE), (i * 50, 0, 0)) for i in range(3)]
    made = list(translate_frames(family, own, times=4))
    assert [made[i][0, 0].tolist() for i in (0, 4, 8)] == [[0, 0, 0], [50, 0, 0], [100, 0, 0]]
    with pytest.raises(UserError, match="2 or 4"):
        translate_frames(family, own, times=3)


def test_a_film_is_enlarged_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, data = FAMILIES["srgan"].tiny()
    written = write_bundle(
        tmp_path / "b", build("srgan", config.model_dump(), data, 1.0).eval(), name="b", kimg=1, onnx=False
    )
    pixels = list(translate_frames(written.load_family(), [Image.new("RGB", (30, 20))] * 2))
    assert [frame.shape for frame in pixels] == [(40, 60, 3)] * 2
    Image.new("RGB", (30, 20)).save(tmp_path / "one.png")
    assert main(["translate", str(written.path), str(tmp_path / "one.png"), "-o", str(tmp_path / "out")]) in (0, None)
    with Image.open(next((tmp_path / "out").glob("*.png"))) as made:
        assert made.size == (60, 40)
    (tmp_path / "bad.mp4").write_bytes(b"MZ" * 100)
    assert main(["translate", str(written.path), str(tmp_path / "bad.mp4")]) == 2
    assert "cannot be read as a video" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["colourise-64", "inpaint-64"])
def test_recipes_with_a_degradation_take_two_steps(name: str, pictures: Path, tmp_path: Path) -> None:
    small = [f"data.resolution={SIDE}", "data.minimum=8", "train.kimg=0.016", "train.batch_size=8", "train.workers=0"]
    small += ["train.tick_kimg=0.008", "train.sheet_kimg=0.008", "train.checkpoint_kimg=0.008", "train.metric_kimg=0"]
    recipe, run = load(name, [*small, "model.width=4", "model.layers=1"]), RunDir(tmp_path / "run")
    assert train(recipe, run, pack(pictures, resolution=SIDE).path).state == "finished"
    assert list(run.sheets.glob("0*.png"))
