"""Published weights come in: files built as their authors' code builds them, of small networks of ours."""

from __future__ import annotations

import argparse
import json
import pickle
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ganvas import bundle
from ganvas.cli import main
from ganvas.models.families import build
from ganvas.models.imports import read
from ganvas.models.networks.r3gan import Pointwise, ResidualBlock
from ganvas.models.plan import Family, example_request
from ganvas.terms import DataSpec, UserError

SOURCE = "import pathlib\npathlib.Path('hostile').touch()\n"  # what a pickle keeps of its networks' module
FILTER = torch.outer(*[torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8] * 2)
State = dict[str, Tensor]


@pytest.fixture(autouse=True)
def _still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test in an empty folder, in which nothing may turn up that code in a file would have left."""
    torch.manual_seed(0)
    monkeypatch.chdir(tmp_path)
    yield
    assert not Path("hostile").exists()


def stirred(name: str, model: dict[str, Any], **data: Any) -> Family:
    """A family in which no weight is what it is at the beginning."""
    family = build(name, model, DataSpec(**data), 1.0)
    for key, value in family.state_dict().items():
        if key.endswith("running_var"):
            value.uniform_(0.5, 2)
        elif value.is_floating_point() and value.dim() < 2:
            value.add_(torch.randn_like(value) * 0.3)
        elif key.endswith("narrow"):
            value.normal_(0, 0.1)
    return family.eval()


# ── Writing pickles as the authors' code does: with classes of its own, which exist only while it is written ─────────


class EasyDict(dict[str, Any]):
    """``dnnlib.EasyDict``."""


@pytest.fixture
def authors(monkeypatch: pytest.MonkeyPatch) -> None:
    def module(name: str, **content: Any) -> None:
        made = types.ModuleType(name)
        for key, value in content.items():
            value.__module__, value.__qualname__ = name, key
            setattr(made, key, value)
        monkeypatch.setitem(sys.modules, name, made)

    module("dnnlib")
    module("dnnlib.util", EasyDict=EasyDict)
    module("torch_utils")
    module("torch_utils.persistence", _reconstruct_persistent_obj=_reconstruct_persistent_obj)
    module("training")
    module("training.networks", Generator=type("Generator", (nn.Module,), {}))
    module("R3GAN")
    kinds = ("Generator", "GeneratorStage", "Convolution", "ResidualBlock", "UpsampleLayer", "GenerativeBasis")
    module("R3GAN.Networks", **{kind: type(kind, (nn.Module,), {}) for kind in kinds})
    module("R3GAN.FusedOperators", BiasedActivationCUDA=type("B", (nn.Module,), {}))
    module("R3GAN.Resamplers", InterpolativeUpsamplerCUDA=type("U", (nn.Module,), {}))


def _reconstruct_persistent_obj(meta: dict[str, Any]) -> None:
    raise AssertionError("called")


class Persistent(nn.Module):
    """A module that keeps its source, as ``persistence.persistent_class`` makes it."""

    def __reduce__(self) -> tuple[Any, ...]:
        state = self.__dict__
        meta = {"type": "class", "version": 6, "module_src": SOURCE, "class_name": "Network", "state": state}
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (meta,), None


Make = Callable[[str], nn.Module]


def tree(make: Make, weights: State, attributes: dict[str, dict[str, Any]], name: str = "") -> nn.Module:
    """A module of modules, by the names of its tensors; those of filters, noise and averages are buffers."""
    module = make(name)
    vars(module).update(attributes.get("", {}))
    heads = dict.fromkeys(key.split(".", 1)[0] for key in [*weights, *attributes] if "." in key or key not in weights)
    for key, value in weights.items():
        if "." not in key and key not in heads:
            buffer = re.search("filter|Kernel|noise_const|w_avg", key)
            module.register_buffer(key, value) if buffer else module.register_parameter(key, nn.Parameter(value))
    for head in filter(None, heads):

        def below(table: dict[str, Any], head: str = head) -> dict[str, Any]:
            return {key.split(".", 1)[1]: value for key, value in table.items() if key.startswith(f"{head}.")}

        inner = below(attributes) | ({"": attributes[head]} if head in attributes else {})
        module._modules[head] = tree(make, below(weights), inner, head)
    return module


# ── stylegan2-ada-pytorch ───────────────────────────────────────────────────────────────────────────────────────────

NAMES_OF_ADA = {"original": "orig", "skip": "skip", "residual": "resnet"}


def ada_generator(family: Any) -> nn.Module:
    config, generator = family.config, family.generator
    state: State = {}
    for key, value in generator.state_dict().items():
        key = key.replace("mapping.layers.", "mapping.fc").replace("synthesis.constant", "synthesis.blocks.0.const")
        key = re.sub(r"blocks\.(\d+)", lambda found: f"b{4 << int(found[1])}", key).replace("to_image", "torgb")
        key = key.replace("shortcut", "skip.weight").replace("noise_constant", "noise_const")
        state[key] = value[0] if key.endswith(".const") else value
    attributes: dict[str, dict[str, Any]] = {"": {"_init_kwargs": EasyDict(z_dim=family.z_dim), "num_ws": 6}}
    for name in {key.rsplit(".", 1)[0] for key in state}:
        if name.startswith("mapping.fc"):
            attributes[name] = {"activation": "lrelu", "bias_gain": 0.01}
        elif name.endswith(("conv0", "conv1")):
            attributes[name] = {"activation": "lrelu", "conv_clamp": config.clamp, "use_noise": True}
            state[f"{name}.resample_filter"] = FILTER
            attributes[name.rsplit(".", 1)[0]] = {"architecture": NAMES_OF_ADA[config.g_architecture]}
    return tree(lambda name: Persistent(), state, attributes)


def ada_judge(family: Any) -> nn.Module:
    config, resolution = family.config, family.data.resolution
    state: State = {}
    for key, value in family.discriminator.state_dict().items():
        key = re.sub(r"^(conv|from_image|out)\.", r"b4.\1.", key.replace("dense.", "b4.fc."))
        key = re.sub(r"blocks\.(\d+)", lambda found: f"b{resolution >> int(found[1])}", key)
        key = key.replace("mapping.layers.", "mapping.fc").replace("from_image", "fromrgb")
        if key != "mapping.w_avg":
            state[key.replace("shortcut", "skip")] = value
    attributes = {
        "b4": {"architecture": NAMES_OF_ADA[config.d_architecture]},
        "b4.mbstd": {"group_size": config.group, "num_channels": 1},
        "b4.conv": {"activation": "lrelu", "conv_clamp": config.clamp},
    }
    return tree(lambda name: Persistent(), state, attributes)


ADA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {"resolution": 16}),
    "classes": (
        {"g_architecture": "residual", "d_architecture": "skip", "mapping_layers": 3},
        {"classes": tuple("abc")},
    ),
    "grey": ({"clamp": None, "d_architecture": "original", "group": 2}, {"resolution": 32, "channels": 1}),
}


def stylegan2(model: dict[str, Any], **data: Any) -> Family:
    small = {"z_dim": 12, "w_dim": 8, "base": 128, "most": 12}
    return stirred("stylegan2", small | model, **({"resolution": 16} | data))


def ada_file(path: Path, family: Family, *, protocol: int = 4) -> Path:
    generator = ada_generator(family)
    content = {"G": generator, "D": ada_judge(family), "G_ema": generator, "augment_pipe": None}
    content["training_set_kwargs"] = EasyDict(resolution=16)
    content["gain"] = np.float64(0.5)
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


def assert_same(ours: Family, theirs: Family) -> None:
    """Both networks answer alike."""
    request = example_request(theirs, 4)
    psi = {"psi": 0.7} if theirs.truncates else {}
    with torch.no_grad():
        x = theirs.generator(request.z, request.y, **psi)  # type: ignore[operator]
        torch.testing.assert_close(ours.generator(request.z, request.y, **psi), x)  # type: ignore[operator]
        torch.testing.assert_close(ours.discriminator(x, request.y), theirs.discriminator(x, request.y))  # type: ignore[operator]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", ADA)
def test_stylegan2_of_ada(authors: None, kind: str, protocol: int) -> None:
    model, data = ADA[kind]
    family = stylegan2(model, **data)
    imported = read(ada_file(Path("picture.png"), family, protocol=protocol))  # the name tells nothing
    assert imported.origin == "stylegan2-ada-pytorch"
    assert imported.has_discriminator
    copy = imported.family
    assert copy.data.resolution == family.data.resolution
    assert copy.data.channels == family.data.channels
    assert len(copy.data.classes) == len(family.data.classes)
    for setting in ("z_dim", "w_dim", "mapping_layers", "clamp", "group", "g_architecture", "d_architecture"):
        assert getattr(copy.config, setting) == getattr(family.config, setting), setting
    assert_same(copy, family)


def test_classes_can_be_named(authors: None) -> None:
    path = ada_file(Path("network.pkl"), stylegan2(*ADA["classes"][:1], **ADA["classes"][1]))
    assert read(path, classes=("cat", "dog", "owl")).family.data.classes == ("cat", "dog", "owl")
    with pytest.raises(UserError, match="3 classes, but 1"):
        read(path, classes=("cat",))


@pytest.mark.parametrize(
    ("where", "attribute", "value"),
    [
        ("synthesis.b8.conv0", "activation", "relu"),
        ("synthesis.b8.conv0", "use_noise", False),
        ("synthesis.b16", "architecture", "diagonal"),
        ("mapping.fc0", "bias_gain", 1),
    ],
)
def test_what_is_computed_otherwise_is_refused(authors: None, where: str, attribute: str, value: object) -> None:
    generator = ada_generator(stylegan2({}))
    setattr(generator.get_submodule(where), attribute, value)
    Path("network.pkl").write_bytes(pickle.dumps({"G_ema": generator}))
    with pytest.raises(UserError, match=r"of a kind that Ganvas lacks"):
        read(Path("network.pkl"))


def test_another_filter_is_refused(authors: None) -> None:
    generator = ada_generator(stylegan2({}))
    generator.get_submodule("synthesis.b8.conv0").resample_filter = torch.ones(2, 2) / 4
    Path("network.pkl").write_bytes(pickle.dumps({"G_ema": generator}))
    with pytest.raises(UserError, match="another filter"):
        read(Path("network.pkl"))


# ── rosinality/stylegan2-pytorch ────────────────────────────────────────────────────────────────────────────────────


def rosinality_generator(family: Any) -> State:
    state: State = {}
    for key, value in family.generator.state_dict().items():
        found = re.match(r"synthesis\.blocks\.(\d+)\.(conv|to_image)(\d?)\.(.*)", key)
        if found:
            block, index = int(found[1]), 2 * int(found[1]) - 2 + int(found[3] or 0)
            styled = f"convs.{index}." if block else "conv1."
            if found[2] == "to_image":
                styled = f"to_rgbs.{block - 1}." if block else "to_rgb1."
                value = value[None, :, None, None] if found[4] == "bias" else value
            elif found[4] == "bias":
                styled += "activate."
            if found[4] == "noise_constant":
                state[f"noises.noise_{index + 1 if block else 0}"] = value[None, None]
                continue
            if found[4] == "weight":
                value = value[None]
            rest = found[4].replace("affine", "conv.modulation").replace("noise_strength", "noise.weight")
            state[styled + ("conv.weight" if rest == "weight" else rest)] = value[None] if not value.dim() else value
            if found[2] == "to_image" and block:
                state[f"{styled}upsample.kernel"] = FILTER * 4
            if found[2] == "conv" and found[3] == "0":
                state[f"{styled}conv.blur.kernel"] = FILTER * 4
        elif key == "synthesis.constant":
            state["input.input"] = value
        elif key != "mapping.w_avg":
            state[re.sub(r"mapping\.layers\.(\d+)", lambda found: f"style.{int(found[1]) + 1}", key)] = value
    return state


def rosinality_judge(family: Any) -> State:
    state: State = {}
    for key, value in family.discriminator.state_dict().items():
        kind = key.rsplit(".", 1)[1]
        key = re.sub(r"^blocks\.0\.from_image\.", "convs.0." + "01"[kind == "bias"] + ".", key)
        key = re.sub(r"^conv\.", "final_conv." + "01"[kind == "bias"] + ".", key)
        key = key.replace("dense.", "final_linear.0.").replace("out.", "final_linear.1.")
        key = re.sub(r"\.conv1\.", ".conv2." + "12"[kind == "bias"] + ".", key)
        key = re.sub(r"\.conv0\.", ".conv1." + "01"[kind == "bias"] + ".", key).replace("shortcut", "skip.1")
        key = re.sub(r"^blocks\.(\d+)", lambda found: f"convs.{int(found[1]) + 1}", key)
        state[key] = value
    return state | {"convs.1.conv2.0.kernel": FILTER, "convs.1.skip.0.kernel": FILTER}


@pytest.mark.parametrize("converted", [False, True])
def test_rosinality(converted: bool) -> None:
    family: Any = stylegan2({"clamp": None, "z_dim": 8, "mapping_layers": 4}, resolution=32)
    content: dict[str, Any] = {"g_ema": rosinality_generator(family), "d": rosinality_judge(family)}
    if converted:
        content["latent_avg"] = family.generator.mapping.w_avg
    else:
        content |= {"args": argparse.Namespace(size=32), "ada_aug_p": 0.1, "g_optim": {"state": {}}}
    torch.save(content, "550000.pt", _use_new_zipfile_serialization=not converted)
    imported = read(Path("550000.pt"))
    assert imported.origin == "rosinality/stylegan2-pytorch"
    assert imported.has_discriminator
    if not converted:  # the average style is that of many latents
        mapping = family.generator.mapping
        with torch.no_grad():
            mapping.w_avg.copy_(mapping(torch.randn(20000, 8), torch.zeros(20000, dtype=torch.long)).mean(0))
        average = imported.family.generator.mapping.w_avg  # type: ignore[union-attr]
        torch.testing.assert_close(average, mapping.w_avg, atol=0.1, rtol=0.1)
        mapping.w_avg.copy_(average)  # type: ignore[arg-type]
    assert_same(imported.family, family)


# ── R3GAN ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def block_of(layer: ResidualBlock) -> State:
    convolutions = {"1": layer.widen, "2": layer.mix, "3": layer.narrow}
    state = {f"LinearLayer{i}.Layer.weight": value for i, value in convolutions.items()}
    return state | {"NonLinearity1.Bias": layer.widen_bias, "NonLinearity2.Bias": layer.mix_bias}


def r3gan_state(network: Any, *, up: bool) -> State:
    stages: list[list[ResidualBlock]] = [[]]
    changes: State = {}  # of the width: before it goes up, after it went down
    for layer in network.layers:
        if isinstance(layer, ResidualBlock):
            stages[-1].append(layer)
        elif isinstance(layer, Pointwise):
            changes[str(len(stages) if up else len(stages) - 2)] = layer.weight
        else:
            stages.append([])
    state: State = {}
    for i, blocks in enumerate(stages):
        for place, block in enumerate(blocks, start=int(up)):
            state |= {f"MainLayers.{i}.Layers.{place}.{name}": value for name, value in block_of(block).items()}
        transition = f"MainLayers.{i}.Layers.{0 if up else len(blocks)}."
        if i == (0 if up else len(stages) - 1):
            ends = network.basis if up else network.verdict
            name, value = ("Basis", ends.pictures[0]) if up else ("Basis.weight", ends.pictures.transpose(0, 1))
            state |= {transition + name: value, f"{transition}LinearLayer.weight": ends.weight}
        else:
            state[f"{transition}Resampler.Kernel"] = FILTER
            if str(i) in changes:
                state[f"{transition}LinearLayer.Layer.weight"] = changes[str(i)]
    outer = network.to_image if up else network.from_image
    state["AggregationLayer.Layer.weight" if up else "ExtractionLayer.Layer.weight"] = outer.weight
    if network.embed is not None:
        state["EmbeddingLayer.weight"] = network.embed.weight
    return {f"Model.{name}": value.detach() for name, value in state.items()}


def r3gan_module(name: str) -> nn.Module:
    networks, classes = sys.modules["R3GAN.Networks"], nn.modules
    if name in ("MainLayers", "Layers"):
        return classes.ModuleList()
    known: dict[str, Any] = {
        "": sys.modules["training.networks"].Generator,
        "Model": networks.Generator,
        "Layer": lambda: nn.Conv2d(1, 1, 1),
        "EmbeddingLayer": lambda: nn.Linear(1, 1, bias=False),
        "Resampler": sys.modules["R3GAN.Resamplers"].InterpolativeUpsamplerCUDA,
        "NonLinearity1": sys.modules["R3GAN.FusedOperators"].BiasedActivationCUDA,
    }
    made: nn.Module = known.get(name, networks.ResidualBlock)()
    return made


def r3gan_file(path: Path, family: Any, **extra: Any) -> Path:
    wrapper = {"": {"z_dim": family.z_dim}}
    content: dict[str, Any] = {
        "G_ema": tree(r3gan_module, r3gan_state(family.generator, up=True), wrapper),
        "D": tree(r3gan_module, r3gan_state(family.discriminator, up=False), {}),
        "training_set_kwargs": EasyDict(),
        "cur_nimg": 25_000,
        "D_opt_state": {"state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.zeros(2)}}, "param_groups": []},
    }
    path.write_bytes(pickle.dumps(content | extra))
    return path


@pytest.mark.parametrize(
    ("model", "data"),
    [
        ({"widths": (16, 16, 8), "group_width": 4}, {"resolution": 16}),
        ({"widths": (8, 8), "group_width": 8, "blocks": 1, "class_dim": 5}, {"resolution": 8, "classes": tuple("abc")}),
        ({"widths": (8, 12, 8), "groups": (2, 4, 1), "expansion": 3}, {"resolution": 16}),
    ],
)
def test_r3gan(authors: None, model: dict[str, Any], data: dict[str, Any]) -> None:
    family = stirred("r3gan", model | {"z_dim": 7}, **data)
    imported = read(r3gan_file(Path("network-snapshot-000000025.pkl"), family))
    assert imported.origin == "R3GAN"
    assert imported.kimg == 25
    assert imported.has_discriminator
    assert len(imported.family.data.classes) == len(family.data.classes)
    assert_same(imported.family, family)


# ── pytorch/examples ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("resolution", "channels"), [(64, 3), (16, 1)])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_dcgan_of_the_examples(resolution: int, channels: int, prefix: str) -> None:
    family: Any = stirred("dcgan", {"width": 4, "z_dim": 9}, resolution=resolution, channels=channels)
    torch.save({f"{prefix}{key}": value for key, value in family.generator.state_dict().items()}, "netG.pth")
    last = 3 * (resolution.bit_length() - 3) - 1
    judge = {
        key.replace("features", "main").replace("logit", f"main.{last}"): value
        for key, value in family.discriminator.state_dict().items()
    }
    torch.save(judge, "netD.pth")
    imported = read(Path("netG.pth"), discriminator=Path("netD.pth"))
    assert imported.origin == "pytorch/examples"
    assert_same(imported.family, family)
    assert not read(Path("netG.pth")).has_discriminator
    with pytest.raises(UserError, match="no weights of a kind"):
        read(Path("netD.pth"))
    torch.save({"x": torch.zeros(1)}, "other.pth")
    with pytest.raises(UserError, match="no discriminator"):
        read(Path("netG.pth"), discriminator=Path("other.pth"))


# ── Damaged files ───────────────────────────────────────────────────────────────────────────────────────────────────


class Whole(NamedTuple):
    path: Path
    content: bytes


@pytest.fixture(params=["ada", "r3gan", "rosinality", "dcgan"])
def whole(request: pytest.FixtureRequest, authors: None) -> Whole:
    path = Path("weights")
    if request.param == "ada":
        ada_file(path, stylegan2({}))
    elif request.param == "r3gan":
        r3gan_file(path, stirred("r3gan", {"widths": (8, 8), "group_width": 8, "blocks": 1}, resolution=8))
    elif request.param == "rosinality":
        torch.save({"g_ema": rosinality_generator(stylegan2({"clamp": None, "z_dim": 8}))}, path)
    else:
        family: Any = stirred("dcgan", {"width": 2, "z_dim": 3}, resolution=16)
        torch.save(family.generator.state_dict(), path)
    read(path)
    return Whole(path, path.read_bytes())


relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@relaxed
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(whole: Whole, share: float) -> None:
    whole.path.write_bytes(whole.content[: int(len(whole.content) * share)])
    with pytest.raises(UserError, match=r"^[^\n]*\.$"):
        read(whole.path)


@relaxed
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_corrupt_file_is_refused_or_read(whole: Whole, changes: list[tuple[float, int]]) -> None:
    content = bytearray(whole.content)
    for share, value in changes:
        content[int(len(content) * share)] = value
    whole.path.write_bytes(content)
    try:
        read(whole.path)
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most changes fall into the numbers and are read


def test_a_part_that_is_missing_or_not_finite(authors: None) -> None:
    state = rosinality_generator(stylegan2({"clamp": None, "z_dim": 8}))

    def refused(sentence: str, **changed: Tensor | None) -> None:
        changes = {name.replace("__", "."): value for name, value in changed.items()}
        content = {key: value for key, value in (state | changes).items() if value is not None}
        torch.save({"g_ema": content}, "g.pt")
        with pytest.raises(UserError, match=sentence):
            read(Path("g.pt"))

    refused("incomplete", noises__noise_2=None)
    refused("not finite", style__1__bias=torch.full((8,), float("nan")))
    refused("has no place", style__1__bias=torch.zeros(9))
    refused("has no place", extra=torch.zeros(1))
    refused("other names", to_rgb1__bias=None)


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_writes_a_bundle(authors: None, capsys: pytest.CaptureFixture[str]) -> None:
    family = stirred("r3gan", {"widths": (8, 8), "group_width": 8, "blocks": 1}, resolution=8)
    r3gan_file(Path("faces.pkl"), family)
    assert main(["import", "faces.pkl", "--no-onnx"]) == 0
    told = capsys.readouterr().out
    assert "R3GAN" in told
    assert "ganvas generate bundles/faces" in told
    written = bundle.read(Path("bundles/faces"))
    assert written.info.kimg == 25
    assert "R3GAN" in written.info.credits[0].name
    assert json.loads(Path("bundles/faces/bundle.json").read_text())["name"] == "faces"
    request = example_request(family, 3)
    torch.testing.assert_close(written.load_family().generate(request), family.generate(request))
    assert main(["import", "faces.pkl", "--no-onnx"]) == 2
    assert "bundles/faces exists already" in capsys.readouterr().err


def test_the_command_refuses_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    Path("nice.pkl").write_bytes(b"\x80\x04cos\nsystem\n(S'touch hostile'\ntR.")
    assert main(["import", "nice.pkl"]) == 2
    told = capsys.readouterr().err.strip()
    assert "os.system" in told
    assert told.endswith(".")
    assert "\n" not in told
    assert not Path("bundles").exists()
