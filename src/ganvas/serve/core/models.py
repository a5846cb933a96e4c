"""A bundle in memory: what runs it, and the one thread that does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.bundle import Bundle
from ganvas.models.batches import TranslationRequest
from ganvas.models.capabilities import HasHeatmap
from ganvas.onnx_session import open_graph
from ganvas.tasks import TASKS

EngineName = Literal["onnxruntime", "torch"]


class Model(Protocol):
    """A loaded bundle: the request's fields by name → float NCHW in [-1, 1]."""

    def __call__(self, fields: dict[str, NDArray[Any]]) -> NDArray[np.float32]: ...


class OnnxModel:
    """A bundle run by onnxruntime."""

    def __init__(self, bundle: Bundle) -> None:
        self._session = open_graph(bundle.path / "model.onnx")
        self._taken = {node.name for node in self._session.get_inputs()}

    def __call__(self, fields: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        taken = {name: value for name, value in fields.items() if name in self._taken}
        answer: NDArray[np.float32] = self._session.run(["output"], taken)[0]
        return answer


class TorchModel:
    """A bundle run by torch."""

    def __init__(self, bundle: Bundle) -> None:
        self.family = bundle.load_family()
        self._request = TASKS[self.family.task].request

    def __call__(self, fields: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        with torch.inference_mode():
            request = self._request(**{name: torch.from_numpy(value) for name, value in fields.items()})
            answer: NDArray[np.float32] = self.family.generate(request).float().numpy()
        return answer

    def heatmap(self, fields: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Float [N, 1, H, W] in [0, 1]; only of a family that has heat maps."""
        with torch.inference_mode():
            request = TranslationRequest(**{name: torch.from_numpy(value) for name, value in fields.items()})
            assert isinstance(self.family, HasHeatmap)
            answer: NDArray[np.float32] = self.family.heatmap(request).float().numpy()
        return answer


class Loaded:
    """Something made of a bundle, with the one thread that makes and runs it.

    :param make: called by that thread on first use, so that loading one bundle holds up no other.
    :param size: bytes it takes once it is made.
    """

    def __init__(self, bundle: Bundle, make: Callable[[Bundle], Any], size: int) -> None:
        self.fingerprint = bundle.fingerprint
        self.worker = ThreadPoolExecutor(1, thread_name_prefix=f"bundle-{bundle.info.name}")
        self.waiting = 0
        self.bytes = size
        self._bundle = bundle
        self._make = make
        self._made: Any = None

    @property
    def made(self) -> Any:
        """What ``make`` gave."""
        if self._made is None:
            self._made = self._make(self._bundle)
        return self._made


def model_bytes(bundle: Bundle, kind: EngineName) -> int:
    """Activations and the runtime's own copies come on top of the weights: twice the file is near what was measured."""
    ending = ".onnx" if kind == "onnxruntime" else ".safetensors"
    return 2 * sum(file.bytes for name, file in bundle.info.files.items() if name.endswith(ending))
