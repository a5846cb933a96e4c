"""The engine of the studio: queues requests to bundles on their workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from ganvas.apps.portrait import (
    Portrait,
    PortraitGenerator,
    PortraitRequest,
    check_portrait_request,
    estimate_generator_bytes,
    parts_of,
)
from ganvas.bundle import Bundle
from ganvas.errors import UserError
from ganvas.inference.generate import check_psi_range, generate
from ganvas.inference.session import (
    EngineName,
    Fields,
    OnnxSession,
    Session,
    TorchSession,
    estimate_bytes,
    to_pictures,
)
from ganvas.inference.translate import source_fields, translate
from ganvas.inference.whole import AnswerSize, translate_whole
from ganvas.inference.worker import JOB_SECONDS, BusyError, PoolUsage, WorkerPool
from ganvas.models.batches import SynthesisRequest
from ganvas.models.family import Family
from ganvas.models.tiling import check_size
from ganvas.serve.core.bundle_inputs import (
    check_direction,
    check_label,
    enlarges,
    has_heatmap,
    prepare_source,
    prepare_whole,
    whole_multiple,
)
from ganvas.serve.core.fair_queue import FairQueue
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures

T = TypeVar("T")

BATCH_SIZE = 16  # pictures in one call of a model: bounds the memory of a request and the waiting of others
MAX_PORTRAITS = 4  # drawings in one call of a model


class Engine:
    """Computes the answers of bundles, each in the thread of the bundle's worker.

    Args:
        engine: What runs the models; None: onnxruntime where it is installed and the bundle has a graph, else torch.
        memory: Bytes that loaded models may take together; beyond it the least recently used are dropped.
        seconds: Longest time of one answer; a model that takes longer is stopped, and loaded again for the next one.
        observe: Called for every answer with the bundle's name, the outcome (answered, failed, cancelled or refused)
            and the seconds since the request; None: nothing is.
    """

    def __init__(
        self,
        *,
        engine: EngineName | None = None,
        memory: int = 2 << 30,
        seconds: float = JOB_SECONDS,
        observe: Callable[[str, str, float], None] | None = None,
    ) -> None:
        has_onnx = find_spec("onnxruntime") is not None
        if engine == "onnxruntime" and not has_onnx:
            raise UserError("onnxruntime is not installed; run `pip install 'ganvas[studio]'` or use the torch engine.")
        self.name: EngineName = engine or ("onnxruntime" if has_onnx else "torch")
        self._workers = WorkerPool(memory, seconds)
        self._observe = observe
        self._portraits: FairQueue[PortraitRequest, Portrait] = FairQueue(MAX_PORTRAITS)

    def close(self) -> None:
        """Cancel waiting work and let the workers end."""
        self._workers.close()

    @property
    def loaded(self) -> tuple[str, ...]:
        """Fingerprints of the bundles in memory, the least recently used first."""
        return self._workers.fingerprints

    @property
    def usage(self) -> PoolUsage:
        """What the models take at this moment."""
        return self._workers.usage

    # ── Blocking calls ──

    def generate(self, bundle: Bundle, seeds: Sequence[int], label: int | None = None, psi: float = 1.0) -> Pictures:
        """One picture per seed, uint8 [N, H, W, C]: see :meth:`submit_generate`."""
        return self.submit_generate(bundle, seeds, label, psi).result()

    def translate(self, bundle: Bundle, image: Image.Image, *, prepared: bool = False, direction: int = 0) -> Pictures:
        """The translation of one picture, uint8 [H, W, C]: see :meth:`submit_translate`."""
        return self.submit_translate(bundle, image, prepared=prepared, direction=direction).result()

    def heatmap(self, bundle: Bundle, image: Image.Image, *, direction: int = 0) -> Pictures:
        """The attention map of one translation, uint8 [H, W, 1]: see :meth:`submit_heatmap`."""
        return self.submit_heatmap(bundle, image, direction=direction).result()

    # ── Queued calls ──

    def submit_generate(
        self, bundle: Bundle, seeds: Sequence[int], label: int | None = None, psi: float = 1.0
    ) -> Future[Pictures]:
        """Generate one picture per seed. A cancelled future that has not begun is never run.

        A picture depends on its own seed only, neither on the others nor on the engine (up to the rounding of one step
        of 255).

        Args:
            bundle: A bundle of the task ``synthesis``.
            seeds: Whole numbers, 0 or more.
            label: The class; None: each seed has its own (see :func:`ganvas.inference.generate.class_of_seed`).
            psi: Truncation; 1: none.

        Raises:
            UserError: The request does not fit the bundle.
            BusyError: Too much work is waiting.
        """
        info = bundle.info
        TASKS[info.task].require(SynthesisRequest, info.name)
        if any(seed < 0 for seed in seeds):
            raise UserError("Seeds are whole numbers, 0 or more; give another seed.", code="seed-negative")
        labels = [check_label(bundle, label, seed) for seed in seeds]
        if psi != 1 and not info.truncates:
            raise UserError(
                f"{info.name} has no truncation; leave psi at 1.", code="no-truncation", params={"model": info.name}
            )
        check_psi_range(psi)

        def work(session: Session) -> Pictures:
            batches = list(generate(session, info.z_dim, seeds, labels, psi, batch_size=BATCH_SIZE))
            shape = (0, info.data.resolution, info.data.resolution, info.data.channels)
            return np.concatenate(batches) if batches else np.zeros(shape, np.uint8)

        return self._submit(bundle, work)

    def submit_translate(
        self,
        bundle: Bundle,
        image: Image.Image,
        *,
        prepared: bool = False,
        direction: int = 0,
        size: AnswerSize = "square",
    ) -> Future[Pictures]:
        """Translate a picture.

        Args:
            bundle: A bundle that translates pictures.
            image: Mode RGB, upright; it is prepared by :func:`ganvas.inference.translate.prepare_source`.
            prepared: It is a source already (a drawing, a grey photograph): it is only resized.
            direction: Unpaired: 0 from A to B, 1 from B to A.
            size: The square of training, or the whole picture: see :mod:`ganvas.inference.whole`.

        Raises:
            UserError: The request does not fit the bundle.
            BusyError: Too much work is waiting.
        """
        check_direction(bundle, direction)
        if size != "square" and not enlarges(bundle):
            return self._submit_whole(bundle, image, size, prepared=prepared, direction=direction)
        source = prepare_source(bundle, image, prepared=prepared)
        data, larger = bundle.info.data, enlarges(bundle)
        if larger:
            check_size(source.shape[1], source.shape[0], data.source_scale)
        return self._submit(
            bundle, lambda session: translate(session, data, source, enlarges=larger, direction=direction)
        )

    def _submit_whole(
        self, bundle: Bundle, image: Image.Image, size: AnswerSize, *, prepared: bool, direction: int
    ) -> Future[Pictures]:
        """Translate a whole picture: with torch, for exported graphs have the size of training."""
        multiple, maps = whole_multiple(bundle), bundle.info.data.labels > 0
        source = prepare_whole(bundle, image, size, prepared=prepared)
        return self._submit(
            bundle,
            lambda session: translate_whole(session, source, multiple, direction=direction, labels=maps),
            torch_only=True,
        )

    def submit_heatmap(
        self, bundle: Bundle, image: Image.Image, *, prepared: bool = False, direction: int = 0
    ) -> Future[Pictures]:
        """Compute where the generator attends when it translates a picture: grey, white where the attention is highest.

        Args:
            bundle: A bundle that has attention maps.
            image: See :meth:`submit_translate`.
            prepared: See :meth:`submit_translate`.
            direction: See :meth:`submit_translate`.

        Raises:
            UserError: The bundle has no attention maps, or does not translate in this direction.
            BusyError: Too much work is waiting.
        """
        check_direction(bundle, direction)
        if not has_heatmap(bundle):
            raise UserError(
                f"{bundle.info.name} has no attention maps; use a U-GAT-IT model.",
                code="no-attention-map",
                params={"model": bundle.info.name},
            )
        source = prepare_source(bundle, image, prepared=prepared)

        def work(session: Session) -> Pictures:
            assert isinstance(session, TorchSession)
            grey = session.heatmap(source_fields(source, direction))[0]
            pixels: Pictures = (grey * 255 + 0.5).astype(np.uint8)
            return np.ascontiguousarray(pixels.transpose(1, 2, 0))

        return self._submit(bundle, work, torch_only=True)

    def submit_fields(self, bundle: Bundle, fields: Fields) -> Future[Pictures]:
        """Compute the pictures uint8 [N, H, W, C] of a request, given by its tensors.

        Raises:
            BusyError: Too much work is waiting.
        """
        return self._submit(bundle, lambda session: to_pictures(session(fields)))

    def submit_session(self, bundle: Bundle, work: Callable[[Session], T]) -> Future[T]:
        """Run a function on the bundle's session, in the bundle's worker.

        Raises:
            BusyError: Too much work is waiting.
        """
        return self._submit(bundle, work)

    def submit_family(self, bundle: Bundle, work: Callable[[Family], T]) -> Future[T]:
        """Run a function on the bundle's family, in the bundle's worker.

        Raises:
            BusyError: Too much work is waiting.
        """

        def with_family(session: Session) -> T:
            assert isinstance(session, TorchSession)
            return work(session.family)

        return self._submit(bundle, with_family, torch_only=True)

    def submit_portrait(self, bundle: Bundle, request: PortraitRequest, client: str = "") -> Future[Portrait]:
        """Generate the portrait of a drawing. Where many wait for one bundle, several are computed together.

        Args:
            bundle: A bundle with codes.
            request: The drawing.
            client: Clients take turns; the newest drawing of each is computed first.

        Raises:
            UserError: The bundle has no codes, or the request is invalid.
            BusyError: Too much work is waiting.
        """
        check_portrait_request(parts_of(bundle), request)
        return self._observed(
            bundle,
            lambda: self._portraits.submit(
                f"{bundle.path}:{bundle.fingerprint}",
                request,
                lambda generator, requests: generator.generate_batch(requests),
                lambda job: self._submit_portrait_job(bundle, job),
                client,
            ),
        )

    def submit_generator(self, bundle: Bundle, work: Callable[[PortraitGenerator], T]) -> Future[T]:
        """Run a function on the bundle's portrait generator, in its worker.

        Raises:
            UserError: The bundle has no codes.
            BusyError: Too much work is waiting.
        """
        parts_of(bundle)
        return self._observed(bundle, lambda: self._submit_portrait_job(bundle, work))

    def preload_portraits(self, bundle: Bundle) -> Future[None]:
        """Load the bundle's portrait generator before the first drawing arrives.

        Raises:
            BusyError: Too much work is waiting.
        """
        return self._submit_portrait_job(bundle, PortraitGenerator.prepare)

    # ── Workers ──

    def _submit(self, bundle: Bundle, work: Callable[[Any], T], *, torch_only: bool = False) -> Future[T]:
        """Queue work on a session. Work that needs torch has a worker of its own beside one of onnxruntime."""
        onnx = self.name == "onnxruntime" and bundle.onnx is not None
        role = ":torch" if onnx and torch_only else ""
        kind: EngineName = "onnxruntime" if onnx and not torch_only else "torch"
        load = _load_onnx if kind == "onnxruntime" else _load_torch
        return self._observed(
            bundle, lambda: self._workers.submit(bundle, role, load, lambda: estimate_bytes(bundle, kind), work)
        )

    def _observed(self, bundle: Bundle, submit: Callable[[], Future[T]]) -> Future[T]:
        """Submit work, and observe its answer."""
        observe, name, start = self._observe, bundle.info.name, time.perf_counter()
        if observe is None:
            return submit()
        try:
            future = submit()
        except BusyError:
            observe(name, "refused", 0.0)
            raise

        def ended(done: Future[T]) -> None:
            outcome = "cancelled" if done.cancelled() else "answered" if done.exception() is None else "failed"
            observe(name, outcome, time.perf_counter() - start)

        future.add_done_callback(ended)
        return future

    def _submit_portrait_job(self, bundle: Bundle, work: Callable[[PortraitGenerator], T]) -> Future[T]:
        def load(opened: Bundle) -> PortraitGenerator:
            return PortraitGenerator(opened, onnx=self.name == "onnxruntime")

        return self._workers.submit(bundle, ":portrait", load, lambda: estimate_generator_bytes(bundle), work)


def _load_onnx(bundle: Bundle) -> Session:
    return OnnxSession(bundle)


def _load_torch(bundle: Bundle) -> Session:
    return TorchSession(bundle.load_family())
