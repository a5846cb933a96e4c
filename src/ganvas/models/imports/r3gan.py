"""Weights of R3GAN's own code: its pickles (``network-snapshot-*.pkl``).

Sizes are inferred from the shapes. The averaged generator (``G_ema``) is taken, and the discriminator beside it. The
reference multiplies in bfloat16 at high resolutions on a GPU; here the weights are used as they are stored, in float32.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.r3gan import R3GAN
from ganvas.models.imports.pickles import Node, Weights
from ganvas.models.imports.published import PublishedFile, Read, Reader, fill, unsupported
from ganvas.models.networks.r3gan import FILTER
from ganvas.spec import DataSpec

BLOCK = {
    "LinearLayer1.Layer.weight": "widen",
    "NonLinearity1.Bias": "widen_bias",
    "LinearLayer2.Layer.weight": "mix",
    "NonLinearity2.Bias": "mix_bias",
    "LinearLayer3.Layer.weight": "narrow",
}


def recognises(content: object) -> bool:
    """Whether a pickle holds a generator of that code."""
    generator = content.get("G_ema") if isinstance(content, Mapping) else None
    return isinstance(generator, Node) and "MainLayers" in _inner(generator).children()


def read(file: PublishedFile) -> Read:
    """The family with the averaged generator, and the discriminator where there is one."""
    path, content = file.path, file.content
    assert isinstance(content, Mapping)
    generator, judge = _inner(content["G_ema"]), content.get("D")
    try:
        stages = _stages(generator)
        model, data = _settings(path, generator, stages, file.classes)
        weights = _named(path, generator, stages)
        judged = None
        if isinstance(judge, Node):
            judge = _inner(judge)
            judged = _named(path, judge, _stages(judge))
    except (LookupError, ArithmeticError, ValueError, TypeError):
        raise unsupported(path, "an R3GAN", "its layers have other names") from None
    family = cast(R3GAN, build("r3gan", model, data, 1.0))
    fill(path, family.generator, weights)
    if judged is not None:
        fill(path, family.discriminator, judged)
    shown = content.get("cur_nimg")
    kimg = shown / 1000 if isinstance(shown, int | float) and math.isfinite(shown) and shown >= 0 else 0.0
    return Read(family.eval(), judged is not None, kimg)


def _inner(network: Node) -> Node:
    """The network itself: the training code wraps it once."""
    return network.children().get("Model", network)


def _stages(network: Node) -> list[Node]:
    found = network.child("MainLayers").children()
    return [found[str(i)] for i in range(len(found))]


def _layers(stage: Node) -> list[Node]:
    found = stage.child("Layers").children()
    return [found[str(i)] for i in range(len(found))]


def _settings(
    path: Path, generator: Node, stages: list[Node], classes: tuple[str, ...]
) -> tuple[dict[str, Any], DataSpec]:
    """The settings of the family and of its pictures, inferred from the shapes."""
    if not 1 <= len(stages) <= 10:
        raise unsupported(path, "an R3GAN", f"{len(stages)} resolutions")
    blocks = [[layer for layer in _layers(stage) if "LinearLayer3" in layer.children()] for stage in stages]
    counts = {len(of_stage) for of_stage in blocks}
    if len(counts) != 1:
        raise unsupported(path, "an R3GAN", "its resolutions have unequal numbers of blocks")
    mixes = [of_stage[0].tensors()["LinearLayer2.Layer.weight"].shape for of_stage in blocks]
    widths = [len(of_stage[0].tensors()["LinearLayer3.Layer.weight"]) for of_stage in blocks]
    expansions = {mix[0] // width for mix, width in zip(mixes, widths, strict=True)}
    if len(expansions) != 1:
        raise unsupported(path, "an R3GAN", "its blocks widen unequally")
    weights = generator.tensors()
    inputs = weights["MainLayers.0.Layers.0.LinearLayer.weight"].shape[1]
    class_dim, count = weights["EmbeddingLayer.weight"].shape if "EmbeddingLayer.weight" in weights else (0, 0)
    if classes and len(classes) != count:
        raise UserError(f"{path} knows {count} classes, but {len(classes)} names were given; name each once.")
    model: dict[str, Any] = {
        "z_dim": inputs - class_dim,
        "widths": widths,
        "groups": [mix[0] // mix[1] for mix in mixes],
        "blocks": counts.pop(),
        "expansion": expansions.pop(),
    }
    if count:
        model["class_dim"] = class_dim
    channels = len(weights["AggregationLayer.Layer.weight"])
    if channels not in (1, 3):
        raise unsupported(path, "an R3GAN", f"pictures of {channels} channels")
    names = classes or tuple(map(str, range(count)))
    data = {"resolution": 2 << len(stages), "channels": channels, "classes": names}
    return model, DataSpec.model_validate(data)


def _named(path: Path, network: Node, stages: list[Node]) -> Weights:
    """The tensors of a generator or a discriminator, under our names."""
    row = torch.tensor(FILTER) / sum(FILTER)
    ours: Weights = {}
    outer = {"AggregationLayer": "to_image", "ExtractionLayer": "from_image"}
    for name, renamed in outer.items():
        if name in network.children():
            ours[f"{renamed}.weight"] = network.child(name, "Layer").tensors()["weight"]
    if "EmbeddingLayer" in network.children():
        ours["embed.weight"] = network.child("EmbeddingLayer").tensors()["weight"]
    index = 0
    for layer in (layer for stage in stages for layer in _layers(stage)):
        weights = layer.tensors()
        if "LinearLayer3.Layer.weight" in weights:
            ours |= {f"layers.{index}.{renamed}": weights[name] for name, renamed in BLOCK.items()}
            index += 1
        elif "Resampler.Kernel" in weights:
            if not torch.allclose(weights["Resampler.Kernel"].float(), torch.outer(row, row), atol=1e-6):
                raise unsupported(path, "an R3GAN", "another filter")
            changes = "LinearLayer.Layer.weight" in weights  # before it goes up, after it went down
            if changes:
                up = "AggregationLayer" in network.children()
                ours[f"layers.{index if up else index + 1}.weight"] = weights["LinearLayer.Layer.weight"]
            index += 1 + changes
        elif "Basis" in weights:
            ours |= {"basis.pictures": weights["Basis"][None], "basis.weight": weights["LinearLayer.weight"]}
        else:
            ours["verdict.pictures"] = weights["Basis.weight"].transpose(0, 1)
            ours["verdict.weight"] = weights["LinearLayer.weight"]
    return ours


READER = Reader("R3GAN", ".pkl", recognises, read, pickled=True)
