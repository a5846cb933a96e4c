"""Weights of StyleGAN2: the pickles of stylegan2-ada-pytorch and the checkpoints of rosinality/stylegan2-pytorch.

Sizes are read off the shapes, and what shapes cannot tell (clamp, architecture, group of the minibatch deviation) off
the attributes that a pickle keeps. The averaged generator (``g_ema``) is taken, and the discriminator beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.imports.pickles import Node, Weights, fill, weights_of
from ganvas.models.networks.stylegan2 import FILTER
from ganvas.spec import DataSpec

ARCHITECTURES = {"orig": "original", "skip": "skip", "resnet": "residual"}
WHOLE_BATCH = 2**16  # as group of the minibatch deviation: more than any batch
LATENTS = 4096  # for the average style, where a file has none; rosinality's own tools take so many

_MODULATED = (
    (r"\.conv\.weight$", ".weight"),
    (r"\.conv\.modulation\.", ".affine."),
    (r"\.noise\.weight$", ".noise_strength"),
    (r"\.activate\.bias$", ".bias"),
)


def recognises_ada(content: object) -> bool:
    """Whether a pickle holds a generator of stylegan2-ada-pytorch (or of the StyleGAN3 code's StyleGAN2)."""
    generator = content.get("G_ema") if isinstance(content, Mapping) else None
    return isinstance(generator, Node) and {"mapping", "synthesis"} <= generator.children().keys()


def recognises_rosinality(content: object) -> bool:
    """Whether a checkpoint holds an averaged generator of rosinality/stylegan2-pytorch."""
    state = content.get("g_ema") if isinstance(content, Mapping) else None
    return isinstance(state, Mapping) and {"input.input", "conv1.conv.weight"} <= {
        str(key).removeprefix("module.") for key in state
    }


def _lacks(path: Path, what: str) -> UserError:
    return UserError(f"{path} is a StyleGAN2 of a kind that Ganvas lacks: {what}.")


def _make(
    path: Path, model: dict[str, Any], widths: list[int], resolution: int, channels: int, names: tuple[str, ...]
) -> StyleGAN2:
    """The family of a generator whose blocks have these widths, from 4 px up."""
    if resolution != 2 << len(widths) or resolution > 2048 or channels not in (1, 3):
        raise _lacks(path, f"{len(widths)} blocks for {resolution} px, {channels} channels")
    sides = [4 << i for i in range(len(widths))]
    # The smallest base that gives each width: a width of w at side r needs one of w · r to (w + 1) · r − 1.
    base = max(width * side for width, side in zip(widths, sides, strict=True))
    model |= {"base": base, "most": max(widths)}
    if [min(base // side, max(widths)) for side in sides] != widths:
        raise _lacks(path, f"channels of {', '.join(map(str, widths))} from 4 px up")
    data = DataSpec.model_validate({"resolution": resolution, "channels": channels, "classes": names})
    return cast(StyleGAN2, build("stylegan2", model, data, 1.0))


# ── stylegan2-ada-pytorch ───────────────────────────────────────────────────────────────────────────────────────────


def read_ada(path: Path, content: object, *, classes: tuple[str, ...] = ()) -> StyleGAN2:
    """The family with the averaged generator of a pickle, and its discriminator where there is one.

    :param content: what :func:`~ganvas.models.imports.pickles.read_pickle` found in the file.
    :param classes: names, in label order; numbers when left out.
    :raises UserError: the networks are of a kind that Ganvas lacks, or the file is damaged.
    """
    assert isinstance(content, Mapping)
    generator, judge = content["G_ema"], content.get("D")
    try:
        _examine(path, generator)
        model, widths, resolution, channels, names = _settings_of_ada(path, generator, classes)
        if isinstance(judge, Node):
            _examine(path, judge)
            model["d_architecture"] = ARCHITECTURES[judge.child("b4").get("architecture")]
            deviation = judge.child("b4", "mbstd")
            model["group"] = deviation.get("group_size") or WHOLE_BATCH
            if deviation.get("num_channels") != 1 or judge.child("b4", "conv").get("conv_clamp") != model["clamp"]:
                raise _lacks(path, "a discriminator of other settings")
    except (KeyError, IndexError, TypeError, ValueError):
        raise _lacks(path, "its layers have other names (StyleGAN3 has, too)") from None
    family = _make(path, model, widths, resolution, channels, names)
    fill(path, family.generator, {_ada_name(name): value for name, value in _shaped(generator).items()})
    if isinstance(judge, Node):
        judged = {_ada_judge(name, resolution): value for name, value in _shaped(judge).items()}
        fill(path, family.discriminator, judged, spared=("mapping.w_avg",))  # which only a generator uses
    return family.eval()


def _settings_of_ada(
    path: Path, generator: Node, classes: tuple[str, ...]
) -> tuple[dict[str, Any], list[int], int, int, tuple[str, ...]]:
    synthesis, mapping = generator.child("synthesis"), generator.child("mapping")
    blocks = {int(name[1:]): block for name, block in synthesis.children().items() if re.fullmatch(r"b\d+", name)}
    resolution = max(blocks)
    shapes = {name: tuple(value.shape) for name, value in generator.tensors().items()}
    widths = [shapes[f"synthesis.b{side}.conv1.weight"][0] for side in sorted(blocks)]
    count = shapes["mapping.embed.weight"][1] if "embed" in mapping.children() else 0
    if classes and len(classes) != count:
        raise UserError(f"{path} knows {count} classes, but {len(classes)} names were given; name each once.")
    w_dim, inputs = shapes["mapping.fc0.weight"]
    last = blocks[resolution]
    layers = [name for name in mapping.children() if name.startswith("fc")]
    for name in layers:
        if mapping.child(name).get("bias_gain") != 0.01:
            raise _lacks(path, "a mapping network with another learning rate")
    model = {
        "z_dim": inputs - (w_dim if count else 0),
        "w_dim": w_dim,
        "mapping_layers": len(layers),
        "g_architecture": ARCHITECTURES[last.get("architecture")],
        "clamp": last.child("conv1").get("conv_clamp"),
    }
    channels = shapes[f"synthesis.b{resolution}.torgb.weight"][0]
    return model, widths, resolution, channels, classes or tuple(map(str, range(count)))


def _examine(path: Path, network: Node) -> None:
    """Refuse what the file's own attributes say to be computed otherwise than here."""
    for prefix, node in network.walk():
        name = prefix.removesuffix(".").rsplit(".", 1)[-1]
        linear = name in ("affine", "skip", "out", "embed")
        if node.get("activation") not in (None, "linear" if linear else "lrelu"):
            raise _lacks(path, f"{prefix[:-1]} has another activation")
        if node.get("use_noise") is False:
            raise _lacks(path, "it has no noise")
    for name, value in network.tensors().items():
        if name.endswith("resample_filter") and not _is_filter(value, 1.0):
            raise _lacks(path, "another filter")


def _is_filter(value: Tensor, gain: float) -> bool:
    row = torch.tensor(FILTER) / sum(FILTER)
    return value.shape == (4, 4) and bool(torch.allclose(value.float(), torch.outer(row, row) * gain, atol=1e-6))


def _shaped(network: Node) -> Weights:
    """The network's tensors, without filters; the constant with a first dimension, as ours has it."""
    return {
        name: value[None] if name.endswith(".const") else value
        for name, value in network.tensors().items()
        if not name.endswith("resample_filter")
    }


def _ada_name(name: str) -> str:
    def block(found: re.Match[str]) -> str:
        return f"synthesis.blocks.{int(found[1]).bit_length() - 3}."

    name = re.sub(r"^synthesis\.b(\d+)\.", block, name)
    for pattern, replacement in (
        (r"^mapping\.fc(\d+)\.", r"mapping.layers.\1."),
        (r"^synthesis\.blocks\.0\.const$", "synthesis.constant"),
        (r"\.torgb\.", ".to_image."),
        (r"\.skip\.weight$", ".shortcut"),
        (r"\.noise_const$", ".noise_constant"),
    ):
        name = re.sub(pattern, replacement, name)
    return name


def _ada_judge(name: str, resolution: int) -> str:
    def block(found: re.Match[str]) -> str:
        return f"blocks.{resolution.bit_length() - int(found[1]).bit_length()}."

    for pattern, replacement in (
        (r"^mapping\.fc(\d+)\.", r"mapping.layers.\1."),
        (r"^b4\.fc\.", "dense."),
        (r"^b4\.", ""),
    ):
        name = re.sub(pattern, replacement, name)
    return re.sub(r"^b(\d+)\.", block, name).replace("fromrgb.", "from_image.").replace(".skip.", ".shortcut.")


# ── rosinality/stylegan2-pytorch ────────────────────────────────────────────────────────────────────────────────────


def read_rosinality(path: Path, content: object) -> StyleGAN2:
    """The family with the averaged generator of a checkpoint, and its discriminator where there is one.

    The average style is ``latent_avg`` where the file has one (converted weights do), else that of 4,096 latents.

    :param content: what :func:`~ganvas.models.imports.pickles.read_checkpoint` found in the file.
    :raises UserError: the networks are of a kind that Ganvas lacks, or the file is damaged.
    """
    assert isinstance(content, Mapping)
    weights = weights_of(path, content["g_ema"])
    judge = weights_of(path, content["d"]) if content.get("d") else None
    _examine_kernels(path, weights, judge or {})
    try:
        convolutions = {int(found[1]) for key in weights if (found := re.match(r"convs\.(\d+)\.conv\.weight$", key))}
        widths = [weights["conv1.conv.weight"].shape[1]]
        widths += [weights[f"convs.{2 * i + 1}.conv.weight"].shape[1] for i in range(len(convolutions) // 2)]
        w_dim, z_dim = weights["style.1.weight"].shape
        layers = sum(re.fullmatch(r"style\.\d+\.weight", key) is not None for key in weights)
        channels = weights["to_rgb1.bias"].shape[1]
    except (KeyError, IndexError, ValueError):
        raise _lacks(path, "its layers have other names") from None
    model = {"z_dim": z_dim, "w_dim": w_dim, "mapping_layers": layers, "clamp": None}
    family = _make(path, model, widths, 2 << len(widths), channels, ())
    ours = {_rosinality_name(name): _reshaped(name, value) for name, value in weights.items() if "kernel" not in name}
    average = content.get("latent_avg")
    if isinstance(average, Tensor):
        ours["mapping.w_avg"] = average.flatten()
    fill(path, family.generator, ours, spared=("mapping.w_avg",))
    if average is None:
        _average(family)
    if judge is not None:
        judged = {_rosinality_judge(name): value for name, value in judge.items() if "kernel" not in name}
        fill(path, family.discriminator, judged)
    return family.eval()


@torch.no_grad()
def _average(family: StyleGAN2) -> None:
    z = torch.randn(LATENTS, family.z_dim, generator=torch.Generator().manual_seed(LATENTS))
    mapping = family.generator.mapping
    mapping.w_avg.copy_(mapping(z, torch.zeros(LATENTS, dtype=torch.long)).mean(0))


def _examine_kernels(path: Path, *states: Weights) -> None:
    for state in states:
        for name, value in state.items():
            doubles = name.endswith((".blur.kernel", ".upsample.kernel"))
            if name.endswith("kernel") and not _is_filter(value, 4.0 if doubles else 1.0):
                raise _lacks(path, "another filter")


def _reshaped(name: str, value: Tensor) -> Tensor:
    if name.endswith(".conv.weight"):
        return value.flatten(0, 1)
    if name.endswith(".noise.weight"):
        return value.sum() if value.numel() == 1 else value
    if name.startswith("noises."):
        return value.flatten(0, 2)
    if name.startswith("to_rgb") and name.endswith("bias") and "modulation" not in name:
        return value.flatten()
    return value


def _rosinality_name(name: str) -> str:
    def styled(found: re.Match[str]) -> str:
        index = int(found[1])
        return f"synthesis.blocks.{index // 2 + 1}.conv{index % 2}."

    def noise(found: re.Match[str]) -> str:
        index = int(found[1]) - 1
        return f"synthesis.blocks.{index // 2 + 1}.conv{index % 2 if index >= 0 else 1}.noise_constant"

    name = re.sub(r"^style\.(\d+)\.", lambda found: f"mapping.layers.{int(found[1]) - 1}.", name)
    name = re.sub(r"^input\.input$", "synthesis.constant", name)
    name = re.sub(r"^noises\.noise_(\d+)$", noise, name)
    name = re.sub(r"^to_rgb1\.", "synthesis.blocks.0.to_image.", name)
    name = re.sub(r"^to_rgbs\.(\d+)\.", lambda found: f"synthesis.blocks.{int(found[1]) + 1}.to_image.", name)
    name = re.sub(r"^conv1\.", "synthesis.blocks.0.conv1.", name)
    name = re.sub(r"^convs\.(\d+)\.", styled, name)
    for pattern, replacement in _MODULATED:
        name = re.sub(pattern, replacement, name)
    return name


def _rosinality_judge(name: str) -> str:
    for pattern, replacement in (
        (r"^convs\.0\.[01]\.", "blocks.0.from_image."),
        (r"^final_conv\.[01]\.", "conv."),
        (r"^final_linear\.0\.", "dense."),
        (r"^final_linear\.1\.", "out."),
        (r"\.conv1\.[01]\.", ".conv0."),
        (r"\.conv2\.[12]\.", ".conv1."),
        (r"\.skip\.1\.", ".shortcut."),
    ):
        name = re.sub(pattern, replacement, name)
    return re.sub(r"^convs\.(\d+)\.", lambda found: f"blocks.{int(found[1]) - 1}.", name)
