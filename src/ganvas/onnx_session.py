"""ONNX graphs on the processor, opened in one way everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def open_graph(graph: Path | bytes, threads: int = 0) -> Any:
    """A session of onnxruntime.

    Args:
        threads: that one operation uses; 0 leaves it to the runtime: one a core.

    Raises:
        ImportError: onnxruntime is not installed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Threads that wait for work by spinning take the cores from the next graph, and from torch: with two graphs in
    # turn an answer took half as long again.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = graph if isinstance(graph, bytes) else str(graph)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
