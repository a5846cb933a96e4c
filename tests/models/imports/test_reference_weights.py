"""Imported networks answer as their authors' own code does, on weights drawn at random and saved by that code.

Each test needs a checkout of that code: ``GANVAS_STYLEGAN2_ADA`` (github.com/NVlabs/stylegan2-ada-pytorch),
``GANVAS_R3GAN`` (github.com/brownvc/R3GAN), ``GANVAS_ROSINALITY`` (github.com/rosinality/stylegan2-pytorch) and
``GANVAS_EXAMPLES`` (github.com/pytorch/examples) name the folders. The reference runs in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from ganvas.models.imports import read

TOLERANCE = 1e-4  # pictures reach ±12, logits ±4

BEGIN = """
import pickle, sys, types, torch
torch.manual_seed(0)
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
sys.modules.setdefault("requests", types.ModuleType("requests"))
packages = types.ModuleType("pkg_resources")
packages.parse_version = lambda text: [int(part) for part in text.split(".")[:2]]
sys.modules.setdefault("pkg_resources", packages)

def stir(*networks):
    for network in networks:
        network.eval().requires_grad_(False)
        for name, value in [*network.named_parameters(), *network.named_buffers()]:
            if name.endswith("running_var"):
                value.uniform_(0.5, 2)
            elif name.endswith(("bias", "Bias", "running_mean", "noise_strength", "noise.weight", "w_avg")):
                value.add_(torch.randn_like(value) * 0.3)
            elif value.is_floating_point() and not value.any():
                value.normal_(0, 0.05)

def hot(y, classes):
    return torch.nn.functional.one_hot(y, classes).float() if classes else torch.zeros(len(y), 0)

def tell(z, y, psi, x, logits):
    torch.save({"z": z, "y": y, "psi": psi, "x": x, "logits": logits}, "answers.pt")
"""

STYLEGAN2_ADA = """
from training.networks import Discriminator, Generator
size, base, layers, classes, g_kind, d_kind, channels, clamp = eval(sys.argv[2])
common = dict(channel_base=base, conv_clamp=clamp)
g = Generator(z_dim=512, c_dim=classes, w_dim=512, img_resolution=size, img_channels=channels,
    mapping_kwargs=dict(num_layers=layers), synthesis_kwargs=dict(architecture=g_kind, **common))
d = Discriminator(c_dim=classes, img_resolution=size, img_channels=channels, architecture=d_kind, **common)
stir(g, d)
with open("weights", "wb") as file:
    pickle.dump({"G": None, "D": d, "G_ema": g, "augment_pipe": None, "training_set_kwargs": None}, file)
z, y = torch.randn(8, 512), torch.arange(8) % max(classes, 1)
x = g(z, hot(y, classes), truncation_psi=0.7, noise_mode="const")
tell(z, y, 0.7, x, d(x, hot(y, classes))[:, 0])
"""

R3GAN = """
from training.networks import Discriminator, Generator
widths, groups, classes = eval(sys.argv[2])
common = dict(BlocksPerStage=[2] * len(widths), ExpansionFactor=2, c_dim=classes,
    img_resolution=2 << len(widths), FP16Stages=[])
one, two = (dict(ConditionEmbeddingDimension=n) if classes else {} for n in (16, widths[0]))
g = Generator(NoiseDimension=64, WidthPerStage=widths, CardinalityPerStage=groups, **one, **common)
d = Discriminator(WidthPerStage=widths[::-1], CardinalityPerStage=groups[::-1], **two, **common)
stir(g, d)
with open("weights", "wb") as file:
    pickle.dump({"G": g, "D": d, "G_ema": g, "training_set_kwargs": {}, "cur_nimg": 1000}, file)
