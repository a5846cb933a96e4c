"""Sessions of ONNX Runtime on the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def open_graph(graph: Path | bytes, threads: int = 0) -> Any:
    """Open an ONNX graph.

    Args:
        threads: threads of one operation; 0 is the default of the runtime, one per core.

    Raises:
        ImportError: onnxruntime is not installed.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # newer versions would send usage data to their maker
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Threads that spin while they wait occupy the cores that the next graph and torch need: two graphs in turn took
    # half as long again.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = graph if isinstance(graph, bytes) else str(graph)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
