"""What a training leaves on disk, per task: files, JSON keys, table columns, and its numbers to the last bit."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import onnx
import pytest
import yaml

from golden.outside import run
from golden.readings import checkpoint, lines, picture_digest, stats
from golden.records import Records, structure
from golden.trainings import CHANGES, Trained

# What a run and a bundle say of themselves that neither time nor rounding changes.
STEADY_STATUS = ("state", "family", "task", "recipe", "stage", "total_kimg", "pictures", "dataset_name", "classes")
STEADY_STATUS += ("nimg", "kimg", "progress", "eta_seconds", "latest_sheet")
VOLATILE_BUNDLE = ("created", "ganvas", "fingerprint", "files", "metrics", "onnx", "recipe")


@pytest.mark.parametrize("task", sorted(CHANGES))
def test_a_run_has_the_files_and_keys_recorded(task: str, trained: Callable[[str], Trained], records: Records) -> None:
    left = trained(task)
    status = json.loads((left.run / "status.json").read_text())
    measured = lines(left.run / "metrics.jsonl")
    found = {
        "files": _files(left.runs),
        "published files": _files(left.bundles),
        "recipe.yaml": structure(yaml.safe_load((left.run / "recipe.yaml").read_text())),
        "status.json": structure({**status, "health": "…"}),
        "status.json says": {key: status[key] for key in STEADY_STATUS if key in status},
        "stats.jsonl": structure(lines(left.run / "stats.jsonl")),
        "metrics.jsonl": {_name(line): structure(line) for line in measured},
        "bundle": _bundle(left.run / "bundle"),
    }
    records.check(f"run-{task}", found)


@pytest.mark.parametrize("task", sorted(CHANGES))
def test_a_run_has_the_numbers_recorded(task: str, trained: Callable[[str], Trained], records: Records) -> None:
    left = trained(task)
    info = json.loads((left.run / "bundle" / "bundle.json").read_text())
    pictures = [*sorted((left.run / "sheets").glob("*.png")), left.run / "bundle" / "preview.png"]
    found = {
        "stats": stats(left.run),
        "metrics": {
            _name(line): {key: line.get(key) for key in ("value", "std")} for line in lines(left.run / "metrics.jsonl")
        },
        "checkpoint": checkpoint(left.run),
        "pictures": {path.name: picture_digest(path.read_bytes()) for path in pictures},
        "weights": {
            name: f"sha256:{file['sha256']}" for name, file in info["files"].items() if name.endswith(".safetensors")
        },
    }
    records.check_numbers(f"numbers-{task}", found)


def test_a_catalogue_has_the_columns_recorded(drawn: Path, tmp_path: Path, records: Records) -> None:
    root = tmp_path / "catalogue"
    assert run("collect", drawn, "--catalog", root, "--quiet", "--workers", "1").code == 0
    with closing(sqlite3.connect(root / "catalog.db")) as database:
        tables = sorted(name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
        columns = {
            table: [list(row[1:]) for row in database.execute(f"SELECT * FROM pragma_table_info('{table}')")]
            for table in tables
        }
        rows = {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
    files = _files(root)
    stored = sorted({str(Path(name).parent.parts[0]) if len(Path(name).parts) > 1 else name for name in files})
    records.check("catalogue", {"columns": columns, "rows": rows, "top": stored, "files": len(files)})


def _name(line: dict[str, Any]) -> str:
    protocol = line.get("protocol", {})
    return f"{line['metric']} of {line['nimg']} on {protocol.get('pictures', 'the quick ones')}"


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _bundle(folder: Path) -> dict[str, Any]:
    info = json.loads((folder / "bundle.json").read_text())
    # Each measured figure has its own protocol; they are compared with the run's.
    keys = {**info, "metrics": sorted({key for metric in info["metrics"] for key in metric})}
    return {
        "bundle.json": structure(keys),
        "bundle.json says": {key: value for key, value in info.items() if key not in VOLATILE_BUNDLE},
        "bundle.json measured": [metric["metric"] for metric in info["metrics"]],
        "tensors": {path.name: _tensors(path) for path in sorted(folder.glob("*.safetensors"))},
        "graphs": {path.name: _graph(path) for path in sorted(folder.glob("*.onnx"))},
    }


def _tensors(path: Path) -> dict[str, Any]:
    """How many tensors a safetensors file has, a digest of their names, kinds and shapes, and what else it says."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    said = header.pop("__metadata__", {})
    names = json.dumps([[name, one["dtype"], one["shape"]] for name, one in sorted(header.items())])
    return {"count": len(header), "names": hashlib.sha256(names.encode()).hexdigest()[:16], "says": structure(said)}


def _graph(path: Path) -> dict[str, Any]:
    graph = onnx.load(path, load_external_data=False).graph

    def told(value: Any) -> list[Any]:
        tensor = value.type.tensor_type
        return [value.name, tensor.elem_type, [one.dim_value or one.dim_param for one in tensor.shape.dim]]

    return {"inputs": [told(one) for one in graph.input], "outputs": [told(one) for one in graph.output]}
