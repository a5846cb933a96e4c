"""Weights of contrastive-unpaired-translation (``latest_net_G.pth``): CUT and FastCUT, with blurs where sizes change.

The discriminator and the patch projector are searched for beside it under that code's names (``…_net_D.pth``,
``…_net_F.pth``). Settings are inferred from the shapes, which are the same for CUT and FastCUT.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.cut import CUT
from ganvas.models.imports.pickles import Weights, read_checkpoint
from ganvas.models.imports.published import (
    PublishedFile,
    Read,
    Reader,
    beside,
    check_domains,
    fill,
    has_keys,
    unsupported,
    weights_of,
)
from ganvas.spec import DataSpec

RESOLUTION = 256  # such generators fit any size; this is the one they are published for
FIRST_BLOCK = 12  # place of the first residual block in that code's list of layers
PLACES = {1: "first", 4: "down.0", 8: "down.1"}
AFTER = {1: "up.0", 5: "up.1", 9: "last"}  # counted from the last residual block's successor
WITHIN = {1: "conv1", 5: "conv2"}


def recognises(content: object) -> bool:
    """Whether this is the state of such a generator: its blur filters are in it."""
    return has_keys(content, "model.1.weight", "model.7.filt", f"model.{FIRST_BLOCK}.conv_block.1.weight")


def read(file: PublishedFile) -> Read:
    """The family; ``file.classes`` are the names of the domains, A's first."""
    path, classes = file.path, file.classes
    check_domains(path, classes)
    weights = _without_filters(weights_of(path, file.content))
    blocks = len({key.split(".")[1] for key in weights if ".conv_block." in key})
    width, channels = weights["model.1.weight"].shape[:2]
    discriminator, comparison = (_beside(path, letter) for letter in "DF")
    convs = [key for key, value in discriminator.items() if value.dim() == 4]
    model = {"width": int(width), "blocks": blocks} | ({"layers": len(convs) - 2} if convs else {})
    if comparison:
        model["dim"] = len(comparison["mlp_0.0.bias"]) if "mlp_0.0.bias" in comparison else 0
    data = {"resolution": RESOLUTION, "channels": int(channels), "classes": classes}
    try:
        family = cast(CUT, build("cut", model, DataSpec.model_validate(data), 1.0))
    except (UserError, ValueError) as error:
        raise unsupported(path, "a CUT generator", str(error).rstrip(".")) from None
    fill(path, family.generator, {_name(key, blocks): value for key, value in weights.items()})
    if discriminator:
        ours = {f"main.{key.removeprefix('model.')}": value for key, value in discriminator.items()}
        fill(path.with_name(path.name.replace("_net_G.", "_net_D.")), family.discriminator, ours)
    if comparison:
        ours = {re.sub(r"^mlp_(\d+)", r"levels.\1", key): value for key, value in comparison.items()}
        fill(path.with_name(path.name.replace("_net_G.", "_net_F.")), family.projector, ours)
    return Read(family.eval(), bool(discriminator and comparison))


def _without_filters(weights: Weights) -> Weights:
    return {key: value for key, value in weights.items() if not key.endswith(".filt")}


def _name(key: str, blocks: int) -> str:
    """Their place in one list of layers → our name."""
    found = re.fullmatch(r"model\.(\d+)\.(?:conv_block\.(\d+)\.)?(\w+)", key)
    if found is None:
        return key
    place = int(found[1])
    if found[2] is not None:
        return f"blocks.{place - FIRST_BLOCK}.{WITHIN.get(int(found[2]), found[2])}.{found[3]}"
    layer = PLACES.get(place) or AFTER.get(place - FIRST_BLOCK - blocks)
    return key if layer is None else f"{layer}.{found[3]}"


def _beside(path: Path, letter: str) -> Weights:
    """The weights of another network of the same training; none where its file is not there."""
    file = beside(path, "_net_G.", f"_net_{letter}.")
    return {} if file is None else _without_filters(weights_of(file, read_checkpoint(file)))


READER = Reader("contrastive-unpaired-translation", ".pth", recognises, read)
