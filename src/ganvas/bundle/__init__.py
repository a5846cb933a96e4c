"""A trained model as one folder, ready for use: weights, ONNX, what it is, where its pictures come from.

``bundle.json`` names every file with its sha256; a bundle that differs from what was written is refused. Weights are
safetensors and the graph is ONNX, so that opening somebody else's bundle never executes their code.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from torch import Tensor

from ganvas.bundle.card import write_card
from ganvas.bundle.export import can_export, export_onnx, export_subgraph
from ganvas.bundle.manifest import (
    CARD,
    MANIFEST,
    MEMORY,
    ONNX,
    PREVIEW,
    SCHEMA,
    STATE,
    BundleFile,
    BundleInfo,
    BundleMetric,
    Credit,
    Int8Report,
    OnnxReport,
    fingerprint_of,
)
from ganvas.bundle.tensors import WeightFormat, decode, encode
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.images.decode import encode_png
from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.models.capabilities import HasCodes, Truncates
from ganvas.models.families import FAMILIES, build
from ganvas.models.family import Family
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures

__all__ = [
    "MANIFEST",
    "Bundle",
    "BundleFile",
    "BundleInfo",
    "BundleMetric",
    "Credit",
    "Int8Report",
    "OnnxReport",
    "export_onnx",
    "read",
    "write",
]


@dataclass(frozen=True)
class Bundle:
    """A bundle whose files have been verified."""

    path: Path
    info: BundleInfo
    fingerprint: str

    @property
    def onnx(self) -> Path | None:
        """The ONNX graph, when there is one."""
        return self.path / ONNX if ONNX in self.info.files else None

    def step(self, name: str) -> Path | None:
        """The ONNX graph of one of the family's steps, when there is one."""
        file = f"{name}.onnx"
        return self.path / file if file in self.info.files else None

    def memory(self) -> dict[str, Tensor]:
        """What the family remembers of its training pictures; empty for most."""
        return safetensors.torch.load_file(self.path / MEMORY) if MEMORY in self.info.files else {}

    @property
    def card(self) -> str:
        """The model card, Markdown."""
        return (self.path / CARD).read_text(encoding="utf-8")

    @property
    def preview(self) -> bytes:
        """A PNG picture of what the model makes."""
        return (self.path / PREVIEW).read_bytes()

    def load_family(self) -> Family:
        """The trained family on the CPU, in evaluation mode: it answers requests; what only training needs is gone.

        :raises UserError: this Ganvas lacks the family, or the weights do not fit it.
        """
        info = self.info
        family = build(info.family, info.config, info.data, info.kimg)
        try:
            for name in family.networks():
                if name in info.parameters:
                    weights = decode(safetensors.torch.load_file(self.path / _weights(name)))
                    family.get_submodule(name).load_state_dict(weights)
                else:
                    delattr(family, name)
            if (self.path / STATE).is_file():
                state = safetensors.torch.load_file(self.path / STATE)
                unexpected = family.load_state_dict(state, strict=False).unexpected_keys
                if unexpected:
                    raise RuntimeError(f"unexpected {unexpected[0]}")
        except (RuntimeError, SafetensorError, OSError) as error:
            reason = " ".join(str(error).replace(str(self.path), info.name).split())[:200]
            raise UserError(
                f"The weights of bundle {info.name} do not fit family {info.family} ({reason}); "
                f"use the Ganvas that wrote it ({info.ganvas}) or export it again.",
                code="bundle-weights",
                params={"bundle": info.name, "family": info.family, "version": info.ganvas},
            ) from None
        return family.eval().requires_grad_(False)


