"""Graphs in int8: kept where they look the same and are faster, and said so in the bundle."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from support.portrait import portrait_bundle  # noqa: F401 - a fixture

from ganvas.bundle import read_bundle, write, write_bundle
from ganvas.bundle.manifest import OnnxReport
from ganvas.bundle.quantize import quantize_subgraph
from ganvas.errors import UserError
from ganvas.models.families.dcgan import DCGAN
from ganvas.models.family import Family
from ganvas.weights import find

pytestmark = pytest.mark.skipif(find("lpips-alexnet") is None, reason="the weights of LPIPS are not here")


@pytest.fixture(scope="module")
def codes() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(24, 5, 8)).astype(np.float32)


@pytest.fixture(scope="module")
def paint(portrait_bundle: Path) -> Path:
    return portrait_bundle / "paint.onnx"


def answer(graph: Path, codes: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    made: np.ndarray = session.run(None, {"input": codes})[0]
    return made


def test_a_graph_that_is_worth_it_is_written_and_answers_any_batch(
    paint: Path, codes: np.ndarray, tmp_path: Path
) -> None:
    report = quantize_subgraph(paint, codes, tmp_path / "int8.onnx", most_lpips=10, least_gain=0)
    assert report.kept
    assert report.compared == 12
    assert "QuantizeLinear" in {node.op_type for node in onnx.load(tmp_path / "int8.onnx").graph.node}
    for count in (1, 3):
        exact, close = answer(paint, codes[:count]), answer(tmp_path / "int8.onnx", codes[:count])
        assert close.shape == exact.shape
        assert 0 < np.abs(close - exact).mean() < 0.1


@pytest.mark.parametrize("demand", [{"most_lpips": -1.0, "least_gain": 0.0}, {"most_lpips": 10, "least_gain": 1e9}])
def test_one_that_looks_different_or_is_no_faster_is_not(
    paint: Path, codes: np.ndarray, tmp_path: Path, demand: dict[str, float]
) -> None:
    before = paint.read_bytes()
    assert not quantize_subgraph(paint, codes, tmp_path / "int8.onnx", **demand).kept
    assert list(tmp_path.iterdir()) == []
    assert paint.read_bytes() == before


def test_too_few_codes_are_refused(paint: Path, codes: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="16 training pictures"):
        quantize_subgraph(paint, codes[:15], tmp_path / "int8.onnx")


def test_a_bundle_says_what_became_of_its_graphs(
    portrait_bundle: Path, codes: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = read_bundle(portrait_bundle)

    def take_the_exported(family: Family, folder: Path) -> OnnxReport:
        for graph in portrait_bundle.glob("*.onnx"):
            shutil.copy(graph, folder)
        assert opened.info.onnx is not None
        return opened.info.onnx

    monkeypatch.setattr(write, "_write_graphs", take_the_exported)
    memory = {"bank": torch.from_numpy(codes).half()}
    made = opened.load_family()
    written = write_bundle(tmp_path / "b", made, name="b", kimg=1, onnx=True, code_bank=memory, int8=True)
    assert list(read_bundle(written.path).info.int8) == ["paint", "draw"]  # `encode` makes no pictures


def test_other_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="leave it out"):
        write_bundle(tmp_path / "b", DCGAN(*DCGAN.tiny(), 1.0), name="b", kimg=1, onnx=False, int8=True)  # type: ignore[arg-type]
    assert not (tmp_path / "b").exists()
