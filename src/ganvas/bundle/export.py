"""A family as an ONNX graph that runs wherever onnxruntime does, compared with the family before it is kept."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ganvas.bundle.manifest import OnnxReport
from ganvas.models.plan import REQUESTS, Answer, Family, example_request
from ganvas.terms import UserError

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
def _quiet() -> Iterator[None]:
    """The exporter warns of what its users cannot change; errors still come as exceptions."""
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
    """Write :class:`~ganvas.models.plan.Answer` of a family on the CPU as ONNX with a free batch size.

    Inputs carry the names of the request's fields; the output is ``output``, float NCHW in [-1, 1]. The graph is then
    run by onnxruntime and compared with the family.

    :raises UserError: the ``export`` extra is missing, or the graph differs by more than ``TOLERANCE``; nothing is
        left at ``path`` then.
    """
    if not can_export():
        raise UserError("Exporting to ONNX needs the extra: run `pip install 'ganvas[export]'`.")
    import onnxruntime

    request = REQUESTS[family.task]
    example = example_request(family, 3)
    batch = torch.export.Dim("batch", min=1, max=4096)
    model: nn.Module = Answer(family, request).train(family.training)
    modes = {module: module.training for module in model.modules()}
    try:
        with _quiet(), torch.no_grad():
            program = torch.onnx.export(
                model.eval(),
                tuple(example),
                dynamo=True,
                verbose=False,
                input_names=list(example._fields),
                output_names=["output"],
                dynamic_shapes={"tensors": tuple({0: batch} for _ in example)},
            )
            assert program is not None
            program.save(path, external_data=False)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        largest = max(_difference(family, session, count) for count in batch_sizes)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        for module, training in modes.items():
            module.training = training
    if not largest <= TOLERANCE:
        path.unlink(missing_ok=True)
        raise UserError(
            f"The ONNX copy of {type(family).__name__} differs from the model by {largest:.2g} (at most {TOLERANCE:g} "
            "is allowed), so it was not written; export without ONNX and let torch run it."
        )
    return OnnxReport(opset=program.model.opset_imports[""], max_difference=largest, batch_sizes=batch_sizes)


@torch.no_grad()
def _difference(family: Family, session: Any, count: int) -> float:
    request = example_request(family, count, seed=count)
    taken = {node.name for node in session.get_inputs()}
    answer = session.run(
        ["output"], {name: tensor.numpy() for name, tensor in request._asdict().items() if name in taken}
    )[0]
    expected = family.generate(request).numpy()
    return float(np.abs(answer - expected).max()) if answer.shape == expected.shape else math.inf
