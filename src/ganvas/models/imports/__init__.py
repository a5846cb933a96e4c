"""Published weights come in: the kind of a file is told from its content, and nothing in it is run.

Known are the pickles of stylegan2-ada-pytorch and of R3GAN, and the checkpoints of rosinality/stylegan2-pytorch,
BigGAN-PyTorch, the DCGAN of pytorch/examples, pytorch-CycleGAN-and-pix2pix, contrastive-unpaired-translation,
pix2pixHD, UGATIT-pytorch, stargan-v2 and leftthomas/SRGAN.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.models.imports import biggan, cut, cyclegan, dcgan, pix2pixhd, r3gan, srgan, starganv2, stylegan2, ugatit
from ganvas.models.imports.pickles import LEGACY, PICKLE, ZIP, Node, first_bytes, read_checkpoint, read_pickle

KNOWN = (
    "stylegan2-ada-pytorch and R3GAN (.pkl), rosinality's stylegan2-pytorch and UGATIT-pytorch (.pt), BigGAN-PyTorch, "
    "pytorch/examples DCGAN, pytorch-CycleGAN-and-pix2pix, contrastive-unpaired-translation, pix2pixHD and "
    "leftthomas/SRGAN (.pth), stargan-v2 (.ckpt)"
)


class Imported(NamedTuple):
    """A family with a file's weights in place, in evaluation mode, and where they come from."""

    family: Family
    origin: str  # the code that wrote the file
    kimg: float  # how long it was trained; 0 where the file does not say
    sha256: str  # of the file
    has_discriminator: bool


def read(path: Path, *, discriminator: Path | None = None, classes: tuple[str, ...] = ()) -> Imported:
    """The family whose weights a file holds.

    :param discriminator: the discriminator's file, where generator and discriminator come in two (BigGAN-PyTorch,
        pytorch/examples); without it the discriminator has random weights.
    :param classes: names of the classes, in label order; numbers when left out.
    :raises UserError: the file is none that Ganvas knows, is damaged, or would run code.
    """
    head = first_bytes(path)
    if head.startswith((ZIP, LEGACY)):
        imported = _from_checkpoint(path, discriminator, classes)
    elif head.startswith(PICKLE):
        imported = _from_pickle(path, classes)
    else:
        raise _foreign(path)
    if discriminator is not None and imported.origin not in (
        "BigGAN-PyTorch",
        "pytorch/examples",
        "pytorch-CycleGAN-and-pix2pix",
    ):
        raise UserError(f"{path} of {imported.origin} holds its own discriminator; leave the other file out.")
    if classes and not imported.family.data.classes:
        raise UserError(f"{path} knows no classes; leave --class out.")
    return imported


def _foreign(path: Path) -> UserError:
    return UserError(f"{path} holds no weights of a kind that Ganvas knows, which are those of {KNOWN}.")


def _from_pickle(path: Path, classes: tuple[str, ...]) -> Imported:
    content = read_pickle(path)
    if not isinstance(content, Mapping):
        raise _foreign(path)
    both = isinstance(content.get("D"), Node)
    if stylegan2.recognises_ada(content):
        family: Family = stylegan2.read_ada(path, content, classes=classes)
        return Imported(family, "stylegan2-ada-pytorch", 0.0, _sha256(path), both)
    if r3gan.recognises(content):
        shown = content.get("cur_nimg")
        kimg = shown / 1000 if isinstance(shown, int | float) and math.isfinite(shown) and shown >= 0 else 0.0
        return Imported(r3gan.read(path, content, classes=classes), "R3GAN", kimg, _sha256(path), both)
    raise _foreign(path)


def _from_checkpoint(path: Path, discriminator: Path | None, classes: tuple[str, ...]) -> Imported:
    content = read_checkpoint(path)
    both = discriminator is not None
    if stylegan2.recognises_rosinality(content):
        assert isinstance(content, Mapping)
        family: Family = stylegan2.read_rosinality(path, content)
        return Imported(family, "rosinality/stylegan2-pytorch", 0.0, _sha256(path), bool(content.get("d")))
    if biggan.recognises(content):
        family = biggan.read(path, discriminator=discriminator, classes=classes)
        return Imported(family, "BigGAN-PyTorch", 0.0, _sha256(path), both)
    if dcgan.recognises(content):
        family = dcgan.read(path, content, discriminator=discriminator)
        return Imported(family, "pytorch/examples", 0.0, _sha256(path), both)
    if ugatit.recognises(content):
        family = ugatit.read(path, content, classes=classes)
        return Imported(family, "UGATIT-pytorch", 0.0, _sha256(path), True)
    if starganv2.recognises(content):
        star = starganv2.read(path, content, classes=classes)
        return Imported(star.family, "stargan-v2", star.kimg, _sha256(path), star.has_discriminator)
    if srgan.recognises(content):
        enlarging = srgan.read(path, content)
        return Imported(enlarging.family, "leftthomas/SRGAN", 0.0, _sha256(path), enlarging.has_discriminator)
    if cut.recognises(content):
        contrasted = cut.read(path, content, classes=classes)
        origin = "contrastive-unpaired-translation"
        return Imported(contrasted.family, origin, 0.0, _sha256(path), contrasted.has_discriminator)
    if pix2pixhd.recognises(content):
        painting = pix2pixhd.read(path, content)
        return Imported(painting.family, "pix2pixHD", 0.0, _sha256(path), painting.has_discriminator)
    if cyclegan.recognises(content):
        found = cyclegan.read(path, content, discriminator=discriminator, classes=classes)
        return Imported(found.family, "pytorch-CycleGAN-and-pix2pix", 0.0, _sha256(path), found.has_discriminator)
    raise _foreign(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
