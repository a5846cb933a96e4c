"""Projections in the background: one runs at a time, a new one stops the client's earlier one, nothing is kept."""

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
from ganvas.errors import UserError
from ganvas.inference.worker import BusyError
from ganvas.models.perceptual import load_lpips
from ganvas.serve.core.errors import internal_error
from ganvas.serve.core.local_paths import LocalPaths
from ganvas.serve.core.responses import data_url
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.generate.schemas import ProjectionState
from ganvas.tasks.pictures import Pictures

MAX_WAITING = 4  # projections that may wait
MAX_ENDED = 16  # ended projections whose result is kept
ABANDONED_SECONDS = 60.0  # a projection that no client reads for so long is stopped
PICTURE_EVERY = 25  # steps between two pictures of the progress

log = logging.getLogger("ganvas.studio")


def latent_text(latent: Tensor) -> str:
    """A latent as base64 of little-endian float32."""
    return b64encode(latent.detach().float().contiguous().numpy().astype("<f4").tobytes()).decode()


@dataclass
class _Projection:
    state: ProjectionState
    client: str
    cancelled: threading.Event = field(default_factory=threading.Event)
    last_read: float = field(default_factory=time.monotonic)


class Projections:
    """The projections of photographs, in progress and ended.

    Args:
        distance: Compares pictures; None: LPIPS on VGG16, loaded when first needed.
        paths: The folders that no answer may name; None: the general ones.
    """

    def __init__(self, distance: Distance | None = None, paths: LocalPaths | None = None) -> None:
        self._paths = paths or LocalPaths(StudioSettings())
        self._distance = distance
        self._jobs: dict[str, _Projection] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="projection")

    def start(
        self, bundle: Bundle, target: Pictures, *, client: str, steps: int, space: Space, label: int | None
    ) -> str:
        """Queue a projection, and stop the earlier ones of the same client.

        Args:
            bundle: The model.
            target: The picture, uint8 [resolution, resolution, channels].
            client: Name of the client; empty: no earlier one is stopped.
            steps: Steps of the optimisation.
            space: One style for all layers, or one per layer.
            label: The class; None: the one that starts closest.

        Returns:
            The id of the projection.

        Raises:
            BusyError: Too many are waiting.
        """
        state = ProjectionState(
            id=secrets.token_urlsafe(12),
            state="waiting",
            step=0,
            steps=steps,
            distance=None,
            psnr=None,
            target=data_url(target),
            image=None,
            latent=None,
            sentence=None,
            code=None,
            params={},
        )
        job = _Projection(state, client)
        with self._lock:
            for other in self._jobs.values():
                if client and other.client == client:
                    self._stop(other, UserError("A newer projection replaced it.", code="projection-replaced"))
            if sum(other.state.state == "waiting" for other in self._jobs.values()) >= MAX_WAITING:
                raise BusyError(
                    "Several photographs are waiting to be projected; try again in a minute.", code="projections-busy"
                )
            over = [key for key, other in self._jobs.items() if other.state.state not in ("waiting", "running")]
            for key in over[: max(len(over) - MAX_ENDED + 1, 0)]:
                del self._jobs[key]
            self._jobs[state.id] = job
            self._worker.submit(self._run, job, bundle, target, space, label)
        return state.id

    def find(self, name: str) -> ProjectionState | None:
        """The progress of a projection; None when there is none of this id."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                return None
            job.last_read = time.monotonic()
            return job.state.model_copy()

    def stop(self, name: str) -> bool:
        """Stop and forget a projection; False when there is none of this id."""
        with self._lock:
            job = self._jobs.pop(name, None)
            if job is not None:
                self._stop(job, UserError("It was stopped.", code="projection-stopped"))
            return job is not None

    def close(self) -> None:
        """Stop all projections."""
        with self._lock:
            for job in self._jobs.values():
                self._stop(job, UserError("The studio was closed.", code="studio-closed"))
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _stop(self, job: _Projection, reason: UserError) -> None:
        job.cancelled.set()
        if job.state.state in ("waiting", "running"):
            job.state = job.state.model_copy(update={"state": "stopped", **self._paths.described(reason)})

    def _update(self, job: _Projection, **changes: Any) -> None:
        with self._lock:
            if not job.cancelled.is_set():
                job.state = job.state.model_copy(update=changes)

    def _run(self, job: _Projection, bundle: Bundle, target: Pictures, space: Space, label: int | None) -> None:
        try:
            self._project(job, bundle, target, space, label)
        except UserError as error:
            self._update(job, state="failed", **self._paths.described(error))
        except Exception:
            log.exception("a projection failed")
            self._update(job, state="failed", **self._paths.described(internal_error()))

    def _project(self, job: _Projection, bundle: Bundle, target: Pictures, space: Space, label: int | None) -> None:
        if job.cancelled.is_set():
            return
        self._update(job, state="running")
        family = bundle.load_family()
        distance = self._distance or load_lpips("vgg")
        steps = job.state.steps
        for step in project(family, target, distance, steps=steps, space=space, label=label):
            if time.monotonic() - job.last_read > ABANDONED_SECONDS:
                with self._lock:
                    self._stop(job, UserError("No page was following it any more.", code="projection-abandoned"))
            if job.cancelled.is_set():
                return
            self._update(job, step=step.number, distance=step.distance)
            if step.number == 1 or step.number % PICTURE_EVERY == 0:
                with torch.no_grad():
                    self._update(job, image=data_url(judged(family, target, step.latent, distance).picture))
        done = judged(family, target, step.latent, distance)
        self._update(
            job,
            state="finished",
            distance=done.lpips,
            psnr=min(done.psnr, 99.0),
            image=data_url(done.picture),
            latent=latent_text(done.latent),
        )
