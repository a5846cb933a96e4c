"""Published weights of pix2pixHD and SRGAN."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from support.pix2pixhd import (  # noqa: F401 - fixtures
    LABELS,
    SMALL,
    _in_an_empty_folder,
    a_map,
)
from support.published import State, stirred
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest
from ganvas.models.imports import read

TOLERANCE = 1e-4

SMALL |= {"perceptual": 0}


def global_state(trunk: Any, head: Any, blocks: int, downs: int) -> State:
    state = {}
    for key, value in trunk.state_dict().items():
        number, _, rest = key.partition(".")
        rest = rest.replace("block.0.", "conv_block.1.").replace("block.3.", "conv_block.5.")
        state[f"model.{int(number) + 1}.{rest}"] = value
    for key, value in (head.state_dict() if head is not None else {}).items():
        state[f"model.{4 + 6 * downs + blocks + 1}.{key[2:]}"] = value
    return state


def hd_state(family: Any) -> State:
    config = family.config
    if not config.enhancer:
        return global_state(family.trunk, family.head, config.blocks, config.downs)
    state = global_state(family.trunk, None, config.blocks, config.downs)
    for key, value in family.enhancer.state_dict().items():
        part, number, rest = key.split(".", 2)
        rest = rest.replace("block.0.", "conv_block.1.").replace("block.3.", "conv_block.5.")
        if part == "down":
            state[f"model1_1.{int(number) + 1}.{rest}"] = value
        elif part == "up":
            state[f"model1_2.{number}.{rest}"] = value
        else:
            state[f"model1_2.{config.local_blocks + 4}.{rest}"] = value
    return state


def hd_judge(family: Any) -> State:
    last = family.config.scales - 1
    state = {}
    for key, value in family.discriminator.state_dict().items():
        _, scale, _, layer, rest = key.split(".", 4)
        state[f"scale{last - int(scale)}_layer{layer}.{rest}"] = value
    return state


def same(one: Any, other: Any, source: Tensor) -> None:
    request = TranslationRequest(source, torch.zeros(len(source)).long())
    with torch.no_grad():
        torch.testing.assert_close(one.generate(request), other.generate(request))


@pytest.mark.parametrize(
    ("model", "data"),
    [
        ({"enhancer": False, "downs": 3}, {}),
        ({"downs": 3, "blocks": 2, "local_blocks": 2}, {}),
        ({"edges": True, "downs": 3}, LABELS),
        ({"edges": True, "downs": 3, "features": 2, "encoder_width": 4}, LABELS),
    ],
)
def test_pix2pixhd_comes_in(model: dict[str, Any], data: dict[str, Any]) -> None:
    family: Any = stirred("pix2pixhd", SMALL | model, resolution=64, **data)
    torch.save(hd_state(family), "latest_net_G.pth")
    torch.save(hd_judge(family), "latest_net_D.pth")
    if "features" in model:
        encoder = family.encoder
        torch.save(global_state(encoder.trunk, encoder.head, 0, 3), "latest_net_E.pth")
    imported = read(Path("latest_net_G.pth"))
    copy: Any = imported.family
    assert (imported.origin, imported.has_discriminator) == ("pix2pixHD", True)
    assert copy.data.labels == data.get("labels", 0)
    if "features" in model:
        copy.looks.mean.copy_(family.looks.mean)
        x = torch.rand(1, 3, 64, 64)
        torch.testing.assert_close(copy.encoder(x), family.encoder(x))
    same(copy, family, a_map(2, 64) if data else torch.rand(2, 3, 64, 64))
    pair = torch.randn(1, next(family.discriminator.parameters()).shape[1], 64, 64)
    for ours, theirs in zip(copy.discriminator(pair), family.discriminator(pair), strict=True):
        torch.testing.assert_close(ours, theirs)


def srgan_state(network: Any) -> State:
    blocks, state = len(network.blocks), {}
    within = {"conv1": "conv1", "norm1": "bn1", "act": "prelu", "conv2": "conv2", "norm2": "bn2"}
    for key, value in network.state_dict().items():
        part, rest = key.split(".", 1)
        match part:
            case "first":
                name = f"block1.{rest}"
            case "blocks":
                number, layer, leaf = rest.split(".")
                name = f"block{int(number) + 2}.{within[layer]}.{leaf}"
            case "merge":
                name = f"block{blocks + 2}.{rest}"
            case "up":
                number, layer, leaf = rest.split(".")
                name = f"block{blocks + 3}.{number}.{'conv' if layer == '0' else 'prelu'}.{leaf}"
            case _:
                name = f"block{blocks + 3}.{len(network.up)}.{rest}"
        state[name] = value
    return state


def srgan_judge(network: Any) -> State:
    state = {}
    for key, value in network.state_dict().items():
        part, number, leaf = key.split(".")
        place = int(number) + (24 if part == "head" else 0)
        state[f"net.{place}.{leaf}"] = value[:, :, None, None] if part == "head" and leaf == "weight" else value
    return state


@pytest.mark.parametrize("scale", [2, 4])
def test_srgan_comes_in(scale: int) -> None:
    data = {"resolution": 32, "source_scale": scale, "degradation": f"downscale-x{scale}"}
    model = {"width": 8, "blocks": 5, "discriminator": "pooled", "crop": 16}
    family: Any = stirred("srgan", model, **data)
    torch.save(srgan_state(family.generator), f"netG_epoch_{scale}_100.pth")
    torch.save(srgan_judge(family.discriminator), f"netD_epoch_{scale}_100.pth")
    imported = read(Path(f"netG_epoch_{scale}_100.pth"))
    assert (imported.origin, imported.has_discriminator) == ("leftthomas/SRGAN", True)
    assert imported.family.data.source_scale == scale
    same(imported.family, family, torch.rand(1, 3, 11, 17) * 2 - 1)


def refused(path: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        read(Path(path))
    assert str(caught.value).count("\n") == 0
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("kind", ["pix2pixhd", "srgan"])
def test_spoiled_hostile_and_cut_files_are_refused(kind: str) -> None:
    if kind == "srgan":
        data = {"resolution": 32, "source_scale": 4, "degradation": "downscale-x4"}
        family: Any = stirred("srgan", {"width": 8, "blocks": 5, "crop": 16, "discriminator_width": 4}, **data)
        state, middle = srgan_state(family.generator), "block7.0.weight"
    else:
        family = stirred("pix2pixhd", SMALL | {"downs": 3}, resolution=64)
        state, middle = hd_state(family), "model.13.conv_block.1.weight"
    torch.save(
        {key: value for key, value in state.items() if key != "block7.0.bias" and "conv_block.5.b" not in key}, "a"
    )
    refused("a", "incomplete")
    torch.save(state | {middle: torch.zeros(3, 3, 3, 3)}, "b")
    refused("b", "no place")
    torch.save(state | {middle: torch.full_like(state[middle], torch.nan)}, "c")
    refused("c", "not finite")

    class Bad:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, ("hostile",)

    torch.save(state | {middle: Bad()}, "d")
    refused("d", "may run code")
    assert not Path("hostile").exists()
    torch.save(state, "whole")
    content = Path("whole").read_bytes()
    for share in (0.3, 0.99):
        Path("cut").write_bytes(content[: int(len(content) * share)])
        refused("cut", "damaged")


BEGIN = """
import sys, types, torch
torch.manual_seed(0)
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
sys.modules.setdefault("torchvision", types.ModuleType("torchvision")).models = None

