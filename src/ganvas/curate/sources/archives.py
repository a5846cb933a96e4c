"""Sources in zip files: an archive of pictures, or a packed data set to be packed again."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ganvas.curate.archive_safety import leads_outside, read_member, size_limit
from ganvas.curate.file_kinds import HEAD_BYTES, picture_format
from ganvas.curate.images.decode import PictureError
from ganvas.curate.manifest import MANIFEST, Manifest, read_manifest
from ganvas.curate.own_folders import is_below, own_folders_among
from ganvas.curate.sources.assemble import (
    ListedFile,
    assemble,
    fingerprint,
    is_candidate,
    is_hidden,
    is_licence,
    is_nameless,
    is_note,
)
from ganvas.curate.sources.listing import Candidate, Listing, SourceOptions
from ganvas.errors import UserError


class ZipReader:
    def __init__(self, path: Path) -> None:
        # Kept open, for opening reads the whole directory; ZipFile takes turns by itself when threads read.
        self.path = path
        self.archive = zipfile.ZipFile(path)

    def __reduce__(self) -> tuple[type[ZipReader], tuple[Path]]:
        return ZipReader, (self.path,)

    def __call__(self, path: str) -> bytes:
        return read_member(self.archive, path)


def list_zip(source: Path, where: Path, options: SourceOptions) -> Listing:
    try:
        with zipfile.ZipFile(where) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if MANIFEST in names:
                return list_dataset(where)
            _refuse_hostile(source, where, entries)
            listing = Listing(ZipReader(where))
            listing.own_folders = own_folders_among(entry.filename for entry in entries)
            if any(folder.path == "." for folder in listing.own_folders):
                raise UserError(f"{source} holds a {listing.own_folders[0].kind} of Ganvas, not pictures; zip those.")
            files = []
            for entry in entries:
                parts = PurePosixPath(entry.filename).parts
                if (
                    is_below(entry.filename, listing.own_folders)
                    or entry.is_dir()
                    or not parts
                    or any(is_hidden(part) for part in parts)
                ):
                    continue
                if is_nameless(parts[-1]):
                    with suppress(PictureError):
                        if picture_format(read_member(archive, entry.filename, HEAD_BYTES)):
                            files.append(ListedFile(entry.filename, entry.file_size, entry.CRC))
                elif is_candidate(parts[-1]) or is_licence(parts[-1]) or is_note(parts[-1]):
                    files.append(ListedFile(entry.filename, entry.file_size, entry.CRC))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UserError(f"{source} is a damaged zip archive; zip the pictures again.") from None
    return assemble(source, where, files, listing, options)


def _refuse_hostile(source: Path, where: Path, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        if leads_outside(entry.filename):
            raise UserError(f"{source} holds a file name that leads outside of it ({entry.filename!r}); zip it again.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > size_limit(where):
        raise UserError(f"{source} would unpack to {unpacked / 2**30:.1f} GB, so it is no archive of pictures.")


def list_dataset(path: Path) -> Listing:
    manifest: Manifest = read_manifest(path)
    information = path.stat()
    listing = Listing(
        ZipReader(path),
        classes=manifest.classes,
        paired=manifest.paired,
        skipped=list(manifest.skipped),
        licences=list(manifest.licences),
        fingerprint=fingerprint(path, [ListedFile("", information.st_size, information.st_mtime_ns)]),
    )
    listing.layout = manifest.layout
    listing.candidates = [
        Candidate(item.name, item.label, item.pair, item.licence, item.split, None, item.origin)
        for item in manifest.items
    ]
    return listing
