"""pix2pixHD: its stages, maps of labels, edges, looks, and the weights of its authors and of SRGAN's coming in.

The tests at the end compare with published code and need checkouts: ``GANVAS_PIX2PIXHD`` (github.com/NVIDIA/pix2pixHD)
and ``GANVAS_SRGAN`` (github.com/leftthomas/SRGAN) name folders.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.published import State, stirred
from torch import Tensor, nn

from ganvas.bundle import write_bundle
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.models import multiscale_losses
from ganvas.models.batches import PairedBatch, TranslationRequest, to_float
from ganvas.models.families import build
from ganvas.models.family import Clock
from ganvas.models.imports import read
from ganvas.models.networks.labels import LabelFeatures, edges, one_hot, read_map
from ganvas.recipe import load, names
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.train.trainer import train

TOLERANCE = 1e-4


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    monkeypatch.chdir(tmp_path)


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


SMALL: dict[str, Any] = {"width": 8, "downs": 2, "blocks": 1, "local_blocks": 1, "discriminator_width": 4, "layers": 1}
SMALL |= {"perceptual": 0}


def made(data: dict[str, Any] | None = None, **model: Any) -> Any:
    spec = DataSpec(**({"resolution": 32} | (data or {})))
    return build("pix2pixhd", SMALL | model, spec, 10.0)


LABELS: dict[str, Any] = {"labels": 5, "source_channels": 3}


def a_map(count: int = 2, side: int = 32) -> Tensor:
    """Maps as pictures: the left half label 1, the right half label 4 with two objects, one above the other."""
    pixels = np.zeros((count, side, side, 3), np.uint8)
    pixels[:, :, : side // 2, 0] = 1
    pixels[:, :, side // 2 :, 0] = 4
    pixels[:, side // 2 :, side // 2 :, 2] = 1  # the object's high byte
    return to_float(pixels)


# ── Sizes and stages ──


def test_the_paper_has_the_published_sizes() -> None:
    with torch.device("meta"):
        spec = DataSpec(resolution=1024, labels=35, source_channels=3)
        whole: Any = build("pix2pixhd", {"edges": True}, spec, 1.0)
        assert count(whole.trunk) + count(whole.enhancer) == 182_857_059
        assert count(whole.trunk) + count(whole.head) == 182_546_755
        assert count(whole.discriminator) == 5_603_202
        look: Any = build("pix2pixhd", {"edges": True, "features": 3}, spec, 1.0)
        assert count(look.encoder) == 788_803


def test_it_goes_from_coarse_to_fine() -> None:
    family = made(global_share=0.5, fix_global=0.2)
    told = [(stage.name, stage.kimg, stage.phases[0].trains) for stage in family.stages()]
    assert told == [
        ("global", 5.0, ("trunk", "head")),
        ("enhancer", pytest.approx(1.0), ("enhancer",)),
        ("both", pytest.approx(4.0), ("trunk", "enhancer")),
    ]
    assert [stage.name for stage in made(fix_global=0).stages()] == ["global", "both"]
    assert [stage.name for stage in made(enhancer=False).stages()] == ["global"]
    source, target = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    sides = [family.prepare(PairedBatch(source, target, {}), Clock(stage=i)).target.shape[-1] for i in range(3)]
    assert sides == [16, 32, 32]


def test_the_first_stage_paints_at_half_the_side() -> None:
    family = made()
    batch = PairedBatch(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32), {})
    small = family.prepare(batch, Clock(stage=0))
    family.generator_phase(small, Clock(stage=0))
    assert small.memo["fake"].shape == (2, 3, 16, 16)
    family.generator_phase(batch, Clock(stage=2))
    assert batch.memo["fake"].shape == (2, 3, 32, 32)


def test_the_terms_are_the_authors_sums() -> None:
    """Their code: least squares summed over scales; features 4 / (layers + 1) each, the mean over scales."""
    family = made(scales=2, layers=2)
    batch = PairedBatch(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32), {})
    loss, _ = family.generator_phase(batch, Clock(stage=2))
    with torch.no_grad():
        fakes = family.discriminator(torch.cat([batch.source, batch.memo["fake"]], 1))
        reals = family.discriminator(torch.cat([batch.source, batch.target], 1))
        gan = sum((scale[-1] - 1).square().mean() for scale in fakes)
        pairs = zip(fakes, reals, strict=True)
        features = [zip(fake[:-1], real[:-1], strict=True) for fake, real in pairs]
        matching = sum(0.5 * 4 / 3 * (f - r).abs().mean() for scale in features for f, r in scale)
        torch.testing.assert_close(loss, gan + 10 * matching)
        judged, _ = family.discriminator_phase(batch, Clock(stage=2))
        apart = [0.5 * ((r[-1] - 1).square().mean() + f[-1].square().mean()) for f, r in zip(fakes, reals, strict=True)]
        torch.testing.assert_close(judged, sum(apart))


def test_the_same_features_match() -> None:
    scales = [[torch.rand(2, 3, 4, 4), torch.rand(2, 1, 4, 4)]]
    assert multiscale_losses.feature_matching(scales, scales) == 0


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        ({}, {"resolution": 36}, "steps of 8"),
        ({"downs": 4}, {"resolution": 32}, "64 pixels or more"),
        ({"edges": True}, {}, "set data.labels"),
        ({"width": 9}, {}, "even"),
    ],
)
def test_what_does_not_fit_is_said(model: dict[str, Any], data: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        made(data, **model)


# ── Maps of labels ──


def test_a_map_travels_as_a_picture() -> None:
    labels, objects = read_map(a_map(1))
    assert labels.unique().tolist() == [1, 4]
    assert len(objects.unique()) == 3
    numbers = to_float(np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1))
    assert torch.equal(read_map(numbers)[0].flatten(), torch.arange(256.0))


def test_labels_become_channels() -> None:
    hot = one_hot(read_map(a_map(1))[0], 5)
    assert torch.equal(hot.sum(1), torch.ones(1, 32, 32))
    assert hot[0].mean((1, 2)).tolist() == [0, 0.5, 0, 0, 0.5]
    assert one_hot(torch.full((1, 1, 2, 2), 9.0), 5)[0, 4].eq(1).all()


def test_edges_stand_on_both_sides_of_a_border() -> None:
    found = edges(read_map(a_map(1))[1])[0, 0]
    assert found[0].nonzero().flatten().tolist() == [15, 16]  # between the labels
    assert found[:, 20].nonzero().flatten().tolist() == [15, 16]  # between the objects of one label
    assert found[:, 5].sum() == 0


def test_edges_of_a_grey_map_are_those_of_its_labels() -> None:
    grey = a_map(1)[:, :1]
    one, three = (edges(read_map(x)[1]) for x in (grey, grey.expand(-1, 3, -1, -1)))
    assert torch.equal(one, three)
    assert one.sum() == 64


def test_each_object_has_one_look() -> None:
    looks = LabelFeatures(5, 2).train()
    labels, objects = read_map(a_map())
    maps = torch.rand(2, 2, 32, 32)
    look = looks(labels, objects, maps)
    torch.testing.assert_close(look[0, :, 0, 0], maps[0, :, :, :16].mean((1, 2)))
    torch.testing.assert_close(look[1, :, 0, 31], maps[1, :, :16, 16:].mean((1, 2)))
    torch.testing.assert_close(look[1, :, 31, 31], maps[1, :, 16:, 16:].mean((1, 2)))
    for _ in range(500):
        looks(labels, objects, maps)
    usual = looks(labels, objects, None)
    torch.testing.assert_close(usual[0, :, 0, 0], maps[:, :, :, :16].mean((0, 2, 3)), atol=1e-2, rtol=0)
    assert looks.mean[0].eq(0).all()  # a label that was never seen


def test_a_map_with_looks_is_learnt_and_answered_from_its_bundle(tmp_path: Path) -> None:
    family = made(LABELS, edges=True, features=2, encoder_width=4)
    batch = PairedBatch(a_map(), torch.rand(2, 3, 32, 32) * 2 - 1, {})
    family.train()
    loss, _ = family.generator_phase(batch, Clock(stage=2))
    loss.backward()
    assert all(p.grad is not None for p in family.encoder.parameters())
    assert family.looks.mean.abs().sum() > 0
    family.eval()
    written = write_bundle(tmp_path / "b", family, name="b", kimg=1, onnx=None)
    request = TranslationRequest(a_map(), torch.zeros(2).long())
    with torch.no_grad():
        torch.testing.assert_close(written.load_family().generate(request), family.generate(request))


# ── Recipes ──

RECIPES = [name for name in names() if name.startswith(("pix2pixhd", "sketch-to-photo"))]


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_take_two_steps_a_stage(name: str, pictures: Path, tmp_path: Path) -> None:
    small = ["data.resolution=32", "data.minimum=8", "train.kimg=0.032", "train.batch_size=4", "train.workers=0"]
    small += ["train.tick_kimg=0.004", "train.sheet_kimg=0.016", "train.checkpoint_kimg=0.016", "train.metric_kimg=0"]
    small += ["data.degradation=sketch", "data.labels=0", "data.side_by_side=null"]
    small += [f"model.{key}={value}" for key, value in SMALL.items()] + ["model.edges=false", "model.fix_global=0.5"]
    recipe, run = load(name, small), RunDir(tmp_path / "run")
    packed = pack(pictures, resolution=32).path
    assert train(recipe, run, packed).state == "finished"
    assert len(list(run.sheets.glob("0*.png"))) >= 2


# ── Weights come in ──


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


# ── Published code ──

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
