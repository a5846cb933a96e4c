"""Writes a bundle as a web page that any static page host can serve."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ganvas.bundle import Bundle
from ganvas.bundle.manifest import CARD, PREVIEW
from ganvas.bundle.tensors import WeightFormat
from ganvas.crops import FACE_CROPS
from ganvas.errors import UserError
from ganvas.files import replacing_folder
from ganvas.models.family import Family
from ganvas.paths import writing
from ganvas.release.web_page.graphs import PageGraph, export_graph
from ganvas.release.web_page.model import describe_model
from ganvas.tasks import TASKS
from ganvas.tasks.base import BrowserGraph

TEMPLATE = Path(__file__).parent / "template"  # built from web/page by `python tools/web.py build`
MODEL = "model.json"
LARGEST = 30_000_000  # bytes of all graphs above which a visitor waits too long
WEBGPU_RUNTIME = "*asyncify*"  # files of the template that only the runtime for WebGPU needs


class WrittenPage(NamedTuple):
    """A page as it was written.

    Attributes:
        path: Its folder.
        graphs: Bytes of the graphs.
        total: Bytes of the whole folder.
        weights: How the graphs store the weights.
        difference: Mean difference of the graphs' outputs from the model's, of numbers in [-1, 1].
    """

    path: Path
    graphs: int
    total: int
    weights: WeightFormat
    difference: float

    @property
    def large(self) -> bool:
        """Whether the graphs are larger than what a visitor should wait for."""
        return self.graphs > LARGEST


def write_page(
    bundle: Bundle, folder: Path, *, weights: WeightFormat | None = None, webgpu: bool = True
) -> WrittenPage:
    """Write a bundle as a web page; an earlier page in ``folder`` is replaced once the new one is complete.

    Args:
        bundle: A bundle.
        folder: The page's folder.
        weights: How the graphs store the weights; None: float16, or int8 where float16 takes more than 30 MB.
        webgpu: Include the runtime for WebGPU (27 MB, loaded only by browsers that have it).

    Raises:
        UserError: Such models do not run in a browser, the ``export`` extra is missing, the page's files were not
            built, or the folder holds something else or cannot be written.
    """
    check_template()
    _check_replaceable(folder)
    info, family = bundle.info, bundle.load_family()
    wanted = TASKS[info.task].browser_graphs(family)
    if not wanted:
        raise UserError(
            f"{info.name} cannot be a web page: only models that take a seed, a drawing or one picture run in a "
            f"browser, and this one takes {', '.join(info.accepts)}; use `ganvas studio`."
        )
    graphs, stored = _graphs(family, wanted, weights)
    difference = max(graph.difference for graph in graphs)
    model = describe_model(bundle, weights=stored, difference=difference, webgpu=webgpu)
    with writing(folder, "choose another folder"), replacing_folder(folder) as new:
        ignored = shutil.ignore_patterns(*([] if webgpu else [WEBGPU_RUNTIME]), "*.map")
        shutil.copytree(TEMPLATE, new, dirs_exist_ok=True, ignore=ignored)
        model |= {"graphs": [_write_graph(new, graph) for graph in graphs], "examples": _examples(bundle, new)}
        for name in (CARD, PREVIEW):
            shutil.copyfile(bundle.path / name, new / name)
        (new / MODEL).write_text(json.dumps(model, ensure_ascii=False, indent=1), encoding="utf-8")
        total = sum(file.stat().st_size for file in new.rglob("*") if file.is_file())
    return WrittenPage(folder, sum(len(graph.content) for graph in graphs), total, stored, difference)


def check_template() -> None:
    """Check that the page's own files are there.

    Raises:
        UserError: They were not built.
    """
    if not (TEMPLATE / "index.html").is_file():
        raise UserError("The files of the web page are not built; run `make web` in the checkout.")


def _check_replaceable(folder: Path) -> None:
    if folder.exists() and not (folder / MODEL).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"{folder} exists and is not such a page; choose another folder, so that nothing in it is lost."
        )


def _graphs(
    family: Family, wanted: tuple[BrowserGraph, ...], weights: WeightFormat | None
) -> tuple[list[PageGraph], WeightFormat]:
    exact = [export_graph(family, graph) for graph in wanted]
    if weights is not None:
        return [graph.stored(weights) for graph in exact], weights
    graphs = [graph.stored("float16") for graph in exact]
    if sum(len(graph.content) for graph in graphs) <= LARGEST:
        return graphs, "float16"
    return [graph.stored("int8") for graph in exact], "int8"


def _write_graph(folder: Path, graph: PageGraph) -> dict[str, Any]:
    """Write a graph and its sample under names that change with their content; returns how the page finds them."""
    sample = b"".join(
        _levels(value).tobytes() if value.ndim == 4 else value.tobytes() for value in graph.inputs.values()
    )
    sample += _levels(graph.output).tobytes()
    digest = hashlib.sha256(graph.content + sample).hexdigest()[:10]
    file, sample_file = f"{graph.name}-{digest}.onnx", f"{graph.name}-{digest}.sample"
    (folder / file).write_bytes(graph.content)
    (folder / sample_file).write_bytes(sample)
    return {
        "name": graph.name,
        "file": file,
        "bytes": len(graph.content),
        "inputs": {name: list(value.shape) for name, value in graph.inputs.items()},
        "output": list(graph.output.shape),
        "sample": sample_file,
    }


def _levels(values: Any) -> Any:
    """Numbers in [-1, 1] as steps of 1/127.5, uint8."""
    return np.clip(np.round((values + 1) * 127.5), 0, 255).astype(np.uint8)


def _examples(bundle: Bundle, folder: Path) -> list[str]:
    """Keep the example drawings or photographs of faces, where the model is about faces; returns their paths."""
    info, examples = bundle.info, folder / "examples"
    kind = "drawing-*.json" if info.page == "draw" else "portrait-*.jpg"
    about_faces = info.data.crop in FACE_CROPS and not {"drawing", "picture"}.isdisjoint(info.accepts)
    kept = sorted(examples.glob(kind)) if about_faces else []
    for file in examples.glob("*-*"):
        if file not in kept:
            file.unlink()
    if not kept:
        shutil.rmtree(examples, ignore_errors=True)
    return [file.relative_to(folder).as_posix() for file in kept]
