"""Montages: faces drawn by a portrait model, which a witness picks and which are bred from what was picked."""

from ganvas.apps.montage.breeding import (
    LARGEST_ROUND,
    MOST_PICKED,
    POPULATION,
    BreedRequest,
    breed,
    morph,
    step_of_round,
    tray,
)
from ganvas.apps.montage.face_space import FaceSpace, Genes, groups_of

__all__ = [
    "LARGEST_ROUND",
    "MOST_PICKED",
    "POPULATION",
    "BreedRequest",
    "FaceSpace",
    "Genes",
    "breed",
    "groups_of",
    "morph",
    "step_of_round",
    "tray",
]
