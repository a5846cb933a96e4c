"""Weights of the BigGAN authors' PyTorch version (``G_ema.pth``, ``G.pth``, ``D.pth``): BigGAN and its SAGAN.

The settings are read off the shapes. A file is opened by torch's restricted reader, which makes tensors and plain
containers and runs no code.
"""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.biggan import BigGAN
from ganvas.models.networks.biggan import WIDTHS
from ganvas.spec import DataSpec

Weights = dict[str, Tensor]
RESOLUTIONS = {len(row) - 1: resolution for resolution, row in WIDTHS.items()}  # by the number of blocks
LEFT_OUT = (".sv0", ".accumulation_counter", ".num_batches_tracked")  # what the reference only logs or counts
RENAMED = (
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
    return isinstance(state, Mapping) and {"linear.weight", "output_layer.0.gain", "output_layer.2.weight"} <= {
        str(key).removeprefix("module.") for key in state
    }


def read(path: Path, *, discriminator: Path | None = None, classes: tuple[str, ...] = ()) -> BigGAN:
    """The family with the file's weights, in evaluation mode.

    It answers as the reference does in evaluation mode. Call :meth:`BigGAN.settle` for standing statistics, before a
    bundle is written of it.

    :param path: the generator's weights; the averaged ones (``G_ema.pth``) make the better pictures.
    :param discriminator: ``D.pth``, when training is to go on; without it the discriminator has random weights.
    :param classes: names, in label order; numbers when left out.
    :raises UserError: the file is not such a checkpoint, is damaged, or would run code.
    """
    weights = _open(path)
    if not recognises(weights):
        raise UserError(
            f"{path} holds no BigGAN-PyTorch generator; give its G_ema.pth or G.pth (D.pth goes beside it)."
        )
    model, data = _settings(path, weights, classes)
    family = cast(BigGAN, build("biggan", model, data, 1.0))
    _fill(path, family.generator, weights)
    if discriminator is not None:
        _fill(discriminator, family.discriminator, _open(discriminator))
    return family.eval()


def _open(path: Path) -> Weights:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"There is no file {path}; give the path of a .pth file.") from None
    except Exception as error:  # noqa: BLE001 - a foreign file can break the reader at any place and in any way
        if isinstance(error, pickle.UnpicklingError) and "nsupported" in str(error):
            raise UserError(
                f"{path} is no plain checkpoint: it names things other than tensors, and opening those may run code, "
                "so it was not opened; ask its author for a file of tensors alone."
            ) from None
        raise UserError(f"{path} is damaged or no PyTorch checkpoint; download it again.") from None
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise UserError(f"{path} is no state of one network; of BigGAN-PyTorch's files give G_ema.pth or G.pth.")
    return {str(key).removeprefix("module."): value for key, value in state.items()}


def _settings(path: Path, weights: Weights, classes: tuple[str, ...]) -> tuple[dict[str, Any], DataSpec]:
    """The settings of the family and of its pictures, as the shapes tell them."""
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
    state = network.state_dict()
    missing = {key for key in state if not key.endswith(("num_batches_tracked", "standing_mean", "standing_var"))}
    missing.discard("stands")
    for key, value in weights.items():
        if key.endswith(LEFT_OUT):
            continue
        name = key
        for pattern, replacement in RENAMED:
            name = re.sub(pattern, replacement, name)
        if name.endswith("spectral.u"):
            value = value.flatten()
        elif name == "norm.constant_gain":
            value = value - 1  # ours is what is added to 1
        if name not in missing or state[name].shape != value.shape:
            raise UserError(f"{path} does not fit: {key} has no place in a BigGAN of that shape; give another file.")
        if not value.isfinite().all():
            raise UserError(f"{path} holds numbers that are not finite ({key}); give an earlier checkpoint.")
        state[name].copy_(value)
        missing.remove(name)
    if missing:
        raise UserError(f"{path} is incomplete: it lacks {len(missing)} tensors, such as {min(missing)}; get it again.")
