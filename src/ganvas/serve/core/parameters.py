"""Parameters that requests of several features have."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

SEEDS = 2**53  # the whole numbers from 0 that JavaScript represents exactly
Seed = Annotated[int, Query(ge=0, lt=SEEDS, description="Seed of the picture; the same seed gives the same picture.")]
Psi = Annotated[float, Query(ge=-2, le=2, description="Truncation; 1 means none, 0 no variation.")]
