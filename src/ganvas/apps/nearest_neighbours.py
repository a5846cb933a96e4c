"""The training pictures nearest to generated ones, to detect memorisation.

Two distances are measured. Features are those of the metrics; their distance is one minus the cosine, as in MiFID (Bai
et al. 2021). Pixels are compared by the root mean squared difference, on a scale of 255. The training pictures define
what is small: a sample is suspicious if it is nearer to a training picture than nearly all training pictures are to
their own nearest other one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.latent_space import LatentPoint, Pictures, latent_space, latents_of, pictures, point_of_seed
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack_like
from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.inference.generate import class_number
from ganvas.inference.load import is_bundle, load_model, load_run
from ganvas.models.family import Family
from ganvas.models.features import Features, load_features
from ganvas.paths import cache_dir, writing
from ganvas.runs.folder import RunDir
from ganvas.tasks.pictures import targets

AT_ONCE = 64
COMPARED = 2000  # training pictures whose nearest other one is looked for
SUSPICIOUS = 0.01  # share of the training pictures that lie nearer to another one
PIXEL_SIDE = 64  # pictures are compared pixel by pixel at this side at most

Progress = Callable[[int, int], None]


class Neighbour(NamedTuple):
    """A training picture near a sample."""

    picture: int  # index in the data set
    distance: float


class Space:
    """Training pictures as vectors float32 [M, D], with what is near among them."""

    def __init__(self, name: str, vectors: Tensor, *, cosine: bool) -> None:
        self.name = name
        self._cosine = cosine
        self._vectors = F.normalize(vectors, dim=1) if cosine else vectors
        some = torch.linspace(0, len(vectors) - 1, min(len(vectors), COMPARED)).round().long()
        nearest = []
        for part in torch.split(some, AT_ONCE):
            distances = self._distances(self._vectors[part])
            distances[torch.arange(len(part)), part] = torch.inf
            nearest.append(distances.amin(1))
        own = torch.cat(nearest)
        self.usual = float(own.median())
        self.small = float(own.quantile(SUSPICIOUS))

    def nearest(self, vectors: Tensor, count: int) -> list[list[Neighbour]]:
        """The nearest training pictures of each row [N, D], nearest first."""
        found = []
        rows = F.normalize(vectors, dim=1) if self._cosine else vectors
        for part in torch.split(rows, AT_ONCE):
            near = self._distances(part).topk(min(count, len(self._vectors)), largest=False)
            for distances, indices in zip(near.values.tolist(), near.indices.tolist(), strict=True):
                found.append(
                    [Neighbour(index, max(value, 0.0)) for index, value in zip(indices, distances, strict=True)]
                )
        return found

    def _distances(self, rows: Tensor) -> Tensor:
        if self._cosine:
            return 1 - rows @ self._vectors.t()
        exact = "donot_use_mm_for_euclid_dist"  # equal pictures are to have a distance of exactly zero
        distances: Tensor = torch.cdist(rows, self._vectors, compute_mode=exact) / rows.shape[1] ** 0.5
        return distances


class Neighbourhood(NamedTuple):
    """What is near the samples, in features and in pixels."""

    features: list[list[Neighbour]]
    pixels: list[list[Neighbour]]
    copies: list[bool]  # by either, nearer to a training picture than these are to each other
    usual: float  # median distance of a training picture to its nearest other one, in features
    small: float  # the distance that only a hundredth of them goes below

    @property
    def sentence(self) -> str:
        """What it means, for people."""
        count, copies = len(self.copies), sum(self.copies)
        measure = (
            f"Training pictures lie {self.usual:.3f} from their nearest other one, 1 % of them below {self.small:.3f}."
        )
        if not copies:
            return f"{measure} No sample is that near to a training picture: these are not memorised."
        some = "The sample is" if count == 1 else f"{copies} of {count} samples are"
        return f"{measure} {some} as near to a training picture as that, or nearer: check whether they are copies."


class TrainingPictures:
    """The training pictures of a data set, ready to be looked through.

    Args:
        features: The frozen network that compares; its answers are kept in the cache.

    Raises:
        UserError: There are fewer than two pictures.
    """

    def __init__(self, dataset: Dataset, features: Features, progress: Progress | None = None) -> None:
        if len(dataset) < 2:
            raise UserError(
                "Neighbours need two training pictures or more; give more with --data.",
                code="too-few-training-pictures",
            )
        self.dataset = dataset
        self._network = features
        self._features = Space("features", _features_of(dataset, features, progress), cosine=True)
        small = [_pixels(targets(dataset, part)) for part in _parts(len(dataset))]
        self._pixels = Space("pixels", torch.cat(small), cosine=False)

    def near(self, samples: Pictures, count: int = 3) -> Neighbourhood:
        """What is nearest to samples uint8 [N, H, W, C] of the data set's size and channels."""
        samples = samples.copy()  # torch takes no array that must not be written to
        vectors = torch.cat([self._network(torch.from_numpy(samples[part])) for part in _parts(len(samples))])
        by_features = self._features.nearest(vectors, count)
        by_pixels = self._pixels.nearest(_pixels(samples), count)
        copies = [
            one[0].distance < self._features.small or other[0].distance < self._pixels.small
            for one, other in zip(by_features, by_pixels, strict=True)
        ]
        return Neighbourhood(by_features, by_pixels, copies, self._features.usual, self._features.small)


