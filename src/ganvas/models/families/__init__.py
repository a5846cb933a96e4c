"""All families of GANs, by name. A new one is a file here, one in ``networks/``, one line below and one recipe."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ganvas.errors import UserError
from ganvas.models.capabilities import Enlarges
from ganvas.models.families.biggan import BigGAN
from ganvas.models.families.cut import CUT
from ganvas.models.families.cyclegan import CycleGAN
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.families.musegan import MuseGAN
from ganvas.models.families.pix2pix import Pix2Pix
from ganvas.models.families.pix2pixhd import Pix2PixHD
from ganvas.models.families.progan import ProGAN
from ganvas.models.families.r3gan import R3GAN
from ganvas.models.families.sagan import SAGAN
from ganvas.models.families.sketchportrait import SketchPortrait
from ganvas.models.families.srgan import SRGAN
from ganvas.models.families.starganv2 import StarGANv2
from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.families.ugatit import UGATIT
from ganvas.models.family import Family
from ganvas.models.transparency import RGBA
from ganvas.spec import DataSpec

FAMILIES: dict[str, type[Family]] = {
    "sketchportrait": SketchPortrait,
    "stylegan2": StyleGAN2,
    "r3gan": R3GAN,
    "biggan": BigGAN,
    "dcgan": DCGAN,
    "pix2pix": Pix2Pix,
    "progan": ProGAN,
    "sagan": SAGAN,
    "cyclegan": CycleGAN,
    "cut": CUT,
    "ugatit": UGATIT,
    "starganv2": StarGANv2,
    "srgan": SRGAN,
    "pix2pixhd": Pix2PixHD,
    "musegan": MuseGAN,
}


def family_type(name: str) -> type[Family]:
    """The class of a family.

    Raises:
        UserError: The name is unknown.
    """
    if name not in FAMILIES:
        raise UserError(f"There is no family {name!r}; choose one of {', '.join(sorted(FAMILIES))}.")
    return FAMILIES[name]


def check_channels(name: str, channels: int) -> None:
    """Refuse a number of channels that a family does not make.

    Raises:
        UserError: The name is unknown, or the family makes no opacity.
    """
    if channels == RGBA and not family_type(name).makes_opacity:
        able = ", ".join(sorted(name for name, family in FAMILIES.items() if family.makes_opacity))
        raise UserError(f"{name} makes no pictures with opacity; set data.channels to 3 or 1, or take one of {able}.")


def build(name: str, model: dict[str, Any], data: DataSpec, kimg: float) -> Family:
    """Make a family from its name and the ``model`` part of a recipe.

    Args:
        name: Key of ``FAMILIES``.
        model: Settings of the family.
        data: The pictures it is trained on.
        kimg: Length of the whole training.

    Raises:
        UserError: The name is unknown, or a setting does not fit.
    """
    kind = family_type(name)
    try:
        config = kind.Config.model_validate(model)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(("model", *map(str, first["loc"])))
        fields = ", ".join(kind.Config.model_fields)
        raise UserError(f"{where}: {first['msg']} ({name} takes {fields}).") from None
    check_channels(name, data.channels)
    if data.source_scale != 1 and not issubclass(kind, Enlarges):
        able = ", ".join(sorted(name for name, family in FAMILIES.items() if issubclass(family, Enlarges)))
        raise UserError(
            f"{name} makes pictures of the size of the source, and here sources are {data.source_scale} times smaller; "
            f"take another degradation, such as downscale, or another family ({able})."
        )
    return kind(config, data, kimg)
