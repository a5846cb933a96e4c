"""The folder of pictures and music: what can be trained on, and where uploads go.

Each entry directly below the folder is a set of pictures: a folder, a zip, a packed set or a catalogue. An upload makes
a new folder. What is known about uploads is in ``.uploads``, beside the sets.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import uuid
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from ganvas.curate.archive_safety import leads_outside
from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.file_names import is_writable, name_key
from ganvas.curate.music.sources import UPLOADED
from ganvas.errors import UserError
from ganvas.files import check_below, read_regular, write_atomically
from ganvas.serve.core.errors import ConflictError, MissingError, NoRoomError
from ganvas.serve.core.run_store import valid_utf8
from ganvas.serve.features.train.run_folders import checked_name

NOTES = ".uploads"
DELETED = ".deleted"  # ending of a folder in NOTES that is being deleted
LEAST_FREE = 1_000_000_000  # bytes that must stay free beside uploads
MAX_PICTURES = 100_000  # of one set
MAX_PATH, MAX_DEPTH = 500, 8  # letters and folders in the path of a picture
SUFFIXES = PICTURE_SUFFIXES | {*UPLOADED}
EXAMPLES = 5  # names of dropped files that are kept for each reason
IGNORED = ("__MACOSX", "Thumbs.db", "desktop.ini")  # what systems leave beside pictures

Kind = Literal["folder", "zip", "catalogue"]


class Dropped(BaseModel):
    """Files of an upload that were not kept, for one reason."""

    code: str = Field(description="Name of the reason, as in the errors.")
    reason: str = Field(description="Why the first of them was not kept, in English.")
    params: dict[str, str | float] = Field(description="The values in that reason, by name.")
    count: int
    examples: list[str] = Field(description="Names of the first of them.")


class _UploadNote(BaseModel):
    dropped: list[Dropped] = []
    expected: int | None = None  # files of an upload that has not ended


class PictureSet(NamedTuple):
    """A set of pictures by its name."""

    name: str
    path: Path
    kind: Kind
    uploaded: bool
    expected: int | None = None
    """Number of files of an upload that has not ended; None: it has, or it is none."""


class PictureSets:
    """The sets in a folder. May be used from several threads.

    Args:
        root: The folder; made when something is uploaded.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}  # of the sets that are being uploaded
        self._gone: set[str] = set()  # deleted sets, to which a picture may still be on its way

    def all(self) -> list[PictureSet]:
        """The sets by name. Symbolic links are left out, since they may lead anywhere."""
        try:
            with os.scandir(self.root) as entries:
                found = [self._set(entry) for entry in entries if entry.name[0] != "." and not entry.is_symlink()]
        except OSError:
            return []
        return sorted((one for one in found if one is not None), key=lambda one: one.name.lower())

    def _set(self, entry: os.DirEntry[str]) -> PictureSet | None:
        path, name = Path(entry.path), valid_utf8(entry.name)
        if entry.is_dir():
            kind: Kind = "catalogue" if (path / "catalog.db").is_file() else "folder"
            uploaded = self._note(name).is_file()
            return PictureSet(name, path, kind, uploaded, self._read(name).expected if uploaded else None)
        return PictureSet(name, path, "zip", False) if path.suffix.lower() == ".zip" else None

    def get(self, name: str) -> PictureSet:
        """A set by its name.

        Raises:
            MissingError: There is none.
        """
        found = next((one for one in self.all() if one.name == name), None)
        if found is None:
            raise _missing(name)
        return found

    def find(self, name: str) -> Path:
        """The path of a set; see :meth:`get`."""
        return self.get(name).path

    def files(self, name: str, suffixes: Collection[str] = SUFFIXES) -> Iterator[str]:
        """The paths of the files in a set that are pictures or music by their names, in a fixed order."""
        root = self.find(name)
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(one for one in folders if one[0] != ".")
            for file in sorted(files):
                if file[0] != "." and PurePosixPath(file).suffix.lower() in suffixes:
                    yield (Path(folder) / file).relative_to(root).as_posix()

    def read(self, name: str, path: str, most: int) -> bytes:
        """The content of a picture of a set.

        Raises:
            MissingError: There is no such file of at most ``most`` bytes.
        """
        root = self.find(name)
        try:
            file = root / _checked_path(path)
            check_below(root, file)
            return read_regular(file, most)
        except (OSError, UserError):
            raise MissingError(
                f"There is no picture {path!r}.", code="no-picture-file", params={"path": path}
            ) from None

    # ── Uploads ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def create(self, name: str, *, sample: bool = False) -> str:
        """Make a new folder for an upload, with digits after the name where it is taken.

        Args:
            name: The name that is wanted.
            sample: The folder is for sample pictures, which the studio makes, and to which nothing can be added.

        Raises:
            NoRoomError: The folder cannot be written.
        """
        plain = checked_name(name)
        try:
            (self.root / NOTES).mkdir(parents=True, exist_ok=True)
            for number in range(1, 10_000):
                chosen = plain if number == 1 else f"{plain} {number}"
                try:
                    (self.root / chosen).mkdir()
                except FileExistsError:
                    continue
                self.archive(chosen).unlink(missing_ok=True)  # of a set whose folder was removed by other means
                if sample:
                    write_atomically(self._sample_note(chosen), _UploadNote().model_dump_json())
                else:
                    self._write(chosen, _UploadNote())
                with self._lock:
                    self._gone.discard(chosen)
                    self._counts.pop(chosen, None)
                return chosen
        except OSError as error:
            raise not_kept(error) from None
        raise ConflictError(f"There are too many pictures of the name {plain!r}.", code="name-taken")

    def expect(self, name: str, files: int | None) -> None:
        """Note how many files an upload has, before the first is sent; None: it has ended.

        What was not kept of an upload that did not end is forgotten, since those files are sent again.

        Raises:
            ConflictError: The set is no upload.
        """
        self._upload(name)
        with self._lock:
            note = self._read(name)
            begins_again = files is not None and note.expected is not None
            self._write(name, _UploadNote(dropped=[] if begins_again else note.dropped, expected=files))

    def delete(self, name: str) -> None:
        """Delete an upload for good. It is out of the list at once, even where a kill interrupts the rest.

        Raises:
            ConflictError: The set is no upload.
        """
        found = self._upload(name)
        place = self.root / NOTES / f"{uuid.uuid4().hex}{DELETED}"
        with self._lock:
            self._gone.add(name)
        try:
            found.path.rename(place)
            self._note(name).unlink(missing_ok=True)
            self.archive(name).unlink(missing_ok=True)
        except OSError as error:
            raise not_kept(error) from None
        shutil.rmtree(place, ignore_errors=True)

    def clear(self) -> None:
        """Free the space of what was deleted when a studio was killed, and of zips whose set is gone."""
        for place in (self.root / NOTES).glob(f"*{DELETED}"):
            shutil.rmtree(place, ignore_errors=True)
        for archive in (self.root / NOTES).glob("*.zip"):
            if not (self.root / archive.stem).is_dir():
                archive.unlink(missing_ok=True)

    def _upload(self, name: str) -> PictureSet:
        found = self.get(name)
        if not found.uploaded:
            raise ConflictError(
                f"The pictures {name!r} are not an upload, so they are not changed from here.",
                code="not-an-upload",
                params={"name": name},
            )
        return found

    def target(self, name: str, path: str) -> Path:
        """Where an uploaded picture is written.

        Raises:
            ConflictError: The set is no upload, or it is full.
            NoRoomError: The disk is almost full.
            UserError: The path cannot be used.
        """
        found = self._upload(name)
        with self._lock:
            count = self._counts.get(name)
        count = sum(1 for _ in self.files(name)) if count is None else count
        if count >= MAX_PICTURES:
            raise ConflictError(
                f"At most {MAX_PICTURES:,} pictures can be uploaded into one folder.",
                code="too-many-pictures",
                params={"most": MAX_PICTURES},
            )
        self.check_room()
        with self._lock:
            self._counts[name] = count + 1
        return found.path / _checked_path(path)

    def check_room(self) -> None:
        """Check that more can be uploaded.

        Raises:
            NoRoomError: The disk is almost full.
        """
        if shutil.disk_usage(self.root).free < LEAST_FREE:
            raise NoRoomError(
                "The disk is almost full; free some of it before more is uploaded.", code="upload-no-room"
            )

    def keep(self, target: Path, content: bytes) -> None:
        """Write an uploaded picture.

        Raises:
            NoRoomError: It cannot be written.
            MissingError: The set was deleted meanwhile.
        """
        name = target.relative_to(self.root).parts[0]
        try:
            check_below(self.root, target.parent / "x") if target.parent.exists() else None
            write_atomically(target, content)
        except OSError as error:
            raise not_kept(error) from None
        with self._lock:
            gone = name in self._gone
        if gone:
            shutil.rmtree(self.root / name, ignore_errors=True)
            raise _missing(name)

    def drop(self, name: str, path: str, error: UserError) -> None:
        """Note that a file of an upload was not kept, and why."""
        error = for_training(error)
        with self._lock:
            note = self._read(name)
            dropped = note.dropped
            why = (error.code, error.params.get("reason"))
            known = next((one for one in dropped if (one.code, one.params.get("reason")) == why), None)
            if known is None:
                params = dict(error.params)
                known = Dropped(code=error.code, reason=str(error), params=params, count=0, examples=[])
                dropped.append(known)
            known.count += 1
            if len(known.examples) < EXAMPLES:
                known.examples.append(valid_utf8(path)[:MAX_PATH])
            self._write(name, note)

    def dropped(self, name: str) -> list[Dropped]:
        """What was not kept of an upload, by reason."""
        return self._read(name).dropped

    def _read(self, name: str) -> _UploadNote:
        try:
            return _UploadNote.model_validate_json(read_regular(self._note(name), 10_000_000))
        except (OSError, ValidationError, json.JSONDecodeError):
            return _UploadNote()

    def _write(self, name: str, note: _UploadNote) -> None:
        try:
            write_atomically(self._note(name), note.model_dump_json())
        except OSError as error:
            raise not_kept(error) from None

    def archive(self, name: str) -> Path:
        """Where the zip of an upload is collected."""
        return self.root / NOTES / f"{name}.zip"

    def _note(self, name: str) -> Path:
        return self.root / NOTES / f"{name}.json"

    def is_sample(self, name: str) -> bool:
        """Whether a set is one of sample pictures, which the studio makes."""
        return self._sample_note(name).is_file()

    def _sample_note(self, name: str) -> Path:
        return self.root / NOTES / f"{name}.sample"

    def samples(self, name: str, most: int, suffixes: Collection[str] = PICTURE_SUFFIXES) -> tuple[list[str], int]:
        """The first pictures of a set, or other files by their endings, and how many there are."""
        paths = self.files(name, suffixes)
        first = list(islice(paths, most))
        return first, len(first) + sum(1 for _ in paths)


