"""File kinds by magic number, and the rule for which files of a folder or an archive are decoded.

The first bytes of a file decide; its name only where they are those of nothing known.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple

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
VECTOR_SUFFIXES = frozenset(f".{one}" for one in ("svg", "svgz", "eps", "pdf", "ai", "wmf", "emf"))
RAW_SUFFIXES = frozenset(  # sensor data of cameras, much of it in files that begin like TIFF
    f".{one}" for one in ("raw", "cr2", "cr3", "nef", "nrw", "arw", "dng", "orf", "raf", "rw2", "pef", "srw", "x3f")
)
# Beginnings of endings such as .jpg_large and .jpg?w=640, which browsers and crawlers write.
_CLAIMS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".tif")
_HIDDEN = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN"})  # of operating systems

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
# Pictures that the studio does not take, but folders and archives may hold.
_OTHER_PICTURES = (b"\0\0\0\x0cjP  \r\n", b"\xff\x4f\xff\x51", b"8BPS", b"\0\0\x01\0")
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n")
_RAW = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb")
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


def is_raw(head: bytes) -> bool:
    """Whether a file holds the data of a camera's sensor; those that are plain TIFF are recognised by their tags."""
    return head.startswith(_RAW) or (head[:2] in (b"II", b"MM") and head[8:10] == b"CR") or head[4:12] == b"ftypcrx "


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture that can be decoded."""
    if is_raw(head):
        return False
    plain = head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace()  # PBM, PGM, PPM
    return picture_format(head) is not None or head.startswith(_OTHER_PICTURES) or plain


class LeftOut(NamedTuple):
    """Why a file is not decoded."""

    reason: str  # empty for a file that is clearly no picture, such as notes beside the pictures


def left_out(name: str, head: bytes) -> LeftOut | None:
    """Why a file of a folder or an archive is not decoded; None when it is.

    Args:
        name: its name or path.
        head: its first ``HEAD_BYTES`` bytes; empty when they were not read.
    """
    last = PurePosixPath(name).name.lower()
    suffix = PurePosixPath(last).suffix
    if is_raw(head) or (suffix in RAW_SUFFIXES and (not is_picture(head) or picture_format(head) == "TIFF")):
        return LeftOut(RAW)
    if head.startswith(_JPEG_XL) or suffix == ".jxl":
        return LeftOut("JPEG XL is not decoded; save it as PNG")
    if is_picture(head):
        return None
    if is_video(head):
        return LeftOut(VIDEO)
    if is_archive(head) or is_unreadable_archive(head):
        return LeftOut(ARCHIVE)
    if suffix in PICTURE_SUFFIXES or suffix.startswith(_CLAIMS):
        return None  # the decoder says what is wrong with it
    if suffix in VIDEO_SUFFIXES and not (suffix == ".ts" and head[:1] not in (b"", b"G")):  # .ts is TypeScript as well
        return LeftOut(VIDEO)
    if suffix in ARCHIVE_SUFFIXES:
        return LeftOut(ARCHIVE)
    if suffix in VECTOR_SUFFIXES:
        return LeftOut(f"{suffix[1:].upper()} is not decoded; save it as PNG")
    return LeftOut("")


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or made by the operating system."""
    return name.startswith(".") or name in _HIDDEN


def other_kind(content: bytes) -> str | None:
    """What bytes are that no decoder takes for a picture, as a phrase such as "a web page, not a picture"."""
    if is_raw(content):
        return RAW
    if content.startswith(_JPEG_XL):
        return "JPEG XL is not decoded; save it as PNG"
    if is_video(content):
        return "a video, not a picture"
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


RAW = "raw sensor data, which is not decoded; save it as TIFF or PNG"
VIDEO = "a video; collect it by itself"
ARCHIVE = "an archive inside, which is not opened; unpack it or collect it by itself"
_OTHER_KINDS = (
    ((b"%PDF",), "a PDF document, not a picture"),
    ((b"PK\x03\x04", RAR, SEVEN_ZIP, GZIP, BZIP2), "an archive, not a picture"),
    ((b"MZ", b"\x7fELF", b"#!"), "a program, not a picture"),
    ((b"%!PS", b"\xc5\xd0\xd3\xc6"), "PostScript is not decoded; save it as PNG"),
)
