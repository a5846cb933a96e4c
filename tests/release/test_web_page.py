"""Web pages of models: their graphs, their samples, and what cannot be a page."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from support.shared_folder import make_once
from support.web_page import answer, model_of, write_pages

from ganvas.bundle import read_bundle, write_bundle
from ganvas.cli import main
from ganvas.models.families import FAMILIES
from ganvas.release.web_page import graphs, write, write_page

pytestmark = pytest.mark.skipif(
    not (write.TEMPLATE / "index.html").is_file(), reason="the page is not built; run `make web`"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundles and pages, which tests do not change."""
    return make_once(tmp_path_factory, "web-pages", write_pages)


@pytest.mark.parametrize("kind", ["draw", "generate", "translate", "music"])
def test_graphs_have_neither_branches_nor_whole_numbers_as_inputs(made: Path, kind: str) -> None:
    page = made / "pages" / kind
    listed = model_of(page)["graphs"]
    assert [graph["name"] for graph in listed] == (["a_to_b", "b_to_a"] if kind == "translate" else [listed[0]["name"]])
    for graph in listed:
        model = onnx.load(page / graph["file"])
        assert {node.op_type for node in model.graph.node}.isdisjoint({"If", "Loop", "Scan"})
        assert {value.type.tensor_type.elem_type for value in model.graph.input} == {onnx.TensorProto.FLOAT}
        assert {value.name for value in model.graph.input} <= set(graph["inputs"])
        assert (page / graph["file"]).stat().st_size == graph["bytes"]


def test_a_sample_holds_inputs_and_what_onnxruntime_computes(made: Path) -> None:
    page = made / "pages" / "translate"
    for graph in model_of(page)["graphs"]:
        levels = np.frombuffer((page / graph["sample"]).read_bytes(), np.uint8).reshape(2, *graph["output"])
        source, stored = (levels / 127.5 - 1).astype(np.float32)
        assert np.abs(answer(page, graph["name"], source=source) - stored).max() < 1 / 127.5
        assert stored.std() > 0.05


def test_each_direction_has_the_graph_of_its_own_generator(made: Path) -> None:
    page, source = made / "pages" / "translate", np.zeros((1, 3, 32, 32), np.float32)
    shape = model_of(page)["graphs"][0]["inputs"]["source"]
    source = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    assert np.abs(answer(page, "a_to_b", source=source) - answer(page, "b_to_a", source=source)).mean() > 0.01


def test_weights_in_fewer_bytes_are_computed_in_float32(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = read_bundle(made / "bundles" / "generate")
    family = bundle.load_family()
    graph = write.TASKS["synthesis"].browser_graphs(family)[0]
    exact = graphs.export_graph(family, graph)
    sizes = {}
    for weights, most in (("float32", 1e-5), ("float16", 2e-3), ("int8", 5e-2)):
        stored = exact.stored(weights)  # type: ignore[arg-type]
        sizes[weights] = len(stored.content)
        assert stored.difference < most
        assert stored.output.dtype == np.float32
    assert sizes["int8"] < sizes["float16"] < sizes["float32"]
    monkeypatch.setattr(write, "LARGEST", sizes["float16"] - 1)
    assert write._graphs(family, (graph,), None)[1] == "int8"


def test_a_page_holds_what_it_needs_and_no_more(made: Path, tmp_path: Path) -> None:
    page = made / "pages" / "music"
    assert list((page / "assets").glob("*.wasm")), "the runtime is one of the files"
    assert not list(page.rglob("*asyncify*")), "without WebGPU its runtime is left out"
    assert list((made / "pages" / "draw").rglob("*asyncify*.wasm"))
    assert not (page / "examples").exists(), "example faces are for models of faces"
    assert "Limits" in (page / "card.md").read_text()
    model = model_of(made / "pages" / "draw")
    assert (model["credits"][0]["licence"], model["weights"], model["webgpu"]) == ("CC0-1.0", "float16", True)


def test_a_page_is_replaced_but_nothing_else_is(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, page = made / "bundles" / "music", tmp_path / "page"
    page.mkdir()
    (page / "thesis.txt").write_text("years of work")
    assert main(["export", str(bundle), "--page", str(page)]) == 2
    assert "so that nothing in it is lost" in capsys.readouterr().err
    shutil.rmtree(page)
    shutil.copytree(made / "pages" / "generate", page)
    assert main(["export", str(bundle), "--page", str(page), "--no-webgpu"]) == 0
    assert (model_of(page)["name"], list(page.glob("*.onnx")) == [page / model_of(page)["graphs"][0]["file"]]) == (
        "Music",
        True,
    )
    assert "in float16" in capsys.readouterr().out
    assert main(["export", str(bundle), "--page", str(page), "--best", "--no-onnx"]) == 2
    assert "--best, --no-onnx does not apply" in capsys.readouterr().err


def test_a_model_that_takes_more_than_one_picture_is_refused(tmp_path: Path) -> None:
    kind = FAMILIES["starganv2"]
    config, data = kind.tiny()
    write_bundle(tmp_path / "style", kind(config, data, 1.0).eval(), name="Style", kimg=1, onnx=False)
    with pytest.raises(Exception, match="this one takes picture, reference, seed; use `ganvas studio`"):
        write_page(read_bundle(tmp_path / "style"), tmp_path / "page")
    assert not (tmp_path / "page").exists()
