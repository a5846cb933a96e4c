"""Writes a trained family as a bundle."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganvas.bundle.card import model_card
from ganvas.bundle.export import can_export, export_onnx
from ganvas.bundle.export_directions import export_directions
from ganvas.bundle.export_parts import export_parts
from ganvas.bundle.manifest import (
    CARD,
    CODE_BANK,
    MANIFEST,
    ONNX,
    PREVIEW,
    BundleFile,
    BundleInfo,
    BundleMetric,
    Credit,
    Int8Report,
    OnnxReport,
)
from ganvas.bundle.read import Bundle, read_bundle
from ganvas.bundle.tensors import WeightFormat, write_tensors
from ganvas.bundle.weights import check_same, write_weights
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.images.decode import encode_png
from ganvas.errors import UserError
from ganvas.files import replacing_folder, write_atomically
from ganvas.models.capabilities import HasCodes, Truncates
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.paths import writing
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures


def write_bundle(
    directory: Path,
    family: Family,
    *,
    name: str,
    kimg: float,
    recipe: Mapping[str, Any] | None = None,
    metrics: Sequence[Mapping[str, Any] | BundleMetric] = (),
    credits: Sequence[Mapping[str, Any] | Credit] = (),  # noqa: A002 - the file's own word
    pictures: Dataset | None = None,
    sources: Pictures | None = None,
    code_bank: Mapping[str, Tensor] | None = None,
    whole: bool = False,
    onnx: bool | None = None,
    int8: bool = False,
    weights: WeightFormat = "float32",
) -> Bundle:
    """Write a trained family as a bundle. An earlier bundle at ``directory`` is replaced once the new one is complete.

    Args:
        directory: the bundle's folder.
        family: with its averaged weights in place. It is neither moved nor changed.
        name: the model's name for people.
        kimg: how long it was trained.
        recipe: the resolved recipe.
        metrics: lines of ``metrics.jsonl``; those whose value is not finite are left out.
        credits: of the pictures and weights it was made from.
        pictures: those it was trained on. Where the recipe does not declare a domain of drawings, they are measured.
        sources: translation: pictures for the preview, uint8 [N, H, W, source_channels].
        code_bank: codes of the training pictures.
        whole: also keep the networks that only training needs (the discriminator), so that training can continue.
        onnx: whether to add ONNX graphs; None: where the ``export`` extra is installed.
        int8: quantise the graphs that make pictures from codes to int8; those that gain enough are kept so.
        weights: how the networks are stored: float16 takes half the space of float32, int8 a quarter.

    Raises:
        UserError: the ONNX graph differs from the model, the extra is missing though ``onnx`` is True, or the folder
            holds something that is not a bundle, or cannot be written.
    """
    _check_replaceable(directory)
    with writing(directory, "choose another folder"), replacing_folder(directory) as folder:
        info = _describe_model(
            family,
            name=name,
            kimg=kimg,
            recipe=dict(recipe or {}),
            parameters=write_weights(folder, family, whole=whole, weights=weights),
            weights=weights,
            metrics=tuple(_validated(metric) for metric in metrics if _is_finite(metric)),
            credits=tuple(Credit.model_validate(credit) for credit in credits),
        )
        if pictures is not None:
            info = _with_drawing_direction(info, pictures)
        copy = Bundle(folder, info, "").load_family()
        check_same(family, copy, weights)
        has_onnx = can_export() if onnx is None else onnx
        if has_onnx:
            info = info.model_copy(update={"onnx": _write_graphs(copy, folder)})
        if int8:
            info = info.model_copy(update={"int8": _quantize_graphs(copy, folder, code_bank or {}, has_onnx)})
        if code_bank:
            write_tensors(folder / CODE_BANK, code_bank)
        with torch.no_grad():
            preview = TASKS[copy.task].preview(copy, sources)
        (folder / PREVIEW).write_bytes(encode_png(preview))
        (folder / CARD).write_text(model_card(info), encoding="utf-8")
        info = _write_manifest(info, folder)
        read_bundle(folder)
    return Bundle(directory, info, info.fingerprint)


def _check_replaceable(directory: Path) -> None:
    is_bundle = (directory / MANIFEST).is_file()
    if directory.exists() and not is_bundle and (not directory.is_dir() or any(directory.iterdir())):
        raise UserError(
            f"{directory} exists and is not a bundle; choose another folder, so that nothing in it is lost."
        )


def _describe_model(family: Family, **known: Any) -> BundleInfo:
    from ganvas.version import __version__

    return BundleInfo(
        task=family.task,
        family=next(name for name, kind in FAMILIES.items() if type(family) is kind),
        config=family.config.model_dump(mode="json"),
        data=family.data,
        z_dim=family.z_dim,
        truncates=isinstance(family, Truncates),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        ganvas=__version__,
        files={},
        **known,
    )


def _with_drawing_direction(info: BundleInfo, pictures: Dataset) -> BundleInfo:
    """The manifest with the drawing direction that the recipe declares or that is measured on training pictures."""
    declared = info.recipe.get("data", {}).get("drawing_domain")
    direction = TASKS[info.task].drawing_direction(
        info.data, info.config, info.capabilities, declared=declared, dataset=pictures
    )
    content = info.model_dump(exclude={"page", "accepts"}) | {"drawing_direction": direction}
    return BundleInfo.model_validate(content)


def _write_graphs(family: Family, folder: Path) -> OnnxReport:
    """Write the family and its subgraphs as ONNX; the report of the whole graph."""
    if isinstance(family, HasCodes):
        return export_parts(family, folder)
    if TASKS[family.task].directions(family.config.model_dump()) == 2:
        return export_directions(family, folder / ONNX)
    return export_onnx(family, folder / ONNX)


def _quantize_graphs(
    family: Family, folder: Path, code_bank: Mapping[str, Tensor], has_onnx: bool
) -> dict[str, Int8Report]:
    """Replace the graphs that make whole pictures from codes by int8 ones, where these gain enough."""
    from ganvas.bundle.quantize import quantize_subgraph

    side, reports = family.data.resolution, {}
    subgraphs = family.subgraphs() if isinstance(family, HasCodes) else {}
    for name, subgraph in subgraphs.items():
        for codes in code_bank.values():
            if tuple(codes.shape[1:]) != subgraph.input_shape or not has_onnx:
                continue
            with torch.no_grad():
                shape = subgraph.function(codes[:1].float().cpu()).shape
            if tuple(shape[2:]) == (side, side):
                graph = folder / f"{name}.onnx"
                reports[name] = quantize_subgraph(graph, codes.float().cpu().numpy(), graph)
    if not reports:
        raise UserError(
            "int8 applies to models that make pictures from codes of their training pictures, with ONNX; leave it out."
        )
    return reports


def _write_manifest(info: BundleInfo, folder: Path) -> BundleInfo:
    """Write ``bundle.json``; returns it with the files of the folder."""
    files = {file.name: _describe_file(file) for file in sorted(folder.iterdir())}
    info = BundleInfo.model_validate_json(info.model_copy(update={"files": files}).model_dump_json())
    content = info.model_dump(mode="json") | {"fingerprint": info.fingerprint}
    write_atomically(folder / MANIFEST, json.dumps(content, indent=1, ensure_ascii=False))
    return info


def _describe_file(file: Path) -> BundleFile:
    content = file.read_bytes()
    return BundleFile(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def _validated(metric: Mapping[str, Any] | BundleMetric) -> BundleMetric:
    return metric if isinstance(metric, BundleMetric) else BundleMetric.model_validate(metric)


def _is_finite(metric: Mapping[str, Any] | BundleMetric) -> bool:
    value = metric.value if isinstance(metric, BundleMetric) else metric.get("value")
    return isinstance(value, int | float) and math.isfinite(value)
