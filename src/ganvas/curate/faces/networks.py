"""Small pinned networks on the CPU: tflite by LiteRT, ONNX by ONNX Runtime; arrays in, arrays out."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ganvas.errors import UserError
from ganvas.onnx_session import open_graph

Floats = npt.NDArray[np.float32]

_quieting = threading.Lock()


class Lite:
    """A tflite network of one picture input: float32 [1, H, W, 3] → its outputs in the file's order."""

    def __init__(self, path: Path, threads: int) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as missing:
            raise missing_extra() from missing
        with _quiet_stderr():
            self._net: Any = Interpreter(str(path), num_threads=threads)
            self._net.allocate_tensors()
        self._input: int = self._net.get_input_details()[0]["index"]
        self._outputs: list[int] = [detail["index"] for detail in self._net.get_output_details()]

    def __call__(self, picture: Floats) -> list[Floats]:
        self._net.set_tensor(self._input, picture[None])
        self._net.invoke()
        return [self._net.get_tensor(index)[0] for index in self._outputs]


class Onnx:
    """An ONNX network: float32 [1, 3, H, W] → its outputs by name.

    The pinned files keep int8 weights and turn them into float32 in front of every layer, in a spelling that not every
    version of ONNX Runtime and OpenCV accepts. Here they are turned once, while loading: same numbers, and faster.
    """

    def __init__(self, path: Path, threads: int, *, any_size: bool = False) -> None:
        weights = _with_float_weights(path, any_size)
        try:
            self._net: Any = open_graph(weights, threads)
        except ImportError as missing:
            raise missing_extra() from missing
        self._input: str = self._net.get_inputs()[0].name
        self._outputs: list[str] = [output.name for output in self._net.get_outputs()]

    def __call__(self, picture: Floats) -> dict[str, Floats]:
        answers = self._net.run(None, {self._input: picture})
        return dict(zip(self._outputs, answers, strict=True))


def missing_extra() -> UserError:
    """The error for a missing library of the faces extra."""
    return UserError("Reading faces needs the extra: pip install 'ganvas[faces]'.", code="faces-extra")


def _with_float_weights(path: Path, any_size: bool) -> bytes:
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as missing:
        raise missing_extra() from missing
    model = onnx.load(str(path))
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    kept = []
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in constants:
            kept.append(node)
            continue
        stored, scale, zero = (numpy_helper.to_array(constants[name]) for name in node.input)
        settings = {attribute.name: attribute.i for attribute in node.attribute}
        if scale.ndim == stored.ndim and scale.size > 1:  # one scale for each block of numbers along an axis
            axis, block = settings["axis"], settings["block_size"]
            scale, zero = (np.repeat(part, block, axis).take(range(stored.shape[axis]), axis) for part in (scale, zero))
        weights = (stored.astype(np.float32) - zero.astype(np.float32)) * scale
        constants[node.output[0]] = numpy_helper.from_array(weights.astype(np.float32), node.output[0])
    used = {name for node in kept for name in node.input}
    for field, values in (
        (graph.node, kept),
        (graph.initializer, [tensor for name, tensor in constants.items() if name in used]),
        (graph.input, [type(graph.input[0]).FromString(graph.input[0].SerializeToString())]),
        (graph.value_info, []),
    ):
        del field[:]
        field.extend(values)
    if any_size:
        height, width = list(graph.input[0].type.tensor_type.shape.dim)[2:]
        height.dim_param, width.dim_param = "height", "width"
        for output in graph.output:
            output.type.tensor_type.shape.dim[1].dim_param = f"cells_{output.name}"
    content: bytes = model.SerializeToString()
    return content


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Suppress the greeting of LiteRT, which it prints on standard error outside of Python."""
    with _quieting:
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
