"""Weights of StyleGAN2 from stylegan2-ada-pytorch (``.pkl``), also those that the StyleGAN3 code writes.

Sizes are inferred from the shapes; what shapes do not tell (clamp, architecture, group of the minibatch deviation) is
read from the attributes that a pickle keeps. The averaged generator (``G_ema``) is taken, with the discriminator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ganvas.errors import UserError
from ganvas.models.imports.pickles import Node, Weights
from ganvas.models.imports.published import PublishedFile, Read, Reader, Rules, fill, renamed, unsupported
from ganvas.models.imports.stylegan2 import is_filter, make

ARCHITECTURES = {"orig": "original", "skip": "skip", "resnet": "residual"}
WHOLE_BATCH = 2**16  # as group of the minibatch deviation: more than any batch
GENERATOR: Rules = (
    (r"^synthesis\.b(\d+)\.", lambda found: f"synthesis.blocks.{int(found[1]).bit_length() - 3}."),
    (r"^mapping\.fc(\d+)\.", r"mapping.layers.\1."),
    (r"^synthesis\.blocks\.0\.const$", "synthesis.constant"),
    (r"\.torgb\.", ".to_image."),
    (r"\.skip\.weight$", ".shortcut"),
    (r"\.noise_const$", ".noise_constant"),
)
DISCRIMINATOR: Rules = (
    (r"^mapping\.fc(\d+)\.", r"mapping.layers.\1."),
    (r"^b4\.fc\.", "dense."),
    (r"^b4\.", ""),
)


def recognises(content: object) -> bool:
    """Whether a pickle holds a generator of stylegan2-ada-pytorch (or of the StyleGAN3 code's StyleGAN2)."""
    generator = content.get("G_ema") if isinstance(content, Mapping) else None
    return isinstance(generator, Node) and {"mapping", "synthesis"} <= generator.children().keys()


def read(file: PublishedFile) -> Read:
    """The family with the averaged generator, and the discriminator where there is one."""
    path, content = file.path, file.content
    assert isinstance(content, Mapping)
    generator, judge = content["G_ema"], content.get("D")
    try:
        _examine(path, generator)
        model, widths, resolution, channels, names = _settings(path, generator, file.classes)
        if isinstance(judge, Node):
            _examine(path, judge)
            model["d_architecture"] = ARCHITECTURES[judge.child("b4").get("architecture")]
            deviation = judge.child("b4", "mbstd")
            model["group"] = deviation.get("group_size") or WHOLE_BATCH
            if deviation.get("num_channels") != 1 or judge.child("b4", "conv").get("conv_clamp") != model["clamp"]:
                raise unsupported(path, "a StyleGAN2", "a discriminator of other settings")
    except (KeyError, IndexError, TypeError, ValueError):
        raise unsupported(path, "a StyleGAN2", "its layers have other names (StyleGAN3 has, too)") from None
    family = make(path, model, widths, resolution, channels, names)
    fill(path, family.generator, {renamed(name, GENERATOR): value for name, value in _shaped(generator).items()})
    if isinstance(judge, Node):
        judged = {_discriminator_name(name, resolution): value for name, value in _shaped(judge).items()}
        fill(path, family.discriminator, judged, spared=("mapping.w_avg",))  # which only a generator uses
    return Read(family.eval(), isinstance(judge, Node))


def _settings(
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
            raise unsupported(path, "a StyleGAN2", "a mapping network with another learning rate")
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
            raise unsupported(path, "a StyleGAN2", f"{prefix[:-1]} has another activation")
        if node.get("use_noise") is False:
            raise unsupported(path, "a StyleGAN2", "it has no noise")
    for name, value in network.tensors().items():
        if name.endswith("resample_filter") and not is_filter(value, 1.0):
            raise unsupported(path, "a StyleGAN2", "another filter")


def _shaped(network: Node) -> Weights:
    """The network's tensors, without filters; the constant with a first dimension, as ours has it."""
    return {
        name: value[None] if name.endswith(".const") else value
        for name, value in network.tensors().items()
        if not name.endswith("resample_filter")
    }


def _discriminator_name(name: str, resolution: int) -> str:
    def block(found: re.Match[str]) -> str:  # the largest side comes first
        return f"blocks.{resolution.bit_length() - int(found[1]).bit_length()}."

    name = renamed(name, (*DISCRIMINATOR, (r"^b(\d+)\.", block)))
    return name.replace("fromrgb.", "from_image.").replace(".skip.", ".shortcut.")


READER = Reader("stylegan2-ada-pytorch", ".pkl", recognises, read, pickled=True)
