"""Several functions of a family traced to one ONNX graph, and graphs cut out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from ganvas.models.family import Family


class Functions(nn.Module):
    """Functions of a family, each of its own input, as a module, which is what the exporter takes."""

    def __init__(self, family: Family, functions: Sequence[Callable[[Tensor], Any]]) -> None:
        super().__init__()
        self.family = family
        self.functions = functions

    def forward(self, *tensors: Tensor) -> Any:
        answers = tuple(function(x) for function, x in zip(self.functions, tensors, strict=True))
        return answers if len(answers) > 1 else answers[0]


def cut_out(model: Any, inputs: dict[str, str], output: str, called: str = "output") -> Any:
    """Copy the part of a graph between inputs and one output.

    Args:
        model: an ``onnx.ModelProto``; it is not changed.
        inputs: what the inputs of the part are called in the copy, by their names in the model.
        output: its name in the model.
        called: its name in the copy.

    Returns:
        An ``onnx.ModelProto`` with a free batch size.
    """
    from onnx.utils import Extractor

    made = Extractor(model).extract_model(list(inputs), [output])
    names = inputs | {output: called}
    for node in made.graph.node:
        node.input[:] = [names.get(value, value) for value in node.input]
        node.output[:] = [names.get(value, value) for value in node.output]
    for value in (*made.graph.input, *made.graph.output):
        value.name = names[value.name]
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    del made.graph.value_info[:]  # what runs the graph finds them itself
    return made


def write_graph(model: Any, path: Path) -> None:
    """Write an ``onnx.ModelProto``."""
    path.write_bytes(model.SerializeToString())