def _weights(network: str) -> str:
    return f"{network}.safetensors"


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> Bundle:
    """Open a bundle and verify that each file is the one that was written.

    :raises UserError: there is no bundle, it was written by a newer Ganvas, or a file is missing, added or changed.
    """
    manifest = path / MANIFEST
    try:
        content = json.loads(manifest.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"There is no bundle in {path} (no {MANIFEST}); make one with `ganvas export`.",
            code="bundle-missing",
            params={"bundle": path.name},
        ) from None
    except OSError as error:
        raise UserError(
            f"{manifest} cannot be read ({error.strerror}); check its permissions.",
            code="bundle-unreadable",
            params={"bundle": path.name, "reason": str(error.strerror)},
        ) from None
    except ValueError:
        raise UserError(
            f"{manifest} is damaged: it is no JSON; export the bundle again.",
            code="bundle-not-json",
            params={"bundle": path.name},
        ) from None
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA:
        raise UserError(
            f"Bundle {path} has schema version {version!r}, this Ganvas reads {SCHEMA}; "
            "update Ganvas or export the bundle again.",
            code="bundle-version",
            params={"bundle": path.name, "found": str(version), "known": SCHEMA},
        )
    stated = content.pop("fingerprint", None)
    try:
        info = BundleInfo.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{manifest} is damaged ({where}: {first['msg']}); export the bundle again.",
            code="bundle-damaged",
            params={"bundle": path.name, "field": where},
        ) from None
    if stated != fingerprint_of(content):
        raise UserError(
            f"{manifest} was changed after it was written; get the bundle again from where it came.",
            code="bundle-changed",
            params={"bundle": path.name},
        )
    _verify(path, info)
    return Bundle(path, info, stated)


