"""What to try when training goes wrong: a table of suggestions per trouble, with the settings they apply to.

:data:`GENERAL` holds for every family. A family has a table of its own in :attr:`Family.advice`, whose entries replace
the general ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

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


@dataclass(frozen=True)
class If:
    """A suggestion for some settings only.

    Settings are compared with expected values: ``True`` and ``False`` with the truth of the setting (0, null and an
    empty list are false), a tuple as a choice of values, anything else by equality.
    """

    text: str  # may name settings in braces: "a model.ada_target below {ada_target:g}"
    when: Mapping[str, Any] = field(default_factory=dict)  # all of these must hold
    unless: Mapping[str, Any] = field(default_factory=dict)  # none of these may hold

    def applies(self, settings: Mapping[str, Any]) -> bool:
        """Whether the suggestion fits the settings of a family's recipe, by name."""
        held = all(_matches(settings[name], expected) for name, expected in self.when.items())
        return held and not any(_matches(settings[name], expected) for name, expected in self.unless.items())


def _matches(setting: Any, expected: Any) -> bool:
    if isinstance(expected, bool):
        return bool(setting) is expected
    return setting in expected if isinstance(expected, tuple) else bool(setting == expected)


Table: TypeAlias = Mapping[Trouble, tuple[str | If, ...]]

# Settings are named as `--set` takes them, and every family has these.
GENERAL: Table = {
    "discriminator_overpowers": ("more pictures", "trained weights to begin from (train.start)"),
    "discriminator_is_blind": ("an earlier checkpoint", "a run with another train.seed"),
    "generator_gradient_vanishes": ("an earlier checkpoint",),
    "gradients_explode": ("an earlier checkpoint, and train.precision=32-true",),
    "augmentation_at_ceiling": (
        "more pictures",
        "a shorter train.kimg",
        "trained weights to begin from (train.start)",
    ),
    "collapse": ("a larger train.batch_size", "an earlier checkpoint"),
    "quality_falls": ("more pictures", "a shorter train.kimg"),
    "not_finite": ("train.precision=32-true", "look for odd pictures"),
}


def suggest(trouble: Trouble, table: Table | None = None, settings: Mapping[str, Any] | None = None) -> str:
    """The end of a sentence "…; try".

    Args:
        trouble: What has gone wrong.
        table: Suggestions of a family; troubles that it leaves out have the general ones.
        settings: The family's settings, which decide what applies.

    Returns:
        One phrase: ``a``, ``a, or b``, or ``a, b, or c``.
    """
    known = settings or {}
    pieces = (table or {}).get(trouble) or GENERAL[trouble]
    texts = [piece if isinstance(piece, str) else piece.text.format(**known)
             for piece in pieces if isinstance(piece, str) or piece.applies(known)]  # fmt: skip
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])}, or {texts[-1]}"
