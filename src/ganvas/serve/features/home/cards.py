"""Describes bundles as the API shows them."""

from __future__ import annotations

from ganvas.bundle import Bundle
from ganvas.models.directions import directions_of
from ganvas.serve.core.bundle_store import address
from ganvas.serve.core.engine import enlarges, has_heatmap
from ganvas.serve.features.home.schemas import BundleCard, BundleDetail
from ganvas.spec import Task


def card(name: str, opened: Bundle) -> BundleCard:
    """A bundle, in short."""
    info = opened.info
    recipe = info.recipe.get("name")
    return BundleCard(
        id=name,
        name=info.name,
        family=info.family,
        task=info.task,
        resolution=info.data.resolution,
        channels=info.data.channels,
        source_channels=info.data.source_channels,
        classes=list(info.data.classes),
        degradation=info.data.degradation,
        source_scale=info.data.source_scale,
        enlarges=enlarges(opened),
        crop=info.data.crop,
        labels=info.data.labels,
        domains=list(info.data.classes) if info.task is Task.UNPAIRED and len(info.data.classes) == 2 else [],
        makes_up=bool(info.config.get("makeup")),
        z_dim=info.z_dim,
        truncates=info.truncates,
        directions=directions_of(info.task, info.config),
        has_heatmap=has_heatmap(opened),
        kimg=info.kimg,
        created=info.created,
        recipe=recipe if isinstance(recipe, str) else None,
        parameters=info.parameters,
        metrics=list(info.metrics),
        preview_url=f"{address(name)}/preview.png?v={opened.fingerprint[:12]}",
    )


def detail(name: str, opened: Bundle) -> BundleDetail:
    """A bundle, in full."""
    info = opened.info
    return BundleDetail(
        **card(name, opened).model_dump(),
        card_markdown=opened.card,
        config=info.config,
        recipe_settings=info.recipe,
        files=info.files,
        credits=list(info.credits),
        onnx_difference=info.onnx.max_difference if info.onnx else None,
    )
