"""Super-resolution: the networks' published sizes, windows of pairs, whole pictures of any size, its measure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from support.exported import exported, tiny  # noqa: F401 - a fixture
from support.requests import answers, example_request
from torch import nn

from ganvas.bundle import Bundle, read_bundle
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.evaluate.run import evaluate
from ganvas.evaluate.super_resolution import benchmark
from ganvas.inference.images import ImageOptions, make_images
from ganvas.inference.load import load_model
from ganvas.models import tiling
from ganvas.models.augment.crop import crop_pair
from ganvas.models.batches import TranslationRequest, to_float, to_uint8
from ganvas.models.families import build
from ganvas.models.families.srgan import SRGAN, total_variation
from ganvas.models.family import Family
from ganvas.models.networks.srgan import Discriminator, SRResNet
from ganvas.recipe import load, names
from ganvas.runs.folder import RunDir
from ganvas.serve.core.engine import Engine
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.train.sample_sheets import Sheets
from ganvas.train.trainer import train


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_the_networks_have_the_published_sizes() -> None:
    with torch.device("meta"):
        assert count(SRResNet(3, 3, 4, blocks=16)) == 1_549_462
        assert count(SRResNet(3, 3, 4, blocks=5)) == 734_219
        assert count(SRResNet(3, 3, 2, blocks=5)) == 586_506
        assert count(Discriminator(3, 96)) == 23_565_505
        assert count(Discriminator(3, 96, kind="pooled")) == 5_215_425


@pytest.fixture(scope="module")
def family() -> Family:
    return tiny("srgan")


@pytest.fixture(scope="module")
def written(exported: Callable[[str], Path]) -> Bundle:
    return read_bundle(exported("srgan"))


def photo(height: int, width: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """A smooth picture with edges."""
    small = np.random.default_rng(seed).integers(0, 255, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


# ── Sources are smaller ──


def test_a_degradation_says_how_much_smaller_its_sources_are() -> None:
    assert [degradation(name).scale for name in ("downscale-x2", "downscale-x4", "downscale", "sketch")] == [2, 4, 1, 1]
    target = photo(32, 64)
    rng = np.random.default_rng(0)
    assert degradation("downscale-x4")(target, rng).shape == (8, 16, 3)
    assert degradation("downscale-x2")(target[:, :, :1], rng).shape == (16, 32, 1)
    flat = np.full((32, 32, 3), 77, np.uint8)
    assert (degradation("downscale-x4")(flat, rng) == 77).all()


def test_the_data_spec_follows_the_degradation() -> None:
    data = load("super-resolution-x4").data_spec()
    assert (data.source_scale, data.source_resolution, data.resolution) == (4, 80, 320)
    with pytest.raises(UserError, match="multiple of 4"):
        load("super-resolution-x4", ["data.resolution=322"]).data_spec()


def test_families_that_keep_the_size_refuse_smaller_sources() -> None:
    with pytest.raises(UserError, match=r"pix2pix makes pictures of the size of the source.*srgan"):
        build("pix2pix", {}, DataSpec(resolution=64, degradation="downscale-x4", source_scale=4), 1.0)
    with pytest.raises(UserError, match="downscale-x4"):
        build("srgan", {}, DataSpec(resolution=64), 1.0)


def test_requests_and_samples_are_of_the_sources_size(family: Family, pictures: Path) -> None:
    assert example_request(family, 2).source.shape == (2, 3, 16, 16)
    dataset = Dataset(pack(pictures, resolution=32).path)
    assert TASKS[family.task].request_for(family, dataset, range(3)).source.shape == (3, 3, 16, 16)
    assert answers(family, dataset, range(3)).shape == (3, 32, 32, 3)


def test_windows_of_a_pair_are_of_the_same_place() -> None:
    torch.manual_seed(0)
    source = torch.rand(8, 3, 12, 12)
    target = source.repeat_interleave(4, 2).repeat_interleave(4, 3)
    small, large = crop_pair(source, target, 16)
    assert (small.shape, large.shape) == ((8, 3, 4, 4), (8, 3, 16, 16))
    assert torch.equal(large, small.repeat_interleave(4, 2).repeat_interleave(4, 3))
    corners = {tuple(window[0, 0, :2].tolist()) for window in small}
    assert len(corners) == 8  # each row has a place of its own
    assert crop_pair(source, target, 48)[1] is target


def test_black_lies_beyond_the_edge() -> None:
    """The networks see [0, 1], padding included: a black picture answers alike at its edge and in its middle."""
    torch.manual_seed(0)
    network = SRResNet(3, 3, 2, width=8, blocks=1).eval()
    with torch.no_grad():
        for part in network.modules():  # without biases, zeros stay zeros
            if isinstance(part, nn.Conv2d | nn.BatchNorm2d) and part.bias is not None:
                part.bias.zero_()
        assert network(torch.full((1, 3, 12, 12), -1.0)).abs().max() == 0


# ── The game ──


def test_pretraining_brings_the_answer_to_the_picture() -> None:
    torch.manual_seed(0)
    config, data = SRGAN.tiny()
    game = SRGAN(config, data, 1.0)
    target = to_float(np.stack([photo(32, 32, seed) for seed in range(4)]))
    source = torch.nn.functional.avg_pool2d(target, 2)
    optimizer = torch.optim.Adam(game.generator.parameters(), lr=5e-3)
    from ganvas.models.batches import PairedBatch
    from ganvas.models.family import Clock

    first = last = 0.0
    for step in range(40):
        loss, shown = game.pixel_phase(PairedBatch(source, target, {}), Clock())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        first, last = (float(shown["psnr"]), last) if step == 0 else (first, float(shown["psnr"]))
    assert last > first + 6


def test_the_stages_follow_their_share() -> None:
    config, data = SRGAN.tiny()
    shares = {0.0: ["adversarial"], 0.25: ["pretrain", "adversarial"], 1.0: ["pretrain"]}
    for share, told in shares.items():
        stages = SRGAN(config.model_copy(update={"pretrain_share": share}), data, 8.0).stages()
        assert [stage.name for stage in stages] == told
        assert sum(stage.kimg for stage in stages) == 8


def test_a_plain_picture_varies_nowhere() -> None:
    assert total_variation(torch.ones(1, 3, 8, 8)) == 0
    stripes = torch.zeros(1, 1, 4, 4)
    stripes[:, :, ::2] = 1
    assert total_variation(stripes) == 1


# ── Use: whole pictures ──


def whole(family: Family, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with torch.no_grad():
        request = TranslationRequest(to_float(pixels[None].copy()), torch.zeros(1).long())
        return to_uint8(family.generate(request))[0].numpy()


@pytest.mark.parametrize("size", [(40, 60), (17, 8), (90, 45)])
def test_tiles_add_up_to_the_whole(family: Family, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "TILE", 16)
    monkeypatch.setattr(tiling, "MARGIN", 14)
    source = photo(*size)
    assert np.abs(tiling.enlarged(family, source).astype(int) - whole(family, source)).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (50, 3)])
def test_tiny_pictures_are_enlarged_too(family: Family, size: tuple[int, int]) -> None:
    assert tiling.enlarged(family, photo(*size)).shape == (2 * size[0], 2 * size[1], 3)


def test_an_answer_beyond_memory_is_refused_beforehand() -> None:
    with pytest.raises(UserError, match="million pixels"):
        tiling.check_size(8000, 5000, 4)


@pytest.mark.parametrize("engine", ["torch", "onnxruntime"])
def test_the_engine_enlarges_pictures_of_any_size(written: Bundle, family: Family, engine: Any) -> None:
    if engine == "onnxruntime":
        pytest.importorskip("onnxruntime")
    source = photo(23, 41)
    serving = Engine(engine=engine)
    try:
        made = serving.translate(written, Image.fromarray(source))
    finally:
        serving.close()
    assert made.shape == (46, 82, 3)
    assert np.abs(made.astype(int) - whole(family, source)).max() <= 1


def test_generate_enlarges_a_folder_of_files(written: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for i, size in enumerate([(20, 30), (33, 18)]):
        Image.fromarray(photo(*size)).save(folder / f"{i}.png")
    made = list(make_images(load_model(written.path).family, ImageOptions(source=folder)).images)
    assert [picture.pixels.shape for picture in made] == [(40, 60, 3), (66, 36, 3)]


# ── Measuring ──


def folder_of_pairs(folder: Path, scale: int) -> Path:
    folder.mkdir()
    for i in range(2):
        large = photo(48 + 8 * i, 64, i)
        Image.fromarray(large).save(folder / f"img_{i:03d}_SRF_{scale}_HR.png")
        small = degradation(f"downscale-x{scale}")(large, np.random.default_rng(0))
        Image.fromarray(small).save(folder / f"img_{i:03d}_SRF_{scale}_LR.png")
    return folder


def test_pairs_and_whole_pictures_are_measured_alike(family: Family, tmp_path: Path) -> None:
    pairs = folder_of_pairs(tmp_path / "Set2", 2)
    singles = tmp_path / "singles"
    singles.mkdir()
    for file in pairs.glob("*_HR.png"):
        (singles / file.name.replace("_SRF_2_HR", "")).write_bytes(file.read_bytes())
    one, other = benchmark(family, pairs), benchmark(family, singles)
    assert [result.metric for result in one] == ["psnr_y", "ssim_y", "psnr_y_bicubic", "ssim_y_bicubic"]
    for ours, theirs in zip(one, other, strict=True):
        assert ours.value == pytest.approx(theirs.value)
        assert ours.protocol["border"] == 2
        assert ours.protocol["real_count"] == 2
    assert one[2].value > 25  # interpolation does well on smooth pictures, random weights do not
    assert one[2].value > one[0].value


def test_pairs_of_another_factor_are_refused(family: Family, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a factor of 2"):
        benchmark(family, folder_of_pairs(tmp_path / "Set2", 4))


@pytest.mark.shared_data
def test_bicubic_has_the_published_figure_on_set5(shared_data: Path) -> None:
    data = DataSpec(resolution=32, degradation="downscale-x4", source_scale=4)
    family = build("srgan", {"width": 4, "blocks": 1, "crop": 16, "discriminator_width": 4}, data, 1.0).eval()
    found = {result.metric: result.value for result in benchmark(family, shared_data / "super-resolution" / "Set5_x4")}
    assert found["psnr_y_bicubic"] == pytest.approx(28.43, abs=0.1)
    assert found["ssim_y_bicubic"] == pytest.approx(0.81, abs=0.01)


# ── Recipes ──


RECIPES = [name for name in names() if name.startswith("super-resolution-x")]


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_take_two_steps_and_are_measured(name: str, pictures: Path, tmp_path: Path) -> None:
    small = ["data.resolution=32", "data.minimum=8", "data.held_out=0.25", "train.kimg=0.016", "train.batch_size=8"]
    small += ["train.tick_kimg=0.008", "train.workers=0", "train.sheet_kimg=0.008", "train.checkpoint_kimg=0.008"]
    small += ["train.metric_kimg=0", "model.width=8", "model.discriminator_width=8", "model.crop=16"]
    small += ["model.perceptual=0", "model.pixel=1", "model.pretrain_share=0.5"]
    recipe, run = load(name, small), RunDir(tmp_path / "run")
    packed = pack(pictures, resolution=32).path
    assert train(recipe, run, packed).state == "finished"
    sheet = np.asarray(Image.open(sorted(run.sheets.glob("0*.png"))[-1]))
    assert sheet.shape[0] >= 32
    scale = recipe.data_spec().source_scale
    verdict = evaluate(run.root, folder_of_pairs(tmp_path / "Set2", scale))
    assert {line["metric"] for line in verdict.lines} == {"psnr_y", "ssim_y", "psnr_y_bicubic", "ssim_y_bicubic"}
    assert all(np.isfinite(line["value"]) for line in verdict.lines)


def test_a_sheet_shows_small_sources_large(family: Family, pictures: Path, tmp_path: Path) -> None:
    dataset = Dataset(pack(pictures, resolution=32).path)
    path, fakes = Sheets(RunDir(tmp_path), family, dataset).write(family, 0)
    assert fakes.shape[1:] == (32, 32, 3)
    sheet = np.asarray(Image.open(path))
    first = sheet[2:34, 2:34]  # pixels of the source, each two by two
    assert (first[::2] == first[1::2]).all()
    assert (first[:, ::2] == first[:, 1::2]).all()
