"""The ONNX graphs of a web page, each with a sample: what the browser must compute from given inputs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganvas.bundle.export import TOLERANCE, trace
from ganvas.bundle.tensors import WeightFormat
from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.onnx_session import open_graph
from ganvas.release.web_page.stored_weights import store_weights
from ganvas.tasks.base import BrowserGraph

Floats = NDArray[np.float32]

OPSET = 18  # what the WebGPU kernels of onnxruntime-web cover
CELLS = 8  # random squares along a side of a sample picture


class PageGraph(NamedTuple):
    """A graph as it is written, with its sample.

    Attributes:
        name: Name of the graph.
        content: The ONNX file.
        inputs: Inputs of the sample by name; pictures are whole steps of 1/127.5 from -1.
        output: What onnxruntime computes of them on this machine, float32 [1, …].
        difference: Mean difference of the output from the model's, which the format of the weights makes.
    """

    name: str
    content: bytes
    inputs: dict[str, Floats]
    output: Floats
    difference: float


class _Function(nn.Module):
    """A graph's function as a module, which is what the exporter takes."""

    def __init__(self, family: Family, graph: BrowserGraph) -> None:
        super().__init__()
        self.family = family
        self.function = graph.function

    def forward(self, *tensors: Tensor) -> Tensor:
        return self.function(*tensors)


class ExactGraph(NamedTuple):
    """An exported graph in float32, its sample, and what the model answers to that."""

    name: str
    content: bytes
    inputs: dict[str, Floats]
    expected: Floats

    def stored(self, weights: WeightFormat) -> PageGraph:
        """The graph with its weights in a format, and what onnxruntime computes with them."""
        import onnx

        model = onnx.load_from_string(self.content)
        store_weights(model, weights)
        content = model.SerializeToString()
        output = _run(content, self.inputs)
        difference = float(np.abs(output - self.expected).mean())
        return PageGraph(self.name, content, self.inputs, output, difference)


def export_graph(family: Family, graph: BrowserGraph) -> ExactGraph:
    """Export one graph, and compare it with the model.

    Args:
        family: On the CPU, in evaluation mode.
        graph: One of :meth:`.TaskSpec.browser_graphs`.

    Raises:
        UserError: The ``export`` extra is missing, or the graph differs from the model.
    """
    inputs = _sample_inputs(graph)
    content = _export(family, graph)
    with torch.no_grad():
        expected: Floats = graph.function(*(torch.from_numpy(value) for value in inputs.values())).numpy()
    output = _run(content, inputs)
    far = float(np.abs(output - expected).max()) if output.shape == expected.shape else np.inf
    if not far <= TOLERANCE:
        raise UserError(
            f"The graph {graph.name} of {type(family).__name__} differs from the model by {far:.2g} (at most "
            f"{TOLERANCE:g} is allowed), so no page was written."
        )
    return ExactGraph(graph.name, content, inputs, expected)


def _export(family: Family, graph: BrowserGraph) -> bytes:
    """The graph as an ONNX file with one row and float32 inputs."""
    examples = {name: torch.from_numpy(value) for name, value in _sample_inputs(graph).items()}
    program = trace(family, _Function(family, graph).eval(), examples, opset=OPSET)
    content: bytes = program.model_proto.SerializeToString()
    return content


def _sample_inputs(graph: BrowserGraph) -> dict[str, Floats]:
    """Inputs as a person could give them: random latents, one class, no truncation, squares of random grey."""
    random = np.random.default_rng(0)
    found: dict[str, Floats] = {}
    for name, shape in graph.inputs.items():
        if len(shape) == 4:
            cells = random.integers(0, 256, (1, shape[1], CELLS, CELLS))
            rows, columns = (np.arange(side) * CELLS // side for side in shape[2:])
            found[name] = (cells[:, :, rows][:, :, :, columns] / 127.5 - 1).astype(np.float32)
        elif len(shape) == 2 and name != "y":
            found[name] = random.standard_normal(shape, dtype=np.float32)
        else:
            found[name] = np.eye(1, shape[1], dtype=np.float32) if len(shape) == 2 else np.ones(shape, np.float32)
    return found


def _run(graph: bytes, inputs: dict[str, Floats]) -> Floats:
    session = open_graph(graph, threads=1)
    taken = {node.name for node in session.get_inputs()}
    output: Floats = session.run(["output"], {name: value for name, value in inputs.items() if name in taken})[0]
    return output
