"""``/v1/runs/{id}/neighbours``: the training pictures nearest to samples."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from ganvas.apps.nearest_neighbours import Compared, Neighbour
from ganvas.serve.core.context import Context
from ganvas.serve.core.parameters import SEEDS, Psi
from ganvas.serve.core.responses import data_url
from ganvas.serve.core.roles import needs
from ganvas.serve.features.generate.schemas import NeighbourInfo, NeighbourSample, NeighboursAnswer
from ganvas.serve.features.generate.training_pictures import compare

router = APIRouter()


@router.get(
    "/v1/runs/{id}/neighbours", tags=["explore"], operation_id="listNeighbours", openapi_extra=needs("reviewer")
)
async def list_neighbours(
    context: Context,
    id: str,  # noqa: A002
    seed: Annotated[int, Query(ge=0, lt=SEEDS, description="Seed of the first sample; the others count up.")] = 0,
    count: Annotated[int, Query(ge=1, le=16, description="How many samples.")] = 4,
    psi: Psi = 1.0,
    class_name: Annotated[
        str | None, Query(max_length=200, description="Class of the samples; left out: each seed decides its own.")
    ] = None,
) -> NeighboursAnswer:
    """The training pictures nearest to samples of a run, and whether any was memorised.

    It needs the training pictures of the run, where the run found them.
    """
    await asyncio.to_thread(context.run, id)

    def work() -> NeighboursAnswer:
        return _answer(compare(context, id, range(seed, seed + count), class_name, psi))

    return await asyncio.to_thread(work)


def _answer(found: Compared) -> NeighboursAnswer:
    def infos(several: Sequence[Neighbour]) -> list[NeighbourInfo]:
        return [
            NeighbourInfo(distance=one.distance, image=data_url(found.dataset.image(one.picture))) for one in several
        ]

    near = found.near
    rows = zip(found.points, found.samples, near.features, near.pixels, near.copies, strict=True)
    samples = [
        NeighbourSample(
            seed=place.seed, image=data_url(sample), copied=copied, features=infos(features), pixels=infos(pixels)
        )
        for place, sample, features, pixels, copied in rows
    ]
    return NeighboursAnswer(sentence=near.sentence, usual=near.usual, small=near.small, samples=samples)
