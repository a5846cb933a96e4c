"""The runs that the studio can show, by id."""

from __future__ import annotations

import os
from pathlib import Path

from ganvas.runs.folder import RunDir
from ganvas.runs.reader import modified_at


def valid_utf8(name: str) -> str:
    """The name of a file, with question marks for bytes that are not UTF-8."""
    return name.encode("utf-8", "replace").decode()


def folders(root: Path | None) -> dict[str, Path]:
    """The folders directly below ``root``, by name. An id is looked up here and never joined to a path.

    Symbolic links are left out, since they may lead anywhere. A name that is not UTF-8 gets question marks.
    """
    if root is None:
        return {}
    try:
        with os.scandir(root) as entries:
            return {
                valid_utf8(entry.name): Path(entry.path)
                for entry in entries
                if entry.name[0] != "." and entry.is_dir(follow_symlinks=False)
            }
    except OSError:
        return {}


class RunStore:
    """The runs in a folder.

    Args:
        root: Folder of run folders; None or absent: there are no runs.
    """

    def __init__(self, root: Path | None) -> None:
        self.root = root

    def ids(self) -> dict[str, RunDir]:
        """The runs by id, the last changed first."""
        found = self.folders()
        runs = {name: run for name, run in found.items() if any(map(Path.exists, (run.status, run.recipe, run.stats)))}
        return dict(sorted(runs.items(), key=lambda pair: (-_changed(pair[1]), pair[0])))

    def folders(self) -> dict[str, RunDir]:
        """All folders by name, also those that hold no file of a run, such as one with nothing but a bundle."""
        return {name: RunDir(path) for name, path in folders(self.root).items()}

    def find(self, name: str) -> RunDir | None:
        """The run of an id, or None."""
        return self.ids().get(name)


def _changed(run: RunDir) -> float:
    return max(modified_at(run.status), modified_at(run.recipe))
