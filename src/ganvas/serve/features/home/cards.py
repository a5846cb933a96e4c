"""Describes bundles as the API shows them."""

from __future__ import annotations

from ganvas.bundle import Bundle
from ganvas.serve.core.bundle_inputs import enlarges, has_heatmap, takes_any_size
from ganvas.serve.core.bundle_store import address
from ganvas.serve.features.home.schemas import BundleCard, BundleDetail
from ganvas.tasks import TASKS


def card(name: str, opened: Bundle) -> BundleCard:
    """A bundle in short."""
    info = opened.info
    recipe, spec = info.recipe.get("name"), TASKS[info.task]
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
        domains=list(spec.domains(info.data)),
        makes_up=bool(info.config.get("makeup")),
        z_dim=info.z_dim,
        truncates=info.truncates,
        directions=spec.directions(info.config),
        has_heatmap=has_heatmap(opened),
        kimg=info.kimg,
        created=info.created,
        recipe=recipe if isinstance(recipe, str) else None,
        parameters=info.parameters,
        metrics=list(info.metrics),
        page=info.page,
        accepts=list(info.accepts),
        capabilities=[*info.capabilities, *(("any_size",) if takes_any_size(opened) else ())],
        drawing_direction=info.drawing_direction,
        summary=info.summary,
        preview_url=f"{address(name)}/preview.png?v={opened.fingerprint[:12]}",
    )


def detail(name: str, opened: Bundle) -> BundleDetail:
    """A bundle in full."""
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
