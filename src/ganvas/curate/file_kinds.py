"""File kinds by magic number: the first bytes of a file decide, not its name."""

from __future__ import annotations

HEAD_BYTES = 300  # bytes that suffice for every function here: a tar archive has its mark at byte 257

PICTURE_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("png", "apng", "jpg", "jpeg", "jpe", "jfif", "mpo", "webp", "gif", "bmp", "dib", "tif", "tiff", "avif"),
        *("heic", "heif", "hif", "jp2", "j2k", "ppm", "pgm", "pbm", "pnm", "tga", "ico", "psd"),
    )
)
VIDEO_SUFFIXES = frozenset(f".{one}" for one in ("mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "ogv"))
ARCHIVE_SUFFIXES = frozenset(
    f".{one}" for one in ("zip", "tar", "tgz", "gz", "bz2", "tbz2", "xz", "txz", "7z", "rar", "zst", "cab", "iso")
)
UNDECODED_SUFFIXES = frozenset(  # pictures that are not decoded: vector graphics and raw sensor data
    f".{one}" for one in ("svg", "svgz", "eps", "pdf", "ai", "wmf", "emf", "raw", "cr2", "nef", "arw", "dng")
)

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
SEVEN_ZIP, RAR = b"7z\xbc\xaf\x27\x1c", b"Rar!"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
# The brands of ISO base media files (``ftyp`` boxes) that hold pictures.
_BRANDS: dict[bytes, str] = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevm", b"hevs", b"hevx", b"mif1", b"msf1"), "HEIF"),
}


def picture_format(head: bytes) -> str | None:
    """Pillow's name of a picture format from the first 48 bytes of a file; None when they are those of none.

    The formats are PNG, JPEG, GIF, BMP, TIFF, WEBP, AVIF and HEIF.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        brands = [head[8:12], *(head[start : start + 4] for start in range(16, 48, 4))]
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    return next((name for magic, name in _PICTURES if head.startswith(magic)), None)


def is_video(head: bytes) -> bool:
    """Whether a file is Matroska, or of the MP4 family and no picture (HEIC and AVIF share that container)."""
    return head.startswith(b"\x1aE\xdf\xa3") or (head[4:8] == b"ftyp" and picture_format(head) is None)


def is_archive(head: bytes) -> bool:
    """Whether the first ``HEAD_BYTES`` bytes are those of a zip, a tar, or a file packed by gzip, bzip2 or xz."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", GZIP, BZIP2, XZ)) or head[257:262] == b"ustar"


def is_unreadable_archive(head: bytes) -> bool:
    """Whether a file is an archive of a kind that is not read: 7z or rar."""
    return head.startswith((SEVEN_ZIP, RAR))


def other_kind(content: bytes) -> str | None:
    """What bytes are that no decoder takes for a picture, as a phrase such as "a web page, not a picture"."""
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    for heads, phrase in _OTHER_KINDS:
        if head.startswith(heads):
            return phrase
    low = head.lower()
    if low.startswith(b"<svg") or (low.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in low):
        return "SVG describes a drawing instead of holding pixels; save it as PNG"
    if low.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page, not a picture"
    return None


_OTHER_KINDS = (
    ((b"%PDF",), "a PDF document, not a picture"),
    ((b"PK\x03\x04", RAR, SEVEN_ZIP, GZIP, BZIP2), "an archive, not a picture"),
    ((b"MZ", b"\x7fELF", b"#!"), "a program, not a picture"),
    ((b"%!PS", b"\xc5\xd0\xd3\xc6"), "PostScript is not decoded; save it as PNG"),
)
