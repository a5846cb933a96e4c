"""Weights of an ONNX graph in float16 or int8, turned into float32 by the graph itself when a runtime loads it.

The file is a half or a quarter as large, and every runtime computes in float32 as before: ``Cast`` (and ``Mul`` by a
scale per channel) of a constant is evaluated once, at load.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganvas.bundle.tensors import LEVELS, SMALLEST, WeightFormat


def store_weights(model: Any, weights: WeightFormat) -> None:
    """Change how the large weights of a graph are stored.

    Args:
        model: An ``onnx.ModelProto``, changed in place.
        weights: float32 leaves it as it is.
    """
    from onnx import helper, numpy_helper

    if weights == "float32":
        return
    graph, nodes, kept = model.graph, [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim < 2 or values.size < SMALLEST:
            kept.append(tensor)
            continue
        name = tensor.name
        if weights == "float16":
            largest = np.finfo(np.float16).max
            kept.append(numpy_helper.from_array(np.clip(values, -largest, largest).astype(np.float16), f"{name}:half"))
            nodes.append(helper.make_node("Cast", [f"{name}:half"], [name], to=1))
            continue
        rounded, scale = _quantized(values)
        kept += [numpy_helper.from_array(rounded, f"{name}:int8"), numpy_helper.from_array(scale, f"{name}:scale")]
        nodes.append(helper.make_node("Cast", [f"{name}:int8"], [f"{name}:cast"], to=1))
        nodes.append(helper.make_node("Mul", [f"{name}:cast", f"{name}:scale"], [name]))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    others = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *others])


def _quantized(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Int8 numbers and float32 scales, along whichever of the first two dimensions the squared error is smaller."""
    found = []
    for channel in (0, 1):
        others = tuple(axis for axis in range(values.ndim) if axis != channel)
        largest = np.abs(values).max(axis=others, keepdims=True)
        scale = np.maximum(largest, np.finfo(np.float32).tiny) / np.float32(LEVELS)
        rounded = np.clip(np.round(values / scale), -LEVELS, LEVELS).astype(np.int8)
        found.append((float(np.square(rounded * scale - values).sum()), rounded, scale.astype(np.float32)))
    _, rounded, scale = min(found, key=lambda one: one[0])
    return rounded, scale
