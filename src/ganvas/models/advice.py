"""What can go wrong in a game, and what helps whatever the game is. Each family adds what helps in its own."""

from __future__ import annotations

from typing import Literal, get_args

Trouble = Literal[
    "discriminator_overpowers",
    "discriminator_is_blind",
    "generator_gradient_vanishes",
    "gradients_explode",
    "augmentation_at_ceiling",
    "collapse",
    "quality_falls",
    "not_finite",
]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)

# Each ends a sentence that goes "…; try": settings are named as `--set` takes them, and every family has these.
GENERAL: dict[Trouble, str] = {
    "discriminator_overpowers": "more pictures, or trained weights to begin from (train.start)",
    "discriminator_is_blind": "an earlier checkpoint, or a run with another train.seed",
    "generator_gradient_vanishes": "an earlier checkpoint",
    "gradients_explode": "an earlier checkpoint, and train.precision=32-true",
    "augmentation_at_ceiling": "more pictures, a shorter train.kimg, or trained weights to begin from (train.start)",
    "collapse": "a larger train.batch_size, or an earlier checkpoint",
    "quality_falls": "more pictures, or a shorter train.kimg",
    "not_finite": "train.precision=32-true, or look for odd pictures",
}


def listed(*advice: str | None) -> str:
    """Pieces of advice as one phrase; None where one does not apply: ``a, b or c``."""
    given = [piece for piece in advice if piece]
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])}, or {given[-1]}"
