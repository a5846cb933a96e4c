"""PNG files without long texts: Pillow refuses to open files whose texts are large, and texts are not needed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 64 * 2**10  # bytes of a text that is kept: EXIF data and XMP, with the orientation, are below it
MAX_TEXTS = 2**20  # bytes of all texts that are kept
MAX_PROFILE = 2**20  # bytes of a colour profile, unpacked, which Pillow accepts in a PNG


def without_long_texts(content: bytes) -> bytes:
    """The same PNG without texts of more than ``MAX_TEXT`` bytes, as they are or unpacked, nor a huge profile."""
    return SIGNATURE + b"".join(_kept(content))


def _kept(content: bytes) -> Iterator[bytes]:
    position, texts = len(SIGNATURE), 0
    while position + 8 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        kind, end = content[position + 4 : position + 8], position + 12 + length
        body = content[position + 8 : end - 4]
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            texts += length
            keep = length <= MAX_TEXT and texts <= MAX_TEXTS and _unpacks_within(kind, body, MAX_TEXT)
        else:
            keep = kind != b"iCCP" or _unpacks_within(kind, body, MAX_PROFILE)
        if keep:
            yield content[position:end]
        position = end


def _unpacks_within(kind: bytes, body: bytes, most: int) -> bool:
    """Whether the packed part of a chunk has at most so many bytes; a chunk that is not packed has."""
    _, _, rest = body.partition(b"\0")
    if kind == b"tEXt" or (kind == b"iTXt" and rest[:1] != b"\1"):
        return True
    packed = rest[1:] if kind != b"iTXt" else rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    try:
        return len(zlib.decompressobj().decompress(packed, most + 1)) <= most
    except zlib.error:
        return False
