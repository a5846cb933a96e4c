"""A folder of pictures as a source."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ganvas.curate.archive_safety import MAX_FILE_BYTES, too_large
from ganvas.curate.file_kinds import HEAD_BYTES, is_hidden
from ganvas.curate.file_names import shown_name
from ganvas.curate.images.decode import PictureError
from ganvas.curate.manifest import SkippedFile
from ganvas.curate.own_folders import OwnFolder, own_kind, refuse_own
from ganvas.curate.sources.assemble import (
    ListedFile,
    assemble,
)
from ganvas.curate.sources.file_filter import FileFilter
from ganvas.curate.sources.listing import Listing, SourceOptions
from ganvas.errors import UserError

# Folders of the system itself, which are no folders of pictures.
SYSTEM_FOLDERS = ("/", "/proc", "/sys", "/dev")


class FolderReader:
    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, path: str) -> bytes:
        file = self.root / path
        try:
            information = file.stat()
            if not stat.S_ISREG(information.st_mode):  # a pipe would never end
                raise PictureError("not a file")
            if information.st_size > MAX_FILE_BYTES:
                raise PictureError(too_large())
            return file.read_bytes()
        except FileNotFoundError:
            raise PictureError("the file is gone") from None
        except PermissionError:
            raise PictureError("no permission to read it") from None
        except OSError as error:
            raise PictureError(f"cannot be read ({error.strerror})") from None


def _walk(root: Path, listing: Listing, folders: list[str]) -> Iterator[ListedFile]:
    """The files below a folder that may be pictures or texts about them; ``folders`` gets all folders."""
    skipped, choice = listing.skipped, FileFilter(listing)

    def report(error: OSError) -> None:
        path = Path(error.filename).relative_to(root).as_posix()
        if path == ".":
            raise UserError(f"{root} cannot be opened ({error.strerror}); name a folder you may read.")
        skipped.append(SkippedFile(path, f"folder cannot be opened ({error.strerror})"))

    seen = {root}
    for folder, names, files in os.walk(root, onerror=report, followlinks=True):
        here = Path(folder)
        if here != root and (own := own_kind(here, {*names, *files})) is not None:
            listing.own_folders.append(OwnFolder(here.relative_to(root).as_posix(), own))
            names.clear()
            continue
        if here != root:
            folders.append(here.relative_to(root).as_posix())
        kept = []
        for name in sorted(names):
            inner = (here / name).resolve()
            if not is_hidden(name) and inner not in seen:  # links may lead in circles
                seen.add(inner)
                kept.append(name)
        names[:] = kept
        for name in sorted(files):
            file = here / name
            path = file.relative_to(root).as_posix()
            if is_hidden(name):
                continue
            try:
                information = file.stat()
            except OSError:
                skipped.append(SkippedFile(shown_name(path), "a link that leads nowhere"))
                continue
            if choice.takes(path, partial(_head, file, information)):
                yield ListedFile(path, information.st_size, information.st_mtime_ns)


def _head(file: Path, information: os.stat_result) -> bytes:
    """The first bytes of a file; none of what is no regular file, since a pipe would wait for ever."""
    if not stat.S_ISREG(information.st_mode):
        return b""
    try:
        with file.open("rb") as opened:
            return opened.read(HEAD_BYTES)
    except PermissionError:
        raise PictureError("no permission to read it") from None
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror})") from None


def list_folder(source: Path, root: Path, options: SourceOptions) -> Listing:
    refuse_own(root)
    listing = Listing(FolderReader(root))
    folders: list[str] = []
    files = list(_walk(root, listing, folders))
    return assemble(source, root, files, listing, options, folders)
