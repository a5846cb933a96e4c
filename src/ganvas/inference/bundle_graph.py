"""ONNX graphs of bundles, whose content is not trusted: it may be damaged, return anything, or never end."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.onnx_session import open_graph


class StoppedError(Exception):
    """The model was stopped because it took too long."""


class BundleGraph:
    """An ONNX graph of a bundle, run by onnxruntime.

    Args:
        bundle: The bundle.
        path: The file of the graph.
        threads: Threads of one operation; 0: the default of the runtime.

    Raises:
        UserError: The file is not a graph that the runtime can open.
        ImportError: onnxruntime is not installed.
    """

    def __init__(self, bundle: Bundle, path: Path, threads: int = 0) -> None:
        self._bundle, self._path = bundle, path
        self._lock = threading.Lock()
        self._running: Any = None  # the RunOptions of the call in progress
        self._stopped = False
        try:
            self._session = open_graph(path, threads)
        except ImportError:
            raise
        except Exception as error:  # noqa: BLE001 - the runtime has a dozen kinds
            raise self._unusable(error) from None
        self.inputs = frozenset(node.name for node in self._session.get_inputs())

    def __call__(self, inputs: Mapping[str, NDArray[Any]], *, rank: int | None = None) -> NDArray[np.float32]:
        """Compute the output named ``output``. Only one thread may call at a time.

        Args:
            inputs: The inputs by name.
            rank: Number of dimensions that the output must have; None: any.

        Returns:
            float32, with as many rows as the inputs.

        Raises:
            UserError: The graph fails, or returns something else.
            StoppedError: :meth:`stop` was called.
        """
        import onnxruntime

        with self._lock:
            if self._stopped:
                raise StoppedError
            options = self._running = onnxruntime.RunOptions()
        options.log_severity_level = 4  # what fails is said by the error
        try:
            output = self._session.run(["output"], dict(inputs), options)[0]
        except Exception as error:  # noqa: BLE001 - the runtime has a dozen kinds
            raise StoppedError if self._stopped else self._unusable(error) from None
        finally:
            with self._lock:
                self._running = None
        rows = {len(value) for value in inputs.values()}
        if not (
            isinstance(output, np.ndarray)
            and output.dtype == np.float32
            and output.ndim == (rank or output.ndim)
            and output.shape[:1] == (max(rows, default=0),)
        ):
            raise self._unusable("its output does not have the form of an answer")
        return output

    def stop(self) -> None:
        """End the call that runs after the operation in progress, and refuse further ones; from any thread."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                self._running.terminate = True

    def _unusable(self, reason: object) -> UserError:
        name, file = self._bundle.info.name, self._path.name
        shown = " ".join(str(reason).replace(str(self._path.parent), name).split())[:200]
        return UserError(
            f"The ONNX graph {file} of bundle {name} cannot be used ({shown}); export the bundle again.",
            code="bundle-graph",
            params={"bundle": name, "file": file},
        )
