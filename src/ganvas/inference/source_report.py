"""What became of the files that are translated: which were left out and why, and what decoding changed or guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.images.decode import DecodeOptions, PictureError, decode_picture
from ganvas.curate.images.remarks import Remark, count_remarks, sentences
from ganvas.curate.manifest import SkippedFile


@dataclass
class SourceReport:
    """Files by name, each once, however often it is read; filled while pictures are translated.

    Attributes:
        skipped: Files that could not be used, with the reason.
        others: Files that are clearly no pictures, such as notes.
    """

    skipped: dict[str, SkippedFile] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    _remarks: dict[str, frozenset[Remark]] = field(default_factory=dict)
    _background: str = ""

    def open(self, file: Path, options: DecodeOptions, *, labels: bool = False) -> Image.Image:
        """Decode a file.

        Raises:
            PictureError: It cannot be used.
        """
        picture = decode_picture(file, options, labels=labels)
        self._remarks[str(file)] = picture.remarks
        self._background = options.background
        return picture.image

    def skip(self, file: Path, error: PictureError) -> None:
        """Note a file that cannot be used."""
        if file.suffix.lower() in PICTURE_SUFFIXES or str(error) != "not a picture":
            self.skipped[str(file)] = SkippedFile(str(file), str(error))
        else:
            self.others[str(file)] = None

    def sentences(self) -> list[str]:
        """What decoding changed or guessed, with counts and names."""
        values = {Remark.DEEP: "its own for each", Remark.TRANSPARENT: self._background}
        return sentences(count_remarks(self._remarks.items(), values))