def _verify(path: Path, info: BundleInfo) -> None:
    needed = {PREVIEW, CARD, *map(_weights, info.parameters)} | ({ONNX} if info.onnx else set())
    for name in sorted(needed - set(info.files)):
        raise UserError(
            f"Bundle {path} does not list {name}; export it again.",
            code="bundle-incomplete",
            params={"bundle": path.name, "file": name},
        )
    for name, stated in info.files.items():
        file = path / name
        if Path(name).name != name or file.is_symlink() or not file.is_file():
            raise UserError(
                f"Bundle {path} lacks {name}; get it again from where it came.",
                code="bundle-file-missing",
                params={"bundle": path.name, "file": name},
            )
        with file.open("rb") as opened:
            actual = BundleFile(sha256=hashlib.file_digest(opened, "sha256").hexdigest(), bytes=opened.tell())
        if actual != stated:
            raise UserError(
                f"{name} in bundle {path} is not the file that was written (its sha256 differs), so it is not used; "
                "get the bundle again from where it came.",
                code="bundle-file-changed",
                params={"bundle": path.name, "file": name},
            )
    for name in sorted(entry.name for entry in path.iterdir()):
        if name not in info.files and name != MANIFEST:
            raise UserError(
                f"Bundle {path} holds {name}, which does not belong to it; move that elsewhere.",
                code="bundle-extra-file",
                params={"bundle": path.name, "file": name},
            )


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(
    directory: Path,
    family: Family,
    *,
    name: str,
    kimg: float,
    recipe: Mapping[str, Any] | None = None,
    metrics: Sequence[Mapping[str, Any] | BundleMetric] = (),
    credits: Sequence[Mapping[str, Any] | Credit] = (),  # noqa: A002 - the file's own word
    sources: Pictures | None = None,
    onnx: bool | None = None,
    whole: bool = False,
    memory: Mapping[str, Tensor] | None = None,
    int8: bool = False,
    weights: WeightFormat = "float32",
    pictures: Dataset | None = None,
) -> Bundle:
    """Write a trained family as a bundle; what stood at ``directory`` before is replaced only once all is well.

    :param family: with its averaged weights in place. It is neither moved nor changed.
    :param name: what people call the model.
    :param kimg: how long it was trained.
    :param recipe: the resolved recipe.
    :param metrics: lines of ``metrics.jsonl`` (those whose value is not finite are left out).
    :param sources: translation: pictures for the preview, uint8 [N, H, W, source_channels].
    :param whole: also keep the networks that only training needs (the discriminator), for whoever trains on from it.
    :param memory: what the family remembers of its training pictures.
    :param int8: try the graphs that paint from a memory's codes in int8; those that are worth it are kept so.
    :param weights: how the networks are stored; float16 takes half the space of float32, int8 a quarter.
    :param pictures: those it was trained on, to find out where it takes drawings when the recipe does not say.
    :param onnx: whether to add the ONNX graph; None: when the ``export`` extra is installed.
    :raises UserError: the ONNX graph differs from the model, the extra is missing though ``onnx`` is asked for, or the
        folder holds something that is no bundle.
    """
    from ganvas import __version__

    if (
        directory.exists()
        and not (directory / MANIFEST).is_file()
        and (not directory.is_dir() or any(directory.iterdir()))
    ):
        raise UserError(
            f"{directory} exists and is no bundle; choose another folder, so that nothing of yours is lost."
        )
    if onnx is None:
        onnx = can_export()
    directory.parent.mkdir(parents=True, exist_ok=True)
    temporary = directory.with_name(f".{directory.name}.{uuid.uuid4().hex[:8]}.tmp")
    temporary.mkdir()
    try:
        parameters = _write_weights(temporary, family, whole, weights)
        listed = [metric if isinstance(metric, BundleMetric) else BundleMetric.model_validate(metric)
                  for metric in metrics if _is_finite(metric)]  # fmt: skip
        info = BundleInfo(
            name=name,
            task=family.task,
            family=_family_name(family),
            config=family.config.model_dump(mode="json"),
            data=family.data,
            z_dim=family.z_dim,
            truncates=isinstance(family, Truncates),
            kimg=kimg,
            recipe=dict(recipe or {}),
            parameters=parameters,
            metrics=tuple(listed),
            credits=tuple(Credit.model_validate(credit) for credit in credits),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            ganvas=__version__,
            weights=weights,
            files={},
        )
        if pictures is not None:
            info = _with_drawing_direction(info, pictures)
        clean = Bundle(temporary, info, "").load_family()
        _check_same(family, clean, weights)
        if onnx:
            info = info.model_copy(update={"onnx": export_onnx(clean, temporary / ONNX)})
            if isinstance(clean, HasCodes):
                for part, subgraph in clean.subgraphs().items():
                    export_subgraph(clean, subgraph, temporary / f"{part}.onnx")
        if int8:
            info = info.model_copy(update={"int8": _in_int8(clean, temporary, memory or {}, bool(onnx))})
        if memory:
            safetensors.torch.save_file(encode(memory), temporary / MEMORY)
        (temporary / PREVIEW).write_bytes(encode_png(_preview(clean, sources)))
        (temporary / CARD).write_text(write_card(info), encoding="utf-8")
        files = {file.name: _describe(file) for file in sorted(temporary.iterdir())}
        info = BundleInfo.model_validate_json(info.model_copy(update={"files": files}).model_dump_json())
        content = info.model_dump(mode="json") | {"fingerprint": info.fingerprint}
        write_atomically(temporary / MANIFEST, json.dumps(content, indent=1, ensure_ascii=False))
        read(temporary)
        _put(temporary, directory)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Bundle(directory, info, info.fingerprint)


@torch.no_grad()
def _preview(family: Family, sources: Pictures | None) -> Pictures:
    return TASKS[family.task].preview(family, sources)


def _in_int8(family: Family, folder: Path, memory: Mapping[str, Tensor], onnx: bool) -> dict[str, Int8Report]:
    """Replace the graphs of the steps that make whole pictures from codes, where int8 is worth it."""
    from ganvas.bundle.quantize import quantize_step

    side, reports = family.data.resolution, {}
    subgraphs = family.subgraphs() if isinstance(family, HasCodes) else {}
    for name, subgraph in subgraphs.items():
        for codes in memory.values():
            if tuple(codes.shape[1:]) != subgraph.input_shape or not onnx:
                continue
            with torch.no_grad():
                shape = subgraph.function(codes[:1].float().cpu()).shape
            if tuple(shape[2:]) == (side, side):
                graph = folder / f"{name}.onnx"
                reports[name] = quantize_step(graph, codes.float().cpu().numpy(), graph)
    if not reports:
        raise UserError("int8 is for models that paint from codes of their training pictures, with ONNX; leave it out.")
    return reports


