"""How pictures are packed for a recipe or for a trained model: one decision for every command that reads pictures."""

from __future__ import annotations

from typing import TypedDict

from ganvas.crops import Crop, Resize
from ganvas.curate.images.decode import DecodeOptions
from ganvas.curate.label_maps import LabelMaps
from ganvas.curate.sources.frame_pairs import Frames
from ganvas.curate.sources.listing import SideBySide, Structure
from ganvas.models.capabilities import Enlarges
from ganvas.models.families import check_channels, family_type
from ganvas.models.family import Family
from ganvas.recipe import DataSettings, Recipe
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS


class PackSettings(TypedDict, total=False):
    """Arguments of :func:`ganvas.curate.dataset.pack.pack` that a recipe or a model decides."""

    resolution: int
    crop: Crop
    channels: int
    minimum: int
    side_by_side: SideBySide
    structure: Structure
    labels: LabelMaps | None
    decoding: DecodeOptions
    resize: Resize
    frames: Frames | None


def settings_of_recipe(recipe: Recipe) -> PackSettings:
    """How a recipe needs its pictures.

    Raises:
        UserError: There is no such family, or it does not make such channels.
    """
    data = recipe.data
    check_channels(recipe.family, data.channels)
    return PackSettings(
        resolution=data.resolution,
        crop=data.crop,
        channels=data.channels,
        minimum=data.minimum,
        side_by_side=data.side_by_side,
        structure=structure_of(recipe),
        labels=label_maps(data),
        decoding=DecodeOptions.of(data, round(data.max_megapixels * 1e6)),
        resize=data.resize,
        frames=data.frames,
    )


def settings_of_model(family: Family) -> PackSettings:
    """How a trained model needs pictures to compare with."""
    data: DataSpec = family.data
    frames: Frames | None = "between" if data.source_channels == 6 else None
    return PackSettings(
        resolution=data.resolution,
        crop=data.crop,
        channels=data.channels,
        structure=_structure(
            type(family), conditional=len(data.classes) > 0, degraded=data.degradation is not None, frames=bool(frames)
        ),
        labels=label_maps(data),
        decoding=DecodeOptions.of(data),
        resize=data.resize,
        frames=frames,
    )


def label_maps(data: DataSettings | DataSpec) -> LabelMaps | None:
    """What the pixels of the sources mean; None where they are pictures."""
    return LabelMaps(data.labels, data.void_label, data.palette) if data.labels else None


def structure_of(recipe: Recipe) -> Structure:
    """The arrangement that a recipe needs.

    Raises:
        UserError: There is no such family.
    """
    data = recipe.data
    return _structure(
        family_type(recipe.family),
        conditional=data.conditional,
        degraded=data.degradation is not None,
        frames=data.frames is not None,
    )


def _structure(kind: type[Family], *, conditional: bool, degraded: bool, frames: bool) -> Structure:
    if issubclass(kind, Enlarges):  # computes small sources in any case, so of pairs only the targets are of use
        return "pictures"
    return TASKS[kind.task].structure(conditional=conditional, degraded=degraded, frames=frames)