def stir(network):
    network.requires_grad_(False)
    for name, value in [*network.named_parameters(), *network.named_buffers()]:
        if name.endswith("running_var"):
            value.uniform_(0.5, 2)
        elif name.endswith(("bias", "running_mean")):
            value.add_(torch.randn_like(value) * 0.2)
        elif value.dim() == 4:
            value.mul_(1.5)
    return network.eval()
"""


HD_CODE = """
from models.networks import define_D, define_G
kind, inputs, width, downs, blocks, features, side = eval(sys.argv[2])
g = stir(define_G(inputs + features, 3, width, kind, downs, blocks, 1, 2))
d = stir(define_D(inputs + 3, 8, 3, num_D=2, getIntermFeat=True))
torch.save(g.state_dict(), "latest_net_G.pth")
torch.save(d.state_dict(), "latest_net_D.pth")
x = torch.rand(2, inputs + features, side, side)
answers = {"x": x, "g": g(x), "d": d(torch.cat([x[:, :inputs], x[:, :3]], 1))}
if features:
    e = stir(define_G(3, features, 8, "encoder", downs))
    torch.save(e.state_dict(), "latest_net_E.pth")
    inst = torch.zeros(1, 1, side, side)
    inst[..., side // 2:] = 4001
    answers |= {"inst": inst, "target": x[:1, :3], "e": e(x[:1, :3], inst)}
torch.save(answers, "answers.pt")
"""


SR_CODE = """
from model import Discriminator, Generator
scale = eval(sys.argv[2])
g, d = stir(Generator(scale)), stir(Discriminator())
torch.save(g.state_dict(), "netG_epoch_%d_100.pth" % scale)
torch.save(d.state_dict(), "netD_epoch_%d_100.pth" % scale)
x, y = torch.rand(2, 3, 13, 22), torch.rand(2, 3, 88, 88)
torch.save({"x": x, "y": y, "g": g(x), "d": d(y)}, "answers.pt")
"""


def told_by(variable: str, script: str, settings: Any) -> dict[str, Any]:
    checkout = os.environ.get(variable)
    if not checkout:
        pytest.skip(f"{variable} names no checkout")
    Path("script.py").write_text(BEGIN + script)
    command = [sys.executable, "-W", "ignore", "script.py", checkout, repr(settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = torch.load("answers.pt", weights_only=True)
    return told


@pytest.mark.parametrize(
    "settings",
    [
        ("global", 3, 16, 4, 3, 0, 64),
        ("local", 3, 8, 3, 2, 0, 64),
        ("local", 36, 8, 4, 2, 0, 128),
        ("global", 36, 8, 4, 2, 3, 64),
    ],
)
def test_the_authors_pix2pixhd(settings: tuple[Any, ...]) -> None:
    told = told_by("GANVAS_PIX2PIXHD", HD_CODE, settings)
    family: Any = read(Path("latest_net_G.pth")).family
    inputs, features = settings[1], settings[5]
    assert family.data.labels == (inputs - 1 if inputs > 3 else 0)
    with torch.no_grad():
        look = told["x"][:, inputs:] if features else None
        ours = family.forward_generator(told["x"][:, :inputs], look, False)
        assert told["g"].std() > 1e-2
        assert (ours - told["g"]).abs().max() < TOLERANCE
        judged = family.discriminator(torch.cat([told["x"][:, :inputs], told["x"][:, :3]], 1))
        for one, two in zip(judged, told["d"], strict=True):
            for mine, theirs in zip(one, two, strict=True):
                assert (mine - theirs).abs().max() < TOLERANCE * max(1, float(theirs.abs().max()))
        if features:
            labels = (told["inst"] // 1000).clamp(0, 34)
            mine = family.looks(labels, told["inst"], family.encoder(told["target"]))
            assert (mine - told["e"]).abs().max() < TOLERANCE


@pytest.mark.parametrize("scale", [2, 4])
def test_the_published_srgan(scale: int) -> None:
    told = told_by("GANVAS_SRGAN", SR_CODE, scale)
    family: Any = read(Path(f"netG_epoch_{scale}_100.pth")).family
    with torch.no_grad():
        request = TranslationRequest(told["x"] * 2 - 1, torch.zeros(2).long())
        ours = (family.generate(request) + 1) / 2
        assert told["g"].std() > 1e-2
        assert (ours - told["g"]).abs().max() < TOLERANCE
        judged = torch.sigmoid(family.discriminator.eval()(told["y"] * 2 - 1))[:, 0]
        assert (judged - told["d"]).abs().max() < TOLERANCE
