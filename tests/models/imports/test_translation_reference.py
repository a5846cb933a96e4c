"""Translation networks beside their authors' code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from support.published_translation import (
    _in_an_empty_folder,  # noqa: F401 - fixtures
)

from ganvas.models.imports import read

TOLERANCE = 1e-4  # of pictures in ±1 and of logits of about ±1

BEGIN = """
import functools, sys, torch
torch.manual_seed(0)
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])

def stir(network):
    network.requires_grad_(False)
    for name, value in [*network.named_parameters(), *network.named_buffers()]:
        if name.endswith("running_var"):
            value.uniform_(0.5, 2)
        elif name.endswith(("bias", "beta", "running_mean")):
            value.add_(torch.randn_like(value) * 0.2)
        elif name.endswith("rho"):
            value.uniform_(0, 1)
        elif name.endswith("gamma.weight") or value.dim() == 4 and "weight" in name and "orig" not in name:
            value.mul_(1.5)
    return network.eval()
"""


UGATIT_CODE = """
from networks import Discriminator, ResnetGenerator
light, size, width, blocks, deep, shallow = eval(sys.argv[2])
g = [stir(ResnetGenerator(3, 3, width, blocks, size, light)) for _ in range(2)]
d = [Discriminator(3, width, n) for n in (deep, deep, shallow, shallow)]
x = torch.rand(3, 3, size, size) * 2 - 1
for network in d:  # some steps of the power iteration, as in training
    for _ in range(3):
        network(x)
    stir(network)
names = ("genA2B", "genB2A", "disGA", "disGB", "disLA", "disLB")
torch.save({name: network.state_dict() for name, network in zip(names, g + d)}, "weights")
torch.save({"x": x, "answers": [network(x) for network in g + d]}, "answers.pt")
"""


CYCLEGAN_CODE = """
from models.networks import NLayerDiscriminator, ResnetGenerator, UnetGenerator, get_norm_layer
kind, norm, width, depth, side, dropout = eval(sys.argv[2])
layer = get_norm_layer(norm)
x = torch.rand(3, 3, side, side) * 2 - 1
if kind == "resnet":
    g = [stir(ResnetGenerator(3, 3, width, layer, dropout, depth)) for _ in range(2)]
    d = [stir(NLayerDiscriminator(3, width, 3, layer)) for _ in range(2)]
    for name, network in zip(("G_A", "G_B", "D_A", "D_B"), g + d):
        torch.save(network.state_dict(), f"latest_net_{name}.pth")
    answers = [network(x) for network in g + d]
else:
    g, d = stir(UnetGenerator(3, 3, depth, width, layer, dropout)), stir(NLayerDiscriminator(6, width, 3, layer))
    torch.save(g.state_dict(), "latest_net_G.pth")
    torch.save(d.state_dict(), "latest_net_D.pth")
    answers = [g(x.clone()), d(torch.cat([x, x], 1))]
