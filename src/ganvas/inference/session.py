"""Sessions: a loaded model that computes its output from the fields of a request, with torch or with onnxruntime."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.bundle import Bundle
from ganvas.bundle.manifest import ONNX
from ganvas.inference.bundle_graph import BundleGraph, StoppedError
from ganvas.models.batches import to_uint8
from ganvas.models.capabilities import HasHeatmap
from ganvas.models.family import Family
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures

EngineName = Literal["onnxruntime", "torch"]
Fields: TypeAlias = dict[str, NDArray[Any]]
"""The tensors of a request by name, one row per picture."""


class Session(Protocol):
    """A loaded model."""

    def __call__(self, fields: Fields) -> NDArray[np.float32]:
        """Compute the output of a request, float [N, C, H, W] in [-1, 1]."""


class OnnxSession:
    """A bundle's ONNX graph, run by onnxruntime.

    Args:
        bundle: A bundle with a graph.

    Raises:
        UserError: The graph cannot be opened.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._graph = BundleGraph(bundle, bundle.path / ONNX)

    def __call__(self, fields: Fields) -> NDArray[np.float32]:
        return self._graph({name: value for name, value in fields.items() if name in self._graph.inputs}, rank=4)

    def stop(self) -> None:
        """End the call that runs, and refuse further ones; may be called from any thread."""
        self._graph.stop()


class TorchSession:
    """A family, run by torch on the device of its weights.

    Args:
        family: In evaluation mode.
    """

    def __init__(self, family: Family) -> None:
        self.family = family
        self._request = TASKS[family.task].request
        self._device = next(family.parameters()).device
        self._stopped = False

    def stop(self) -> None:
        """Refuse further calls, such as that for the next batch; the one that runs goes on."""
        self._stopped = True

    def __call__(self, fields: Fields) -> NDArray[np.float32]:
        with torch.inference_mode():
            output: NDArray[np.float32] = self.family.generate(self._make_request(fields)).float().cpu().numpy()
        return output

    def heatmap(self, fields: Fields) -> NDArray[np.float32]:
        """Attention of the generator, float [N, 1, H, W] in [0, 1]; of families that have it only."""
        assert isinstance(self.family, HasHeatmap)
        with torch.inference_mode():
            output: NDArray[np.float32] = self.family.heatmap(self._make_request(fields)).float().cpu().numpy()
        return output

    def _make_request(self, fields: Fields) -> Any:
        if self._stopped:
            raise StoppedError
        return self._request(**{name: torch.from_numpy(value).to(self._device) for name, value in fields.items()})


def estimate_bytes(bundle: Bundle, engine: EngineName) -> int:
    """Memory that a session of a bundle takes: about twice its files, with activations and the runtime's own copies."""
    suffix = ".onnx" if engine == "onnxruntime" else ".safetensors"
    return 2 * sum(file.bytes for name, file in bundle.info.files.items() if name.endswith(suffix))


def to_pictures(output: NDArray[np.float32]) -> Pictures:
    """Float [N, C, H, W] in [-1, 1] as pictures uint8 [N, H, W, C]."""
    pictures: Pictures = to_uint8(torch.from_numpy(output)).numpy()
    return pictures
