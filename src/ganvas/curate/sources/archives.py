"""Sources in zip files: an archive of pictures, or a packed data set to be packed again."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

from ganvas.curate.archive_names import MemberNames, member_names
from ganvas.curate.archive_safety import leads_outside, read_entry, size_limit
from ganvas.curate.file_kinds import HEAD_BYTES, is_hidden
from ganvas.curate.manifest import MANIFEST, Manifest, SkippedFile, read_manifest
from ganvas.curate.own_folders import is_below, own_folders_among
from ganvas.curate.sources.assemble import (
    ListedFile,
    assemble,
    fingerprint,
)
from ganvas.curate.sources.file_filter import FileFilter
from ganvas.curate.sources.listing import Candidate, Listing, SourceOptions
from ganvas.errors import UserError


class ZipReader:
    """Reads the members of a zip by their readable names; see :mod:`ganvas.curate.archive_names`."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        # Kept open, for opening reads the whole directory; ZipFile takes turns by itself when threads read.
        self.path, self.encoding = path, encoding
        self.archive = zipfile.ZipFile(path)
        self.names: MemberNames = member_names(self.archive, encoding)

    def __reduce__(self) -> tuple[type[ZipReader], tuple[Path, str | None]]:
        return ZipReader, (self.path, self.encoding)

    def __call__(self, path: str) -> bytes:
        return read_entry(self.archive, self.names.members.get(path))


def list_zip(source: Path, where: Path, options: SourceOptions) -> Listing:
    """The pictures of a zip, or the items of a packed data set."""
    try:
        reader = ZipReader(where, options.zip_encoding)
        names = reader.names
        if MANIFEST in names.members:
            return list_dataset(where)
        _refuse_hostile(source, where, names)
        listing = Listing(reader, own_folders=own_folders_among(names.members))
        if any(folder.path == "." for folder in listing.own_folders):
            raise UserError(f"{source} holds a {listing.own_folders[0].kind} of Ganvas, not pictures; zip those.")
        members = {name: entry for name, entry in names.members.items() if not is_below(name, listing.own_folders)}
        choice = FileFilter(listing)
        files = [
            ListedFile(name, entry.file_size, entry.CRC)
            for name, entry in members.items()
            if _is_visible(name) and choice.takes(name, partial(read_entry, reader.archive, entry, HEAD_BYTES))
        ]
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UserError(f"{source} is a damaged zip archive; zip the pictures again.") from None
    listing.skipped += [SkippedFile(name, "a second file of the same name") for name in names.repeated]
    folders = {str(folder) for name in members for folder in PurePosixPath(f"{name}x").parents} - {"."}
    folders = {folder for folder in folders if not any(is_hidden(part) for part in PurePosixPath(folder).parts)}
    listing = assemble(source, where, files, listing, options, folders)
    listing.layout = f"{listing.layout} {names.sentences()}".strip()
    return listing


def _is_visible(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.endswith("/") and bool(parts) and not any(is_hidden(part) for part in parts)


def _refuse_hostile(source: Path, where: Path, names: MemberNames) -> None:
    for name in names.members:
        if leads_outside(name):
            raise UserError(f"{source} holds a file name that leads outside of it ({name!r}); zip it again.")
    unpacked = sum(entry.file_size for entry in names.members.values())
    if unpacked > size_limit(where):
        raise UserError(f"{source} would unpack to {unpacked / 2**30:.1f} GB, so it is no archive of pictures.")


def list_dataset(path: Path) -> Listing:
    """The items of a packed data set."""
    manifest: Manifest = read_manifest(path)
    information = path.stat()
    listing = Listing(
        ZipReader(path),
        classes=manifest.classes,
        paired=manifest.paired,
        skipped=list(manifest.skipped),
        licences=list(manifest.licences),
        fingerprint=fingerprint(path, [ListedFile("", information.st_size, information.st_mtime_ns)]),
        packed=True,
    )
    listing.layout = manifest.layout
    listing.candidates = [
        Candidate(item.name, item.label, item.pair, item.licence, item.split, None, item.origin)
        for item in manifest.items
    ]
    return listing
