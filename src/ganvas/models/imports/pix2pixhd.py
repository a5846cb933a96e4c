"""Weights of pix2pixHD (``latest_net_G.pth``), the global generator alone or with its local enhancer.

Discriminator and feature encoder are searched for beside it under that code's names (``…_net_D.pth``, ``…_net_E.pth``).
A file does not contain the kind of its inputs: 1 or 3 channels are taken for a picture, more for labels, features of
the encoder and, last, edges (that code's default). Clustered features are in files of their own
(``features_clustered_….npy``, pickles), which are not read: the features of all labels are 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.pix2pixhd import Pix2PixHD
from ganvas.models.imports.pickles import Weights, read_checkpoint
from ganvas.models.imports.published import PublishedFile, Read, Reader, beside, fill, unsupported, weights_of
from ganvas.spec import DataSpec

RESOLUTIONS = {False: 512, True: 1024}  # without and with enhancer; such generators fit any size


class _Shape(NamedTuple):
    """Of a list of layers: channels in and out, halvings, residual blocks."""

    inputs: int
    width: int
    downs: int
    blocks: int


def recognises(content: object) -> bool:
    """Whether this is the state of a generator of that code. With two halvings it would be CycleGAN's."""
    if not isinstance(content, Mapping):
        return False
    keys = {str(key).removeprefix("module.") for key in content}
    if "model1_1.1.weight" in keys:
        return {"model.1.weight", "model.4.weight", "model1_2.0.conv_block.1.weight"} <= keys
    blocks = [int(found[1]) for key in keys if (found := re.fullmatch(r"model\.(\d+)\.conv_block\.1\.weight", key))]
    return bool(blocks) and {"model.1.weight", "model.4.weight"} <= keys and min(blocks) != 10


def read(file: PublishedFile) -> Read:
    """The family; settings are inferred from the shapes."""
    path = file.path
    weights = _bare(weights_of(path, file.content))
    local = "model1_1.1.weight" in weights
    if any(key.startswith("model2_") for key in weights):
        raise unsupported(path, "a pix2pixHD generator", "it has more than one enhancer")
    shape = _shape(path, weights)
    encoder, judge = (beside(path, "_net_G.", f"_net_{letter}.") for letter in "ED")
    looks = None if encoder is None else _bare(weights_of(encoder, read_checkpoint(encoder)))
    judged = None if judge is None else _bare(weights_of(judge, read_checkpoint(judge)))
    model, data = _settings(path, weights, shape, local, looks)
    if judged is not None:
        model |= _discriminator_settings(path, judged)
    try:
        family = cast(Pix2PixHD, build("pix2pixhd", model, DataSpec.model_validate(data), 1.0))
    except (UserError, ValueError) as error:
        raise unsupported(path, "a pix2pixHD generator", str(error).splitlines()[0].rstrip(".")) from None
    _fill_generator(path, family, weights, shape, local)
    if looks is not None and encoder is not None:
        _fill_encoder(encoder, family, looks)
    if judged is not None and judge is not None:
        scales = family.config.scales
        ours = {_discriminator_name(key, scales): value for key, value in judged.items()}
        fill(judge, family.discriminator, ours)
    return Read(family.eval(), judged is not None)


def _bare(weights: Weights) -> Weights:
    """Without the running statistics of old files' instance norms, which nobody uses."""
    idle = ("running_mean", "running_var", "num_batches_tracked")
    return {key: value for key, value in weights.items() if not key.endswith(idle)}


# ── Shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shape(path: Path, weights: Weights) -> _Shape:
    blocks = sorted({int(key.split(".")[1]) for key in weights if re.match(r"model\.\d+\.conv_block\.", key)})
    places = [int(found[1]) for key in weights if (found := re.fullmatch(r"model\.(\d+)\.weight", key))]
    try:
        width, inputs = weights["model.1.weight"].shape[:2]
    except (KeyError, ValueError):
        raise unsupported(path, "a pix2pixHD generator", "its layers are arranged in another way") from None
    before = [place for place in places if place > 1 and (not blocks or place < blocks[0])]
    downs = len(before) if blocks else (len(places) - 2) // 2
    return _Shape(inputs, width, downs, len(blocks))


