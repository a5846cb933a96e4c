"""Files of weights, built as their authors' code builds them, of small networks of ours."""

from __future__ import annotations

import pickle
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.models.networks.r3gan import Pointwise, ResidualBlock
from ganvas.spec import DataSpec

SOURCE = "import pathlib\npathlib.Path('hostile').touch()\n"  # what a pickle keeps of its networks' module
FILTER = torch.outer(*[torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8] * 2)
State = dict[str, Tensor]


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


# ── Pickles: with classes of their own, which exist only while they are written ─────────────────────────────────────


class EasyDict(dict[str, Any]):
    """``dnnlib.EasyDict``."""


def bring_authors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the classes that the files' authors pickle where pickle looks for them, until the test is over."""

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


# ── stylegan2-ada-pytorch ─────────────────────────────────────────────────────────────────────────────────────────────

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


# ── rosinality/stylegan2-pytorch ──────────────────────────────────────────────────────────────────────────────────────


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


# ── R3GAN ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
