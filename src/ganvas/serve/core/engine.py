"""Bundle → answers: one worker a bundle, a bound on the memory of all loaded ones, seeds that always mean the same.

The studio and the command line both ask :class:`Engine`. Work that was cancelled before its turn never runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas.apps.portrait import Painted, Painter, Wish, check_wish, painter_bytes, parts_of
from ganvas.bundle import Bundle
from ganvas.curate.images.decode import NoFaceError, PictureError
from ganvas.curate.images.prepare import prepare_image, whole_picture
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.models.batches import SynthesisRequest, TranslationRequest, latents, to_float, to_uint8
from ganvas.models.family import Family
from ganvas.models.tiling import check_size, enlarge
from ganvas.serve.core.fair_queue import Batches
from ganvas.serve.core.models import EngineName, Loaded, Model, OnnxModel, TorchModel, model_bytes
from ganvas.tasks import TASKS

Pictures = NDArray[np.uint8]
T = TypeVar("T")

ROWS = 16  # pictures in one call of the model: bounds the memory of a request and how long others wait
FACE_CROPS = ("face", "face-fixed")  # of these a picture without a face cannot be used
WAITING = 32  # jobs that may wait for one bundle
PAINTED = 4  # drawings painted in one call at most


class BusyError(UserError):
    """So much work is waiting that more would only wait longer."""


class Engine:
    """Answers requests to bundles.

    :param engine: what runs the models; None: onnxruntime where it is installed and the bundle has a graph, else torch.
    :param memory: bytes that loaded models may take together; the least recently used are dropped beyond it.
    """

    def __init__(self, *, engine: EngineName | None = None, memory: int = 2 << 30) -> None:
        has_onnx = find_spec("onnxruntime") is not None
        if engine == "onnxruntime" and not has_onnx:
            raise UserError("onnxruntime is not installed; run `pip install 'ganvas[studio]'` or use the torch engine.")
        self.name: EngineName = engine or ("onnxruntime" if has_onnx else "torch")
        self._memory = memory
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()
        self._lock = threading.Lock()
        self._drawings: Batches[Wish, Painted] = Batches(PAINTED)

    def close(self) -> None:
        """Drop waiting work and let the workers end."""
        with self._lock:
            for loaded in self._loaded.values():
                loaded.worker.shutdown(wait=False, cancel_futures=True)
            self._loaded.clear()

    @property
    def loaded(self) -> tuple[str, ...]:
        """Fingerprints of the bundles in memory, the least recently used first."""
        with self._lock:
            return tuple(loaded.fingerprint for loaded in self._loaded.values())

    # ── What can be asked ──

    def generate(self, bundle: Bundle, seeds: Sequence[int], label: int | None = None, psi: float = 1.0) -> Pictures:
        """One picture a seed, uint8 [N, H, W, C]: see :meth:`submit_generate`."""
        return self.submit_generate(bundle, seeds, label, psi).result()

    def translate(self, bundle: Bundle, image: Image.Image, *, prepared: bool = False, direction: int = 0) -> Pictures:
        """The translation of one picture, uint8 [H, W, C]: see :meth:`submit_translate`."""
        return self.submit_translate(bundle, image, prepared=prepared, direction=direction).result()

    def heatmap(self, bundle: Bundle, image: Image.Image, *, direction: int = 0) -> Pictures:
        """Where the model looks in a picture, uint8 [H, W, 1]: see :meth:`submit_heatmap`."""
        return self.submit_heatmap(bundle, image, direction=direction).result()

    def submit_generate(
        self, bundle: Bundle, seeds: Sequence[int], label: int | None = None, psi: float = 1.0
    ) -> Future[Pictures]:
        """Ask for one picture a seed. Cancel the future and what has not begun is dropped.

        A seed's picture depends on the seed alone, not on the others asked for with it nor on the engine (up to the
        rounding of one step of 255).

        :param label: the class; None: each seed has its own (see :func:`label_of`).
        :param psi: truncation in (0, 1], 1 = none.
        :raises UserError: the bundle cannot be asked this.
        :raises BusyError: too much is waiting.
        """
        info = bundle.info
        TASKS[info.task].require(SynthesisRequest, info.name)
        if any(seed < 0 for seed in seeds):
            raise UserError("Seeds are whole numbers from 0 on; give another seed.", code="seed-negative")
        labels = [check_label(bundle, label, seed) for seed in seeds]
        if psi != 1 and not info.truncates:
            raise UserError(
                f"{info.name} knows no truncation; leave psi at 1.", code="no-truncation", params={"model": info.name}
            )
        if not 0 < psi <= 1:
            raise UserError("psi is above 0 and at most 1 (1: no truncation); give another psi.", code="psi-range")

        def work(model: Model) -> Pictures:
            parts = []
            for start in range(0, len(seeds), ROWS):
                part = seeds[start : start + ROWS]
                fields: dict[str, NDArray[Any]] = {
                    "z": latents(part, info.z_dim),
                    "y": np.array(labels[start : start + ROWS], dtype=np.int64),
                    "psi": np.full(len(part), psi, dtype=np.float32),
                }
                parts.append(_as_pictures(model(fields)))
            return np.concatenate(parts) if parts else _none(bundle)

        return self._submit(bundle, work)

    def submit_translate(
        self, bundle: Bundle, image: Image.Image, *, prepared: bool = False, direction: int = 0
    ) -> Future[Pictures]:
        """Ask for the translation of a picture (mode RGB, as ``open_image`` gives it).

        It is cut and resized as the training pictures were, then degraded by what made their sources. ``prepared``
        says that it is a source already (a drawing, a grey photo): it is only brought to the model's size. A model
        that enlarges takes the picture whole, as it is, and answers in ``source_scale`` times its size.

        :param direction: without pairs: 0 from A to B, 1 from B to A.
        :raises UserError: the bundle cannot be asked this.
        :raises BusyError: too much is waiting.
        """
        check_direction(bundle, direction)
        source = prepare_source(bundle, image, prepared=prepared)

        if enlarges(bundle):
            scale = bundle.info.data.source_scale
            check_size(source.shape[1], source.shape[0], scale)
            return self._submit(bundle, lambda model: enlarge(lambda pixels: model(_row(pixels, 0)), source, scale))

        def work(model: Model) -> Pictures:
            picture: Pictures = _as_pictures(model(_one(source, direction)))[0]
            return picture

        return self._submit(bundle, work)

    def submit_heatmap(
        self, bundle: Bundle, image: Image.Image, *, prepared: bool = False, direction: int = 0
    ) -> Future[Pictures]:
        """Ask where the model looks when it translates a picture: grey, white where the most.

        :param prepared: see :meth:`submit_translate`.
        :raises UserError: the bundle's family cannot tell (U-GAT-IT can), or has no such direction.
        :raises BusyError: too much is waiting.
        """
        check_direction(bundle, direction)
        if not has_heatmap(bundle):
            raise UserError(
                f"{bundle.info.name} cannot tell where it looks; ask a U-GAT-IT model.",
                code="no-attention-map",
                params={"model": bundle.info.name},
            )
        source = prepare_source(bundle, image, prepared=prepared)

        def work(model: Model) -> Pictures:
            assert isinstance(model, TorchModel)
            pixels: Pictures = (model.heatmap(_one(source, direction))[0] * 255 + 0.5).astype(np.uint8)
            return np.ascontiguousarray(pixels.transpose(1, 2, 0))

        return self._submit(bundle, work, torch_only=True)

    def submit_fields(self, bundle: Bundle, fields: dict[str, NDArray[Any]]) -> Future[Pictures]:
        """Ask a model what stands in ``fields``, its request's tensors by name → pictures, uint8 [N, H, W, C].

        :raises BusyError: too much is waiting.
        """
        return self._submit(bundle, lambda model: _as_pictures(model(fields)))

    def submit_family(self, bundle: Bundle, work: Callable[[Family], T]) -> Future[T]:
        """Do anything with a bundle's family, in the bundle's own worker.

        :raises BusyError: too much is waiting.
        """

        def with_family(model: Model) -> T:
            assert isinstance(model, TorchModel)
            return work(model.family)

        return self._submit(bundle, with_family, torch_only=True)

    def submit_paint(self, bundle: Bundle, wish: Wish, asker: str = "") -> Future[Painted]:
        """Ask for the portrait of a drawing. Where many wait for the same bundle, some are painted together.

        :param asker: who takes turns with the others; the newest drawing of each is painted first.
        :raises UserError: the bundle has no manifold to draw on, or the wish cannot be fulfilled.
        :raises BusyError: too much is waiting.
        """
        check_wish(parts_of(bundle), wish)
        return self._drawings.submit(
            f"{bundle.path}:{bundle.fingerprint}",
            wish,
            lambda painter, wishes: painter.paint_all(wishes),
            lambda job: self._submit_painter(bundle, job),
            asker,
        )

    def warm_painter(self, bundle: Bundle) -> Future[None]:
        """Have the bundle's painter loaded before the first stroke asks for it.

        :raises BusyError: too much is waiting.
        """
        return self._submit_painter(bundle, lambda painter: None)

    # ── How it is done ──

    def _submit(self, bundle: Bundle, work: Callable[[Model], T], *, torch_only: bool = False) -> Future[T]:
        onnx = self.name == "onnxruntime" and bundle.onnx is not None and not torch_only
        # Questions that only torch can answer get a copy of their own where the others are onnxruntime's.
        own = torch_only and self.name != "torch" and bundle.onnx is not None
        kind: EngineName = "onnxruntime" if onnx else "torch"
        make = OnnxModel if onnx else TorchModel
        return self._submit_to(bundle, ":torch" if own else "", make, lambda: model_bytes(bundle, kind), work)

    def _submit_painter(self, bundle: Bundle, work: Callable[[Painter], T]) -> Future[T]:
        def make(opened: Bundle) -> Painter:
            return Painter(opened, onnx=self.name == "onnxruntime")

        return self._submit_to(bundle, ":painter", make, lambda: painter_bytes(bundle), work)

    def _submit_to(
        self,
        bundle: Bundle,
        role: str,
        make: Callable[[Bundle], Any],
        size: Callable[[], int],
        work: Callable[[Any], T],
    ) -> Future[T]:
        """Queue work for what ``make`` makes of a bundle; it is made once and kept under ``role``."""
        with self._lock:
            loaded = self._find(bundle, role, make, size)
            if loaded.waiting >= WAITING:
                raise BusyError(
                    f"{bundle.info.name} has {loaded.waiting} requests waiting; try again in a moment.",
                    code="busy",
                    params={"model": bundle.info.name, "waiting": loaded.waiting},
                )
            loaded.waiting += 1
            future: Future[T] = loaded.worker.submit(lambda: work(loaded.made))
        future.add_done_callback(lambda done: self._finished(loaded))
        return future

    def _finished(self, loaded: Loaded) -> None:
        with self._lock:
            loaded.waiting -= 1
            self._shrink()

    def _find(self, bundle: Bundle, role: str, make: Callable[[Bundle], Any], size: Callable[[], int]) -> Loaded:
        key = f"{bundle.path}{role}"
        loaded = self._loaded.pop(key, None)
        if loaded is not None and loaded.fingerprint != bundle.fingerprint:  # exported again since
            loaded.worker.shutdown(wait=False)
            loaded = None
        if loaded is None:
            loaded = Loaded(bundle, make, size())
        self._loaded[key] = loaded
        self._shrink()
        return loaded

    def _shrink(self) -> None:
        """Drop the least recently used beyond the bound, but never the newest nor one with work waiting."""
        newest = next(reversed(self._loaded), None)
        total = sum(loaded.bytes for loaded in self._loaded.values())
        for key, loaded in list(self._loaded.items()):
            if total <= self._memory:
                return
            if key != newest and loaded.waiting == 0:
                loaded.worker.shutdown(wait=False)
                total -= self._loaded.pop(key).bytes


def label_of(seed: int, classes: int) -> int:
    """The class of a seed when none is asked for: always the same, all classes equally often."""
    return int(np.random.default_rng((seed, 1)).integers(classes)) if classes else 0


def check_label(bundle: Bundle, label: int | None, seed: int) -> int:
    """The class to make for a seed.

    :raises UserError: the bundle has no such class.
    """
    classes = bundle.info.data.classes
    if label is None:
        return label_of(seed, len(classes))
    if not classes:
        raise UserError(
            f"{bundle.info.name} knows no classes; leave the class out.",
            code="no-classes",
            params={"model": bundle.info.name},
        )
    if not 0 <= label < len(classes):
        raise UserError(
            f"{bundle.info.name} has classes 0 to {len(classes) - 1}, not {label}; choose one of those.",
            code="unknown-class",
            params={"model": bundle.info.name, "highest": len(classes) - 1, "label": label},
        )
    return label


def check_direction(bundle: Bundle, direction: int) -> None:
    """:raises UserError: the bundle does not translate, or not this way."""
    info = bundle.info
    spec = TASKS[info.task]
    spec.require(TranslationRequest, info.name)
    if not 0 <= direction < spec.directions(info.config):
        raise UserError(
            f"{info.name} translates in one direction only; leave the direction out.",
            code="one-direction",
            params={"model": info.name},
        )


def enlarges(bundle: Bundle) -> bool:
    """Whether outputs are ``source_scale`` times as large as sources, which may have any size."""
    return "enlarges" in bundle.info.capabilities


def has_heatmap(bundle: Bundle) -> bool:
    """Whether the model has attention maps."""
    return "heatmap" in bundle.info.capabilities


def prepare_picture(bundle: Bundle, image: Image.Image, *, prepared: bool = False, reference: bool = False) -> Pictures:
    """A picture as the bundle's training pictures were prepared, uint8 [resolution, resolution, channels].

    :param prepared: it was cut so already.
    :param reference: it is the reference of a translation: for the sentence when it cannot be used.
    :raises UserError: it cannot be used, say for want of a face.
    """
    data = bundle.info.data
    crop = "stretch" if prepared else data.crop
    try:
        return prepare_image(image, data.resolution, crop, data.channels)
    except PictureError as error:
        raise _unusable(error, reference=reference) from None


def prepare_source(bundle: Bundle, image: Image.Image, *, prepared: bool) -> Pictures:
    """What the model sees of a picture, uint8 [source_resolution, source_resolution, source_channels].

    A model that enlarges sees it whole, in its own size.

    :raises UserError: it cannot be used, say for want of a face.
    """
    data = bundle.info.data
    if enlarges(bundle):
        return whole_picture(image, data.source_channels)
    if data.source_channels == 6:
        raise UserError(
            f"{bundle.info.name} fills in between two frames, and this is one picture; give it a film.",
            code="needs-two-frames",
            params={"model": bundle.info.name},
        )
    if prepared:
        return prepare_image(image, data.resolution, "stretch", data.source_channels, nearest=data.labels > 0)
    channels = data.source_channels if data.degradation is None else data.channels
    try:
        target = prepare_image(image, data.resolution, data.crop, channels, nearest=data.labels > 0)
    except PictureError as error:
        raise _unusable(error) from None
    if data.degradation is None:
        return target
    return degradation(data.degradation)(target, np.random.default_rng(0))


def _unusable(error: PictureError, *, reference: bool = False) -> UserError:
    """The error for a picture that the crop of the training pictures refuses."""
    if isinstance(error, NoFaceError):
        if reference:
            return UserError(
                "No face was found in the reference; choose one that shows a face from the front, near and in good "
                "light.",
                code="no-face-in-reference",
            )
        return UserError(
            "No face was found in this picture; choose one that shows a face from the front, near and in good light.",
            code="no-face",
        )
    if reference:
        return UserError(
            f"The reference cannot be used ({error}); choose another.",
            code="reference-unusable",
            params={"reason": str(error)},
        )
    return UserError(
        f"This picture cannot be used ({error}); choose another.",
        code="picture-unusable",
        params={"reason": str(error)},
    )


def _as_pictures(answer: NDArray[np.float32]) -> Pictures:
    pictures: Pictures = to_uint8(torch.from_numpy(answer)).numpy()
    return pictures


def _one(source: Pictures, direction: int) -> dict[str, NDArray[Any]]:
    """A request of one row."""
    return _row(to_float(source[None]).numpy(), direction)


def _row(source: NDArray[np.float32], direction: int) -> dict[str, NDArray[Any]]:
    return {"source": source, "direction": np.full(1, direction, dtype=np.int64)}


def _none(bundle: Bundle) -> Pictures:
    data = bundle.info.data
    return np.zeros((0, data.resolution, data.resolution, data.channels), np.uint8)
