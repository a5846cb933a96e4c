"""Files of local folders, single files and uploads, for the ingest."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ganvas.collect.archive import items_of_archive
from ganvas.collect.file_kinds import SourceKind, refuse_by_kind, source_kind
from ganvas.collect.ingest import MAX_NAME, IncomingFile, IngestItem, Refusal, readable
from ganvas.curate.archive_safety import MAX_FILE_BYTES, too_large
from ganvas.curate.catalog import Origin
from ganvas.curate.file_kinds import HEAD_BYTES, is_archive, is_hidden
from ganvas.curate.own_folders import REASON, own_kind, refuse_own
from ganvas.errors import UserError

_NOT_FOLDERS_OF_PICTURES = ("/", "/proc", "/sys", "/dev")


def count_files(source: Path, *, without: Path | None = None) -> int | None:
    """How many files a folder or a zip holds, for progress; None where only reading all of it would show.

    Args:
        without: a folder that is left out, see :func:`folder`.
    """
    if source.is_dir():
        count = 0
        for here, names, files in os.walk(source.resolve()):
            if Path(here) != source.resolve() and own_kind(Path(here), {*names, *files}) is not None:
                names.clear()
                count += 1  # it is refused as one
                continue
            names[:] = [name for name in names if not is_hidden(name) and Path(here, name) != without]
            count += sum(1 for name in files if not is_hidden(name))
        return count
    if zipfile.is_zipfile(source):
        try:
            with zipfile.ZipFile(source) as opened:
                return sum(1 for entry in opened.infolist() if not entry.is_dir())
        except (zipfile.BadZipFile, OSError, ValueError):
            return None
    return None


def items_of(
    source: Path, *, licence: str | None = None, without: Path | None = None, encoding: str | None = None
) -> Iterator[IngestItem]:
    """The items of a folder, an archive or a single picture.

    Args:
        without: a folder that is left out, see :func:`folder`.
        encoding: of the names in a zip, see :func:`items_of_archive`.

    Raises:
        UserError: the source cannot be used at all; problems of single files are refusals.
    """
    kind = source_kind(source)
    if kind is SourceKind.FOLDER:
        return items_of_folder(source, licence=licence, without=without)
    if kind is SourceKind.ARCHIVE:
        return items_of_archive(source, licence=licence, encoding=encoding)
    if kind is SourceKind.PICTURE:
        return iter([_file(source, source.name, licence)])
    raise UserError(f"{source} is a {kind}, which holds no files.")


def items_of_folder(root: Path, *, licence: str | None = None, without: Path | None = None) -> Iterator[IngestItem]:
    """The pictures below a folder, in the order of their names; links are followed, each folder once.

    Args:
        without: a folder below it that is left out: that of the catalogue, which may be there.

    Raises:
        UserError: the folder is one of the system's, or cannot be opened.
    """
    where = root.resolve()
    if str(where) in _NOT_FOLDERS_OF_PICTURES:
        raise UserError(f"{root} is a folder of the system itself; name the folder that holds your pictures.")
    refuse_own(where)
    problems: list[Refusal] = []

    def report(error: OSError) -> None:
        path = Path(os.fsdecode(error.filename))
        if path == where:
            raise UserError(f"{root} cannot be opened ({error.strerror}); name a folder you may read.")
        problems.append(Refusal(_relative(path, where), f"the folder cannot be opened ({error.strerror})"))

    seen = {where} | ({without.resolve()} if without is not None else set())
    for here, names, files in os.walk(where, onerror=report, followlinks=True):
        if Path(here) != where and own_kind(Path(here), {*names, *files}) is not None:
            problems.append(Refusal(_relative(Path(here), where), REASON))
            names.clear()
            continue
        kept = []
        for name in sorted(names):
            inner = Path(here, name).resolve()
            if not is_hidden(name) and inner not in seen:
                seen.add(inner)
                kept.append(name)
        names[:] = kept
        for name in sorted(files):
            if not is_hidden(name):
                path = Path(here, name)
                yield _file(path, _relative(path, where), licence)
    yield from problems


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _file(path: Path, name: str, licence: str | None) -> IngestItem:
    try:
        information = path.stat()
        if not stat.S_ISREG(information.st_mode):  # reading a pipe would never end
            return Refusal(name, "not a file")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            unwanted = refuse_by_kind(name, head)
            if unwanted is not None:
                return unwanted
            if information.st_size > MAX_FILE_BYTES:
                return Refusal(name, too_large())
            content = head + file.read(MAX_FILE_BYTES)
    except FileNotFoundError:
        return Refusal(name, "a link that leads nowhere" if path.is_symlink() else "the file is gone")
    except PermissionError:
        return Refusal(name, "no permission to read it")
    except OSError as error:
        return Refusal(name, f"cannot be read ({error.strerror})")
    return IncomingFile(name, content, Origin("folder", path=readable(str(path))[-MAX_NAME:], licence=licence))


def items_of_upload(path: Path, name: str, *, licence: str | None = None) -> Iterator[IngestItem]:
    """The items of an uploaded file: one picture, or an archive of pictures.

    Args:
        path: the uploaded file.
        name: its name as uploaded; used as a label, never as a path.

    Raises:
        UserError: it is a damaged archive or a bomb.
    """
    label = PurePosixPath(name.replace("\\", "/")).name or "upload"
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if is_archive(head):
        for item in items_of_archive(path, licence=licence, label=label):
            if isinstance(item, IncomingFile):
                item = item._replace(origin=item.origin._replace(source="upload"))
            yield item
        return
    if path.stat().st_size > MAX_FILE_BYTES:
        yield Refusal(label, too_large())
        return
    yield IncomingFile(label, path.read_bytes(), Origin("upload", path=readable(label), licence=licence))
