"""Weights of the DCGAN in pytorch/examples (``netG_epoch_*.pth``, ``netD_epoch_*.pth``).

The names in such a file are those of one ``nn.Sequential``, so the settings are inferred from the shapes. The example
ends its discriminator with a sigmoid, which here belongs to the loss: ours returns the logit before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.imports.pickles import Weights, read_checkpoint
from ganvas.models.imports.published import (
    PublishedFile,
    Read,
    Reader,
    counters,
    fill,
    has_keys,
    unsupported,
    weights_of,
)
from ganvas.spec import DataSpec


def recognises(content: object) -> bool:
    """Whether this is the state of a generator: transposed convolutions in a row, each but the last with a norm."""
    return has_keys(content, "main.0.weight", "main.1.running_mean", "main.3.weight") and all(
        str(key).removeprefix("module.").startswith("main.") for key in cast(Mapping[object, object], content)
    )


def read(file: PublishedFile) -> Read:
    """The family; ``netD_epoch_*.pth`` is the discriminator's file."""
    path, discriminator = file.path, file.discriminator
    weights = weights_of(path, file.content)
    try:
        places = sorted(int(found[1]) for key in weights if (found := re.fullmatch(r"main\.(\d+)\.weight", key)))
        z_dim = weights["main.0.weight"].shape[0]
        last = weights[f"main.{places[-1]}.weight"]
        width, channels = last.shape[:2]
    except (KeyError, IndexError, ValueError):
        raise unsupported(path, "a DCGAN", "its layers have other names") from None
    convolutions = (len(places) + 1) // 2
    if channels not in (1, 3) or not 3 <= convolutions <= 7:
        raise unsupported(path, "a DCGAN", f"{convolutions} layers for {channels} channels")
    model: dict[str, Any] = {"z_dim": z_dim, "width": width}
    data = DataSpec.model_validate({"resolution": 2 << convolutions, "channels": channels})
    family = cast(DCGAN, build("dcgan", model, data, 1.0))
    fill(path, family.generator, weights, spared=counters(family.generator))
    if discriminator is not None:
        theirs = _discriminator_weights(discriminator, weights_of(discriminator, read_checkpoint(discriminator)))
        fill(discriminator, family.discriminator, theirs, spared=counters(family.discriminator))
    return Read(family.eval(), discriminator is not None)


def _discriminator_weights(path: Path, weights: Weights) -> Weights:
    places = [int(found[1]) for key in weights if (found := re.fullmatch(r"main\.(\d+)\.weight", key))]
    if not places or not all(key.startswith("main.") for key in weights):
        raise UserError(f"{path} holds no discriminator of that example; give netD_epoch_*.pth.")
    last = f"main.{max(places)}."
    return {key.replace(last, "logit.").replace("main.", "features."): value for key, value in weights.items()}


READER = Reader("pytorch/examples", ".pth", recognises, read, separate_discriminator=True)