def for_training(error: UserError) -> UserError:
    """What is said of a file that is no picture, here where music is taken as well; other errors as they are."""
    if error.code != "not-a-picture":
        return error
    formats = error.params["formats"]
    return UserError(
        f"This is neither a picture nor music that can be read; send {formats}, MIDI or MusicXML.",
        code="not-to-train-on",
        params={"formats": formats},
    )


def is_ignored(path: str) -> bool:
    """Whether a file is one that systems leave beside pictures, such as ``.DS_Store``."""
    parts = path.replace("\\", "/").split("/")
    return any((part[:1] == "." and part not in (".", "..")) or part in IGNORED for part in parts)


def _missing(name: str) -> MissingError:
    return MissingError(f"There are no pictures {name!r}.", code="no-pictures", params={"name": name})


def not_kept(error: OSError) -> NoRoomError:
    """The error for a file that could not be written."""
    reason = str(error.strerror)
    return NoRoomError(
        f"The pictures could not be kept ({reason}).", code="pictures-not-kept", params={"reason": reason}
    )


def _checked_path(path: str) -> PurePosixPath:
    plain = name_key(path.replace("\\", "/"))
    found = PurePosixPath(plain)
    parts = found.parts
    if leads_outside(plain) or not parts or len(plain) > MAX_PATH or len(parts) > MAX_DEPTH or not is_writable(plain):
        raise UserError("This file has a name that cannot be used; rename it.", code="file-name")
    if any(part[0] == "." or len(part.encode()) > 250 for part in parts):
        raise UserError("This file has a name that cannot be used; rename it.", code="file-name")
    return found
