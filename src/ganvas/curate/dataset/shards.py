"""Data sets as WebDataset shards, in a folder or at any address of fsspec (s3://, gs://, …): writing and reading.

Shards are plain tar files: for each picture ``00000042.png`` (of a pair ``00000042.target.png`` and
``00000042.source.png``) and ``00000042.json`` with label, class and credit. ``shards.json`` is written last and names
all of them; until then nobody takes the set for whole. A shard's name holds a digest of its content, so that writing
again after a break leaves those alone that are there.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.manifest import MANIFEST, Item, Manifest, read_manifest
from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.paths import FULL, cache_dir, cannot_write, writing

INDEX = "shards.json"
SHARD_FORMAT = 1
_URL = re.compile(r"([a-z][a-z0-9+.-]+):/+(.*)", re.IGNORECASE)


# They know no folders, and asked for one they would make a bucket.
_STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "memory")


class Shard(BaseModel):
    """One tar file: the items ``first`` to ``first + count``."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    first: int
    count: int


class ShardIndex(BaseModel):
    """The content of ``shards.json``."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1] = 1
    shards: tuple[Shard, ...]
    dataset: Manifest


class ShardReport(NamedTuple):
    """The result of writing shards: ``written`` of ``shards`` were not there yet."""

    destination: str
    shards: int
    written: int


def is_url(place: Path | str) -> bool:
    """Whether a place is an address such as ``s3://bucket/folder`` (a Path turns that into ``s3:/bucket/folder``)."""
    return _URL.fullmatch(str(place)) is not None


def holds_shards(place: Path | str) -> bool:
    """Whether a place is to be read as shards: an address, or a folder with their index."""
    return is_url(place) or (Path(place).expanduser() / INDEX).is_file()


# ── Places ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Place:
    """A folder, here or at an address."""

    def __init__(self, place: Path | str) -> None:
        match = _URL.fullmatch(str(place))
        self.shown = str(place) if match is None else f"{match[1]}://{match[2]}".rstrip("/")
        self.remote: Any = None
        if match is None or match[1].lower() == "file":
            self.root = self.shown = str(Path(place).expanduser()) if match is None else f"/{match[2]}"
            return
        self.is_store = match[1].lower() in _STORES
        try:
            import fsspec

            self.remote, self.root = fsspec.core.url_to_fs(self.shown)
        except (ImportError, ValueError) as error:
            raise UserError(
                f"{self.shown} cannot be opened ({_short(error)}); for s3:// install pip install 'ganvas[shards]'."
            ) from None

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def exists(self, name: str) -> bool:
        return bool(self.remote.exists(self._path(name))) if self.remote else Path(self._path(name)).exists()

    def write(self, name: str, content: IO[bytes]) -> None:
        """Write a file that appears when it is whole."""
        if self.remote is None:
            with replacing(Path(self._path(name))) as file:
                _copy(content, file)
            return
        if not self.is_store:
            self.remote.makedirs(self.root, exist_ok=True)
        # An object store shows an object once its upload is complete.
        with self.remote.open(self._path(name), "wb") as file:
            try:
                _copy(content, file)
            except BaseException:
                file.discard()
                raise

    def read(self, name: str) -> IO[bytes]:
        if self.remote is None:
            return Path(self._path(name)).open("rb")
        opened: IO[bytes] = self.remote.open(self._path(name), "rb")
        return opened


def _copy(source: IO[bytes], target: Any) -> None:
    while block := source.read(2**20):
        target.write(block)


