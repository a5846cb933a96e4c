"""The bundles that the studio can use: those in the bundles folder, and those that runs have made."""

from __future__ import annotations

import threading
from pathlib import Path
from urllib.parse import quote

from ganvas import bundle
from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.serve.core.run_store import RunStore, folders

Signature = tuple[tuple[str, int, int], ...]


class BundleStore:
    """Finds bundles by id; each is verified when first seen and again whenever one of its files changes."""

    def __init__(self, root: Path | None, runs: RunStore) -> None:
        self._root = root
        self._runs = runs
        self._known: dict[Path, tuple[Signature, Bundle | UserError]] = {}
        self._lock = threading.Lock()

    def paths(self) -> dict[str, Path]:
        """The folders by id. A run's bundle has the run's id; a bundle of the same name in the folder wins."""
        made = {name: run.bundle for name, run in self._runs.ids().items() if (run.bundle / bundle.MANIFEST).is_file()}
        kept = {name: path for name, path in folders(self._root).items() if (path / bundle.MANIFEST).is_file()}
        return made | kept

    def find(self, name: str) -> Bundle | None:
        """The bundle of this id, or None.

        :raises UserError: it is refused (see :func:`ganvas.bundle.read`).
        """
        path = self.paths().get(name)
        return None if path is None else self._open(path)

    def all(self) -> tuple[dict[str, Bundle], dict[str, str]]:
        """→ the bundles by id, the newest first, and why others are refused."""
        found: dict[str, Bundle] = {}
        refused: dict[str, str] = {}
        for name, path in sorted(self.paths().items()):
            try:
                found[name] = self._open(path)
            except UserError as error:
                refused[name] = str(error).replace(str(path), name)  # where things lie is no business of a page
        return dict(sorted(found.items(), key=lambda pair: pair[1].info.created, reverse=True)), refused

    def _open(self, path: Path) -> Bundle:
        try:
            signature = tuple(
                sorted((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in path.iterdir())
            )
        except OSError:
            raise UserError(f"Bundle {path} is being replaced; try again in a moment.") from None
        with self._lock:
            known = self._known.get(path)
            if known is None or known[0] != signature:
                try:
                    known = (signature, bundle.read(path))
                except UserError as error:
                    known = (signature, UserError(str(error).replace(str(path), path.name)))  # paths are the operator's
                except OSError as error:
                    raise UserError(f"Bundle {path} cannot be read ({error.strerror}); try again.") from None
                self._known[path] = known
        if isinstance(known[1], UserError):
            raise known[1]
        return known[1]


def address(name: str) -> str:
    """Where a bundle stands in the API."""
    return f"/v1/bundles/{quote(name, safe='')}"
