"""Uploads: what is taken, how much of it, and for how long. Nothing that is uploaded is kept."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any, Literal

from PIL import Image

from ganvas.errors import UserError
from ganvas.serve.core import decode_worker

START = 60.0  # seconds a decoder process may take to come up; no part of what an upload may take
TAKEN = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC"


@dataclass(frozen=True)
class Limits:
    """Bounds of one upload."""

    bytes: int = 20_000_000
    pixels: int = 40_000_000
    side: int = 8  # pixels of the shorter side, at least
    seconds: float = 10.0
    workers: int = 2


class UploadError(UserError):
    """An upload that is not taken; ``status`` is the HTTP status that says so."""

    def __init__(self, status: Literal[413, 415, 422], sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _Worker:
    """A decoder process; started when first needed and again after it was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", decode_worker.__name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._hear(self._process, START)  # it says when it is ready
        return self._process

    def ask(self, header: dict[str, Any], content: bytes, seconds: float) -> tuple[dict[str, Any], bytes] | None:
        """The answer; None when the process died or was killed for taking too long."""
        answer = self._hear(self._start(), seconds, header, content)
        if answer is None:
            self.close()
        return answer

    @staticmethod
    def _hear(
        process: subprocess.Popen[bytes], seconds: float, header: dict[str, Any] | None = None, content: bytes = b""
    ) -> tuple[dict[str, Any], bytes] | None:
        """What the process says next, asked first if there is a header; after ``seconds`` it is killed."""
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            if header is not None:
                decode_worker.send(process.stdin, header, content)  # type: ignore[arg-type]
            return decode_worker.receive(process.stdout)  # type: ignore[arg-type]
        except OSError:
            return None
        finally:
            timer.cancel()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was still to be written to a dead process
                    stream.close()
        process.wait()


class Decoder:
    """Opens uploaded pictures in processes of their own. May be used from several threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._free: queue.Queue[_Worker] = queue.Queue()
        self._all = [_Worker() for _ in range(self.limits.workers)]
        for worker in self._all:
            self._free.put(worker)

    def open(self, content: bytes, *, least: int | None = None) -> Image.Image:
        """An uploaded picture, mode RGB, upright, on white; its metadata is gone.

        :param least: side in pixels that is enough (see :func:`ganvas.curate.images.decode.open_image`).
        :raises UploadError: it is no picture, of a kind not taken, damaged, too large, too small, or takes too long.
        """
        limits = self.limits
        if not content:
            raise UploadError(422, "The upload is empty; choose a picture.")
        if len(content) > limits.bytes:
            raise too_many_bytes(limits)
        if decode_worker.kind_of(content) is None:
            raise UploadError(415, f"This is not a picture that can be read; send {TAKEN}.")
        worker = self._free.get()
        try:
            answer = worker.ask({"max_pixels": limits.pixels, "least": least}, content, limits.seconds)
        finally:
            self._free.put(worker)
        if answer is None:
            reason = f"it took more than {limits.seconds:g} s or failed"
            raise UploadError(422, f"The picture cannot be opened ({reason}); save it again as PNG.")
        header, pixels = answer
        match header.get("refused"):
            case None:
                image = Image.frombytes("RGB", (header["width"], header["height"]), pixels)
            case "pixels":
                size = f"{header['width']} × {header['height']} pixels" if "width" in header else "too many pixels"
                most = limits.pixels // 1_000_000
                raise UploadError(413, f"The picture has {size}; send one of at most {most} million.")
            case "damaged":
                raise UploadError(
                    422, f"The picture cannot be opened ({header['reason']}); save it again or take another."
                )
            case _:
                raise UploadError(415, f"This is not a picture that can be read; send {TAKEN}.")
        if min(image.size) < limits.side:
            size = f"{image.width} × {image.height}"
            raise UploadError(
                422, f"The picture is only {size} pixels; send one of at least {limits.side} × {limits.side}."
            )
        return image

    def close(self) -> None:
        """End the processes."""
        for worker in self._all:
            worker.close()


def too_many_bytes(limits: Limits) -> UploadError:
    """The refusal of an upload that is too large."""
    return UploadError(413, f"The upload is larger than {limits.bytes / 1e6:g} MB; send a smaller picture.")
