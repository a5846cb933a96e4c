"""Unpacks uploaded zips in the background; every picture is decoded, and all music read, before it is kept."""

from __future__ import annotations

import logging
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ganvas.curate.archive_names import member_names
from ganvas.curate.archive_safety import BROKEN, is_link, read_entry, size_limit
from ganvas.curate.images.decode import PictureError
from ganvas.curate.music.sources import uploaded_kind
from ganvas.errors import UserError
from ganvas.inference.worker import BusyError
from ganvas.serve.core.decode_pool import DecodePool, upload_too_large
from ganvas.serve.core.errors import ConflictError, MissingError, NoRoomError, UploadError
from ganvas.serve.features.train.picture_sets import PictureSets, is_ignored, not_kept

CHECKED_SIDE = 64  # pixels at which a picture is decoded to see whether it can be
log = logging.getLogger("ganvas.studio")


@dataclass
class UnpackingState:
    """How far a zip is unpacked; ``error`` is why it could not be."""

    done: int = 0
    total: int = 0
    error: UserError | None = None
    ended: bool = False


class Unpacking:
    """The zips that are being unpacked, one at a time.

    Args:
        sets: Where the pictures go.
        decoder: Decodes them.
    """

    def __init__(self, sets: PictureSets, decoder: DecodePool) -> None:
        self._sets = sets
        self._decoder = decoder
        self._states: dict[str, UnpackingState] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="unpack")
        self._closing = threading.Event()

    def receive(self, name: str, offset: int, part: bytes) -> int:
        """Append a part of a zip; a part that was received already is not appended again.

        Returns:
            The number of bytes received so far.

        Raises:
            ConflictError: A part before this one is missing.
            NoRoomError: The disk is almost full, or the part cannot be written.
        """
        path = self._archive(name)
        self._sets.check_room()
        with self._lock:  # two tabs may send the same zip
            try:
                size = path.stat().st_size if path.exists() else 0
                new = part[size - offset :] if offset <= size else b""
                if new:
                    with path.open("ab") as file:
                        file.write(new)
            except OSError as error:
                raise not_kept(error) from None
        if offset > size:
            raise ConflictError(
                f"A part of the zip is missing; send it from byte {size}.", code="part-missing", params={"size": size}
            )
        return size + len(new)

    def start(self, name: str) -> None:
        """Unpack the zip of an upload. Starting again is safe: pictures that are there are written again.

        Raises:
            MissingError: No zip was uploaded.
        """
        path = self._archive(name)
        if not path.is_file():
            raise MissingError(f"No zip was uploaded for {name!r}.", code="no-zip", params={"name": name})
        with self._lock:
            state = self._states.get(name)
            if state is not None and not state.ended:
                return
            state = self._states[name] = UnpackingState()
        self._worker.submit(self._unpack, name, path, state)

    def state(self, name: str) -> UnpackingState | None:
        """How far a zip is unpacked; None: there is none, or this studio has not begun to."""
        return self._states.get(name)

    def was_interrupted(self, name: str) -> bool:
        """Whether a zip, or a part of one, is there that nothing unpacks: its upload or an earlier studio ended."""
        return name not in self._states and self._sets.archive(name).is_file()

    def close(self) -> None:
        """Stop after the present picture."""
        self._closing.set()
        self._worker.shutdown(cancel_futures=True)

    def _archive(self, name: str) -> Path:
        self._sets.get(name)
        return self._sets.archive(name)

    def _unpack(self, name: str, path: Path, state: UnpackingState) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                members = {
                    member: entry
                    for member, entry in member_names(archive).members.items()
                    if not entry.is_dir() and not is_ignored(member)
                }
                state.total, left = len(members), size_limit(path)
                for member, entry in members.items():
                    if self._closing.is_set():
                        return
                    left -= entry.file_size
                    if left < 0:
                        raise UserError(
                            "The zip would grow too much when it is unpacked; unpack it, and drop the folder.",
                            code="zip-grows",
                        )
                    self._take(name, member, archive, entry)
                    state.done += 1
            path.unlink(missing_ok=True)
        except NoRoomError as error:
            state.error = error  # the zip stays: the same zip goes on when there is room
        except (*BROKEN, OSError) as error:
            state.error = _damaged(path, error)
        except UserError as error:
            state.error = error
            if error.code == "zip-grows":
                path.unlink(missing_ok=True)
        except Exception as error:
            log.error("unpacking %s failed", name, exc_info=error)
            state.error = _damaged(path, error)
        finally:
            state.ended = True

    def _take(self, name: str, member: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        try:
            if is_link(entry):
                raise UserError("This file has a name that cannot be used; rename it.", code="file-name")
            if entry.file_size > self._decoder.limits.bytes:
                raise upload_too_large(self._decoder.limits)
            content = read_entry(archive, entry)
            self._check(member, content)
        except PictureError as error:
            reason = str(error)
            damaged = UserError(
                f"The picture cannot be opened ({reason}); save it again or take another.",
                code="picture-damaged",
                params={"reason": reason},
            )
            self._sets.drop(name, member, damaged)
            return
        except UploadError as error:
            self._sets.drop(name, member, error)
            return
        try:
            target = self._sets.target(name, member)
        except UserError as error:
            if error.code != "file-name":
                raise
            self._sets.drop(name, member, error)
            return
        self._sets.keep(target, content)

    def _check(self, member: str, content: bytes) -> None:
        """Decode a picture or read a music file; wait while too many files of others are decoded."""
        kind = uploaded_kind(member)
        while True:
            try:
                if kind is None:
                    self._decoder.open(content, least=CHECKED_SIDE)
                else:
                    self._decoder.check_music(content, kind).result()
                return
            except BusyError:
                if self._closing.wait(0.5):
                    raise


def _damaged(path: Path, error: Exception) -> UserError:
    """The error for a zip that cannot be read, which is deleted: another may be sent in its place."""
    if isinstance(error, OSError) and error.errno is not None:
        return not_kept(error)
    path.unlink(missing_ok=True)
    return UserError("The zip is damaged; zip the pictures again.", code="zip-damaged")
