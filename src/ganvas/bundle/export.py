"""Export of a family and its subgraphs to ONNX, each compared with the model before it is kept."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganvas.bundle.manifest import OnnxReport
from ganvas.errors import UserError
from ganvas.models.capabilities import Enlarges, Subgraph
from ganvas.models.family import Family, GenerateModule
from ganvas.models.layers.spectral import precomputed
from ganvas.onnx_session import open_graph
from ganvas.tasks import TASKS

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


def export_onnx(family: Family, path: Path, *, batch_sizes: tuple[int, ...] = (1, 2, 5)) -> OnnxReport:
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
    spec = TASKS[family.task]
    model = GenerateModule(family, spec.request).train(family.training)

    def example(count: int) -> dict[str, Tensor]:
        request: dict[str, Tensor] = spec.example_request(family, count, seed=count)._asdict()
        return request

    name, free = type(family).__name__, isinstance(family, Enlarges)
    return _export(model, {"tensors": None}, example, path, batch_sizes, name, any_size=free)


def export_subgraph(
    family: Family, subgraph: Subgraph, path: Path, *, batch_sizes: tuple[int, ...] = (1, 2, 5)
) -> OnnxReport:
    """The same for one of :meth:`.HasCodes.subgraphs`: input ``input``, output ``output``."""

    def example(count: int) -> dict[str, Tensor]:
        numbers = torch.rand(count, *subgraph.input_shape, generator=torch.Generator().manual_seed(count))
        return {"input": numbers * 2 - 1}

    return _export(_Called(family, subgraph.function), {"x": None}, example, path, batch_sizes, type(family).__name__)


class _Called(nn.Module):
    """A function of a family as a module, which is what the exporter takes."""

    def __init__(self, family: Family, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.family = family
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def _export(
    model: nn.Module,
    shapes: dict[str, None],
    example: Callable[[int], dict[str, Tensor]],
    path: Path,
    batch_sizes: tuple[int, ...],
    called: str,
    *,
    any_size: bool = False,
) -> OnnxReport:
    """Export a module, whose one parameter ``shapes`` names, and compare the graph with it.

    Args:
        any_size: the graph takes pictures of any height and width.
    """
    if not can_export():
        raise UserError("Exporting to ONNX needs the extra: run `pip install 'ganvas[export]'`.")
    inputs = example(3)
    batch = torch.export.Dim("batch", min=1, max=4096)
    free: Any = {0: batch}
    sides = {2: torch.export.Dim("height", min=8, max=8192), 3: torch.export.Dim("width", min=8, max=8192)}
    each = tuple(free | sides if any_size and tensor.dim() == 4 else free for tensor in inputs.values())
    dynamic = {name: each if name == "tensors" else free for name in shapes}
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with quiet_exporter(), torch.no_grad(), precomputed(model):
            program = torch.onnx.export(
                model,
                tuple(inputs.values()),
                dynamo=True,
                verbose=False,
                input_names=list(inputs),
                output_names=["output"],
                dynamic_shapes=dynamic,
            )
            assert program is not None
            program.save(path, external_data=False)
        session = open_graph(path)
        examples = [example(count) for count in batch_sizes]
        if any_size:  # a size that is no square and not the example's
            examples += [{name: _cut(tensor) for name, tensor in examples[0].items()}]
        largest = max(_difference(model, session, one) for one in examples)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        for module, training in modes.items():
            module.training = training
    if not largest <= TOLERANCE:
        path.unlink(missing_ok=True)
        raise UserError(
            f"The ONNX copy of {called} differs from the model by {largest:.2g} (at most {TOLERANCE:g} "
            "is allowed), so it was not written; export without ONNX and let torch run it."
        )
    return OnnxReport(opset=program.model.opset_imports[""], max_difference=largest, batch_sizes=batch_sizes)


def _cut(tensor: Tensor) -> Tensor:
    return tensor[:, :, :-3, :-1] if tensor.dim() == 4 else tensor


@torch.no_grad()
def _difference(model: nn.Module, session: Any, inputs: dict[str, Tensor]) -> float:
    taken = {node.name for node in session.get_inputs()}
    answer = session.run(["output"], {name: tensor.numpy() for name, tensor in inputs.items() if name in taken})[0]
    expected = model(*inputs.values()).numpy()
    return float(np.abs(answer - expected).max()) if answer.shape == expected.shape else math.inf
