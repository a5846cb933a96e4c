"""Projections as work in the background: one runs at a time, the newest of a client counts, nothing is kept."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ganvas.apps.projection import Distance, Space, judged, project
from ganvas.bundle import Bundle
from ganvas.curate.images.decode import encode_png
from ganvas.errors import UserError
from ganvas.models.perceptual import load_lpips
from ganvas.serve.core.engine import BusyError, Pictures
from ganvas.serve.features.explore.schemas import ProjectionState

WAITING = 4  # searches that may wait
KEPT = 16  # searches whose end may still be asked for
FORGOTTEN = 60.0  # seconds after which a search that nobody asks about is given up
SHOW_EVERY = 25  # steps between two pictures of where it stands

log = logging.getLogger("ganvas.studio")


def picture_url(pixels: Pictures) -> str:
    """uint8 [H, W, C] → ``data:image/png;base64,…``."""
    return f"data:image/png;base64,{b64encode(encode_png(pixels)).decode()}"


def latent_text(latent: Tensor) -> str:
    """A latent as base64 of float32, little-endian."""
    return b64encode(latent.detach().float().contiguous().numpy().astype("<f4").tobytes()).decode()


@dataclass
class _Job:
    state: ProjectionState
    client: str
    cancelled: threading.Event = field(default_factory=threading.Event)
    asked: float = field(default_factory=time.monotonic)


class Projections:
    """Searches for photographs' places.

    :param distance: what compares pictures; None: LPIPS on VGG16, loaded when first needed.
    """

    def __init__(self, distance: Distance | None = None) -> None:
        self._distance = distance
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="projection")

    def start(
        self, bundle: Bundle, target: Pictures, *, client: str, steps: int, space: Space, label: int | None
    ) -> str:
        """Queue a search for a picture of the model's own size; returns its id. The client's older ones stop.

        :raises BusyError: too many are waiting.
        """
        state = ProjectionState(
            id=secrets.token_urlsafe(12),
            state="waiting",
            step=0,
            steps=steps,
            distance=None,
            psnr=None,
            target=picture_url(target),
            image=None,
            latent=None,
            sentence=None,
        )
        job = _Job(state, client)
        with self._lock:
            for other in self._jobs.values():
                if client and other.client == client:
                    self._stop(other, "A newer search took its place.")
            if sum(other.state.state == "waiting" for other in self._jobs.values()) >= WAITING:
                raise BusyError("Several photographs are waiting to be projected; try again in a minute.")
            over = [key for key, other in self._jobs.items() if other.state.state not in ("waiting", "running")]
            for key in over[: max(len(over) - KEPT + 1, 0)]:
                del self._jobs[key]
            self._jobs[state.id] = job
            self._worker.submit(self._run, job, bundle, target, space, label)
        return state.id

    def look(self, name: str) -> ProjectionState | None:
        """Where a search stands; None when there is none of this id."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                return None
            job.asked = time.monotonic()
            return job.state.model_copy()

    def stop(self, name: str) -> bool:
        """Give a search up and forget it; False when there is none of this id."""
        with self._lock:
            job = self._jobs.pop(name, None)
            if job is not None:
                self._stop(job, "It was given up.")
            return job is not None

    def close(self) -> None:
        """Give all searches up."""
        with self._lock:
            for job in self._jobs.values():
                self._stop(job, "The studio was closed.")
        self._worker.shutdown(wait=False, cancel_futures=True)

    # ── How it is done ──

    def _stop(self, job: _Job, sentence: str) -> None:
        job.cancelled.set()
        if job.state.state in ("waiting", "running"):
            job.state = job.state.model_copy(update={"state": "stopped", "sentence": sentence})

    def _tell(self, job: _Job, **changes: Any) -> None:
        with self._lock:
            if not job.cancelled.is_set():
                job.state = job.state.model_copy(update=changes)

    def _run(self, job: _Job, bundle: Bundle, target: Pictures, space: Space, label: int | None) -> None:
        try:
            self._search(job, bundle, target, space, label)
        except UserError as error:
            self._tell(job, state="failed", sentence=str(error))
        except Exception:
            log.exception("a projection failed")
            self._tell(job, state="failed", sentence="Something broke in the studio; its log has the details.")

    def _search(self, job: _Job, bundle: Bundle, target: Pictures, space: Space, label: int | None) -> None:
        if job.cancelled.is_set():
            return
        self._tell(job, state="running")
        family = bundle.load_family()
        distance = self._distance or load_lpips("vgg")
        steps = job.state.steps
        for step in project(family, target, distance, steps=steps, space=space, label=label):
            if time.monotonic() - job.asked > FORGOTTEN:
                with self._lock:
                    self._stop(job, "Nobody asked about it any more.")
            if job.cancelled.is_set():
                return
            self._tell(job, step=step.number, distance=step.distance)
            if step.number == 1 or step.number % SHOW_EVERY == 0:
                with torch.no_grad():
                    self._tell(job, image=picture_url(judged(family, target, step.latent, distance).picture))
        done = judged(family, target, step.latent, distance)
        self._tell(
            job,
            state="finished",
            distance=done.lpips,
            psnr=min(done.psnr, 99.0),
            image=picture_url(done.picture),
            latent=latent_text(done.latent),
        )
