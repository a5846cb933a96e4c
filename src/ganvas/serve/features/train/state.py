"""The state of the Train page: the queue of trainings, and the folder of pictures."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.errors import MissingError
from ganvas.serve.features.train import run_folders
from ganvas.serve.features.train.picture_sets import PictureSets
from ganvas.serve.features.train.samples import SampleAvatars
from ganvas.serve.features.train.trainings import Trainings
from ganvas.serve.features.train.unpacking import Unpacking


@dataclass
class TrainState:
    """What the routes of the Train page share.

    Attributes:
        opened: The queue; None: the studio has no folder of runs.
        sets: The folder of pictures; None: the studio has none.
        unpacking: The zips that are being unpacked there.
        avatars: The sample avatars there.
    """

    opened: Trainings | None
    sets: PictureSets | None
    unpacking: Unpacking | None
    avatars: SampleAvatars | None

    @property
    def trainings(self) -> Trainings:
        """The queue.

        Raises:
            MissingError: The studio has no folder of runs.
        """
        if self.opened is None:
            raise MissingError("This studio has no folder of runs; start it with --runs.", code="no-runs-folder")
        return self.opened

    @property
    def pictures(self) -> PictureSets:
        """The folder of pictures.

        Raises:
            MissingError: The studio has none.
        """
        if self.sets is None:
            raise MissingError(
                "This studio has no folder of pictures; start it with --pictures.", code="no-pictures-folder"
            )
        return self.sets

    @property
    def unpacker(self) -> Unpacking:
        """The zips that are being unpacked.

        Raises:
            MissingError: The studio has no folder of pictures.
        """
        if self.unpacking is None:
            assert self.pictures
        assert self.unpacking is not None
        return self.unpacking

    @property
    def samples(self) -> SampleAvatars:
        """The sample avatars.

        Raises:
            MissingError: The studio has no folder of pictures.
        """
        if self.avatars is None:
            assert self.pictures
        assert self.avatars is not None
        return self.avatars


def open_state(context: StudioContext, closing: ExitStack) -> TrainState:
    """Open the queue, which goes on where it was, and the folder of pictures."""
    settings = context.settings
    sets = None if settings.pictures is None else PictureSets(settings.pictures)
    unpacking = None if sets is None else Unpacking(sets, context.decoder)
    if sets is not None:
        sets.clear()
    if unpacking is not None:
        closing.callback(unpacking.close)
    avatars = None if sets is None else SampleAvatars(sets)
    if settings.runs is None:
        return TrainState(None, sets, unpacking, avatars)

    def data(name: str) -> Path:
        return state.pictures.find(name)

    def ready(name: str) -> bool:
        return avatars is None or avatars.ready(name)

    run_folders.purge(settings.runs)
    state = TrainState(None, sets, unpacking, avatars)
    trainings = state.opened = Trainings(settings.runs, data, settings.poll, ready)
    closing.callback(trainings.close)
    if avatars is not None:
        avatars.changed = trainings.wake
        closing.callback(avatars.close)  # before the queue
    return state
