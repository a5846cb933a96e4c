"""Tells animations from still pictures."""

from __future__ import annotations

from ganvas.errors import UserError


def is_animation(content: bytes) -> bool:
    """Whether a file is an animated GIF, PNG or WebP, told by its first bytes."""
    head = content[:4096]
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return b"NETSCAPE2.0" in head
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X":
        return bool(head[20] & 2)
    return head[:8] == b"\x89PNG\r\n\x1a\n" and b"acTL" in head


def refuse_animation(content: bytes) -> None:
    """Refuse a moving picture.

    Raises:
        UserError: It is one.
    """
    if is_animation(content):
        raise UserError("This is an animation; choose a photograph.", code="animation")
