"""The state of the Montage page: the spaces of faces of the models used last; what a witness did is in the requests."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import ExitStack

from ganvas.apps.montage import FaceSpace
from ganvas.apps.portrait import PortraitGenerator
from ganvas.bundle import Bundle
from ganvas.serve.core.context import StudioContext

KEPT = 4  # spaces of faces, a few megabytes each


class MontageState:
    """The spaces of faces, by the fingerprint of their bundle."""

    def __init__(self) -> None:
        self._spaces: OrderedDict[str, FaceSpace] = OrderedDict()
        self._lock = threading.Lock()

    def space(self, bundle: Bundle, generator: PortraitGenerator) -> FaceSpace:
        """The space of faces of a bundle.

        Raises:
            UserError: Its bank is too small.
        """
        with self._lock:
            space = self._spaces.pop(bundle.fingerprint, None) or FaceSpace(generator.bank(), generator.parts)
            self._spaces[bundle.fingerprint] = space
            while len(self._spaces) > KEPT:
                self._spaces.popitem(last=False)
            return space


def open_state(context: StudioContext, closing: ExitStack) -> MontageState:
    """Make the state; nothing needs closing."""
    return MontageState()
