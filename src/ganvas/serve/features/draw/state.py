"""The state of the Draw page."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from ganvas.serve.core.context import StudioContext
from ganvas.serve.features.draw.drawing_store import Drawings, DrawingStore


@dataclass
class DrawState:
    """Where drawings are kept that people share by link.

    Attributes:
        shared: The drawings; None: the operator does not allow sharing.
    """

    shared: Drawings | None


def open_state(context: StudioContext, closing: ExitStack) -> DrawState:
    """Open the folder or the database that the operator named."""
    place = context.settings.shared
    if not isinstance(place, str):
        return DrawState(None if place is None else DrawingStore(place))
    from ganvas.serve.features.draw.drawing_table import DrawingTable  # needs an extra that a folder does not

    table = DrawingTable(place)
    closing.callback(table.close)
    context.probes["the database of shared drawings"] = table.probe
    return DrawState(table)
