"""Listing of any source: a folder, a zip, a catalogue or a packed data set."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ganvas.curate.sources.archives import list_zip
from ganvas.curate.sources.folders import SYSTEM_FOLDERS, list_folder
from ganvas.curate.sources.listing import Listing, SourceOptions
from ganvas.curate.sources.structure import arranged
from ganvas.errors import UserError


def list_source(source: Path, options: SourceOptions | None = None) -> Listing:
    """List a folder, a zip of pictures, a catalogue or a packed data set, decoding no picture.

    Raises:
        UserError: it is missing, unreadable, no archive, holds names that lead outside, no pictures at all, or none in
            the arrangement that is needed.
    """
    options = options or SourceOptions()
    return arranged(_listed(source, options), options.structure, str(source))


def _listed(source: Path, options: SourceOptions) -> Listing:
    if not source.exists():
        raise UserError(f"There is no folder or file {source}; name a folder or a .zip of pictures.")
    where = source.resolve()
    if str(where) in SYSTEM_FOLDERS:
        raise UserError(f"{source} is a folder of the system itself; name the folder that holds your pictures.")
    if where.is_dir() and (options.database is not None or (where / "catalog.db").is_file()):
        from ganvas.curate.sources.catalogue import list_catalogue  # needs the catalogue extra

        return list_catalogue(source, where, options)
    if where.is_dir():
        return list_folder(source, where, options)
    if not zipfile.is_zipfile(where):
        raise UserError(f"{source} is neither a folder nor a .zip of pictures; name one of these.")
    return list_zip(source, where, options)
