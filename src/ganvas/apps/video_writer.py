"""Frames → a film: mp4 by PyAV (H.264 that browsers play), gif by Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.tasks.pictures import as_rgb

Pictures = NDArray[np.uint8]

ENDINGS = (".mp4", ".gif")
WATCHABLE = 256  # frames of fewer pixels a side are enlarged by whole factors
QUALITY = "16"  # H.264's constant rate factor: 18 is said to look like the original


def write_video(path: Path, frames: Iterable[Pictures], fps: int = 30) -> int:
    """Write frames uint8 [H, W, 1 or 3] as they come, so that memory does not grow; the format is told by the ending.

    Returns:
        How many frames were written.

    Raises:
        UserError: The ending is unknown, PyAV is missing, or the place cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UserError(f"A film ends in .mp4 or .gif, not {path.name!r}; choose another --output.")
    try:
        with replacing(path) as file:
            return encode_video(file, frames, ending, fps)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another --output.") from None


def encode_video(file: BinaryIO | io.BytesIO, frames: Iterable[Pictures], ending: str, fps: int = 30) -> int:
    """Write frames to an open file; see :func:`write_video`."""
    if not 1 <= fps <= 60:
        raise UserError(f"--fps is from 1 to 60, not {fps}.")
    prepared = map(_prepared, frames)
    return _mp4(file, prepared, fps) if ending == ".mp4" else _gif(file, prepared, fps)


def _prepared(frame: Pictures) -> Pictures:
    """Three channels, large enough, sides even: H.264 halves the colours' resolution."""
    height, width = frame.shape[:2]
    factor = max(1, -(-WATCHABLE // min(height, width)))
    large = np.repeat(np.repeat(frame, factor, 0), factor, 1)
    large = as_rgb(large[None])[0]
    return np.pad(large, ((0, large.shape[0] % 2), (0, large.shape[1] % 2), (0, 0)), mode="edge")


def _mp4(file: BinaryIO | io.BytesIO, frames: Iterator[Pictures], fps: int) -> int:
    try:
        import av
    except ImportError:
        raise UserError(
            "mp4 needs PyAV; run `pip install 'ganvas[video]'`, or write a .gif.", code="mp4-extra"
        ) from None
    count = 0
    with av.open(file, "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream: Any = None
        for frame in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=fps, options={"crf": QUALITY, "preset": "medium"})
                stream.height, stream.width = frame.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = Fraction(1, fps)
                stream.thread_count = 1
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts = count
            for packet in stream.encode(picture):
                container.mux(packet)
            count += 1
        for packet in stream.encode() if stream is not None else ():
            container.mux(packet)
    return count


def _gif(file: BinaryIO | io.BytesIO, frames: Iterator[Pictures], fps: int) -> int:
    count = 0

    def images() -> Iterator[Image.Image]:
        nonlocal count
        for frame in frames:
            count += 1
            yield Image.fromarray(np.ascontiguousarray(frame)).quantize(256)

    following = images()
    first = next(following)
    # Browsers slow frames of 10 ms and less down.
    pause = max(round(100 / fps), 2) * 10
    first.save(file, "GIF", save_all=True, append_images=following, duration=pause, loop=0, disposal=1)
    return count


def counted(frames: Iterable[Pictures], total: int, progress: Callable[[int, int], None]) -> Iterator[Pictures]:
    """The frames, telling how many of ``total`` are done."""
    for number, frame in enumerate(frames, 1):
        yield frame
        progress(number, total)
