"""Import of published weights: the format is recognised by the content of the file, and no code in it is run.

A new format is one file beside this one that declares a :class:`~.published.Reader`, and one line in ``READERS``.
"""

from __future__ import annotations

import hashlib
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.models.imports import (
    biggan,
    cut,
    cyclegan,
    dcgan,
    pix2pixhd,
    r3gan,
    rosinality,
    srgan,
    starganv2,
    stylegan2_ada,
    ugatit,
)
from ganvas.models.imports.pickles import LEGACY, PICKLE, ZIP, first_bytes, read_checkpoint, read_pickle
from ganvas.models.imports.published import PublishedFile, Reader

# Tried in turn; grouped by suffix, as in the error for unknown files.
READERS: tuple[Reader, ...] = (
    stylegan2_ada.READER,
    r3gan.READER,
    rosinality.READER,
    ugatit.READER,
    biggan.READER,
    dcgan.READER,
    srgan.READER,
    cut.READER,
    pix2pixhd.READER,
    cyclegan.READER,
    starganv2.READER,
)


class Imported(NamedTuple):
    """A family with a file's weights, in evaluation mode, and where they come from."""

    family: Family
    origin: str  # the code that wrote the file
    kimg: float  # how long it was trained; 0 where the file does not say
    sha256: str  # of the file
    has_discriminator: bool


def read(path: Path, *, discriminator: Path | None = None, classes: tuple[str, ...] = ()) -> Imported:
    """Read the weights of a file into a new family.

    Args:
        path: The file.
        discriminator: The discriminator's file, where the format has two (BigGAN-PyTorch, pytorch/examples);
            without it the discriminator has random weights.
        classes: Names of the classes, in label order; numbers when left out.

    Raises:
        UserError: The format is unknown, or the file is damaged, or reading it would run code.
    """
    head = first_bytes(path)
    if not head.startswith((ZIP, LEGACY, PICKLE)):
        raise _unknown(path)
    pickled = not head.startswith((ZIP, LEGACY))
    content = read_pickle(path) if pickled else read_checkpoint(path)
    reader = next((one for one in READERS if one.pickled is pickled and one.recognises(content)), None)
    if reader is None:
        raise _unknown(path)
    found = reader.read(PublishedFile(path, content, discriminator, classes))
    if discriminator is not None and not reader.separate_discriminator:
        raise UserError(f"{path} of {reader.origin} holds its own discriminator; leave the other file out.")
    if classes and not found.family.data.classes:
        raise UserError(f"{path} knows no classes; leave --class out.")
    return Imported(found.family, reader.origin, found.kimg, _sha256(path), found.has_discriminator)


def known_formats() -> str:
    """The formats as one phrase: ``A and B (.pkl), C (.pt)``."""
    parts = []
    for suffix, readers in groupby(READERS, key=lambda reader: reader.suffix):
        *names, last = [reader.origin for reader in readers]
        parts.append(f"{', '.join(names)} and {last} ({suffix})" if names else f"{last} ({suffix})")
    return ", ".join(parts)


def _unknown(path: Path) -> UserError:
    return UserError(f"{path} holds no weights of a kind that Ganvas knows, which are those of {known_formats()}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
