"""The state of the Generate page."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from ganvas.apps.nearest_neighbours import TrainingPictures
from ganvas.apps.sefa import Directions
from ganvas.models.family import Family
from ganvas.serve.core.context import StudioContext
from ganvas.serve.features.generate.projections import Projections


@dataclass
class GenerateState:
    """Projections in progress, and results that are expensive to compute again.

    Attributes:
        projections: Projections of photographs, in the background.
        directions: Directions of the loaded families by range of layers: a slider requests the same ones repeatedly.
        training_pictures: Features of the training pictures of the run that was last compared, by run folder and
            modification time of the data set.
        comparing: Held during a comparison: the first one with a data set takes long, and every core.
    """

    projections: Projections = field(default_factory=Projections)
    directions: WeakKeyDictionary[Family, dict[tuple[int | None, int | None], Directions]] = field(
        default_factory=WeakKeyDictionary
    )
    training_pictures: dict[tuple[Path, int], TrainingPictures] = field(default_factory=dict)
    comparing: threading.Lock = field(default_factory=threading.Lock)


def open_state(context: StudioContext, closing: ExitStack) -> GenerateState:
    """Make the state; its projections end with the application."""
    state = GenerateState(Projections(paths=context.paths))
    closing.callback(lambda: state.projections.close())
    return state
