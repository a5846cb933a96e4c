"""Web pages of untrained models of the smallest size, one per kind, and what they must answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.bundle import write_bundle
from ganvas.models.capabilities import HasStandingStatistics
from ganvas.models.families import FAMILIES
from ganvas.models.families.musegan import MuseGAN, MuseGANConfig
from ganvas.models.family import Family
from ganvas.onnx_session import open_graph
from ganvas.release.web_page import write_page
from ganvas.spec import DataSpec

from .music import roll_spec

Floats = NDArray[np.float32]

CREDIT = {"name": "Drawn by the tests", "licence": "CC0-1.0", "source": "https://example.org/set", "count": 1200}


def _family(name: str, **data_settings: object) -> Family:
    kind = FAMILIES[name]
    config, data = kind.tiny()
    return kind(config, data.model_copy(update=data_settings), 1.0)


def _music() -> Family:
    config = MuseGANConfig(z_dim=8, width=2, variant="shared_trunk")  # type: ignore[call-arg]
    return MuseGAN(config, DataSpec(roll=roll_spec()), 1.0)  # type: ignore[call-arg]


def write_pages(folder: Path) -> None:
    """Pages below ``pages`` and their bundles below ``bundles``: draw, generate, translate, music."""
    torch.manual_seed(0)
    families = {
        "draw": _family("pix2pix", degradation="sketch", source_channels=1),
        "generate": _family("dcgan", classes=("cats", "dogs")),
        "translate": _family("cyclegan", classes=("apples", "oranges")),
        "music": _music(),
    }
    for name, family in families.items():
        with torch.no_grad():
            for parameter in family.parameters():
                if parameter.ndim > 1:
                    parameter.mul_(4.0)
        if isinstance(family, HasStandingStatistics):
            family.measure_standing_statistics()
        place = folder / "bundles" / name
        credits_of = [CREDIT] if name == "draw" else []
        bundle = write_bundle(place, family.eval(), name=name.title(), kimg=1, onnx=False, credits=credits_of)
        write_page(bundle, folder / "pages" / name, webgpu=name == "draw")


def model_of(page: Path) -> dict[str, Any]:
    """``model.json`` of a page."""
    content: dict[str, Any] = json.loads((page / "model.json").read_bytes())
    return content


def answer(page: Path, graph: str, **inputs: Floats) -> Floats:
    """What onnxruntime computes with a graph of a page."""
    file = next(each["file"] for each in model_of(page)["graphs"] if each["name"] == graph)
    output: Floats = open_graph(page / file, threads=1).run(["output"], inputs)[0]
    return output


def latent(seed: int, length: int) -> Floats:
    """The page's latent of a seed (``web/src/page/latents.ts``): Box and Muller's transform of 32-bit numbers."""
    mask = 2**32 - 1

    state = (((seed // 2**32 + 1) * 0x9E3779B1) ^ seed) & mask

    def uniform() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & mask
        mixed = ((state ^ (state >> 15)) * (state | 1)) & mask
        mixed = (mixed ^ (mixed + (((mixed ^ (mixed >> 7)) & mask) * (mixed | 61)))) & mask
        return ((mixed ^ (mixed >> 14)) + 0.5) / 2**32

    found: list[float] = []
    while len(found) < length:
        radius, angle = np.sqrt(-2 * np.log(uniform())), 2 * np.pi * uniform()
        found += [radius * np.cos(angle), radius * np.sin(angle)]
    return np.array([found[:length]], np.float32)
