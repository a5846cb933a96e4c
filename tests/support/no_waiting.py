"""Fails where code would make the host wait for a GPU, on any machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode


class WaitsError(AssertionError):
    """An operation whose result or argument lies on the host."""


# Each of these copies to the host, or needs to know values to know the shape of its result.
OPERATIONS = {
    "aten::_local_scalar_dense",
    "aten::item",
    "aten::is_nonzero",
    "aten::nonzero",
    "aten::masked_select",
    "aten::equal",
    "aten::_unique2",
    "aten::unique_consecutive",
    "aten::unique_dim",
    "aten::repeat_interleave",
    "aten::bincount",
    "aten::linalg_inv_ex",
    "aten::_linalg_solve_ex",
    "aten::_linalg_check_errors",
}
# Made from values on the host, or read there; not all of them are operations.
FUNCTIONS = {
    torch.tensor,
    torch.as_tensor,
    torch.asarray,
    torch.from_numpy,
    Tensor.new_tensor,
    Tensor.item,
    Tensor.tolist,
    Tensor.numpy,
    Tensor.cpu,
    Tensor.__bool__,
    Tensor.__float__,
    Tensor.__int__,
    Tensor.__index__,
}


class _Operations(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func._schema.name
        masks = name.startswith("aten::index") and any(
            isinstance(index, Tensor) and index.dtype in (torch.bool, torch.uint8)
            for argument in args[1:2]
            if isinstance(argument, list | tuple)
            for index in argument
        )
        if name in OPERATIONS or masks:
            raise WaitsError(name)
        return func(*args, **(kwargs or {}))


class _Functions(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in FUNCTIONS:
            raise WaitsError(getattr(func, "__name__", str(func)))
        return func(*args, **(kwargs or {}))


@contextmanager
def no_waiting() -> Iterator[None]:
    """Raise :class:`WaitsError` where the code inside reads a tensor on the host, or makes one from values there."""
    with _Functions(), _Operations():
        yield