def neighbour_sheet(compared: Compared) -> Pictures:
    """A row for each sample: itself, then its nearest by features, then by pixels, with distances."""
    near = compared.near
    rows: list[list[Pictures | None]] = []
    captions = []
    count = len(near.features[0])
    for sample, features, pixels, copied in zip(compared.samples, near.features, near.pixels, near.copies, strict=True):
        both = [*features, *pixels]
        rows.append([sample, *targets(compared.dataset, np.array([one.picture for one in both]))])
        told = [*(f"{one.distance:.3f}" for one in features), *(f"{one.distance:.1f}" for one in pixels)]
        captions.append(["copy?" if copied else "", *told])
    columns = ["sample", *(f"features {n + 1}" for n in range(count)), *(f"pixels {n + 1}" for n in range(count))]
    return sheet(rows, [point.name for point in compared.points], columns, near.sentence, captions)


def _parts(count: int) -> list[NDArray[np.int64]]:
    return [np.arange(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]


def _pixels(given: Pictures) -> Tensor:
    """uint8 [N, H, W, C] → float32 [N, D] of 255, at a small side."""
    x = torch.from_numpy(given).permute(0, 3, 1, 2).float()
    if x.shape[2] > PIXEL_SIDE:
        x = F.interpolate(x, (PIXEL_SIDE, PIXEL_SIDE), mode="area")
    return x.flatten(1)


def _features_of(dataset: Dataset, features: Features, progress: Progress | None) -> Tensor:
    key = hashlib.sha256(f"{dataset.sha256} {features.sha256} {features.resize}".encode()).hexdigest()[:32]
    path = cache_dir() / "neighbours" / f"{key}.npy"
    if path.is_file():
        try:
            known: NDArray[np.float32] = np.load(path, allow_pickle=False)
            if known.shape == (len(dataset), features.dim):
                return torch.from_numpy(known)
        except (ValueError, OSError, EOFError):
            pass  # incomplete: computed again
    found = []
    for part in _parts(len(dataset)):
        found.append(features(torch.from_numpy(targets(dataset, part))))
        if progress is not None:
            progress(int(part[-1]) + 1, len(dataset))
    vectors = torch.cat(found)
    with writing(path), replacing(path) as file:
        np.save(file, vectors.numpy())
    return vectors


class Compared(NamedTuple):
    """Samples of a model beside its training pictures."""

    points: list[LatentPoint]
    samples: Pictures
    dataset: Dataset
    near: Neighbourhood


def neighbours_of(
    path: Path,
    data: Path | None,
    *,
    seeds: Sequence[int],
    class_name: str | None = None,
    psi: float = 1.0,
    nearest: int = 3,
    features: str = "auto",
    progress: Progress | None = None,
) -> Compared:
    """What is near to the pictures of these seeds by the model at ``path``.

    Args:
        data: The training pictures, a folder or a zip; None: a run's own.

    Raises:
        UserError: The model or the pictures cannot be had, or nothing in them fits the model.
    """
    family, dataset = _model_and_pictures(path, data)
    latent_space(family)
    label = class_number(family.data.classes, class_name)
    points = [point_of_seed(family, seed, label) for seed in seeds]
    samples = np.stack(list(pictures(family, latents_of(family, points, psi))))
    near = TrainingPictures(dataset, load_features(features), progress).near(samples, nearest)
    return Compared(points, samples, dataset, near)


def _model_and_pictures(path: Path, data: Path | None) -> tuple[Family, Dataset]:
    if is_bundle(path) and data is None:
        raise UserError(f"The bundle {path} does not hold its pictures; give them with --data.")
    if data is None:
        trained = load_run(RunDir(path))
        return trained.family, trained.dataset
    family = load_model(path).family
    return family, Dataset(pack_like(data, family.data).path)
