"""The state of the Draw page."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from ganvas.serve.core.context import StudioContext
from ganvas.serve.features.draw.drawing_store import DrawingStore


@dataclass
class DrawState:
    """Where drawings are kept that people share by link.

    Attributes:
        shared: The store; None: the operator does not allow sharing.
    """

    shared: DrawingStore | None


def open_state(context: StudioContext, closing: ExitStack) -> DrawState:
    """Open the store, where the operator named a folder."""
    folder = context.settings.shared
    return DrawState(None if folder is None else DrawingStore(folder))
