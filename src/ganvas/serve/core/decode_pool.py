"""Decodes uploaded pictures, and checks uploaded music, in a bounded number of separate processes, in turns."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from PIL import Image

from ganvas.curate.file_kinds import HEAD_BYTES, picture_format
from ganvas.curate.images.decode import DEFAULTS, DecodeOptions
from ganvas.inference.worker import BusyError
from ganvas.serve.core import decode_worker
from ganvas.serve.core.errors import UploadError
from ganvas.serve.core.fair_queue import FairQueue
from ganvas.serve.core.memory import MemoryRelease

T = TypeVar("T")

START_SECONDS = 60.0  # time that a decoder process may take to start; not part of the time for a picture
FORMATS = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC"


@dataclass(frozen=True)
class UploadLimits:
    """Bounds of one upload.

    Attributes:
        bytes: Largest file.
        pixels: Largest width × height.
        side: Smallest length of the shorter side, in pixels.
        seconds: Longest time to decode it.
        workers: Number of decoder processes.
        waiting: Bytes of all uploads that may wait.
        waiting_per_person: Bytes of the uploads of one person that may wait.
    """

    bytes: int = 20_000_000
    pixels: int = 40_000_000
    side: int = 8
    seconds: float = 10.0
    workers: int = 2
    waiting: int = 400_000_000
    waiting_per_person: int = 200_000_000


class _DecodeProcess:
    """A decoder process; started when first needed, and again after it was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", decode_worker.__name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._exchange(self._process, START_SECONDS)  # its first message says that it is ready
        return self._process

    def request(self, header: dict[str, Any], content: bytes, seconds: float) -> tuple[dict[str, Any], bytes] | None:
        """The answer of the process; None when it died or was killed for taking too long."""
        answer = self._exchange(self._start(), seconds, header, content)
        if answer is None:
            self.close()
        return answer

    @staticmethod
    def _exchange(
        process: subprocess.Popen[bytes], seconds: float, header: dict[str, Any] | None = None, content: bytes = b""
    ) -> tuple[dict[str, Any], bytes] | None:
        """Send a request, if there is one, and receive the next message; after ``seconds`` the process is killed."""
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
        """Kill the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # the pipe to a dead process may hold unwritten bytes
                    stream.close()
        process.wait()


class _Upload(NamedTuple):
    """An upload that waits, and what to do with its picture."""

    content: bytes
    least: int | None
    options: DecodeOptions
    labels: bool
    work: Callable[[Image.Image], Any]
    music: str | None = None
    """Kind of a music file, which is only read: ``midi`` or ``score``; None: it is a picture."""


class DecodePool:
    """Decodes uploaded pictures in separate processes, and prepares them in threads of its own.

    Neither the event loop nor the threads of other answers wait for it. People take turns, so that somebody's many
    large pictures do not hold up another's small one. May be used from several threads.

    Args:
        limits: Bounds of one upload; None: the defaults.
    """

    def __init__(self, limits: UploadLimits | None = None) -> None:
        self.limits = limits or UploadLimits()
        self._free: queue.Queue[_DecodeProcess] = queue.Queue()
        self._all = [_DecodeProcess() for _ in range(self.limits.workers)]
        for process in self._all:
            self._free.put(process)
        self._threads = ThreadPoolExecutor(self.limits.workers, thread_name_prefix="decode")
        self._queue: FairQueue[_Upload, Any] = FairQueue(1)
        self._waiting: Counter[str] = Counter()  # bytes by person
        self._lock = threading.Lock()
        self._release_memory = MemoryRelease()

    def submit(
        self,
        content: bytes,
        work: Callable[[Image.Image], T],
        *,
        person: str = "",
        least: int | None = None,
        options: DecodeOptions = DEFAULTS,
        labels: bool = False,
    ) -> Future[T]:
        """Decode an uploaded picture, and work on it. A cancelled future that has not begun is never decoded.

        Args:
            content: The file.
            work: Called with the picture in mode RGB, upright, on the background, without metadata, in the pool's
                thread.
            person: Whose upload it is; people take turns.
            least: Side in pixels that is enough (see :func:`ganvas.curate.images.decode.open_image`); None: decode at
                full size.
            options: How pictures are decoded for a model; the limit of pixels is that of the pool.
            labels: It is a label map, whose numbers are kept.

        Returns:
            What ``work`` returns. It raises UploadError for a picture that is damaged, too large, too small, or takes
            too long.

        Raises:
            UploadError: It is not a picture, of an unsupported format, or of too many bytes.
            BusyError: Too many uploads wait.
        """
        if not content:
            raise UploadError("The upload is empty; choose a picture.", status=422, code="empty-upload")
        if len(content) > self.limits.bytes:
            raise upload_too_large(self.limits)
        if picture_format(content[:HEAD_BYTES]) is None:
            raise _not_a_picture()
        upload = _Upload(content, least, options._replace(max_pixels=self.limits.pixels), labels, work)
        return self._submit(upload, person)

    def check_music(self, content: bytes, kind: str, *, person: str = "") -> Future[None]:
        """Read an uploaded music file, to see whether it can be.

        Args:
            content: The file.
            kind: ``midi`` or ``score``.
            person: Whose upload it is; people take turns.

        Returns:
            Nothing. It raises UploadError for a file that is damaged, has no notes, or takes too long.

        Raises:
            UploadError: It is of too many bytes.
            BusyError: Too many uploads wait.
        """
        if len(content) > self.limits.bytes:
            raise upload_too_large(self.limits)
        return self._submit(_Upload(content, None, DEFAULTS, False, lambda image: None, kind), person)

    def _submit(self, upload: _Upload, person: str) -> Future[Any]:
        content = upload.content
        self._reserve(person, len(content))
        try:
            future: Future[Any] = self._queue.submit(
                "",
                upload,
                lambda process, uploads: [self._decode(process, one) for one in uploads],
                lambda job: self._threads.submit(self._with_process, job),
                person,
            )
        except BaseException:
            self._release(person, len(content))
            raise
        future.add_done_callback(lambda done: self._release(person, len(content)))
        return future

    def open(self, content: bytes, *, least: int | None = None, options: DecodeOptions = DEFAULTS) -> Image.Image:
        """Decode an uploaded picture and wait for it; see :meth:`submit`."""
        return self.submit(content, lambda image: image, least=least, options=options).result()

    def close(self) -> None:
        """Drop what waits, and end the processes."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._all:
            process.close()

    def _reserve(self, person: str, size: int) -> None:
        limits = self.limits
        with self._lock:
            total, own = self._waiting.total(), self._waiting[person]
            if total and (own + size > limits.waiting_per_person or total + size > limits.waiting):
                raise BusyError("Many pictures are waiting to be read; try again in a moment.", code="uploads-busy")
            self._waiting[person] += size

    def _release(self, person: str, size: int) -> None:
        with self._lock:
            self._waiting[person] -= size
            if self._waiting[person] <= 0:
                del self._waiting[person]

    def _with_process(self, job: Callable[[_DecodeProcess], None]) -> None:
        process = self._free.get()  # there are as many as threads
        try:
            job(process)
        finally:
            self._free.put(process)
            self._release_memory()  # of this picture, and of bodies and answers before it

    def _decode(self, process: _DecodeProcess, upload: _Upload) -> Any:
        limits = self.limits
        header: dict[str, Any] = {"options": upload.options, "least": upload.least, "labels": upload.labels}
        header = header if upload.music is None else {"music": upload.music}
        answer = process.request(header, upload.content, limits.seconds)
        if upload.music is not None:
            return _check_music(answer, limits)
        if answer is None:
            raise UploadError(
                f"The picture cannot be opened (it took more than {limits.seconds:g} s or failed); save it again as "
                "PNG.",
                status=422,
                code="decode-failed",
                params={"seconds": limits.seconds},
            )
        found, pixels = answer
        if "refused" in found:
            raise _refusal(found, limits)
        image = Image.frombytes(found["mode"], (found["width"], found["height"]), pixels)
        if min(image.size) < limits.side:
            raise UploadError(
                f"The picture has only {image.width} × {image.height} pixels; send one of at least {limits.side} × "
                f"{limits.side}.",
                status=422,
                code="picture-too-small",
                params={"width": image.width, "height": image.height, "side": limits.side},
            )
        return upload.work(image)


