"""Weights of leftthomas/SRGAN (``netG_epoch_4_100.pth``); the discriminator is searched for beside it (``netD_…``)."""

from __future__ import annotations

import re
from typing import cast

from torch import Tensor

from ganvas.curate.sketch.degrade import downscaling
from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.srgan import SRGAN
from ganvas.models.imports.pickles import read_checkpoint
from ganvas.models.imports.published import (
    PublishedFile,
    Read,
    Reader,
    beside,
    counters,
    fill,
    has_keys,
    unsupported,
    weights_of,
)
from ganvas.spec import DataSpec

RESOLUTION = 320  # such networks enlarge any size; this is what Ganvas' recipe trains them at
CROP = 88  # of the windows in that code
_POOL = 23  # place of the pooling in that code's list of the discriminator's layers
_PARTS = {"conv1": "conv1", "bn1": "norm1", "prelu": "act", "conv2": "conv2", "bn2": "norm2"}


def recognises(content: object) -> bool:
    """Whether this is the state of a generator of that code."""
    return has_keys(content, "block1.0.weight", "block1.1.weight", "block2.conv1.weight", "block8.0.conv.weight")


def read(file: PublishedFile) -> Read:
    """The family; settings are inferred from the shapes."""
    path = file.path
    weights = weights_of(path, file.content)
    blocks = sum(key.endswith(".conv1.weight") for key in weights)
    doublings = sum(key.endswith(".conv.weight") for key in weights)
    try:
        width, source_channels = weights["block1.0.weight"].shape[:2]
        channels = weights[f"block8.{doublings}.weight"].shape[0]
    except (KeyError, IndexError, ValueError):
        raise unsupported(path, "an SRGAN generator", "its layers are arranged in another way") from None
    scale = 2**doublings
    other = beside(path, "netG", "netD")
    model = {"width": width, "blocks": blocks, "discriminator": "pooled", "pixel": 1.0, "crop": CROP}
    data = {
        "resolution": RESOLUTION,
        "channels": channels,
        "source_channels": source_channels,
        "degradation": downscaling(scale),
        "source_scale": scale,
    }
    try:
        family = cast(SRGAN, build("srgan", model, DataSpec.model_validate(data), 1.0))
    except (UserError, ValueError) as error:
        raise unsupported(path, "an SRGAN generator", str(error).splitlines()[0].rstrip(".")) from None
    ours = {_generator_name(key, blocks, doublings): value for key, value in weights.items()}
    fill(path, family.generator, ours, spared=counters(family.generator))
    if other is not None:
        theirs = weights_of(other, read_checkpoint(other))
        named = {_discriminator_name(key): _dense(key, value) for key, value in theirs.items()}
        fill(other, family.discriminator, named, spared=counters(family.discriminator))
    return Read(family.eval(), other is not None)


def _generator_name(key: str, blocks: int, doublings: int) -> str:
    found = re.fullmatch(r"block(\d+)\.(\w+)\.(\w+)(?:\.(\w+))?", key)
    if found is None:
        last = re.fullmatch(rf"block{blocks + 3}\.{doublings}\.(\w+)", key)
        return f"last.{last[1]}" if last else key
    block, part, name, leaf = int(found[1]), found[2], found[3], found[4]
    if block == 1 and leaf is None:
        return f"first.{part}.{name}"
    if 2 <= block < blocks + 2 and leaf is None:
        return f"blocks.{block - 2}.{_PARTS.get(part, part)}.{name}"
    if block == blocks + 2 and leaf is None:
        return f"merge.{part}.{name}"
    if block == blocks + 3 and leaf is not None:
        return f"up.{part}.{0 if name == 'conv' else 2}.{leaf}"
    if block == blocks + 3 and part == str(doublings):
        return f"last.{name}"
    return key


def _discriminator_name(key: str) -> str:
    found = re.fullmatch(r"net\.(\d+)\.(\w+)", key)
    if found is None:
        return key
    place = int(found[1])
    return f"features.{place}.{found[2]}" if place < _POOL else f"head.{place - _POOL - 1}.{found[2]}"


def _dense(key: str, value: Tensor) -> Tensor:
    """A convolution of one pixel is a dense layer."""
    return value[:, :, 0, 0] if value.dim() == 4 and value.shape[2:] == (1, 1) else value


READER = Reader("leftthomas/SRGAN", ".pth", recognises, read)
