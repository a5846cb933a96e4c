"""Weights of the BigGAN authors' PyTorch version (``G_ema.pth``, ``G.pth``, ``D.pth``): BigGAN and its SAGAN.

Settings are inferred from the shapes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from torch import nn

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.biggan import BigGAN
from ganvas.models.imports.pickles import Weights, read_checkpoint
from ganvas.models.imports.published import PublishedFile, Read, Reader, Rules, fill, has_keys, renamed, weights_of
from ganvas.models.networks.biggan import WIDTHS
from ganvas.spec import DataSpec

RESOLUTIONS = {len(row) - 1: resolution for resolution, row in WIDTHS.items()}  # by the number of blocks
LEFT_OUT = (".sv0", ".accumulation_counter", ".num_batches_tracked")  # what the reference only logs or counts
NOT_IN_FILES = (".num_batches_tracked", ".standing_mean", ".standing_var")
RENAMED: Rules = (
    (r"\.u0$", ".spectral.u"),
    (r"\.bn\.", "."),
    (r"^output_layer\.0\.(gain|bias)$", r"norm.constant_\1"),
    (r"^output_layer\.0\.", "norm.norm."),
    (r"^output_layer\.2\.", "to_image."),
    (r"^embed\.", "projection."),
    (r"^blocks\.(\d+)\.1\.", r"attention.\1."),
    (r"^blocks\.(\d+)\.0\.", r"blocks.\1."),
    (r"\.conv_sc\.", ".shortcut."),
    (r"\.bn([12])\.(stored|running)", r".norm\1.norm.\2"),
    (r"\.bn([12])\.", r".norm\1."),
    (r"\.stored_(mean|var)$", r".running_\1"),
)


def recognises(state: object) -> bool:
    """Whether this is the state of a generator of that code."""
    return has_keys(state, "linear.weight", "output_layer.0.gain", "output_layer.2.weight")


def read(file: PublishedFile) -> Read:
    """The family; the averaged weights (``G_ema.pth``) make the better pictures, and ``D.pth`` is the discriminator's.

    Without standing statistics the family uses the running ones, as the reference does in evaluation mode. Call
    :meth:`BigGAN.measure_standing_statistics` before writing a bundle of it.
    """
    weights = weights_of(file.path, file.content)
    model, data = _settings(file.path, weights, file.classes)
    family = cast(BigGAN, build("biggan", model, data, 1.0))
    _fill(file.path, family.generator, weights)
    if file.discriminator is not None:
        theirs = weights_of(file.discriminator, read_checkpoint(file.discriminator))
        _fill(file.discriminator, family.discriminator, theirs)
    return Read(family.eval(), file.discriminator is not None)


def _settings(path: Path, weights: Weights, classes: tuple[str, ...]) -> tuple[dict[str, Any], DataSpec]:
    """The settings of the family and of its pictures, inferred from the shapes."""
    try:
        blocks = {int(found[1]) for key in weights if (found := re.match(r"blocks\.(\d+)\.0\.", key))}
        resolution = RESOLUTIONS[len(blocks)]
        image_channels, last = weights["output_layer.2.weight"].shape[:2]
        part = weights["linear.weight"].shape[1]
        inputs = weights["blocks.0.0.bn1.gain.weight"]
        shared = weights.get("shared.weight")
        count = len(inputs) if shared is None else len(shared)
        shared_dim = 0 if shared is None else shared.shape[1]
        hierarchical = shared is not None and inputs.shape[1] > shared_dim
        attended = [int(found[1]) for key in weights if (found := re.match(r"blocks\.(\d+)\.1\.theta\.weight", key))]
        channels = last // WIDTHS[resolution][-1]
    except (KeyError, IndexError, ValueError):
        raise UserError(
            f"{path} is a BigGAN-PyTorch generator of a kind that Ganvas lacks (it knows BigGAN and SAGAN at "
            f"{', '.join(map(str, WIDTHS))} px, not BigGAN-deep)."
        ) from None
    if classes and len(classes) != count:
        raise UserError(f"{path} knows {count} classes, but {len(classes)} names were given; name each once.")
    model = {
        "channels": channels,
        "z_dim": part * (len(blocks) + 1 if hierarchical else 1),
        "shared_dim": shared_dim,
        "hierarchical": hierarchical,
        "attention": [8 * 2**index for index in sorted(attended)],
    }
    names = classes or tuple(map(str, range(count)))
    return model, DataSpec.model_validate({"resolution": resolution, "channels": image_channels, "classes": names})


def _fill(path: Path, network: nn.Module, weights: Weights) -> None:
    ours: Weights = {}
    for key, value in weights.items():
        if key.endswith(LEFT_OUT):
            continue
        name = renamed(key, RENAMED)
        if name.endswith("spectral.u"):
            value = value.flatten()
        elif name == "norm.constant_gain":
            value = value - 1  # ours is what is added to 1
        ours[name] = value
    spared = tuple(key for key in network.state_dict() if key == "stands" or key.endswith(NOT_IN_FILES))
    fill(path, network, ours, spared=spared)


READER = Reader("BigGAN-PyTorch", ".pth", recognises, read, separate_discriminator=True)
