"""Entries: pictures of a source by what is left of their paths below the folders that are understood already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from ganvas.curate.images.crop import Half
from ganvas.curate.manifest import SplitName


class PairDetector(NamedTuple):
    """Tests on the content of a few pictures."""

    simpler_half: Callable[[list[str]], Half | None]  # the plainer half, where all are two pictures side by side
    lie_on_each_other: Callable[[list[tuple[str, str]]], bool]  # whether pairs of paths show the same thing


class Entry(NamedTuple):
    """A picture of a source."""

    path: str
    parts: tuple[str, ...]  # what is left of the path below the folders already understood
    split: SplitName | None = None

    @property
    def top(self) -> str:
        """The first folder, or empty for a picture outside of folders."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def stem(self) -> str:
        """The file's name without suffix."""
        return PurePosixPath(self.parts[-1]).stem

    def below(self, split: SplitName | None = None) -> Entry:
        """The entry without its first folder."""
        return Entry(self.path, self.parts[1:], split or self.split)
