"""The bundles that the studio can use: those in the bundles folder, those of runs, and the starter models."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from urllib.parse import quote

from ganvas.bundle import MANIFEST, Bundle, read_bundle
from ganvas.errors import UserError
from ganvas.serve.core.run_store import RunStore, folders, valid_utf8

log = logging.getLogger("ganvas.studio")

Signature = tuple[tuple[str, int, int], ...]


class BundleStore:
    """Finds bundles by id; each is verified when it is first used, and again after one of its files has changed.

    Args:
        root: Folder of bundle folders; None or absent: only runs have bundles.
        runs: The runs, whose finished bundles are found as well.
        starters: Folder of bundles that ship with the package; None: none.
    """

    def __init__(self, root: Path | None, runs: RunStore, starters: Path | None = None) -> None:
        self._root = root
        self._starters = starters
        self._runs = runs
        self._known: dict[Path, tuple[Signature, Bundle | UserError]] = {}
        self._lock = threading.Lock()

    def paths(self) -> dict[str, Path]:
        """The folders by id: a run's bundle has the run's id.

        Of several bundles with one name, that in the folder of bundles is used, else that of a run.
        """
        shipped = {name: path for name, path in folders(self._starters).items() if _has_manifest(path)}
        made = {name: run.bundle for name, run in self._runs.folders().items() if _has_manifest(run.bundle)}
        kept = {name: path for name, path in folders(self._root).items() if _has_manifest(path)}
        return shipped | made | kept

    def find(self, name: str) -> Bundle | None:
        """The bundle of an id, or None.

        Raises:
            UserError: It cannot be used (see :func:`ganvas.bundle.read_bundle`).
        """
        path = self.paths().get(name)
        return None if path is None else self._open(path)

    def all(self) -> tuple[dict[str, Bundle], dict[str, UserError]]:
        """The bundles by id, the newest first, and why others cannot be used."""
        found: dict[str, Bundle] = {}
        refused: dict[str, UserError] = {}
        for name, path in sorted(self.paths().items()):
            try:
                found[name] = self._open(path)
            except UserError as error:
                refused[name] = error
        return dict(sorted(found.items(), key=lambda pair: pair[1].info.created, reverse=True)), refused

    def _open(self, path: Path) -> Bundle:
        try:
            signature = tuple(
                sorted((file.name, file.lstat().st_mtime_ns, file.lstat().st_size) for file in path.iterdir())
            )
        except OSError:
            name = valid_utf8(path.name)
            raise UserError(
                f"Bundle {name} is being replaced; try again in a moment.",
                code="bundle-replaced",
                params={"bundle": name},
            ) from None
        with self._lock:
            known = self._known.get(path)
            if known is None or known[0] != signature:
                known = self._known[path] = (signature, _read(path))
        if isinstance(known[1], UserError):
            raise known[1]
        return known[1]


def _has_manifest(path: Path) -> bool:
    manifest = path / MANIFEST
    return not path.is_symlink() and not manifest.is_symlink() and manifest.is_file()


def _read(path: Path) -> Bundle | UserError:
    """The bundle in a folder, or why it cannot be used; the error does not name the folder's place on this machine."""
    name = valid_utf8(path.name)
    try:
        return read_bundle(path)
    except UserError as error:
        sentence = str(error).replace(f"{path}{os.sep}", "").replace(str(path), path.name)
        params = {key: valid_utf8(value) if isinstance(value, str) else value for key, value in error.params.items()}
        return UserError(valid_utf8(sentence), code=error.code, params=params)
    except OSError as error:
        reason = str(error.strerror)
        return UserError(
            f"Bundle {name} cannot be opened ({reason}); check its permissions.",
            code="bundle-not-opened",
            params={"bundle": name, "reason": reason},
        )
    except Exception as error:
        log.warning("bundle %s cannot be read", name, exc_info=error)
        return UserError(f"Bundle {name} is damaged; export it again.", code="bundle-broken", params={"bundle": name})


def address(name: str) -> str:
    """The address of a bundle in the API."""
    return f"/v1/bundles/{quote(name, safe='')}"
