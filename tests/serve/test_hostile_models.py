"""Models with hostile ONNX graphs: each answer is one sentence in bounded time, and other models go on answering."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import httpx
import pytest
import torch
from PIL import Image
from support.studio import served

from ganvas.bundle import Bundle, manifest, read_bundle, write_bundle
from ganvas.errors import UserError
from ganvas.inference.worker import BusyError, TimeLimitError, WorkerPool
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.settings import StudioSettings

onnx = pytest.importorskip("onnx")
SECONDS = 0.4  # what an answer may take in these tests


def graph(nodes: list[object], output_type: int = onnx.TensorProto.FLOAT, **constants: object) -> bytes:
    """A graph with the input ``z``, float [N, 8], and the output ``output``."""
    helper = onnx.helper
    made = helper.make_graph(
        nodes,
        "hostile",
        [helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, ["n", 8])],
        [helper.make_tensor_value_info("output", output_type, None)],
        [helper.make_tensor(name, *content) for name, content in constants.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    content: bytes = model.SerializeToString()
    return content


def endless() -> bytes:
    helper, types = onnx.helper, onnx.TensorProto
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_in"], ["go_out"]),
            helper.make_node("Mul", ["x_in", "x_in"], ["x_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", types.INT64, []),
            helper.make_tensor_value_info("go_in", types.BOOL, []),
            helper.make_tensor_value_info("x_in", types.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_out", types.BOOL, []),
            helper.make_tensor_value_info("x_out", types.FLOAT, None),
        ],
    )
    loop = helper.make_node("Loop", ["", "true", "z"], ["output"], body=body)
    return graph([loop], true=(types.BOOL, [], [True]))


def hostile_bundle(folder: Path, content: bytes) -> Bundle:
    """A bundle with this graph, signed again as its sender could."""
    config, data = FAMILIES["dcgan"].tiny()
    torch.manual_seed(0)
    write_bundle(folder, FAMILIES["dcgan"](config, data, 1.0), name=folder.name, kimg=1.0, onnx=False)
    (folder / manifest.ONNX).write_bytes(content)
    path = folder / manifest.MANIFEST
    signed = json.loads(path.read_text())
    signed.pop("fingerprint")
    signed["onnx"] = {"opset": 17, "max_difference": 0.0, "batch_sizes": [1]}
    signed["files"][manifest.ONNX] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    signed["fingerprint"] = manifest.fingerprint_of(signed)
    path.write_text(json.dumps(signed))
    return read_bundle(folder)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    config, data = FAMILIES["dcgan"].tiny()
    write_bundle(tmp_path / "good", FAMILIES["dcgan"](config, data, 1.0), name="good", kimg=1.0, onnx=False)
    engine = Engine(seconds=SECONDS)
    with served(create_app(settings=StudioSettings(bundles=tmp_path), engine=engine)) as (opened, _):
        yield opened


def test_an_endless_graph_is_stopped_and_other_models_answer(client: httpx.Client, tmp_path: Path) -> None:
    hostile_bundle(tmp_path / "endless", endless())
    for seed in range(2):  # the worker is replaced each time
        answer = client.get("/v1/bundles/endless/image.png", params={"seed": seed})
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] == "answer-too-long"
        assert answer.json()["params"] == {"model": "endless", "seconds": SECONDS}
        assert client.get("/v1/bundles/good/image.png", params={"seed": seed}).status_code == 200
    stopped = [thread for thread in threading.enumerate() if thread.name == "bundle-endless"]
    for thread in stopped:
        thread.join(60)
    assert not any(thread.is_alive() for thread in stopped), "each stopped worker ends its thread"


def shifted() -> bytes:
    return graph([onnx.helper.make_node("Identity", ["z"], ["output"])])  # two dimensions, not four


def integers() -> bytes:
    cast = onnx.helper.make_node("Cast", ["z"], ["output"], to=onnx.TensorProto.INT64)
    return graph([cast], onnx.TensorProto.INT64)


def failing() -> bytes:
    reshape = onnx.helper.make_node("Reshape", ["z", "shape"], ["output"])
    return graph([reshape], shape=(onnx.TensorProto.INT64, [4], [7, 7, 7, 7]))


@pytest.mark.parametrize("content", [lambda: b"garbage", lambda: b"", shifted, integers, failing])
def test_a_graph_that_is_none_gets_a_sentence_without_paths(
    client: httpx.Client, tmp_path: Path, content: Callable[[], bytes]
) -> None:
    hostile_bundle(tmp_path / "bad", content())
    answer = client.get("/v1/bundles/bad/image.png", params={"seed": 1})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "bundle-graph"
    assert str(tmp_path) not in answer.text
    assert client.get("/v1/bundles/good/image.png", params={"seed": 1}).status_code == 200


# ── The pool ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Model:
    """A model whose calls last until it is stopped, or until they are let go."""

    def __init__(self, *, can_stop: bool) -> None:
        self.gate = threading.Event()
        if can_stop:
            self.stop = self.gate.set

    def hang(self) -> None:
        self.gate.wait(20)
        raise RuntimeError("it was stopped")


def submit(pool: WorkerPool, bundle: Bundle, model: Model, work: Callable[[Model], object]) -> Future[object]:
    return pool.submit(bundle, "", lambda _: model, lambda: 1, work)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    config, data = FAMILIES["dcgan"].tiny()
    return write_bundle(tmp_path / "b", FAMILIES["dcgan"](config, data, 1.0), name="b", kimg=1.0, onnx=False)


def test_work_that_waits_for_a_stopped_model_is_done_by_the_next_worker(bundle: Bundle) -> None:
    pool, model = WorkerPool(10, seconds=SECONDS), Model(can_stop=True)
    first = submit(pool, bundle, model, Model.hang)
    second = submit(pool, bundle, model, lambda _: threading.current_thread())
    with pytest.raises(TimeLimitError, match="took more than"):
        first.result(10)
    assert isinstance(second.result(10), threading.Thread)
    assert submit(pool, bundle, model, lambda _: 7).result(10) == 7
    pool.close()


def test_a_model_that_cannot_be_stopped_hangs_one_thread_and_no_more(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganvas.inference.worker.STOP_SECONDS", 0.05)
    pool, model = WorkerPool(10, seconds=SECONDS), Model(can_stop=False)
    first = submit(pool, bundle, model, Model.hang)
    second = submit(pool, bundle, model, lambda _: 5)
    with pytest.raises(TimeLimitError):
        first.result(10)
    with pytest.raises(BusyError, match="still busy"):
        second.result(10)
    with pytest.raises(BusyError, match="still busy"):
        submit(pool, bundle, model, lambda _: 6)
    [stuck] = pool._stuck.values()
    model.gate.set()
    stuck._thread.join(10)
    assert submit(pool, bundle, model, lambda _: 7).result(10) == 7
    pool.close()


# ── Paths of this machine ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_pretrained_file_is_named_without_its_folder(
    client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home of the operator"
    monkeypatch.setenv("GANVAS_CACHE", str(home))

    def missing(*arguments: object) -> None:
        raise UserError(
            f"The file vgg.safetensors is not on this machine; put it at {home / 'weights' / 'vgg.safetensors'}.",
            code="weights-missing",
            params={"file": "vgg.safetensors"},
        )

    monkeypatch.setattr("ganvas.serve.features.generate.projections.load_lpips", missing)
    with served(create_app(settings=StudioSettings(bundles=tmp_path))) as (studio, _):
        image = io.BytesIO()
        Image.new("RGB", (16, 16)).save(image, "PNG")
        begun = studio.post("/v1/bundles/good/project", files={"image": ("a.png", image.getvalue())}).json()
        while (state := studio.get(f"/v1/projections/{begun['id']}").json())["state"] in ("waiting", "running"):
            pass
        assert state["state"] == "failed"
        assert state["code"] == "weights-missing"
        assert "vgg.safetensors" in state["sentence"]
        assert str(home) not in json.dumps(state)
        assert str(tmp_path) not in json.dumps(state)


def test_a_sentence_of_the_command_line_is_answered_without_folders(tmp_path: Path) -> None:
    app = create_app(settings=StudioSettings(runs=tmp_path / "runs"))

    @app.get("/v1/failing")
    def failing() -> None:
        raise UserError(f"There is no run in {tmp_path / 'runs' / 'faces'}.", params={"path": str(tmp_path / "runs")})

    with served(app) as (studio, _):
        answer = studio.get("/v1/failing").json()
    assert answer["detail"] == "There is no run in faces."
    assert answer["params"] == {"path": "runs"}
