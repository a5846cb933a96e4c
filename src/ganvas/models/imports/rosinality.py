"""Weights of StyleGAN2 from rosinality/stylegan2-pytorch (``.pt``).

Sizes are inferred from the shapes. The averaged generator (``g_ema``) is taken, and the discriminator with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.imports.pickles import Weights
from ganvas.models.imports.published import (
    PublishedFile,
    Read,
    Reader,
    Rules,
    fill,
    has_keys,
    renamed,
    unsupported,
    weights_of,
)
from ganvas.models.imports.stylegan2 import is_filter, make

LATENTS = 4096  # for the average style, where a file has none; rosinality's own tools take so many


def _convolution(found: re.Match[str]) -> str:
    index = int(found[1])
    return f"synthesis.blocks.{index // 2 + 1}.conv{index % 2}."


def _noise(found: re.Match[str]) -> str:
    index = int(found[1]) - 1
    return f"synthesis.blocks.{index // 2 + 1}.conv{index % 2 if index >= 0 else 1}.noise_constant"


GENERATOR: Rules = (
    (r"^style\.(\d+)\.", lambda found: f"mapping.layers.{int(found[1]) - 1}."),
    (r"^input\.input$", "synthesis.constant"),
    (r"^noises\.noise_(\d+)$", _noise),
    (r"^to_rgb1\.", "synthesis.blocks.0.to_image."),
    (r"^to_rgbs\.(\d+)\.", lambda found: f"synthesis.blocks.{int(found[1]) + 1}.to_image."),
    (r"^conv1\.", "synthesis.blocks.0.conv1."),
    (r"^convs\.(\d+)\.", _convolution),
    (r"\.conv\.weight$", ".weight"),
    (r"\.conv\.modulation\.", ".affine."),
    (r"\.noise\.weight$", ".noise_strength"),
    (r"\.activate\.bias$", ".bias"),
)
DISCRIMINATOR: Rules = (
    (r"^convs\.0\.[01]\.", "blocks.0.from_image."),
    (r"^final_conv\.[01]\.", "conv."),
    (r"^final_linear\.0\.", "dense."),
    (r"^final_linear\.1\.", "out."),
    (r"\.conv1\.[01]\.", ".conv0."),
    (r"\.conv2\.[12]\.", ".conv1."),
    (r"\.skip\.1\.", ".shortcut."),
    (r"^convs\.(\d+)\.", lambda found: f"blocks.{int(found[1]) - 1}."),
)


def recognises(content: object) -> bool:
    """Whether a checkpoint holds an averaged generator of that code."""
    state = content.get("g_ema") if isinstance(content, Mapping) else None
    return has_keys(state, "input.input", "conv1.conv.weight")


def read(file: PublishedFile) -> Read:
    """The family with the averaged generator, and the discriminator where there is one.

    The average style is ``latent_avg`` where the file has one (converted weights do), else that of 4,096 latents.
    """
    path, content = file.path, file.content
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
        raise unsupported(path, "a StyleGAN2", "its layers have other names") from None
    model = {"z_dim": z_dim, "w_dim": w_dim, "mapping_layers": layers, "clamp": None}
    family = make(path, model, widths, 2 << len(widths), channels, ())
    ours = {renamed(name, GENERATOR): _reshaped(name, value) for name, value in weights.items() if "kernel" not in name}
    average = content.get("latent_avg")
    if isinstance(average, Tensor):
        ours["mapping.w_avg"] = average.flatten()
    fill(path, family.generator, ours, spared=("mapping.w_avg",))
    if average is None:
        _average(family)
    if judge is not None:
        judged = {renamed(name, DISCRIMINATOR): value for name, value in judge.items() if "kernel" not in name}
        fill(path, family.discriminator, judged)
    return Read(family.eval(), judge is not None)


@torch.no_grad()
def _average(family: StyleGAN2) -> None:
    z = torch.randn(LATENTS, family.z_dim, generator=torch.Generator().manual_seed(LATENTS))
    mapping = family.generator.mapping
    mapping.w_avg.copy_(mapping(z, torch.zeros(LATENTS, dtype=torch.long)).mean(0))


def _examine_kernels(path: Path, *states: Weights) -> None:
    for state in states:
        for name, value in state.items():
            doubles = name.endswith((".blur.kernel", ".upsample.kernel"))
            if name.endswith("kernel") and not is_filter(value, 4.0 if doubles else 1.0):
                raise unsupported(path, "a StyleGAN2", "another filter")


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


READER = Reader("rosinality/stylegan2-pytorch", ".pt", recognises, read)
