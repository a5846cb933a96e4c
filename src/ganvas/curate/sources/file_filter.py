"""Which files of a folder or an archive are pictures, or texts about pictures; all others are counted and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from ganvas.curate.file_kinds import PICTURE_SUFFIXES, left_out
from ganvas.curate.file_names import is_writable, shown_name
from ganvas.curate.images.decode import PictureError
from ganvas.curate.manifest import SkippedFile
from ganvas.curate.sources.celeba import NOTES
from ganvas.curate.sources.listing import Listing

_LICENCE_STEMS = ("license", "licence", "credits", "copying", "attribution")
_LICENCE_SUFFIXES = ("", ".txt", ".md", ".rst", ".html", ".csv", ".json")


def is_licence(name: str) -> bool:
    """Whether a file holds a licence or credits, by its name."""
    path = PurePosixPath(name.lower())
    return path.suffix in _LICENCE_SUFFIXES and path.stem.split("-")[0].split("_")[0] in _LICENCE_STEMS


def is_note(name: str) -> bool:
    """Whether a file holds annotations of a known data set, by its name."""
    return name.lower() in NOTES


class FileFilter:
    """Chooses the files of a source by :func:`left_out`.

    Args:
        listing: takes what is left out: with a reason among ``skipped``, what is clearly no picture among ``others``.
    """

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    def takes(self, path: str, head: Callable[[], bytes]) -> bool:
        """Whether a file is one of the source.

        Args:
            path: its path in the source.
            head: reads its first ``HEAD_BYTES`` bytes; called only where its name does not decide. May raise a
                PictureError.
        """
        name = PurePosixPath(path).name
        if not is_writable(path):
            self._skip(shown_name(path), "its name holds control characters, or bytes that are no text")
            return False
        if is_licence(name) or is_note(name) or PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES:
            return True
        try:
            found = left_out(name, head())
        except PictureError as error:
            self._skip(path, str(error))
            return False
        if found is None:
            return True
        if found.reason:
            self._skip(path, found.reason)
        else:
            self._listing.others.append(path)
        return False

    def _skip(self, path: str, reason: str) -> None:
        self._listing.skipped.append(SkippedFile(path, reason))
