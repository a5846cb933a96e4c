"""``/v1/runs/{id}/neighbours``: whether a run's model learned training pictures by heart."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query

from ganvas.apps.latent_space import Place, latent_space, locate, pictures, place_of
from ganvas.apps.nearest_neighbours import Compared, Neighbour, TrainingPictures, neighbours_of
from ganvas.curate.dataset.dataset import Dataset, divide
from ganvas.inference.generate import class_number
from ganvas.models.family import Family
from ganvas.models.features import load_features
from ganvas.recipe import load
from ganvas.runs.checkpoint import listing
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_status
from ganvas.serve.core.context import SEEDS, Studio, The
from ganvas.serve.core.engine import BusyError, Pictures
from ganvas.serve.features.explore.projections import picture_url
from ganvas.serve.features.explore.schemas import NeighbourInfo, NeighbourSample, NeighboursAnswer

router = APIRouter()
_looking = threading.Lock()  # the first look at a data set takes a while and all cores
_looked_at: dict[tuple[Path, int], TrainingPictures] = {}  # those of the last run that was asked about


@router.get("/v1/runs/{id}/neighbours", tags=["explore"], operation_id="listNeighbours")
async def list_neighbours(
    studio: The,
    id: str,  # noqa: A002
    seed: Annotated[int, Query(ge=0, lt=SEEDS, description="of the first; the next ones follow")] = 0,
    count: Annotated[int, Query(ge=1, le=16)] = 4,
    psi: Annotated[float, Query(gt=0, le=1, description="truncation; 1: none")] = 1.0,
    class_name: Annotated[str | None, Query(max_length=200, description="left out: each seed has its own")] = None,
) -> NeighboursAnswer:
    """The training pictures nearest to samples of a run whose pictures are still there: was any learned by heart?"""
    await asyncio.to_thread(studio.run, id)

    def look() -> NeighboursAnswer:
        if not _looking.acquire(blocking=False):
            raise BusyError("Neighbours are being looked for already; try again in a moment.")
        try:
            return _neighbours(_compare(studio, id, range(seed, seed + count), class_name, psi))
        finally:
            _looking.release()

    return await asyncio.to_thread(look)


def has_pictures(studio: Studio, name: str) -> bool:
    """Whether the bundle of this id is a run's own, and the run's training pictures are where it says."""
    run = studio.runs.find(name)
    if run is None or studio.shelf.paths().get(name) != run.bundle:
        return False
    pictures = read_status(run).get("dataset")
    return bool(pictures) and Path(str(pictures)).is_file() and bool(listing(run.checkpoints))


def _compare(studio: Studio, name: str, seeds: range, class_name: str | None, psi: float) -> Compared:
    """Samples of a run's own bundle, which stands ready, or of its newest checkpoint where there is no such bundle."""
    run = studio.run(name)
    if not has_pictures(studio, name):
        return neighbours_of(run.root, None, seeds=seeds, class_name=class_name, psi=psi)
    opened = studio.bundle(name)
    label = class_number(opened.info.data.classes, class_name)

    def work(family: Family) -> tuple[list[Place], Pictures]:
        latent_space(family)
        places = [place_of(family, seed, label) for seed in seeds]
        return places, np.stack(list(pictures(family, locate(family, places, psi))))

    places, samples = studio.engine.submit_family(opened, work).result()
    known = _training_pictures(run)
    return Compared(places, samples, known.dataset, known.near(samples))


def _training_pictures(run: RunDir) -> TrainingPictures:
    path = Path(str(read_status(run)["dataset"]))
    key = (run.root, path.stat().st_mtime_ns)
    if key not in _looked_at:
        recipe, dataset = load(run.recipe), Dataset(path)
        part = divide(dataset, recipe.data.held_out, recipe.train.seed).train
        _looked_at.clear()
        _looked_at[key] = TrainingPictures(dataset.subset(part), load_features("auto"))
    return _looked_at[key]


def _neighbours(found: Compared) -> NeighboursAnswer:
    def told(several: Sequence[Neighbour]) -> list[NeighbourInfo]:
        return [
            NeighbourInfo(distance=one.distance, image=picture_url(found.dataset.image(one.picture))) for one in several
        ]

    near = found.near
    rows = zip(found.places, found.samples, near.features, near.pixels, near.copies, strict=True)
    samples = [
        NeighbourSample(
            seed=place.seed, image=picture_url(sample), copied=copied, features=told(features), pixels=told(pixels)
        )
        for place, sample, features, pixels, copied in rows
    ]
    return NeighboursAnswer(sentence=near.sentence, usual=near.usual, small=near.small, samples=samples)