def _settings(
    path: Path, weights: Weights, shape: _Shape, local: bool, looks: Weights | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The family's settings and data, inferred from the shapes."""
    features = 0
    model: dict[str, Any] = {"width": shape.width, "downs": shape.downs, "blocks": shape.blocks, "enhancer": local}
    try:
        if local:
            model["local_blocks"] = len(
                {key.split(".")[1] for key in weights if key.startswith("model1_2.") and ".conv_block." in key}
            )
            outputs = weights[f"model1_2.{model['local_blocks'] + 4}.weight"].shape[0]
        else:
            outputs = weights[f"model.{_last(shape)}.weight"].shape[0]
        if looks is not None:
            seen = _shape(path, looks)
            features = looks[f"model.{_last(seen)}.weight"].shape[0]
            model |= {"features": features, "encoder_width": seen.width}
            if seen.downs != shape.downs:
                raise unsupported(path, "a pix2pixHD generator", "its encoder halves another number of times")
    except (KeyError, IndexError):
        raise unsupported(path, "a pix2pixHD generator", "its layers are arranged in another way") from None
    known = shape.inputs - features
    data: dict[str, Any] = {"resolution": RESOLUTIONS[local], "channels": outputs, "flip": False}
    if known in (1, 3) and not features:
        return model, data | {"source_channels": known}
    if outputs not in (1, 3) or known < 3:
        raise unsupported(path, "a pix2pixHD generator", f"from {shape.inputs} to {outputs} channels")
    return model | {"edges": True}, data | {"labels": known - 1, "source_channels": 3}


def _last(shape: _Shape) -> int:
    """Place of the last convolution in that code's list of layers."""
    return 4 + 6 * shape.downs + shape.blocks + 1


def _discriminator_settings(path: Path, weights: Weights) -> dict[str, Any]:
    found = [match for key in weights if (match := re.fullmatch(r"scale(\d+)_layer(\d+)\.0\.weight", key))]
    if not found:
        raise unsupported(path, "a pix2pixHD generator", "the discriminator beside it hands out no features")
    scales, layers = (max(int(match[group]) for match in found) for group in (1, 2))
    width = weights["scale0_layer0.0.weight"].shape[0]
    return {"scales": scales + 1, "layers": layers - 1, "discriminator_width": width}


# ── Names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fill_generator(path: Path, family: Pix2PixHD, weights: Weights, shape: _Shape, local: bool) -> None:
    trunk, head, enhancer = _sorted(weights, shape)
    fill(path, family.trunk, trunk)
    if not local:
        fill(path, family.head, head)
        return
    if head:
        raise unsupported(path, "a pix2pixHD generator", "its global generator ends in another way")
    fill(path, family.enhancer, enhancer)


def _fill_encoder(path: Path, family: Pix2PixHD, weights: Weights) -> None:
    trunk, head, _ = _sorted(weights, _shape(path, weights))
    named = {f"trunk.{key}": value for key, value in trunk.items()}
    fill(path, family.encoder, named | {f"head.{key}": value for key, value in head.items()})


def _sorted(weights: Weights, shape: _Shape) -> tuple[Weights, Weights, Weights]:
    """Their names → ours, of the trunk, of its head and of the enhancer. Theirs has a layer more, the padding."""
    trunk: Weights = {}
    head: Weights = {}
    enhancer: Weights = {}
    last = _last(shape)
    for key, value in weights.items():
        place = re.fullmatch(r"model\.(\d+)\.(weight|bias)", key)
        if place is not None and int(place[1]) == last:
            head[f"0.{place[2]}"] = value
        elif place is not None:
            trunk[f"{int(place[1]) - 1}.{place[2]}"] = value
        elif key.startswith("model."):
            trunk[_within(key.removeprefix("model."), -1)] = value
        elif key.startswith("model1_1."):
            enhancer[f"down.{_within(key.removeprefix('model1_1.'), -1)}"] = value
        else:
            enhancer[_up_name(key, weights)] = value
    return trunk, head, enhancer


def _within(key: str, shift: int) -> str:
    """A place in a list of layers, moved; within residual blocks the two paddings are left out."""
    number, _, rest = key.partition(".")
    if not number.isdecimal():
        return key
    block = re.fullmatch(r"conv_block\.(\d+)\.(\w+)", rest)
    if block is not None:
        rest = f"block.{ {1: 0, 5: 3}.get(int(block[1]), 99) }.{block[2]}"
    return f"{int(number) + shift}.{rest}"


def _up_name(key: str, weights: Weights) -> str:
    rest = key.removeprefix("model1_2.")
    number = rest.partition(".")[0]
    last = max(int(one.split(".")[1]) for one in weights if one.startswith("model1_2."))
    if number == str(last):
        return f"head.0.{rest.partition('.')[2]}"
    return f"up.{_within(rest, 0)}"


def _discriminator_name(key: str, scales: int) -> str:
    """Theirs count scales from the coarsest, ours from the finest."""
    found = re.fullmatch(r"scale(\d+)_layer(\d+)\.(\d+)\.(\w+)", key)
    if found is None:
        return key
    return f"scales.{scales - 1 - int(found[1])}.stages.{found[2]}.{found[3]}.{found[4]}"


READER = Reader("pix2pixHD", ".pth", recognises, read)
