"""Weight files of bundles: what float16 and int8 keep, and what a bundle stored in them answers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from ganvas.bundle import read_bundle, write_bundle
from ganvas.bundle.tensors import SCALE, WeightFormat, decode, encode
from ganvas.models.families import FAMILIES, build


def state(module: nn.Module) -> dict[str, torch.Tensor]:
    return module.state_dict()


def test_float32_is_kept_bit_for_bit() -> None:
    tensors = state(nn.Sequential(nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32)))
    read_back = decode(encode(tensors))
    assert read_back.keys() == tensors.keys()
    assert all(torch.equal(read_back[name], tensor) for name, tensor in tensors.items())


@pytest.mark.parametrize(
    ("layer", "channel"), [(nn.Conv2d(16, 32, 3), 0), (nn.ConvTranspose2d(16, 32, 3), 1), (nn.Linear(64, 48), 0)]
)
def test_int8_rounds_to_half_a_level_of_each_output_channel(layer: nn.Module, channel: int) -> None:
    weight = torch.as_tensor(layer.get_parameter("weight").detach())
    size = [1] * weight.dim()
    size[channel] = weight.shape[channel]
    weight *= torch.logspace(-3, 3, weight.shape[channel]).view(size)  # channels of very different sizes
    written = encode({"weight": weight}, "int8")
    assert written["weight"].dtype == torch.int8
    assert written["weight" + SCALE].shape == torch.Size(size)
    error = (decode(written)["weight"] - weight).abs()
    assert bool((error <= written["weight" + SCALE] / 2 * 1.0001).all())


def test_a_channel_of_zeros_stays_zero() -> None:
    weight = torch.randn(64, 64)
    weight[3] = 0
    read_back = decode(encode({"weight": weight}, "int8"))["weight"]
    assert torch.isfinite(read_back).all()
    assert not read_back[3].any()


@pytest.mark.parametrize("weights", ["float16", "int8"])
def test_small_tensors_counts_and_statistics_keep_their_precision(weights: WeightFormat) -> None:
    tensors = state(nn.BatchNorm2d(4096)) | {"small": torch.randn(8, 8), "labels": torch.arange(10_000).view(100, 100)}
    written = encode(tensors, weights)
    assert written.keys() == tensors.keys()
    assert all(torch.equal(written[name], tensor) for name, tensor in tensors.items())


@pytest.mark.parametrize(("weights", "share"), [("float16", 0.52), ("int8", 0.30)])
@pytest.mark.parametrize("name", ["pix2pix", "stylegan2"])
def test_a_bundle_takes_less_space_and_answers_nearly_the_same(
    tmp_path: Path, name: str, weights: WeightFormat, share: float
) -> None:
    torch.manual_seed(0)
    config, data = FAMILIES[name].tiny()
    larger = {"width": 16} if name == "pix2pix" else {"base": 1024, "most": 64, "z_dim": 64, "w_dim": 64}
    family = build(name, config.model_dump() | larger, data, 1.0).eval()
    whole = write_bundle(tmp_path / "whole", family, name="whole", kimg=1, onnx=False)
    small = write_bundle(tmp_path / "small", family, name="small", kimg=1, onnx=False, weights=weights)
    file = "generator.safetensors"
    assert small.info.files[file].bytes < share * whole.info.files[file].bytes
    opened = read_bundle(tmp_path / "small")
    assert opened.info.weights == weights
    assert {parameter.dtype for parameter in opened.load_family().parameters()} == {torch.float32}
