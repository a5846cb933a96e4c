"""What a model can do beyond its task, by name: a bundle declares it, and pages and commands read it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ganvas.curate.sketch.degrade import degradation
from ganvas.models import capabilities
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks.base import Capability


def capabilities_of(kind: type[Family] | None, data: DataSpec, config: Mapping[str, Any]) -> tuple[Capability, ...]:
    """The capabilities of a trained model: those of its family, and those that its data and settings give it.

    Args:
        kind: the family's class; None: this Ganvas lacks the family.
        data: how its pictures are prepared.
        config: the family's settings.
    """
    of_family = cast(tuple[Capability, ...], () if kind is None else capabilities.capabilities(kind))
    degraded = None if data.degradation is None else degradation(data.degradation)
    of_data: dict[Capability, bool] = {
        "classes": len(data.classes) > 0,
        "inpaints": degraded is not None and degraded.holes,
        "photo_to_drawing": degraded is not None and degraded.draws,
        "accompanies": config.get("accompany") is not None,
    }
    return of_family + tuple(name for name, is_given in of_data.items() if is_given)
