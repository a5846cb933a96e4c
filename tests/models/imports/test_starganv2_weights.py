"""Published weights of StarGAN v2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from support.published import stirred
from support.requests import example_request
from support.starganv2 import (
    networks,  # noqa: F401 - fixtures
)
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models.batches import ReferenceRequest
from ganvas.models.imports import read

TOLERANCE = 1e-4

SMALL = {"z_dim": 8, "style_dim": 8, "hidden": 16, "width": 8, "widest": 32}


def published(family: Any, name: str) -> dict[str, Tensor]:
    """A network's state under the names of the authors' code."""
    state, network = {}, family.get_submodule(name)
    for key, value in network.state_dict().items():
        key = key.replace(".shortcut.", ".conv1x1.").replace(".affine.", ".fc.")
        if name == "generator":
            key = key.replace("to_rgb.", "to_rgb.2.").replace("last_norm.", "to_rgb.0.")
        elif name == "mapping_network":
            key = key.replace("heads.", "unshared.")
        else:
            blocks, first = len(network.trunk.blocks), "shared" if name == "style_encoder" else "main"
            key = key.replace("trunk.first.", f"{first}.0.").replace("trunk.last.", f"{first}.{blocks + 2}.")
            if key.startswith("trunk.blocks."):
                _, _, number, rest = key.split(".", 3)
                key = f"{first}.{int(number) + 1}.{rest}"
            if name == "style_encoder":
                key = key.replace("heads.", "unshared.")
            elif key.startswith("heads."):
                value = value[:, :, None, None] if key == "heads.weight" else value
                key = key.replace("heads.", f"main.{blocks + 4}.")
        state[key] = value.clone()
    if name == "generator" and network.outline:
        state["hpf.filter"] = network.laplacian
    return state


def files(folder: Path, family: Any) -> tuple[Path, Path]:
    folder.mkdir(exist_ok=True)
    used = {name: published(family, name) for name in family.averaged}
    torch.save(used, folder / "100000_nets_ema.ckpt")
    torch.save(used | {"discriminator": published(family, "discriminator")}, folder / "100000_nets.ckpt")
    return folder / "100000_nets_ema.ckpt", folder / "100000_nets.ckpt"


@pytest.mark.parametrize("lines", [0.0, 2.0])
def test_published_files_come_in(lines: float, tmp_path: Path) -> None:
    torch.manual_seed(0)
    family: Any = stirred("starganv2", SMALL | {"outline": lines}, resolution=32, classes=("x", "y", "z"))
    ema, nets = files(tmp_path, family)
    whole = read(nets, classes=("x", "y", "z"))
    assert whole.origin == "stargan-v2"
    assert (whole.has_discriminator, whole.kimg) == (True, 800)
    assert whole.family.config.outline == pytest.approx(lines)  # type: ignore[attr-defined]
    assert whole.family.data.classes == ("x", "y", "z")
    beside = read(ema)
    assert beside.has_discriminator  # taken from the file beside it
    nets.unlink()
    alone = read(ema)
    assert not alone.has_discriminator
    assert alone.family.data.classes == ("0", "1", "2")
    request: Any = example_request(family, 3)
    request = ReferenceRequest(*request)
    with torch.no_grad():
        for found in (whole, beside, alone):
            torch.testing.assert_close(found.family.generate(request), family.generate(request))
        for found in (whole, beside):
            judge: Any = found.family.discriminator
            torch.testing.assert_close(
                judge(request.source, request.y), family.discriminator(request.source, request.y)
            )


def test_the_file_of_moments_and_spoiled_ones_are_refused_in_a_sentence(tmp_path: Path) -> None:
    family: Any = stirred("starganv2", SMALL, resolution=32, classes=("x", "y"))
    ema, nets = files(tmp_path, family)
    nets.unlink()
    moments = {name: {"state": {}, "param_groups": []} for name in (*family.averaged, "discriminator")}
    torch.save(moments, tmp_path / "100000_optims.ckpt")
    content = torch.load(ema, weights_only=True)

    def refused(path: Path, said: str, **options: Any) -> None:
        with pytest.raises(UserError, match=said) as caught:
            read(path, **options)
        assert str(caught.value).endswith(".")

    refused(tmp_path / "100000_optims.ckpt", "no networks; give the file that ends in _nets_ema")
    refused(ema, "knows 2 domains", classes=("x",))
    for key, change, said in (
        ("generator", {}, "other names"),
        ("generator", published(family, "generator") | {"to_rgb.2.bias": torch.full((3,), torch.nan)}, "not finite"),
        ("style_encoder", {k: v for k, v in content["style_encoder"].items() if "main" in k}, "other names"),
        ("mapping_network", content["mapping_network"] | {"shared.2.weight": torch.zeros(3, 3)}, "no place"),
    ):
        torch.save(content | {key: change}, tmp_path / "bad_nets_ema.ckpt")
        refused(tmp_path / "bad_nets_ema.ckpt", said)
    (tmp_path / "cut_nets_ema.ckpt").write_bytes(ema.read_bytes()[:2000])
    refused(tmp_path / "cut_nets_ema.ckpt", "damaged")


AUTHORS = """
import sys, types, torch
torch.manual_seed(0)
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])

class Munch(dict):
    __getattr__, __setattr__ = dict.__getitem__, dict.__setitem__

munch = types.ModuleType("munch")
munch.Munch = Munch
sys.modules["munch"] = munch
from core.model import Discriminator, Generator, MappingNetwork, StyleEncoder
side, domains, lines = eval(sys.argv[2])
g = Generator(side, 64, w_hpf=lines)
f, e, d = MappingNetwork(16, 64, domains), StyleEncoder(side, 64, domains), Discriminator(side, domains)
for network in (g, f, e, d):
    network.eval().requires_grad_(False)
    for name, value in network.named_parameters():
        if name.endswith("bias"):
            value.add_(torch.randn_like(value) * 0.1)
x, z, y = torch.rand(2, 3, side, side) * 2 - 1, torch.randn(2, 16), torch.tensor([1, 0])
masks = torch.rand(2, 2, side, side)
s = f(z, y)
given = (masks[:, :1], masks[:, 1:]) if lines else None
answers = [g(x, s, masks=given), s, e(x, y), d(x, y)]
torch.save({"generator": g.state_dict(), "mapping_network": f.state_dict(), "style_encoder": e.state_dict(),
    "discriminator": d.state_dict()}, "000000_nets.ckpt")
torch.save({"x": x, "z": z, "y": y, "masks": masks, "answers": answers}, "answers.pt")
"""


@pytest.mark.slow
@pytest.mark.parametrize("settings", [(64, 3, 0), (64, 2, 1), (128, 2, 1), (256, 2, 1)])
def test_the_authors_networks(settings: tuple[int, int, int], tmp_path: Path) -> None:
    checkout = os.environ.get("GANVAS_STARGANV2")
    if not checkout:
        pytest.skip("GANVAS_STARGANV2 names no checkout")
    (tmp_path / "script.py").write_text(AUTHORS)
    command = [sys.executable, "-W", "ignore", "script.py", checkout, repr(settings)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = torch.load(tmp_path / "answers.pt", weights_only=True)
    family: Any = read(tmp_path / "000000_nets.ckpt").family
    x, z, y = told["x"], told["z"], told["y"]
    with torch.no_grad():
        s = family.mapping_network(z, y)
        found = [family.generator(x, s, told["masks"]), s, family.style_encoder(x, y), family.discriminator(x, y)]
    for ours, theirs in zip(found, told["answers"], strict=True):
        assert theirs.std() > 1e-3
        assert (ours - theirs).abs().max() < TOLERANCE
