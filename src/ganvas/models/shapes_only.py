"""Networks without weights: their shapes and settings alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

RANDOM = frozenset((Tensor.normal_, Tensor.uniform_, nn.init.normal_, nn.init.uniform_, nn.init.xavier_normal_))


@contextmanager
def shapes_only() -> Iterator[None]:
    """Within it, modules are built on the meta device: no memory is allocated and no random number drawn.

    Functions that fill a tensor with random numbers do nothing. On the meta device they would change nothing either,
    but their first call imports ``torch._dynamo``, which takes two seconds.
    """
    with torch.device("meta"), _Unfilled():
        yield


class _Unfilled(TorchFunctionMode):
    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in RANDOM:
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)
