"""Frames of a video as pictures, at a fixed interval."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ganvas.collect.ingest import IncomingFile, IngestItem, Refusal, readable
from ganvas.curate.catalog import Origin
from ganvas.curate.images.decode import MAX_PIXELS
from ganvas.errors import UserError
from ganvas.files import replacing_folder
from ganvas.paths import cache_dir, writing

# Containers that hold their own frames. Playlists and others that refer to files and hosts are left out.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,gif,apng,m4v,h264,hevc"


def frames(
    path: Path, *, every: float = 1.0, most: int | None = None, licence: str | None = None
) -> Iterator[IngestItem]:
    """The first frame, and then one every ``every`` seconds of playing time, upright, as lossless PNG.

    The same video always gives the same bytes, so that a second ingest recognises them.

    Args:
        every: seconds between two frames; 0 takes each one.
        most: how many frames at most.

    Raises:
        UserError: the extra is missing, or this is no video that can be read.
    """
    with _opened(path) as (container, failure):
        stream = container.streams.video[0]
        if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
            raise UserError(f"{path} has frames of too many pixels.")
        stream.thread_type = "AUTO"
        yield from _sampled(container.decode(stream), path, every, most, licence, failure)


def rate(path: Path) -> float:
    """Frames per second of a video; 25 where it is not stated.

    Raises:
        UserError: the extra is missing, or this is no video that can be read.
    """
    with _opened(path) as (container, _):
        return float(container.streams.video[0].average_rate or 25)


def extracted(path: Path, *, most: int | None = None) -> Path:
    """A folder with every frame of a video, ``000000.png`` and on, in the cache; a video is read once.

    Raises:
        UserError: see :func:`frames`.
    """
    try:
        about = path.stat()
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); name a video.") from None
    key = hashlib.sha256(f"{path.resolve()} {about.st_size} {about.st_mtime_ns} {most}".encode()).hexdigest()[:32]
    folder = cache_dir() / "frames" / key
    if folder.is_dir():
        return folder
    with writing(folder), replacing_folder(folder) as scratch:
        for number, item in enumerate(frames(path, every=0, most=most)):
            if isinstance(item, IncomingFile):
                (scratch / f"{number:06d}.png").write_bytes(item.content)
    return folder


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, type[Exception]]]:
    """A video's container, and the error by which its decoder says that the video is damaged."""
    try:
        import av
    except ImportError:
        raise UserError("Frames of a video need the extra: pip install 'ganvas[video]'.") from None
    av.logging.set_level(av.logging.PANIC)
    try:
        with path.open("rb") as file, av.open(file, mode="r", options={"format_whitelist": CONTAINERS}) as container:
            if not container.streams.video:
                raise UserError(f"{path} holds no moving pictures.")
            yield container, av.FFmpegError
    except (av.FFmpegError, OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or type(error).__name__
        raise UserError(f"{path} cannot be read as a video ({said}).") from None


def _sampled(
    decoded: Iterator[Any], path: Path, every: float, most: int | None, licence: str | None, failure: type[Exception]
) -> Iterator[IngestItem]:
    taken, due, last = 0, 0.0, -1.0
    while most is None or taken < most:
        try:
            frame = next(decoded)
        except StopIteration:
            return
        except failure:
            if taken == 0:
                raise
            yield Refusal(f"{path}#t={last:.3f}", "the video is damaged from here on")
            return
        # A stream without times, or with constant times, is read frame by frame.
        time = float(frame.time) if frame.time is not None else last + 0.04
        if taken and time < due:
            continue
        due = (time if not taken else max(due, time - every)) + every
        taken, last = taken + 1, time
        name = f"{readable(str(path))}#t={time:.3f}"
        if frame.width * frame.height > MAX_PIXELS:
            yield Refusal(name, f"too many pixels ({frame.width} × {frame.height})")
        else:
            yield IncomingFile(name, _png(frame), Origin("video", path=name, licence=licence))


def _png(frame: Any) -> bytes:
    image = frame.to_image()
    if frame.rotation % 360:
        image = image.rotate(frame.rotation, expand=True)
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=4)
    return content.getvalue()
