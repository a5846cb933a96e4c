"""The file of a packed data set: members are collected in a scratch file, and written once the manifest is complete."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ganvas.curate.manifest import MANIFEST, Manifest, read_manifest
from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.paths import cache_dir


class _Member(NamedTuple):
    name: str
    offset: int
    size: int


class Spool:
    """The members of an archive in a scratch file: the manifest is first in the archive but is complete last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[_Member] = []

    def keep(self, name: str, content: bytes) -> str:
        """Add a member; returns its sha256."""
        self._members.append(_Member(name, self._file.tell(), len(content)))
        self._file.write(content)
        return hashlib.sha256(content).hexdigest()

    def write(self, output: Path, manifest: Manifest) -> None:
        """Write the archive atomically; its bytes depend on the manifest and the members alone."""
        with replacing(output) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            # A fixed date keeps the bytes the same whenever the archive is written.
            archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), manifest.model_dump_json(indent=1))
            for member in self._members:
                self._file.seek(member.offset)
                archive.writestr(zipfile.ZipInfo(member.name, (1980, 1, 1, 0, 0, 0)), self._file.read(member.size))


def reusable(output: Path, key: str) -> Manifest | None:
    """The manifest of an archive that was packed from the same files with the same settings.

    Args:
        output: Where the archive would be written.
        key: Digest of everything that its bytes depend on.

    Raises:
        UserError: There is something that must not be replaced.
    """
    if output.is_dir():
        raise UserError(f"{output} is a folder; name the .zip file to write.")
    if not output.exists():
        return None
    try:
        manifest = read_manifest(output)
    except UserError:
        if output.stat().st_size and not _ours(output):
            raise UserError(f"{output} exists and is not a packed data set; name another file to write.") from None
        return None
    return manifest if manifest.listing == key else None


def _ours(output: Path) -> bool:
    """Whether a file that cannot be read as a data set is in our own cache."""
    return output.resolve().is_relative_to(cache_dir().resolve())
