"""Weights of pytorch-CycleGAN-and-pix2pix (``latest_net_G*.pth``): U-Nets are pix2pix's, ResNets CycleGAN's.

Such a file is one network. The others are searched for beside it under that code's names: the other direction
(``…_net_G_B.pth`` beside ``…_net_G_A.pth``) and the discriminators (``…_net_D.pth``, ``…_net_D_A.pth``,
``…_net_D_B.pth``). Settings are inferred from the shapes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple, cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.cyclegan import CycleGAN
from ganvas.models.families.pix2pix import Pix2Pix
from ganvas.models.family import Family
from ganvas.models.imports.pickles import Weights, read_checkpoint
from ganvas.models.imports.published import (
    PublishedFile,
    Read,
    Reader,
    beside,
    check_domains,
    counters,
    fill,
    has_keys,
    unsupported,
    weights_of,
)
from ganvas.spec import DataSpec

RESNET_RESOLUTION = 256  # such generators fit any size; this is the one they are published for
FIRST_BLOCK = 10  # place of the first residual block in that code's list of layers


class _Discriminator(NamedTuple):
    weights: Weights
    width: int
    layers: int


def recognises(content: object) -> bool:
    """Whether this is the state of a generator of that code."""
    resnet = "model.1.weight", "model.4.weight", f"model.{FIRST_BLOCK}.conv_block.1.weight"
    return has_keys(content, *resnet) or has_keys(content, "model.model.0.weight", "model.model.1.model.1.weight")


def read(file: PublishedFile) -> Read:
    """pix2pix from a U-Net, CycleGAN from a ResNet.

    ``file.discriminator`` is pix2pix's, where it does not lie beside; ``file.classes`` are the names of CycleGAN's
    domains, A's first.
    """
    path = file.path
    weights = _without_idle_statistics(weights_of(path, file.content))
    if "model.model.0.weight" in weights:
        return _read_unet(path, weights, file.discriminator)
    if file.discriminator is not None:
        raise UserError(f"{path} is a CycleGAN generator; its two discriminators are found when they lie beside it.")
    return _read_resnets(path, weights, file.classes)


def _without_idle_statistics(weights: Weights) -> Weights:
    """Instance norms of old files kept running statistics, which that code deletes on loading; batch norms use them."""
    kept = {}
    for key, value in weights.items():
        layer, _, last = key.rpartition(".")
        if last == "num_batches_tracked" or (last.startswith("running_") and f"{layer}.weight" not in weights):
            continue
        kept[key] = value
    return kept


# ── pix2pix ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_unet(path: Path, weights: Weights, discriminator: Path | None) -> Read:
    kind = "a pix2pix generator"
    ours = {_unet_name(key): value for key, value in weights.items()}
    downs = len({key for key in ours if re.fullmatch(r"down\.\d+\.0\.weight", key)})
    try:
        width, source_channels = ours["down.0.0.weight"].shape[:2]
        channels = ours["up.0.0.weight"].shape[1]
    except (KeyError, IndexError, ValueError):
        raise unsupported(path, kind, "its layers have other names") from None
    if source_channels not in (1, 3) or channels not in (1, 3):
        raise unsupported(path, kind, f"from {source_channels} to {channels} channels")
    norm = "batch" if "up.1.1.weight" in ours else "instance"
    other = discriminator or beside(path, "_net_G.", "_net_D.")
    judge = None if other is None else _discriminator_beside(other)
    if judge is not None and judge.width != width:
        raise unsupported(path, kind, f"its discriminator is {judge.width} wide and it {width}")
    model = {"width": width, "norm": norm} | ({} if judge is None else {"layers": judge.layers})
    data = {"resolution": 2**downs, "channels": channels, "source_channels": source_channels}
    family = cast(Pix2Pix, _built(path, kind, "pix2pix", model, data))
    fill(path, family.generator, ours, spared=counters(family.generator))
    if judge is not None and other is not None:
        fill(other, family.discriminator, judge.weights, spared=counters(family.discriminator))
    return Read(family.eval(), judge is not None)


def _unet_name(key: str) -> str:
    """``model.model.1.model.3.model.5.weight`` → ``up.2.0.weight``: each level stands within the one outside it."""
    found = re.fullmatch(r"model\.model\.((?:[13]\.model\.)*)(\d+)\.(\w+)", key)
    if found is None:
        return key
    level, place = found[1].count("model."), int(found[2])
    if level == 0:  # the outermost has neither activation nor norm on the way down
        part = {0: "down.0.0", 3: "up.0.0"}.get(place)
    elif place <= 2:
        part = {1: f"down.{level}.0", 2: f"down.{level}.1"}.get(place)
    else:  # the innermost has two layers fewer: no norm on the way down, nothing inside
        part = {3: f"up.{level}.0", 4: f"up.{level}.1", 5: f"up.{level}.0", 6: f"up.{level}.1"}.get(place)
    return key if part is None else f"{part}.{found[3]}"


# ── CycleGAN ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_resnets(path: Path, weights: Weights, classes: tuple[str, ...]) -> Read:
    kind = "a CycleGAN generator"
    check_domains(path, classes)
    there, back = _both_ways(path)
    forth = weights if there == path else _other(there)
    returns = None if back is None else (weights if back == path else _other(back))
    model, channels = _resnet_settings(path, forth)
    if returns is not None and _resnet_settings(path, returns) != (model, channels):
        raise unsupported(path, kind, f"{there.name} and {path.name} are not of one shape")
    judges = [] if returns is None else [beside(there, "_net_G_A.", f"_net_D_{letter}.") for letter in "AB"]
    judged = [_discriminator_beside(found) for found in judges if found is not None]
    # Theirs are as wide as the generators unless somebody changed that: then only the generators are of use.
    whole = len(judged) == 2 and all(one.width == model["width"] for one in judged)
    model |= {"one_way": returns is None} | ({"layers": judged[0].layers} if whole else {})
    data = {"resolution": RESNET_RESOLUTION, "channels": channels, "classes": classes}
    family = cast(CycleGAN, _built(path, kind, "cyclegan", model, data))
    ways = [(there, family.g_ab, forth)]
    if back is not None and returns is not None:
        ways.append((back, family.g_ba, returns))
    for file, network, theirs in ways:
        fill(file, network, _resnet_names(theirs, model["blocks"]), spared=counters(network))
    if whole:  # their D_A judges what G_A makes, which is of domain B
        for place, critic, judge in zip(judges, (family.d_b, family.d_a), judged, strict=True):
            fill(place or path, critic, judge.weights, spared=counters(critic))
    return Read(family.eval(), whole)


def _resnet_settings(path: Path, weights: Weights) -> tuple[dict[str, Any], int]:
    kind = "a CycleGAN generator"
    blocks = len({key.split(".")[1] for key in weights if ".conv_block." in key})
    try:
        width, channels = weights["model.1.weight"].shape[:2]
        outputs = weights[f"model.{FIRST_BLOCK + blocks + 7}.weight"].shape[0]
    except (KeyError, IndexError, ValueError):
        raise unsupported(path, kind, "its layers are arranged in another way") from None
    if channels not in (1, 3) or outputs != channels:
        raise unsupported(path, kind, f"from {channels} to {outputs} channels")
    return {"width": width, "blocks": blocks, "norm": "batch" if "model.2.weight" in weights else "instance"}, channels


def _resnet_names(weights: Weights, blocks: int) -> Weights:
    """Their places in one list of layers → our names. Blocks with dropout have their second half one place later."""
    up = FIRST_BLOCK + blocks
    places = {1: "first", 2: "first_norm", 4: "down.0", 5: "down_norm.0", 7: "down.1", 8: "down_norm.1"}
    places |= {up: "up.0", up + 1: "up_norm.0", up + 3: "up.1", up + 4: "up_norm.1", up + 7: "last"}
    drops = any(key.endswith(".conv_block.6.weight") and value.dim() == 4 for key, value in weights.items())
    within = {1: "conv1", 2: "norm1", 5 + drops: "conv2", 6 + drops: "norm2"}
    ours = {}
    for key, value in weights.items():
        found = re.fullmatch(r"model\.(\d+)\.(?:conv_block\.(\d+)\.)?(\w+)", key)
        name = key
        if found is not None and found[2] is not None:
            name = f"blocks.{int(found[1]) - FIRST_BLOCK}.{within.get(int(found[2]), found[2])}.{found[3]}"
        elif found is not None and int(found[1]) in places:
            name = f"{places[int(found[1])]}.{found[3]}"
        ours[name] = value
    return ours


# ── What both have ──────────────────────────────────────────────────────────────────────────────────────────────────


def _both_ways(path: Path) -> tuple[Path, Path | None]:
    """The files of A → B and of B → A; the one that was named alone, where the other is not beside it."""
    if (back := beside(path, "_net_G_A.", "_net_G_B.")) is not None:
        return path, back
    if (there := beside(path, "_net_G_B.", "_net_G_A.")) is not None:
        return there, path
    return path, None


def _other(path: Path) -> Weights:
    content = read_checkpoint(path)
    if not recognises(content):
        raise UserError(f"{path} lies beside the file that was named but holds no generator; move it elsewhere.")
    return _without_idle_statistics(weights_of(path, content))


def _discriminator_beside(path: Path) -> _Discriminator:
    weights = _without_idle_statistics(weights_of(path, read_checkpoint(path)))
    ours = {f"main.{key.removeprefix('model.')}": value for key, value in weights.items()}
    convs = [key for key, value in ours.items() if key.endswith(".weight") and value.dim() == 4]
    if "main.0.weight" not in ours or len(convs) < 3:
        raise UserError(f"{path} holds no patch discriminator of that code; move it elsewhere or give another file.")
    return _Discriminator(ours, ours["main.0.weight"].shape[0], len(convs) - 2)


def _built(path: Path, kind: str, name: str, model: dict[str, Any], data: dict[str, Any]) -> Family:
    try:
        return build(name, model, DataSpec.model_validate(data), 1.0)
    except (UserError, ValueError) as error:
        raise unsupported(path, kind, str(error).rstrip(".")) from None


READER = Reader("pytorch-CycleGAN-and-pix2pix", ".pth", recognises, read, separate_discriminator=True)
