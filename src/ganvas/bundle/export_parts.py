"""Export of a family with codes and of its subgraphs, from one trace.

The whole graph is a chain of subgraphs (encode, then paint), so it is made of theirs; tracing it as well would take as
long again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganvas.bundle.export import (
    BATCH_SIZES,
    MOST_ROWS,
    example_inputs,
    largest_difference,
    trace,
    whole_model,
)
from ganvas.bundle.manifest import ONNX, OnnxReport
from ganvas.models.capabilities import HasCodes, Subgraph
from ganvas.models.family import Family


def export_parts(family: Family, folder: Path) -> OnnxReport:
    """Write ``model.onnx`` and ``NAME.onnx`` of each of :meth:`.HasCodes.subgraphs`, all with a free batch size.

    Subgraphs have the input ``input`` and the output ``output``; the whole graph is as :func:`.export_onnx` writes it.
    Each is compared with the model.

    Args:
        family: with codes, on the CPU.
        folder: where they are written.

    Returns:
        The report of the whole graph.

    Raises:
        UserError: the ``export`` extra is missing, or a graph differs from the model.
    """
    assert isinstance(family, HasCodes)
    parts = family.subgraphs()
    inputs = {name: _random(part, 3) for name, part in parts.items()}
    free = [{0: torch.export.Dim(f"rows_of_{name}", min=1, max=MOST_ROWS)} for name in parts]
    outputs = tuple(_output_of(name) for name in parts)
    program = trace(family, _Parts(family, list(parts.values())), inputs, free=free, outputs=outputs)
    model = program.model_proto
    for name, part in parts.items():
        path = folder / f"{name}.onnx"
        _write(_cut_out(model, {name: "input"}, _output_of(name)), path)
        called = _Parts(family, [part])
        largest_difference(
            called, path, [{"input": _random(part, count)} for count in BATCH_SIZES], type(family).__name__
        )
    _join(model, family.chain)
    request = example_inputs(family, 3)
    path = folder / ONNX
    source = next(field for field, tensor in request.items() if tensor.shape == inputs[family.chain[0]].shape)
    whole = _cut_out(model, {family.chain[0]: source}, _output_of(family.chain[-1]))
    _add_inputs(whole, {field: tensor for field, tensor in request.items() if field != source})
    _write(whole, path)
    examples = [example_inputs(family, count) for count in BATCH_SIZES]
    largest = largest_difference(whole_model(family), path, examples, type(family).__name__)
    return OnnxReport(opset=program.model.opset_imports[""], max_difference=largest, batch_sizes=BATCH_SIZES)


class _Parts(nn.Module):
    """Functions of a family, each of its own input, as a module, which is what the exporter takes."""

    def __init__(self, family: Family, parts: Sequence[Subgraph]) -> None:
        super().__init__()
        self.family = family
        self.parts = parts

    def forward(self, *tensors: Tensor) -> Any:
        answers = tuple(part.function(x) for part, x in zip(self.parts, tensors, strict=True))
        return answers if len(answers) > 1 else answers[0]


def _random(part: Subgraph, count: int) -> Tensor:
    return torch.rand(count, *part.input_shape, generator=torch.Generator().manual_seed(count)) * 2 - 1


def _output_of(name: str) -> str:
    return f"{name}:output"


def _join(model: Any, chain: Sequence[str]) -> None:
    """Let each part of a chain take the output of the one before it as its input."""
    sources = {name: _output_of(before) for before, name in pairwise(chain)}
    for node in model.graph.node:
        node.input[:] = [sources.get(value, value) for value in node.input]


def _cut_out(model: Any, inputs: dict[str, str], output: str) -> Any:
    """A copy of a graph from the given inputs to one output; ``inputs`` says what they are called in it."""
    from onnx.utils import Extractor

    made = Extractor(model).extract_model(list(inputs), [output])
    names = inputs | {output: "output"}
    for node in made.graph.node:
        node.input[:] = [names.get(value, value) for value in node.input]
        node.output[:] = [names.get(value, value) for value in node.output]
    for value in (*made.graph.input, *made.graph.output):
        value.name = names[value.name]
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    del made.graph.value_info[:]  # what runs the graph finds them itself
    return made


def _add_inputs(model: Any, request: dict[str, Tensor]) -> None:
    """Add the fields of a request that the graph does not read."""
    from onnx import helper

    for field, tensor in request.items():
        kind = helper.np_dtype_to_tensor_dtype(tensor.numpy().dtype)
        model.graph.input.append(helper.make_tensor_value_info(field, kind, ["batch", *tensor.shape[1:]]))


def _write(model: Any, path: Path) -> None:
    path.write_bytes(model.SerializeToString())