def upload_too_large(limits: UploadLimits) -> UploadError:
    """The error for an upload of too many bytes."""
    megabytes = limits.bytes / 1e6
    return UploadError(
        f"The upload is larger than {megabytes:g} MB; send a smaller picture.",
        status=413,
        code="upload-too-large",
        params={"megabytes": megabytes},
    )


def _not_a_picture() -> UploadError:
    return UploadError(
        f"This is not a picture that can be read; send {FORMATS}.",
        status=415,
        code="not-a-picture",
        params={"formats": FORMATS},
    )


def _check_music(answer: tuple[dict[str, Any], bytes] | None, limits: UploadLimits) -> None:
    """Raise what the decoder process found wrong with a music file."""
    found = {"refused": "music", "reason": f"it took more than {limits.seconds:g} s"} if answer is None else answer[0]
    if found.get("refused") == "no-music":
        raise UploadError(str(found["reason"]), status=422, code="music-extra")
    if "refused" in found:
        reason = found["reason"]
        raise UploadError(
            f"The music cannot be used ({reason}); save it again or take another file.",
            status=422,
            code="music-damaged",
            params={"reason": reason},
        )


def _refusal(header: dict[str, Any], limits: UploadLimits) -> UploadError:
    """The error for a picture that the decoder process refused."""
    millions = limits.pixels // 1_000_000
    match header["refused"]:
        case "pixels" if "width" in header:
            width, height = header["width"], header["height"]
            return UploadError(
                f"The picture has {width} × {height} pixels; send one of at most {millions} million.",
                status=413,
                code="picture-too-large",
                params={"width": width, "height": height, "millions": millions},
            )
        case "pixels":
            return UploadError(
                f"The picture has too many pixels; send one of at most {millions} million.",
                status=413,
                code="too-many-pixels",
                params={"millions": millions},
            )
        case "damaged":
            reason = header["reason"]
            return UploadError(
                f"The picture cannot be opened ({reason}); save it again or take another.",
                status=422,
                code="picture-damaged",
                params={"reason": reason},
            )
        case _:
            return _not_a_picture()
