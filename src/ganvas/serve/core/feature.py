"""The type of a feature of the studio."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from fastapi import APIRouter

from ganvas.serve.core.context import StudioContext

OpenState = Callable[[StudioContext, ExitStack], object]


@dataclass(frozen=True)
class Feature:
    """A part of the studio that can be left out: its routes, and the state that they share.

    Attributes:
        name: Name of the feature's folder, here and in ``web/src/features``.
        routers: The routes, all below ``/v1``.
        open_state: Makes the feature's state when the application is created; what must be closed with the
            application is registered on the exit stack. Routes read the state by its type
            (``context.state(GenerateState)``). None: the routes need no state.
    """

    name: str
    routers: tuple[APIRouter, ...]
    open_state: OpenState | None = None
