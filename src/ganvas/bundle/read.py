"""Reads a bundle: verifies its files and builds its trained family."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
from pydantic import ValidationError
from safetensors import SafetensorError
from torch import Tensor

from ganvas.bundle.manifest import (
    CARD,
    CODE_BANK,
    MANIFEST,
    ONNX,
    PREVIEW,
    SCHEMA,
    STATE,
    BundleFile,
    BundleInfo,
    fingerprint_of,
    weights_file,
)
from ganvas.bundle.tensors import decode
from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.family import Family


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

    def subgraph(self, name: str) -> Path | None:
        """The ONNX graph of one of the family's subgraphs, when there is one."""
        file = f"{name}.onnx"
        return self.path / file if file in self.info.files else None

    def code_bank(self) -> dict[str, Tensor]:
        """Codes of the training pictures; empty for families without codes."""
        return safetensors.torch.load_file(self.path / CODE_BANK) if CODE_BANK in self.info.files else {}

    @property
    def card(self) -> str:
        """The model card, Markdown."""
        return (self.path / CARD).read_text(encoding="utf-8", errors="replace")

    @property
    def preview(self) -> bytes:
        """A PNG picture of what the model makes."""
        return (self.path / PREVIEW).read_bytes()

    def load_family(self) -> Family:
        """The trained family on the CPU, in evaluation mode, without the networks that only training needs.

        Raises:
            UserError: this Ganvas lacks the family, or the weights do not fit it.
        """
        info = self.info
        family = build(info.family, info.config, info.data, info.kimg)
        try:
            for name in family.networks():
                if name in info.parameters:
                    weights = decode(safetensors.torch.load_file(self.path / weights_file(name)))
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


def read_bundle(path: Path) -> Bundle:
    """Open a bundle and verify that each file is the one that was written.

    Raises:
        UserError: there is no bundle, it was written by a newer Ganvas, or a file is missing, added or changed.
    """
    manifest = path / MANIFEST
    try:
        content = manifest.read_bytes()
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
    opened = parse_manifest(content, path)
    _verify(path, opened.info)
    return opened


def parse_manifest(manifest: bytes, path: Path) -> Bundle:
    """The bundle that the content of ``bundle.json`` describes; its files are not verified.

    Args:
        manifest: The content of the file.
        path: Where the bundle is, or is shown to be.

    Raises:
        UserError: it was written by a newer Ganvas, or was changed or damaged.
    """
    try:
        content = json.loads(manifest)
    except ValueError:
        raise UserError(
            f"{path / MANIFEST} is damaged: it is no JSON; export the bundle again.",
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
            f"{path / MANIFEST} is damaged ({where}: {first['msg']}); export the bundle again.",
            code="bundle-damaged",
            params={"bundle": path.name, "field": where},
        ) from None
    if stated != fingerprint_of(content):
        raise UserError(
            f"{path / MANIFEST} was changed after it was written; get the bundle again from where it came.",
            code="bundle-changed",
            params={"bundle": path.name},
        )
    return Bundle(path, info, stated)


def _verify(path: Path, info: BundleInfo) -> None:
    needed = {PREVIEW, CARD, *map(weights_file, info.parameters)} | ({ONNX} if info.onnx else set())
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
