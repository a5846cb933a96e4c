"""The process that decodes uploaded pictures and reads uploaded music.

:mod:`ganvas.serve.core.decode_pool` starts and kills it.

It writes a message to standard output when it is ready, then reads requests from standard input and answers each. A
message is a length (4 bytes, big-endian), a JSON header of that length, and as many bytes of content as the header's
``bytes`` states. Decoders have had vulnerabilities; here they run outside the studio's process, with bounded memory,
and are killed when they take too long.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from ganvas.curate.images.decode import DecodeOptions

MEMORY = 3 << 30  # bytes of address space: 40 megapixels take some 700 MB in the widest format


def decode(
    content: bytes, options: DecodeOptions, *, least: int | None, labels: bool = False
) -> tuple[dict[str, Any], bytes]:
    """Decode a picture.

    Args:
        content: The file.
        options: The largest width × height, and how pictures are decoded for a model.
        least: Side in pixels that is enough; None: decode at full size.
        labels: It is a label map, whose numbers are kept.

    Returns:
        ``{"width", "height", "mode"}`` and the bytes of the pixels, or ``{"refused", "reason"}`` and no bytes.
    """
    from ganvas.curate.file_kinds import HEAD_BYTES, picture_format
    from ganvas.curate.images.decode import open_image
    from ganvas.curate.images.opening import TOO_MANY, PictureError, TooManyPixelsError

    if picture_format(content[:HEAD_BYTES]) is None:
        return {"refused": "kind"}, b""
    try:
        image = open_image(content, options, least=least, labels=labels)
    except TooManyPixelsError as error:
        width, height = error.size
        return {"refused": "pixels", "width": width, "height": height}, b""
    except PictureError as error:
        if str(error).startswith(TOO_MANY):
            return {"refused": "pixels"}, b""
        return {"refused": "damaged", "reason": str(error)}, b""
    return {"width": image.width, "height": image.height, "mode": image.mode}, image.tobytes()


def check_music(content: bytes, kind: str) -> dict[str, Any]:
    """Read a music file, of the kind ``midi`` or ``score``.

    Returns:
        ``{}``, or ``{"refused", "reason"}`` where it cannot be used.
    """
    from ganvas.curate.music.midi import read_midi
    from ganvas.curate.music.musicxml import read_musicxml
    from ganvas.curate.music.piece import MusicError
    from ganvas.errors import UserError

    try:
        piece = read_midi(content) if kind == "midi" else read_musicxml(content)
    except MusicError as error:
        return {"refused": "music", "reason": str(error)}
    except UserError as error:
        return {"refused": "no-music", "reason": str(error)}
    return {} if any(len(part.notes) for part in piece.parts) else {"refused": "music", "reason": "no notes"}


def send(stream: BinaryIO, header: dict[str, Any], content: bytes) -> None:
    """Write one message."""
    text = json.dumps(header | {"bytes": len(content)}).encode()
    stream.write(len(text).to_bytes(4, "big") + text)
    stream.write(content)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read one message; None when the stream has ended."""
    size = stream.read(4)
    if len(size) < 4:
        return None
    text = stream.read(int.from_bytes(size, "big"))
    try:
        header: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    content = stream.read(header["bytes"])
    return (header, content) if len(content) == header["bytes"] else None


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit and the pixel limit remain
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


def main() -> None:
    """Answer requests until standard input ends."""
    import warnings

    from ganvas.curate.images.decode import DecodeOptions  # slow imports happen before the message that it is ready

    warnings.simplefilter("ignore")  # Pillow's warnings about unusual files are of no use here
    _bound_memory()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a decoder prints must not mix with the messages
    send(answers, {"ready": True}, b"")
    while (message := receive(sys.stdin.buffer)) is not None:
        header, content = message
        try:
            if "music" in header:
                answer, pixels = check_music(content, header["music"]), b""
            else:
                answer, pixels = decode(
                    content, DecodeOptions(*header["options"]), least=header["least"], labels=header["labels"]
                )
        except MemoryError:
            answer, pixels = {"refused": "pixels"}, b""
        send(answers, answer, pixels)


if __name__ == "__main__":
    main()
