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
from torch import Tensor

from ganvas.bundle.export import (
    BATCH_SIZES,
    MOST_ROWS,
    example_inputs,
    largest_difference,
    trace,
    whole_model,
)
from ganvas.bundle.manifest import ONNX, OnnxReport
from ganvas.bundle.traced import Functions, cut_out, write_graph
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
    program = trace(
        family, Functions(family, [part.function for part in parts.values()]), inputs, free=free, outputs=outputs
    )
    model = program.model_proto
    for name, part in parts.items():
        path = folder / f"{name}.onnx"
        write_graph(cut_out(model, {name: "input"}, _output_of(name)), path)
        called = Functions(family, [part.function])
        largest_difference(
            called, path, [{"input": _random(part, count)} for count in BATCH_SIZES], type(family).__name__
        )
    _join(model, family.chain)
    request = example_inputs(family, 3)
    path = folder / ONNX
    source = next(field for field, tensor in request.items() if tensor.shape == inputs[family.chain[0]].shape)
    whole = cut_out(model, {family.chain[0]: source}, _output_of(family.chain[-1]))
    _add_inputs(whole, {field: tensor for field, tensor in request.items() if field != source})
    write_graph(whole, path)
    examples = [example_inputs(family, count) for count in BATCH_SIZES]
    largest = largest_difference(whole_model(family), path, examples, type(family).__name__)
    return OnnxReport(opset=program.model.opset_imports[""], max_difference=largest, batch_sizes=BATCH_SIZES)


def _random(part: Subgraph, count: int) -> Tensor:
    return torch.rand(count, *part.input_shape, generator=torch.Generator().manual_seed(count)) * 2 - 1


def _output_of(name: str) -> str:
    return f"{name}:output"


def _join(model: Any, chain: Sequence[str]) -> None:
    """Let each part of a chain take the output of the one before it as its input."""
    sources = {name: _output_of(before) for before, name in pairwise(chain)}
    for node in model.graph.node:
        node.input[:] = [sources.get(value, value) for value in node.input]


def _add_inputs(model: Any, request: dict[str, Tensor]) -> None:
    """Add the fields of a request that the graph does not read."""
    from onnx import helper

    for field, tensor in request.items():
        kind = helper.np_dtype_to_tensor_dtype(tensor.numpy().dtype)
        model.graph.input.append(helper.make_tensor_value_info(field, kind, ["batch", *tensor.shape[1:]]))