def _with_drawing_direction(info: BundleInfo, pictures: Dataset) -> BundleInfo:
    """The manifest with what the training pictures say about drawings, unless the recipe declares it."""
    declared = info.recipe.get("data", {}).get("drawing_domain")
    direction = TASKS[info.task].drawing_direction(
        info.data, info.config, info.capabilities, declared=declared, dataset=pictures
    )
    content = info.model_dump(exclude={"page", "accepts"}) | {"drawing_direction": direction}
    return BundleInfo.model_validate(content)


def _is_finite(metric: Mapping[str, Any] | BundleMetric) -> bool:
    value = metric.value if isinstance(metric, BundleMetric) else metric.get("value")
    return isinstance(value, int | float) and math.isfinite(value)


def _family_name(family: Family) -> str:
    for name, kind in FAMILIES.items():
        if type(family) is kind:
            return name
    raise ValueError(f"{type(family).__name__} is not in FAMILIES")


def _describe(file: Path) -> BundleFile:
    content = file.read_bytes()
    return BundleFile(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def _put(temporary: Path, directory: Path) -> None:
    """Rename the finished folder; a folder cannot replace another in one step, so the old one steps aside first."""
    aside = directory.with_name(f".{directory.name}.{uuid.uuid4().hex[:8]}.old")
    if directory.exists():
        directory.rename(aside)
    try:
        temporary.rename(directory)
    except OSError:
        if aside.exists():
            aside.rename(directory)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write_weights(directory: Path, family: Family, whole: bool, weights: WeightFormat) -> dict[str, int]:
    """Save what answering needs, or all networks. → the parameter count of each network saved."""
    networks = family.networks()
    used = _children_used(family)
    parameters = {}
    for name, network in networks.items():
        if whole or name in family.averaged or name in used:
            safetensors.torch.save_file(encode(network.state_dict(), weights), directory / _weights(name))
            parameters[name] = sum(parameter.numel() for parameter in network.parameters())
    # Children without parameters count only when answering calls them: a pool of past pictures stays out.
    state = {
        key: tensor
        for key, tensor in family.state_dict().items()
        if "." not in key or (key.split(".")[0] in used and key.split(".")[0] not in networks)
    }
    if state:
        safetensors.torch.save_file(encode(state), directory / STATE)
    return parameters


@torch.no_grad()
def _children_used(family: Family) -> set[str]:
    """The children (or parts of them) that are called while answering a request."""
    used: set[str] = set()

    def note(name: str) -> Any:
        return lambda module, arguments: used.add(name)

    hooks = [
        module.register_forward_pre_hook(note(name))
        for name, child in family.named_children()
        for module in child.modules()
    ]
    try:
        family.generate(_moved(TASKS[family.task].example_request(family, 2), family))
    finally:
        for hook in hooks:
            hook.remove()
    return used


def _moved(request: Any, family: Family) -> Any:
    device = next(family.parameters()).device
    return type(request)(*(tensor.to(device) for tensor in request))


@torch.no_grad()
def _check_same(family: Family, copy: Family, weights: WeightFormat) -> None:
    """A family that forgot to keep part of its state in networks or buffers fails here and not at its users."""
    request = TASKS[copy.task].example_request(copy, 2)
    differences = (family.generate(_moved(request, family)).cpu() - copy.generate(request)).abs()
    # Devices round differently, and so do formats; a missing weight is off by far more.
    difference = (differences.max() if weights == "float32" else differences.mean()).item()
    if not difference <= (5e-2 if weights == "int8" else 1e-2):
        raise RuntimeError(f"{_family_name(copy)} read back from its bundle answers differently (by {difference:.3g})")
