"""Export of a family that translates in two directions, from one trace of its two generators.

An exporter that meets a condition traces each branch several times, so the condition is added to the graph afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganvas.bundle.export import BATCH_SIZES, MOST_ROWS, example_inputs, largest_difference, trace, whole_model
from ganvas.bundle.manifest import OnnxReport
from ganvas.bundle.traced import Functions, cut_out, write_graph
from ganvas.models.batches import TranslationRequest
from ganvas.models.family import Family
from ganvas.models.layers.directions import only

NAMES = ("a_to_b", "b_to_a")  # by direction


def export_directions(family: Family, path: Path) -> OnnxReport:
    """Write a family of two directions as an ONNX graph with a free batch size, and compare it with the model.

    Each generator runs only where a row of the batch needs it. Inputs and output are those of :func:`.export_onnx`.

    Args:
        family: on the CPU; :meth:`.TaskSpec.directions` of its settings is 2.
        path: of the graph.

    Raises:
        UserError: the ``export`` extra is missing, or the graph differs from the model.
    """
    source = example_inputs(family, 3)["source"]
    program = trace(
        family,
        Functions(family, [_translation(family, direction) for direction in range(len(NAMES))]),
        {name: source.clone() for name in NAMES},
        free=[{0: torch.export.Dim(f"rows_{name}", min=1, max=MOST_ROWS)} for name in NAMES],
        outputs=[f"{name}:output" for name in NAMES],
    )
    write_graph(_joined(program.model_proto), path)
    examples = [example_inputs(family, count) for count in BATCH_SIZES]
    examples += [one | {"direction": torch.arange(len(one["direction"])) % 2} for one in examples]
    examples += [examples[0] | {"direction": torch.ones_like(examples[0]["direction"])}]
    largest = largest_difference(whole_model(family), path, examples, type(family).__name__)
    return OnnxReport(opset=program.model.opset_imports[""], max_difference=largest, batch_sizes=BATCH_SIZES)


def _translation(family: Family, direction: int) -> Callable[[Tensor], Tensor]:
    def run(source: Tensor) -> Tensor:
        with only(direction):
            rows = torch.full((source.shape[0],), direction)
            answer: Tensor = family.generate(TranslationRequest(source, rows))
            return answer

    return run


def _joined(model: Any) -> Any:
    """One graph of ``source`` and ``direction`` out of the graphs of the two directions."""
    from onnx import TensorProto, helper

    parts = [cut_out(model, {name: "source"}, f"{name}:output", f"{name}:output").graph for name in NAMES]
    nothing = [
        helper.make_graph(
            [
                helper.make_node("Shape", ["source"], [f"{name}:shape"]),
                helper.make_node("ConstantOfShape", [f"{name}:shape"], [f"{name}:zeros"]),
            ],
            f"not {name}",
            [],
            [helper.make_tensor_value_info(f"{name}:zeros", TensorProto.FLOAT, None)],
        )
        for name in NAMES
    ]
    branches = [helper.make_graph(part.node, name, [], part.output) for name, part in zip(NAMES, parts, strict=True)]
    nodes = [
        helper.make_node("Cast", ["direction"], ["to_a"], to=TensorProto.BOOL),
        helper.make_node("Cast", ["to_a"], ["to_a:number"], to=TensorProto.INT64),
        helper.make_node("ReduceMin", ["to_a:number"], ["all:number"], keepdims=0),
        helper.make_node("ReduceMax", ["to_a:number"], ["any:number"], keepdims=0),
        helper.make_node("Cast", ["all:number"], ["all"], to=TensorProto.BOOL),
        helper.make_node("Cast", ["any:number"], ["any"], to=TensorProto.BOOL),
        helper.make_node("If", ["all"], ["in_b"], then_branch=nothing[0], else_branch=branches[0]),
        helper.make_node("If", ["any"], ["in_a"], then_branch=branches[1], else_branch=nothing[1]),
        helper.make_node("Unsqueeze", ["to_a", "picture_axes"], ["rows_to_a"]),
        helper.make_node("Where", ["rows_to_a", "in_a", "in_b"], ["output"]),
    ]
    constants = {tensor.name: tensor for part in parts for tensor in part.initializer}
    constants["picture_axes"] = helper.make_tensor("picture_axes", TensorProto.INT64, [3], [1, 2, 3])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    output.type.CopyFrom(parts[0].output[0].type)
    direction = helper.make_tensor_value_info("direction", TensorProto.INT64, ["batch"])
    made = type(model)()
    made.CopyFrom(model)
    made.graph.CopyFrom(
        helper.make_graph(
            nodes, model.graph.name, [parts[0].input[0], direction], [output], initializer=list(constants.values())
        )
    )
    return made
