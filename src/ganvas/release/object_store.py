"""Bundles in an object store such as S3, at any address of fsspec.

``PLACE/versions/FINGERPRINT/`` holds the files of a bundle, and ``PLACE/published.json`` names the present version and
the one before it. That one object is written last, at once, so that a reader finds the old bundle or the new one. Old
versions stay until somebody deletes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ganvas.bundle import MANIFEST, Bundle, read_bundle
from ganvas.bundle.read import parse_manifest
from ganvas.errors import UserError
from ganvas.evaluate.protocol import Subset
from ganvas.release.publish import Publication, decide, restored

POINTER = "published.json"


class _Store:
    """A folder of an object store."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        try:
            import fsspec

            self._system, self._root = fsspec.core.url_to_fs(self.address)
        except (ImportError, ValueError) as error:
            raise UserError(
                f"{self.address} cannot be opened ({_short(error)}); for s3:// run `pip install 'ganvas[s3]'`."
            ) from None

    @contextmanager
    def _failing(self, done: str) -> Iterator[None]:
        try:
            yield
        except UserError:
            raise
        except Exception as error:  # noqa: BLE001 - each store has its own
            raise UserError(
                f"{self.address} cannot be {done} ({_short(error)}); check the address and your access to it."
            ) from None

    def read(self, name: str) -> bytes | None:
        """The content of an object, None where there is none."""
        with self._failing("read"):
            self._system.invalidate_cache()
            try:
                content: bytes = self._system.cat_file(f"{self._root}/{name}")
            except FileNotFoundError:
                return None
            return content

    def write(self, name: str, content: bytes) -> None:
        with self._failing("written"):
            self._system.pipe_file(f"{self._root}/{name}", content)

    def upload(self, file: Path, name: str) -> None:
        with self._failing("written"):
            self._system.put_file(str(file), f"{self._root}/{name}")

    def download(self, name: str, file: Path) -> None:
        with self._failing("read"):
            self._system.get_file(f"{self._root}/{name}", str(file))


def _short(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 120 else f"{words[:119]}…"


def _pointer(store: _Store) -> dict[str, Any]:
    content = store.read(POINTER)
    try:
        pointer = json.loads(content) if content else {}
        names = [pointer.get(key) for key in ("current", "previous")]
        if not all(name is None or (isinstance(name, str) and name.isalnum()) for name in names):
            raise ValueError
    except (ValueError, AttributeError):
        raise UserError(f"{store.address}/{POINTER} is damaged; publish to another --name.") from None
    return dict(pointer)


def _manifest(store: _Store, version: str | None) -> Bundle | None:
    content = store.read(f"versions/{version}/{MANIFEST}") if version else None
    return None if content is None else parse_manifest(content, Path(store.address.rpartition("/")[2]))


def publish(bundle: Bundle, place: str, *, metric: str | None, pictures: Subset | None) -> Publication:
    """Upload a bundle, and then name it as the present one.

    Args:
        bundle: A verified bundle.
        place: Address of its folder in the store.
        metric: See :func:`ganvas.release.publish.decide`.
        pictures: See there.

    Raises:
        UserError: The store cannot be reached or written, or the two bundles cannot be compared.
    """
    store = _Store(place)
    pointer = _pointer(store)
    before = _manifest(store, pointer.get("current"))
    decided = decide(bundle, before, store.address, metric, pictures)
    if decided.state == "published":
        version = bundle.fingerprint[:16]
        for name in (*bundle.info.files, MANIFEST):
            store.upload(bundle.path / name, f"versions/{version}/{name}")
        _name(store, version, pointer.get("current"))
    return decided


def rollback(place: str) -> Publication:
    """Name the version before the present one as the present one, and the other way round.

    Raises:
        UserError: There is no bundle, or no version before it.
    """
    store = _Store(place)
    pointer = _pointer(store)
    current, previous = pointer.get("current"), pointer.get("previous")
    if current is None:
        raise UserError(f"There is no published bundle at {store.address}; name it as s3://BUCKET/FOLDER/NAME.")
    before = _manifest(store, previous)
    if before is None:
        raise UserError(f"No earlier bundle is kept at {store.address}: `ganvas publish` has replaced none there.")
    present = _manifest(store, current)
    _name(store, str(previous), current)
    return Publication("published", store.address, restored(before, present))


def _name(store: _Store, current: str, previous: str | None) -> None:
    kept = None if previous == current else previous
    store.write(POINTER, json.dumps({"format": 1, "current": current, "previous": kept}).encode())


def fetch(source: str, folder: Path) -> Bundle:
    """Download the present version of a bundle, or a bundle that lies at the address as it is.

    Args:
        source: Address of the bundle's folder.
        folder: Is made, and filled with the bundle.

    Raises:
        UserError: There is no bundle, or a file differs from what was published.
    """
    store = _Store(source)
    current = _pointer(store).get("current")
    prefix = f"versions/{current}/" if current else ""
    manifest = store.read(f"{prefix}{MANIFEST}")
    if manifest is None:
        raise UserError(f"There is no bundle at {store.address}; check the address.")
    info = parse_manifest(manifest, Path(store.address.rpartition("/")[2])).info
    folder.mkdir()
    (folder / MANIFEST).write_bytes(manifest)
    for name in info.files:
        if Path(name).name != name:
            raise UserError(f"The bundle at {store.address} names the file {name}, which no bundle may; do not use it.")
        store.download(f"{prefix}{name}", folder / name)
    return read_bundle(folder)
