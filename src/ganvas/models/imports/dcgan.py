"""Weights of the DCGAN in pytorch/examples (``netG_epoch_*.pth``, ``netD_epoch_*.pth``).

The names in such a file are those of one ``nn.Sequential``, so the settings are read off the shapes. The example ends
its discriminator with a sigmoid, which here belongs to the loss: ours answers with the logit before it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.imports.pickles import Weights, fill, read_checkpoint, weights_of
from ganvas.spec import DataSpec


def recognises(content: object) -> bool:
    """Whether this is the state of a generator: transposed convolutions in a row, each but the last with a norm."""
    if not isinstance(content, dict):
        return False
    keys = {str(key).removeprefix("module.") for key in content}
    return {"main.0.weight", "main.1.running_mean", "main.3.weight"} <= keys and all(
        key.startswith("main.") for key in keys
    )


def read(path: Path, content: object, *, discriminator: Path | None = None) -> DCGAN:
    """The family with the file's weights, in evaluation mode.

    :param content: what :func:`~ganvas.models.imports.pickles.read_checkpoint` found in the file.
    :param discriminator: ``netD_epoch_*.pth``, when training is to go on; without it D has random weights.
    :raises UserError: the networks are of a kind that Ganvas lacks, or a file is damaged.
    """
    weights = weights_of(path, content)
    try:
        places = sorted(int(found[1]) for key in weights if (found := re.fullmatch(r"main\.(\d+)\.weight", key)))
        z_dim = weights["main.0.weight"].shape[0]
        last = weights[f"main.{places[-1]}.weight"]
        width, channels = last.shape[:2]
    except (KeyError, IndexError, ValueError):
        raise _lacks(path, "its layers have other names") from None
    convolutions = (len(places) + 1) // 2
    if channels not in (1, 3) or not 3 <= convolutions <= 7:
        raise _lacks(path, f"{convolutions} layers for {channels} channels")
    model: dict[str, Any] = {"z_dim": z_dim, "width": width}
    data = DataSpec.model_validate({"resolution": 2 << convolutions, "channels": channels})
    family = cast(DCGAN, build("dcgan", model, data, 1.0))
    counters = tuple(name for name in family.generator.state_dict() if name.endswith("num_batches_tracked"))
    fill(path, family.generator, weights, spared=counters)
    if discriminator is not None:
        judge = _judge(discriminator, weights_of(discriminator, read_checkpoint(discriminator)))
        counters = tuple(name for name in family.discriminator.state_dict() if name.endswith("num_batches_tracked"))
        fill(discriminator, family.discriminator, judge, spared=counters)
    return family.eval()


def _lacks(path: Path, what: str) -> UserError:
    return UserError(f"{path} is a DCGAN of a kind that Ganvas lacks: {what}.")


def _judge(path: Path, weights: Weights) -> Weights:
    places = [int(found[1]) for key in weights if (found := re.fullmatch(r"main\.(\d+)\.weight", key))]
    if not places or not all(key.startswith("main.") for key in weights):
        raise UserError(f"{path} holds no discriminator of that example; give netD_epoch_*.pth.")
    last = f"main.{max(places)}."
    return {key.replace(last, "logit.").replace("main.", "features."): value for key, value in weights.items()}
