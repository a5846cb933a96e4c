"""``model.json`` of a web page: what the page shows and how it calls the graphs."""

from __future__ import annotations

import re
from typing import Any

from ganvas.bundle import Bundle
from ganvas.bundle.tensors import WeightFormat
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS

FORMAT = 1


def describe_model(bundle: Bundle, *, weights: WeightFormat, difference: float, webgpu: bool) -> dict[str, Any]:
    """The content of ``model.json`` but for its graphs; names are those of the studio's API where there are some.

    Args:
        bundle: The bundle.
        weights: How the graphs store the weights.
        difference: Mean difference of the graphs' outputs from the model's, of numbers in [-1, 1].
        webgpu: Whether the page has the runtime for WebGPU.
    """
    info, data = bundle.info, bundle.info.data
    return {
        "format": FORMAT,
        "id": re.sub(r"\W+", "-", info.name).strip("-").lower() or "model",
        "name": info.name,
        "family": info.family,
        "page": info.page,
        "summary": info.summary.model_dump(mode="json"),
        "capabilities": list(info.capabilities),
        "accepts": list(info.accepts),
        "drawing_direction": info.drawing_direction,
        "resolution": data.resolution,
        "channels": data.channels,
        "source_channels": data.source_channels,
        "source_resolution": data.source_resolution,
        "crop": data.crop,
        "background": data.background,
        "classes": list(data.classes),
        "domains": list(TASKS[info.task].domains(data)),
        "z_dim": info.z_dim,
        "truncates": info.truncates,
        "music": _music(data),
        "kimg": info.kimg,
        "created": info.created,
        "ganvas": info.ganvas,
        "fingerprint": bundle.fingerprint,
        "credits": [credit.model_dump(mode="json", exclude={"text"}) for credit in info.credits],
        "weights": weights,
        "difference": difference,
        "webgpu": webgpu,
    }


def _music(data: DataSpec) -> dict[str, Any] | None:
    roll = data.roll
    if roll is None:
        return None
    return {
        "tracks": [
            {"name": track.name, "program": program, "drums": track.drums}
            for track, program in zip(roll.tracks, data.programs, strict=True)
        ],
        "bars": roll.bars,
        "beats": roll.beats,
        "beat_steps": roll.beat_steps,
        "lowest": roll.lowest,
        "pitches": roll.pitches,
        "tempo": data.tempo,
        "given": None,
    }
