"""Export of a family and its subgraphs to ONNX, each compared with the model before it is kept."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganvas.bundle.manifest import OnnxReport
from ganvas.bundle.weights import without_training_networks
from ganvas.errors import UserError
from ganvas.models.capabilities import Enlarges
from ganvas.models.family import Family, GenerateModule
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.spectral import precomputed
from ganvas.onnx_session import open_graph
from ganvas.tasks import TASKS

BATCH_SIZES = (1, 2, 5)  # that are compared with the model
MOST_ROWS = 4096
TOLERANCE = 1e-3  # of a number in [-1, 1]: an eighth of one step of an 8-bit picture


def can_export() -> bool:
    """Whether the ``export`` extra is installed."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def quiet_exporter() -> Iterator[None]:
    """Suppress the exporter's warnings, which its users cannot act on; errors remain exceptions."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir", "torch.export")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def export_onnx(family: Family, path: Path, *, batch_sizes: tuple[int, ...] = BATCH_SIZES) -> OnnxReport:
    """Write a family as an ONNX graph with a free batch size and, if it enlarges, a free height and width.

    Inputs are named after the fields of the request; the output is ``output``, float NCHW in [-1, 1]. onnxruntime then
    runs the graph, and its output is compared with the family's.

    Args:
        family: on the CPU.
        path: of the graph.
        batch_sizes: that are compared.

    Raises:
        UserError: the ``export`` extra is missing, or the graph differs by more than ``TOLERANCE``; no file is left at
            ``path`` then.
    """
    model, inputs = whole_model(family), example_inputs(family, 3)
    any_size = isinstance(family, Enlarges)
    batch = torch.export.Dim("batch", min=1, max=MOST_ROWS)
    sides = {2: torch.export.Dim("height", min=8, max=8192), 3: torch.export.Dim("width", min=8, max=8192)}
    free = [{0: batch} | (sides if any_size and tensor.dim() == 4 else {}) for tensor in inputs.values()]
    program = trace(family, model, inputs, free=free)
    program.save(path, external_data=False)
    examples = [example_inputs(family, count) for count in batch_sizes]
    if any_size:  # a size that is no square and not the example's
        examples += [{name: _cut(tensor) for name, tensor in examples[0].items()}]
    largest = largest_difference(model, path, examples, type(family).__name__)
    return OnnxReport(opset=program.model.opset_imports[""], max_difference=largest, batch_sizes=batch_sizes)


def whole_model(family: Family) -> GenerateModule:
    """A family as a function of the tensors of a request, in order."""
    return GenerateModule(family, TASKS[family.task].request).train(family.training)


def example_inputs(family: Family, count: int) -> dict[str, Tensor]:
    """An example request of so many rows, by field."""
    request: dict[str, Tensor] = TASKS[family.task].example_request(family, count, seed=count)._asdict()
    return request


def trace(
    family: Family,
    model: nn.Module,
    inputs: Mapping[str, Tensor],
    *,
    free: Sequence[dict[int, Any]] | None = None,
    outputs: Sequence[str] = ("output",),
    opset: int | None = None,
) -> torch.onnx.ONNXProgram:
    """Convert a function of a family, in evaluation mode, to an ONNX graph without traces of the machine.

    Args:
        family: on the CPU; it is as before afterwards.
        model: the function as a module that holds the family, with the parameter ``*tensors``.
        inputs: an example, by the names that the inputs of the graph get.
        free: the dimensions of each input that may have any size; None: none.
        outputs: names of the outputs.
        opset: version of the operators; None: the exporter's.

    Raises:
        UserError: the ``export`` extra is missing.
    """
    if not can_export():
        raise UserError("Exporting to ONNX needs the extra: run `pip install 'ganvas[export]'`.")
    from onnx_ir.passes.common import ClearMetadataAndDocStringPass

    tensors = tuple(inputs.values())
    with (
        evaluating(model),
        quiet_exporter(),
        torch.no_grad(),
        precomputed(model),
        without_training_networks(family),
    ):
        program = torch.onnx.export(
            model,
            tensors,
            dynamo=True,
            verbose=False,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=None if free is None else {"tensors": tuple(free)},
            opset_version=opset,
        )
    assert program is not None
    ClearMetadataAndDocStringPass()(program.model)  # stack traces with the paths of this machine
    return program


def largest_difference(model: nn.Module, path: Path, examples: list[dict[str, Tensor]], called: str) -> float:
    """Run a graph by onnxruntime and return its largest difference from the model.

    Args:
        model: in any mode.
        path: of the graph, with the output ``output``.
        examples: inputs by name.
        called: the model's name in the error.

    Raises:
        UserError: It is above ``TOLERANCE``; the file is removed then, as it is after any other error.
    """
    try:
        session = open_graph(path)
        with evaluating(model), quiet_exporter():
            largest = max(_difference(model, session, one) for one in examples)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not largest <= TOLERANCE:
        path.unlink(missing_ok=True)
        raise UserError(
            f"The ONNX copy of {called} differs from the model by {largest:.2g} (at most {TOLERANCE:g} "
            "is allowed), so it was not written; export without ONNX and let torch run it."
        )
    return largest


def _cut(tensor: Tensor) -> Tensor:
    return tensor[:, :, :-3, :-1] if tensor.dim() == 4 else tensor


@torch.no_grad()
def _difference(model: nn.Module, session: Any, inputs: Mapping[str, Tensor]) -> float:
    taken = {node.name for node in session.get_inputs()}
    answer = session.run(["output"], {name: tensor.numpy() for name, tensor in inputs.items() if name in taken})[0]
    expected = model(*inputs.values()).numpy()
    return float(np.abs(answer - expected).max()) if answer.shape == expected.shape else math.inf
