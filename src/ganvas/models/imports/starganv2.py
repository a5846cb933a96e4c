"""Weights of StarGAN v2 (clovaai/stargan-v2): ``…_nets_ema.ckpt`` for use, ``…_nets.ckpt`` to train on.

That code writes three files at a time. ``nets_ema`` holds the averaged generator, mapping network and style encoder:
the ones to use. ``nets`` holds the same three as they stood at that moment, and the discriminator: training goes on
from these. ``optims`` holds Adam's moments, which serve that code alone. Where both of the first two lie side by side
the averaged networks are taken from one and the discriminator from the other. Settings are inferred from the shapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.starganv2 import StarGANv2
from ganvas.models.imports.pickles import Weights, read_checkpoint
from ganvas.models.imports.published import PublishedFile, Read, Reader, fill, renamed, unsupported, weights_of
from ganvas.models.networks.starganv2 import BUDGET
from ganvas.spec import DataSpec

USED = ("generator", "mapping_network", "style_encoder")
BATCH = 8  # of the published training
ENDINGS = ("_nets_ema.ckpt", "_nets.ckpt", "_optims.ckpt")
COMMON = ((r"\.conv1x1\.", ".shortcut."), (r"\.fc\.", ".affine."))
TRUNK = (*COMMON, (r"^(?:shared|main)\.0\.", "trunk.first."), (r"^unshared\.", "heads."))


def recognises(content: object) -> bool:
    """Whether this is one of the three files: networks, or the state of their optimisers."""
    return isinstance(content, Mapping) and set(USED) <= content.keys()


def read(file: PublishedFile) -> Read:
    """The family; ``file.classes`` are the names of the domains, in the order in which that code sorted their folders.

    Raises:
        UserError: The file holds the state of the optimisers and no networks, or networks that do not fit.
    """
    path, classes = file.path, file.classes
    held = cast(Mapping[str, Any], file.content)
    if all(isinstance(held[name], Mapping) and "param_groups" in held[name] for name in USED):
        raise UserError(
            f"{path} holds the state of the optimisers and no networks; give the file that ends in _nets_ema.ckpt to "
            "use the model, or in _nets.ckpt to train on."
        )
    parts = {name: weights_of(path, held[name]) for name in USED}
    judge = _judge(path, held)
    model, data = _settings(path, parts, classes)
    try:
        family = cast(StarGANv2, build("starganv2", model, data, 1.0))
    except UserError as error:
        raise unsupported(path, "a StarGAN v2", str(error).rstrip(".")) from None
    fill(path, family.generator, _generator(parts["generator"], model["outline"]))
    fill(path, family.mapping_network, {renamed(key, ((r"^unshared\.", "heads."),)): value
                                        for key, value in parts["mapping_network"].items()})  # fmt: skip
    fill(path, family.style_encoder, _trunk(parts["style_encoder"]))
    if judge is not None:
        fill(path, family.discriminator, _heads_as_linear(_trunk(judge)))
    return Read(family.eval(), judge is not None, _kimg(path))


def _judge(path: Path, held: Mapping[str, Any]) -> Weights | None:
    """The discriminator of the file, or of the ``…_nets.ckpt`` beside it."""
    if "discriminator" in held:
        return weights_of(path, held["discriminator"])
    if not path.name.endswith(ENDINGS[0]):
        return None
    beside = path.with_name(path.name.removesuffix(ENDINGS[0]) + ENDINGS[1])
    if not beside.is_file():
        return None
    content = read_checkpoint(beside)
    if not isinstance(content, Mapping) or "discriminator" not in content:
        raise UserError(f"{beside} holds no discriminator; move it away, or get it again from where it came.")
    return weights_of(beside, content["discriminator"])


def _settings(path: Path, parts: Mapping[str, Weights], classes: tuple[str, ...]) -> tuple[dict[str, Any], DataSpec]:
    """The settings of the family and of its pictures, as the shapes tell them."""
    generator, mapping, encoder = (parts[name] for name in USED)
    try:
        width, channels = generator["from_rgb.weight"].shape[:2]
        hidden, z_dim = mapping["shared.0.weight"].shape
        widest, style_dim = encoder["unshared.0.weight"].shape[1], encoder["unshared.0.weight"].shape[0]
    except (KeyError, ValueError):
        raise unsupported(path, "a StarGAN v2", "its layers have other names") from None
    domains = len({key.split(".")[1] for key in encoder if key.startswith("unshared.")})
    if classes and len(classes) != domains:
        raise UserError(f"{path} knows {domains} domains; give --class once for each, or not at all.")
    halvings = sum(re.fullmatch(r"shared\.\d+\.conv1\.weight", key) is not None for key in encoder)
    resolution = 2 ** min(halvings + 2, 12)
    levels = sum(re.fullmatch(r"encode\.\d+\.conv1\.weight", key) is not None for key in generator) - 2
    model: dict[str, Any] = {
        "z_dim": z_dim,
        "style_dim": style_dim,
        "hidden": hidden,
        "width": None if width == BUDGET // resolution else width,
        "widest": widest,
        # The filter is kept divided by w_hpf: its middle says by what. Only generators with lines have one.
        "outline": _weight_of_lines(path, generator) if levels > halvings - 2 else 0.0,
    }
    names = classes or tuple(str(number) for number in range(domains))
    if channels not in (1, 3) or not 32 <= resolution <= 2048:
        raise unsupported(path, "a StarGAN v2", f"{channels} channels at {resolution} px")
    return model, DataSpec.model_validate({"resolution": resolution, "channels": channels, "classes": names})


def _weight_of_lines(path: Path, generator: Weights) -> float:
    kernel = generator.get("hpf.filter")
    if kernel is None or kernel.shape != (3, 3) or not float(kernel[1, 1]) > 0:
        raise unsupported(path, "a StarGAN v2", "it carries lines without a filter")
    return 8.0 / float(kernel[1, 1])


def _generator(weights: Weights, outline: float) -> Weights:
    rules = (*COMMON, (r"^to_rgb\.0\.", "last_norm."), (r"^to_rgb\.2\.", "to_rgb."))
    return {renamed(key, rules): value for key, value in weights.items() if not (outline and key == "hpf.filter")}


def _trunk(weights: Weights) -> Weights:
    """Blocks stand between the first convolution and two more, each behind an activation."""
    blocks = sum(re.fullmatch(r"(?:shared|main)\.\d+\.conv1\.weight", key) is not None for key in weights)
    places = {str(1 + number): f"trunk.blocks.{number}." for number in range(blocks)}
    places |= {str(blocks + 2): "trunk.last.", str(blocks + 4): "heads."}

    def placed(key: str) -> str:
        found = re.match(r"^(?:shared|main)\.(\d+)\.", key)
        return places[found[1]] + key[found.end() :] if found and found[1] in places else key

    return {renamed(placed(key), TRUNK): value for key, value in weights.items()}


def _heads_as_linear(weights: Weights) -> Weights:
    """A 1×1 convolution of a single place is a linear layer."""
    return {
        key: value.flatten(1) if key == "heads.weight" and value.shape[2:] == (1, 1) else value
        for key, value in weights.items()
    }


def _kimg(path: Path) -> float:
    """The steps are in the file's name: ``100000_nets_ema.ckpt``."""
    found = re.match(r"(\d+)_nets", path.name)
    return int(found[1]) * BATCH / 1000 if found else 0.0


READER = Reader("stargan-v2", ".ckpt", recognises, read)
