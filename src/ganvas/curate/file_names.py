"""Names of files: the form in which they are compared, which can be written down, and how they are shown."""

from __future__ import annotations

import unicodedata

# Category of Unicode: control characters and lone surrogates, which no text file can hold.
_UNWRITABLE = ("Cc", "Cs")
# Line and paragraph separators, and the marks that reverse the direction of what follows.
_MISLEADING = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def name_key(name: str) -> str:
    """A name in Unicode NFC: macOS writes names in NFD, most other systems in NFC."""
    return unicodedata.normalize("NFC", name)


def is_writable(name: str) -> bool:
    """Whether a name can be written into a text file; spaces of all kinds, joiners and every script can."""
    return not any(unicodedata.category(letter) in _UNWRITABLE for letter in name)


def shown_name(name: str) -> str:
    """A name for a terminal and any database: control characters, lone surrogates and misleading marks as escapes."""
    return "".join(
        ascii(letter)[1:-1] if letter in _MISLEADING or unicodedata.category(letter) in _UNWRITABLE else letter
        for letter in name
    )
