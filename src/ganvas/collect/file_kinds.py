"""Kinds of local sources, and which files of a folder or an archive are worth decoding."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path

from ganvas.collect.ingest import Ignored, Refusal
from ganvas.curate.file_kinds import (
    ARCHIVE_SUFFIXES,
    HEAD_BYTES,
    PICTURE_SUFFIXES,
    UTF16_MARKS,
    VIDEO_SUFFIXES,
    is_archive,
    is_unreadable_archive,
    is_video,
    left_out,
    picture_format,
)
from ganvas.errors import UserError


class SourceKind(StrEnum):
    """A kind of source."""

    FOLDER = "folder"
    ARCHIVE = "archive"
    PICTURE = "picture"
    VIDEO = "video"
    URLS = "list of addresses"


def source_kind(source: Path) -> SourceKind:
    """The kind of a source by its content, and by its name where the content does not decide.

    Raises:
        UserError: it does not exist, cannot be read, or is not a source of pictures.
    """
    try:
        if source.is_dir():
            return SourceKind.FOLDER
        if not source.exists():
            raise UserError(
                f"There is no folder or file {source}; name a folder, an archive, a video or a list of addresses."
            )
        if not source.is_file():
            raise UserError(f"{source} is neither a folder nor a file.")
        with source.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if is_archive(head) or zipfile.is_zipfile(source):
            return SourceKind.ARCHIVE
    except OSError as error:
        raise UserError(f"{source} cannot be read ({error.strerror or error}).") from None
    suffix = source.suffix.lower()
    if is_unreadable_archive(head) or suffix in (".7z", ".rar"):
        raise UserError(f"{source} is a 7z or rar archive; unpack it and name the folder.")
    if suffix in VIDEO_SUFFIXES or is_video(head):
        return SourceKind.VIDEO
    if suffix in PICTURE_SUFFIXES or picture_format(head):
        return SourceKind.PICTURE
    if b"\0" not in head or head.startswith(UTF16_MARKS):  # UTF-16, as some editors write
        return SourceKind.URLS
    if suffix in ARCHIVE_SUFFIXES:
        raise UserError(f"{source} is a damaged archive, or of a kind that is not read; make it a .zip or a .tar.")
    raise UserError(f"{source} is no folder, archive, picture, video or list of addresses.")


def refuse_by_kind(name: str, head: bytes) -> Refusal | Ignored | None:
    """Why a file of a folder or an archive is not decoded, by the rule of :func:`left_out`; None when it is."""
    found = left_out(name, head)
    if found is None:
        return None
    return Refusal(name, found.reason) if found.reason else Ignored(name)