z, y = torch.randn(8, 64), torch.arange(8) % max(classes, 1)
x = g(z, hot(y, classes))
tell(z, y, None, x, d(x, hot(y, classes)))
"""

ROSINALITY = """
import torch.utils.cpp_extension
torch.utils.cpp_extension.load = lambda *arguments, **settings: None  # the CUDA kernels; there is a CPU path beside
from model import Discriminator, Generator
size, layers, multiplier = eval(sys.argv[2])
g, d = Generator(size, 512, layers, channel_multiplier=multiplier), Discriminator(size, channel_multiplier=multiplier)
stir(g, d)
average = torch.randn(512)
torch.save({"g": g.state_dict(), "d": d.state_dict(), "g_ema": g.state_dict(), "latent_avg": average}, "weights")
z = torch.randn(4, 512)
x, _ = g([z], truncation=0.7, truncation_latent=average[None], randomize_noise=False)
tell(z, torch.zeros(4, dtype=torch.long), 0.7, x, d(x)[:, 0])
"""

EXAMPLES = """
from pathlib import Path
nz, ngf, nc = eval(sys.argv[2])
known = {"torch": torch, "nn": torch.nn, "nz": nz, "ngf": ngf, "ndf": ngf, "nc": nc}
source = Path(sys.argv[1], "dcgan", "main.py").read_text()
for name, end in (("Generator", "netG = "), ("Discriminator", "netD = ")):
    start = source.index(f"class {name}")
    exec(source[start : source.index(end, start)], known)
g, d = known["Generator"](1), known["Discriminator"](1)
stir(g, d)
torch.save(g.state_dict(), "weights")
torch.save(d.state_dict(), "judge")
z = torch.randn(8, nz)
x = g(z[:, :, None, None])
tell(z, torch.zeros(8, dtype=torch.long), None, x, d(x).logit())
"""


def assert_answers(variable: str, script: str, settings: tuple[Any, ...], folder: Path) -> None:
    """Both networks answer as the reference did."""
    checkout = os.environ.get(variable)
    if not checkout:
        pytest.skip(f"{variable} names no checkout")
    (folder / "script.py").write_text(BEGIN + script)
    command = [sys.executable, "-W", "ignore", "script.py", checkout, repr(settings)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = torch.load(folder / "answers.pt", weights_only=True)
    judge = folder / "judge"
    family: Any = read(folder / "weights", discriminator=judge if judge.exists() else None).family
    with torch.no_grad():
        x = family.generator(told["z"], told["y"], *([] if told["psi"] is None else [told["psi"]]))
        logits = family.discriminator(told["x"], told["y"])
    assert told["x"].std() > 0.05
    assert (x - told["x"]).abs().max() < TOLERANCE
    assert (logits - told["logits"]).abs().max() < TOLERANCE


@pytest.mark.parametrize(
    "settings",
    [
        (32, 32768, 2, 10, "skip", "orig", 3, 256),
        (32, 4096, 8, 5, "resnet", "skip", 1, 256),
        (64, 16384, 8, 0, "skip", "resnet", 3, None),
    ],
)
def test_stylegan2_ada(settings: tuple[Any, ...], tmp_path: Path) -> None:
    assert_answers("GANVAS_STYLEGAN2_ADA", STYLEGAN2_ADA, settings, tmp_path)


@pytest.mark.parametrize("settings", [([96, 96, 48, 24], [12, 12, 6, 3], 0), ([96] * 4, [12] * 4, 5)])
def test_r3gan(settings: tuple[Any, ...], tmp_path: Path) -> None:
    assert_answers("GANVAS_R3GAN", R3GAN, settings, tmp_path)


@pytest.mark.parametrize("settings", [(32, 8, 2), (128, 4, 1)])
def test_rosinality(settings: tuple[Any, ...], tmp_path: Path) -> None:
    assert_answers("GANVAS_ROSINALITY", ROSINALITY, settings, tmp_path)


@pytest.mark.parametrize("settings", [(100, 64, 3), (20, 8, 1)])
def test_the_examples(settings: tuple[Any, ...], tmp_path: Path) -> None:
    assert_answers("GANVAS_EXAMPLES", EXAMPLES, settings, tmp_path)