def _short(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 120 else f"{words[:119]}…"


def _failure(place: _Place, error: Exception, done: str) -> UserError:
    return UserError(f"{place.shown} cannot be {done} ({_short(error)}); check the address and your access to it.")


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_shards(
    dataset: Dataset,
    destination: Path | str,
    *,
    shard_size: int = 1000,
    progress: Callable[[int, int], None] | None = None,
) -> ShardReport:
    """Write a packed data set as shards.

    Args:
        destination: a folder or an address; it may hold shards of a write that was broken off.
        shard_size: pictures in a shard.
        progress: called with (done, total) shards.

    Raises:
        UserError: the destination cannot be written, or holds another data set.
    """
    if shard_size < 1:
        raise UserError(f"A shard holds at least one picture, not {shard_size}.")
    place = _Place(destination)
    items = dataset.items
    starts = range(0, len(items), shard_size)
    shards, written = [], 0
    try:
        _refuse_other(place, dataset)
        for number, first in enumerate(starts):
            part = range(first, min(first + shard_size, len(items)))
            digest = _digest(dataset, part)
            name = f"shard-{number:06d}-{digest[:16]}.tar"
            if not place.exists(name):
                place.write(name, _tar(dataset, part))
                written += 1
            shards.append(Shard(name=name, sha256=digest, first=first, count=len(part)))
            if progress is not None:
                progress(number + 1, len(starts))
        index = ShardIndex(shards=tuple(shards), dataset=dataset.manifest.model_copy(update={"items": items}))
        place.write(INDEX, io.BytesIO(index.model_dump_json(indent=1).encode()))
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001 - each file system has errors of its own
        raise _failure(place, error, "written") from None
    return ShardReport(place.shown, len(shards), written)


def _refuse_other(place: _Place, dataset: Dataset) -> None:
    if place.exists(INDEX):
        there = _read_index(place).dataset
        if [item.sha256 for item in there.items] != [item.sha256 for item in dataset.items]:
            raise UserError(f"{place.shown} holds shards of another data set; name another place.")


def _digest(dataset: Dataset, part: range) -> str:
    """The digest of a shard, computed without writing it."""
    said = [SHARD_FORMAT, dataset.classes, [dataset.items[index].model_dump() for index in part]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _tar(dataset: Dataset, part: range) -> IO[bytes]:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for index in part:
            item = dataset.items[index]
            key = f"{index:08d}"
            if item.pair is None:
                _add(archive, f"{key}.png", dataset.file(item.name, item.sha256))
            else:
                _add(archive, f"{key}.target.png", dataset.file(item.name, item.sha256))
                _add(archive, f"{key}.source.png", dataset.file(item.pair, item.pair_sha256 or ""))
            said: dict[str, Any] = {"label": item.label, "sha256": item.sha256, "path": item.source}
            said |= {"class": dataset.classes[item.label]} if dataset.classes else {}
            said |= {"split": item.split} if item.split else {}
            said |= {"origin": item.origin.model_dump(exclude_none=True)} if item.origin else {}
            _add(archive, f"{key}.json", json.dumps(said).encode())
    content.seek(0)
    return content


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)  # its date is 0: the same pictures make the same bytes
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_index(place: _Place) -> ShardIndex:
    try:
        with place.read(INDEX) as file:
            return ShardIndex.model_validate_json(file.read())
    except FileNotFoundError:
        raise UserError(
            f"{place.shown} has no {INDEX}: it is not a data set in shards, or writing it was not completed; run "
            "`ganvas pack … --shards` again."
        ) from None
    except ValidationError:
        raise UserError(f"{place.shown}/{INDEX} is not valid; write the shards again.") from None


def fetch_shards(source: Path | str, *, progress: Callable[[int, int], None] | None = None) -> Path:
    """Bring a data set in shards into the cache, as one packed zip, and check every picture.

    What is there already is not fetched again, shard by shard, also after a break.

    Returns:
        the zip; a :class:`~ganvas.curate.dataset.dataset.Dataset`.

    Raises:
        UserError: it cannot be read, or is damaged.
    """
    place = _Place(source)
    try:
        index = _read_index(place)
        key = hashlib.sha256("".join(shard.sha256 for shard in index.shards).encode()).hexdigest()[:32]
        output = cache_dir() / "datasets" / f"shards-{key}.zip"
        if output.exists():
            try:
                read_manifest(output)
                return output
            except UserError:
                pass  # damaged: built anew
        kept = cache_dir() / "shards" / key
        with writing(kept):
            kept.mkdir(parents=True, exist_ok=True)
        for number, shard in enumerate(index.shards, start=1):
            here = kept / f"{number:06d}.tar"
            if not here.exists():
                with place.read(shard.name) as file, replacing(here) as target:
                    _copy(file, target)
            if progress is not None:
                progress(number, len(index.shards))
        _assemble(index, kept, output, place)
    except UserError:
        raise
    except FileNotFoundError:
        raise UserError(f"{place.shown} lacks shards that its {INDEX} names; write them again.") from None
    except Exception as error:  # noqa: BLE001 - each file system has errors of its own
        if isinstance(error, OSError) and error.errno in FULL:
            raise cannot_write(kept, error) from None
        raise _failure(place, error, "read") from None
    for number in range(1, len(index.shards) + 1):
        (kept / f"{number:06d}.tar").unlink(missing_ok=True)
    kept.rmdir()
    return output


def _assemble(index: ShardIndex, kept: Path, output: Path, place: _Place) -> None:
    items = index.dataset.items
    with replacing(output) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        manifest = index.dataset.model_dump_json(indent=1)
        archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), manifest)
        for number, shard in enumerate(index.shards, start=1):
            tar = kept / f"{number:06d}.tar"
            try:
                with tarfile.open(tar, mode="r:") as members:
                    for at in range(shard.first, shard.first + shard.count):
                        for name, content in _members(members, at, items[at]):
                            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
            except (tarfile.TarError, KeyError, ValueError, EOFError, IndexError):
                tar.unlink()  # the next try fetches it again
                raise UserError(f"{shard.name} at {place.shown} is damaged; write the shards again.") from None


def _members(members: tarfile.TarFile, index: int, item: Item) -> list[tuple[str, bytes]]:
    """The files of one item under their names in the archive; read into memory, nothing is unpacked to the disk."""
    key = f"{index:08d}"
    wanted = [(item.name, f"{key}.png" if item.pair is None else f"{key}.target.png", item.sha256)]
    if item.pair is not None:
        wanted.append((item.pair, f"{key}.source.png", item.pair_sha256 or ""))
    found = []
    for name, inner, sha256 in wanted:
        file = members.extractfile(inner)
        content = b"" if file is None else file.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(inner)
        found.append((name, content))
    return found