torch.save({"x": x, "answers": answers}, "answers.pt")
"""


def told_by(variable: str, script: str, settings: tuple[Any, ...]) -> dict[str, Any]:
    checkout = os.environ.get(variable)
    if not checkout:
        pytest.skip(f"{variable} names no checkout")
    Path("script.py").write_text(BEGIN + script)
    command = [sys.executable, "-W", "ignore", "script.py", checkout, repr(settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = torch.load("answers.pt", weights_only=True)
    return told


@pytest.mark.parametrize("settings", [(True, 64, 64, 4, 6, 4), (False, 32, 16, 6, 5, 4), (True, 256, 16, 4, 7, 5)])
def test_the_authors_ugatit(settings: tuple[Any, ...]) -> None:
    told = told_by("GANVAS_UGATIT", UGATIT_CODE, settings)
    family: Any = read(Path("weights")).family
    x = told["x"]
    names = ("g_ab", "g_ba", "d_a_global", "d_b_global", "d_a_local", "d_b_local")
    for name, answers in zip(names, told["answers"], strict=True):
        with torch.no_grad():
            seen = family.get_submodule(name)(x)
        for ours, theirs in zip(seen, answers, strict=True):
            assert theirs.std() > 1e-4, name
            assert (ours - theirs).abs().max() < TOLERANCE * max(1, float(theirs.abs().max())), name
        assert (seen.output - answers[0]).abs().max() < TOLERANCE, name


@pytest.mark.parametrize(
    "settings",
    [
        ("resnet", "instance", 64, 9, 64, False),
        ("resnet", "instance", 16, 6, 128, True),
        ("resnet", "batch", 16, 6, 64, False),
    ],
)
def test_the_authors_cyclegan(settings: tuple[Any, ...]) -> None:
    told = told_by("GANVAS_CYCLEGAN", CYCLEGAN_CODE, settings)
    family: Any = read(Path("latest_net_G_A.pth")).family
    for name, theirs in zip(("g_ab", "g_ba", "d_b", "d_a"), told["answers"], strict=True):
        with torch.no_grad():
            ours = family.get_submodule(name)(told["x"])
        assert theirs.std() > 1e-3
        assert (ours - theirs).abs().max() < TOLERANCE, name


@pytest.mark.parametrize(
    "settings",
    [("unet", "batch", 64, 8, 256, True), ("unet", "batch", 16, 7, 128, True), ("unet", "instance", 8, 6, 128, False)],
)
def test_the_authors_pix2pix(settings: tuple[Any, ...]) -> None:
    told = told_by("GANVAS_CYCLEGAN", CYCLEGAN_CODE, settings)
    family: Any = read(Path("latest_net_G.pth")).family
    x = told["x"]
    with torch.no_grad():
        ours = family.eval().generator(x), family.discriminator(torch.cat([x, x], 1))
    for one, two in zip(ours, told["answers"], strict=True):
        assert two.std() > 1e-3
        assert (one - two).abs().max() < TOLERANCE


CUT_CODE = """
import types
for name in ("torchvision", "torchvision.transforms", "dominate"):
    sys.modules.setdefault(name, types.ModuleType(name))
from models import networks
width, blocks, layers = eval(sys.argv[2])
norm = networks.get_norm_layer("instance")
g = networks.ResnetGenerator(3, 3, width, norm, False, blocks, "reflect", False, False)
d = networks.NLayerDiscriminator(3, width, layers, norm, False)
f = networks.PatchSampleF(True, "normal", 0.02, 256)
x = torch.rand(2, 3, 64, 64) * 2 - 1
f.create_mlp(g(x, [0, 4, 8, 12, 16], True))
for network in (g, d, f):
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
for letter, network in zip("GDF", (g, d, f)):
    torch.save(network.state_dict(), f"latest_net_{letter}.pth")
with torch.no_grad():
    seen = g(x, [0, 4, 8, 12, 16], True)
    ids = [list(range(7)) for _ in seen]
    vectors, _ = f(seen, 7, ids)
    answers = [g(x), d(x), *(v.view(2, 7, -1) for v in vectors)]
torch.save({"x": x, "answers": answers}, "answers.pt")
"""


@pytest.mark.parametrize("settings", [(64, 9, 3), (16, 6, 2)])
def test_the_authors_cut(settings: tuple[Any, ...]) -> None:
    told = told_by("GANVAS_CUT", CUT_CODE, settings)
    found = read(Path("latest_net_G.pth"))
    family: Any = found.family
    assert found.has_discriminator
    x, places = told["x"], torch.arange(7).expand(2, -1)
    with torch.no_grad():
        ours = [family.generator(x), family.discriminator(x)]
        ours += family.projector(family.generator.features(x), [places] * 5)
    for one, theirs in zip(ours, told["answers"], strict=True):
        assert theirs.std() > 1e-3
        assert (one - theirs).abs().max() < TOLERANCE
