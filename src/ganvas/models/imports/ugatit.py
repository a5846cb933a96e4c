"""Weights of U-GAT-IT's PyTorch version (znxlwm/UGATIT-pytorch, ``*_params_*.pt``), full and light.

Such a file holds all six networks, so training may go on. Settings are inferred from the shapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.ugatit import UGATIT
from ganvas.models.imports.pickles import Weights
from ganvas.models.imports.published import (
    PublishedFile,
    Read,
    Reader,
    Rules,
    check_domains,
    fill,
    renamed,
    unsupported,
    weights_of,
)
from ganvas.spec import DataSpec

PARTS = {
    "genA2B": "g_ab",
    "genB2A": "g_ba",
    "disGA": "d_a_global",
    "disLA": "d_a_local",
    "disGB": "d_b_global",
    "disLB": "d_b_local",
}
LIGHT_RESOLUTION = 256  # the light generators fit any size; this is the one they are published for
FIRST_BLOCK = 12  # place of the first residual block among the layers on the way down
GENERATOR: Rules = (
    (r"^DownBlock\.1\.", "first."),
    (r"^DownBlock\.5\.", "down.0."),
    (r"^DownBlock\.9\.", "down.1."),
    (r"^DownBlock\.(\d+)\.conv_block\.", lambda found: f"blocks.{int(found[1]) - FIRST_BLOCK}."),
    (r"^(blocks\.\d+)\.1\.", r"\1.conv1."),
    (r"^(blocks\.\d+)\.5\.", r"\1.conv2."),
    (r"^gap_fc\.", "attention.of_mean."),
    (r"^gmp_fc\.", "attention.of_maximum."),
    (r"^conv1x1\.", "attention.merge."),
    (r"^FC\.0\.", "style1."),
    (r"^FC\.2\.", "style2."),
    (r"^UpBlock1_(\d+)\.", lambda found: f"adaptive.{int(found[1]) - 1}."),
    (r"^UpBlock2\.2\.", "up.0."),
    (r"^UpBlock2\.3\.", "up_norm.0."),
    (r"^UpBlock2\.7\.", "up.1."),
    (r"^UpBlock2\.8\.", "up_norm.1."),
    (r"^UpBlock2\.11\.", "last."),
)
DISCRIMINATOR: Rules = (
    (r"^model\.(\d+)\.", lambda found: f"convs.{int(found[1]) // 3}."),
    (r"^conv\.", "last."),
    (r"^gap_fc\.", "attention.of_mean."),
    (r"^gmp_fc\.", "attention.of_maximum."),
    (r"^conv1x1\.", "attention.merge."),
    (r"\.weight_orig$", ".weight"),
    (r"\.weight_([uv])$", r".singular.\1"),
)


def recognises(content: object) -> bool:
    """Whether this is what that code saves: six networks under its names."""
    return (
        isinstance(content, Mapping)
        and PARTS.keys() <= content.keys()
        and all(isinstance(content[part], Mapping) for part in PARTS)
    )


def read(file: PublishedFile) -> Read:
    """The family; ``file.classes`` are the names of the domains, A's first."""
    path, classes = file.path, file.classes
    check_domains(path, classes)
    parts = {part: weights_of(path, cast(Mapping[str, Any], file.content)[part]) for part in PARTS}
    model, data = _settings(path, parts, classes)
    try:
        family = cast(UGATIT, build("ugatit", model, data, 1.0))
    except UserError as error:
        raise unsupported(path, "a U-GAT-IT", str(error).rstrip(".")) from None
    for part, name in PARTS.items():
        rules = GENERATOR if part.startswith("gen") else DISCRIMINATOR
        fill(path, family.get_submodule(name), {renamed(key, rules): value for key, value in parts[part].items()})
    return Read(family.eval(), True)


def _settings(path: Path, parts: Mapping[str, Weights], classes: tuple[str, ...]) -> tuple[dict[str, Any], DataSpec]:
    """The settings of the family and of its pictures, as the shapes tell them."""
    generator = parts["genA2B"]
    try:
        width, channels = generator["DownBlock.1.weight"].shape[:2]
        seen = generator["FC.0.weight"].shape[1]
        layers = [_count(r"^model\.\d+\.weight_orig$", parts[part]) + 1 for part in ("disGA", "disLA")]
    except (KeyError, ValueError):
        raise unsupported(path, "a U-GAT-IT", "its layers have other names") from None
    light = seen == width * 4
    side = LIGHT_RESOLUTION if light else 4 * round((seen / (width * 4)) ** 0.5)
    model = {
        "light": light,
        "width": width,
        "blocks": _count(r"^UpBlock1_\d+\.conv1\.weight$", generator),
        "global_layers": layers[0],
        "local_layers": layers[1],
    }
    if channels not in (1, 3) or (not light and (side // 4) ** 2 * width * 4 != seen) or not 16 <= side <= 2048:
        raise unsupported(path, "a U-GAT-IT", f"{channels} channels at {side} px")
    return model, DataSpec.model_validate({"resolution": side, "channels": channels, "classes": classes})


def _count(pattern: str, weights: Weights) -> int:
    return sum(re.search(pattern, key) is not None for key in weights)


READER = Reader("UGATIT-pytorch", ".pt", recognises, read)
