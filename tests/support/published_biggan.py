"""BigGAN checkpoints as the authors' code writes them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganvas.models.families import build
from ganvas.models.families.biggan import BigGAN
from ganvas.models.layers.conditional import standing_norms
from ganvas.spec import DataSpec

SMALL = {"channels": 2, "z_dim": 9, "shared_dim": 4, "attention": [16]}


def biggan(resolution: int = 32, **model: Any) -> BigGAN:
    data = DataSpec(resolution=resolution, classes=("0", "1", "2"))
    family = build("biggan", SMALL | model, data, 1.0)
    assert isinstance(family, BigGAN)
    for norm in standing_norms(family):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.normal_(0, 0.3)
        norm.running_var.uniform_(0.5, 2)
    for parameter in family.parameters():
        if parameter.dim() < 2:
            parameter.data.normal_(0, 0.3)
    return family.eval()


def published(family: BigGAN, network: str = "generator") -> dict[str, Tensor]:
    """A network's state under the names that BigGAN-PyTorch gives."""
    state: dict[str, Tensor] = {}
    for key, value in family.get_submodule(network).state_dict().items():
        if key.endswith(("num_batches_tracked", "standing_mean", "standing_var", "stands")):
            continue
        parts = key.split(".")
        if parts[0] in ("blocks", "attention"):
            parts[2:2] = ["0" if parts[0] == "blocks" else "1"]
            parts[0] = "blocks"
            parts = [{"shortcut": "conv_sc", "norm1": "bn1", "norm2": "bn2"}.get(part, part) for part in parts]
        names = {"norm": "output_layer.0", "to_image": "output_layer.2", "projection": "embed"}
        parts[0] = names.get(parts[0], parts[0])
        name = ".".join(parts).replace("spectral.u", "u0").replace("constant_", "").replace("norm.running", "stored")
        state[name] = value[None] if name.endswith(".u0") else value + 1 if name == "output_layer.0.gain" else value
        if name.endswith(".u0"):
            state[name.replace(".u0", ".sv0")] = torch.ones(1)
    return state
