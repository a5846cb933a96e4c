"""Ganvas: from a folder of pictures to a GAN that people can draw, upload and play with in a browser.

The names below are the Python API; :mod:`ganvas.api` documents them. They are imported on first use, so that
``import ganvas`` is fast and does not import torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ganvas.version import __version__

if TYPE_CHECKING:
    from ganvas.api import (
        Model,
        UserError,
        evaluate_model,
        generate,
        load,
        train_model,
        translate,
    )

__all__ = [
    "Model",
    "UserError",
    "__version__",
    "evaluate_model",
    "generate",
    "load",
    "train_model",
    "translate",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("ganvas.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
