"""The form in which names of files are compared."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """A name in Unicode NFC: macOS writes names in NFD, most other systems in NFC."""
    return unicodedata.normalize("NFC", name)
