"""The decision on a picture by its scores, the last of three steps: measure, score, decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ganvas.curate.checks.rules import Rules


class Decision(NamedTuple):
    """``reason`` is why to drop, that of the worst score; None to keep. ``doubts`` are the checks scored under 0.5."""

    keep: bool
    reason: str | None
    doubts: tuple[str, ...]


def failing(scores: Mapping[str, float], rules: Rules) -> list[str]:
    """The checks that propose to drop a picture, in the order of the rules."""
    return [name for name, rule in rules.checks.items() if rule.judge and scores.get(name, 1.0) < rules.drop_below]


def decide(scores: Mapping[str, float], rules: Rules) -> Decision:
    """Scores by check → keep or drop. A check with ``judge: false`` never drops a picture."""
    known = {name: value for name, value in scores.items() if name in rules.checks}
    doubts = tuple(sorted((name for name, value in known.items() if value < 0.5), key=lambda name: known[name]))
    # Of equally bad ones the first in the rules is the reason: "no face" before what follows from it.
    order = list(rules.checks)
    failed = failing(known, rules)
    if not failed:
        return Decision(True, None, doubts)
    worst = min(failed, key=lambda name: (round(known[name], 2), order.index(name)))
    return Decision(False, rules.checks[worst].reason, doubts)
