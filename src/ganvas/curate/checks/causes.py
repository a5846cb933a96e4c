"""Why pictures are proposed to be dropped: what each rule drops, what it alone drops, and how to relax it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ganvas.curate.catalog.records import Check
from ganvas.curate.checks.decide import decide, failing
from ganvas.curate.checks.rules import Rule, Rules, load_rules, rule_names
from ganvas.curate.checks.score import rescore


class DropCause(NamedTuple):
    """What one rule drops.

    Attributes:
        check: Its name.
        reason: What is said of pictures dropped for it.
        dropped: Pictures that it drops, also together with other rules.
        alone: Of these, pictures that no other rule drops.
        limit: A limit that keeps at least half of those it alone drops; None: it alone drops none.
        kept: How many that limit keeps.
    """

    check: str
    reason: str
    dropped: int
    alone: int
    limit: float | None
    kept: int


class Alternative(NamedTuple):
    """A shipped set of rules, and how many pictures it keeps."""

    name: str
    keep: int


class CauseCounter:
    """Counts over the pictures of a catalogue.

    Args:
        rules: The rules by which pictures are judged.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._others = {name: other for name in rule_names() if (other := load_rules(name)) != rules}
        self._dropped: Counter[str] = Counter()
        self._needed: dict[str, list[float]] = defaultdict(list)
        self._keep: Counter[str] = Counter()

    def add(self, checks: Sequence[Check]) -> None:
        """Count one picture by its checks."""
        names = failing({check.name: check.score for check in checks}, self.rules)
        self._dropped.update(names)
        if len(names) == 1:
            raw = next(check.raw for check in checks if check.name == names[0])
            self._needed[names[0]].append(_needed_limit(self.rules.checks[names[0]], raw or 0.0, self.rules.drop_below))
        for name, other in self._others.items():
            self._keep[name] += decide({one.name: rescore(one.name, one.raw, other) for one in checks}, other).keep

    def causes(self) -> tuple[DropCause, ...]:
        """The rules that drop pictures, first those that alone drop most."""
        found = []
        for name, dropped in self._dropped.items():
            rule, needed = self.rules.checks[name], self._needed[name]
            limit, kept = _relaxed(rule, needed) if needed else (None, 0)
            found.append(DropCause(name, rule.reason, dropped, len(needed), limit, kept))
        return tuple(sorted(found, key=lambda cause: (-cause.alone, -cause.dropped, cause.check)))

    def alternatives(self) -> tuple[Alternative, ...]:
        """The other shipped sets of rules, first those that keep most."""
        found = (Alternative(name, self._keep[name]) for name in self._others)
        return tuple(sorted(found, key=lambda other: -other.keep))


def _needed_limit(rule: Rule, raw: float, drop_below: float) -> float:
    """The limit by which a measure would score just ``drop_below``; see :meth:`Rule.score`."""
    share = 2 * drop_below - 1
    return (raw - share * rule.good) / (1 - share)


def _relaxed(rule: Rule, needed: list[float]) -> tuple[float, int]:
    """A limit of three digits that keeps half of the pictures or more, and how many it keeps."""
    larger = rule.limit > rule.good  # a larger limit is the milder one
    values = np.sort(needed) if larger else -np.sort(-np.array(needed))
    middle = float(values[(len(values) - 1) // 2])
    step = 10.0 ** (np.floor(np.log10(abs(middle))) - 2) if middle else 0.001
    limit = float((np.ceil(middle / step) if larger else np.floor(middle / step)) * step)
    kept = sum(value <= limit for value in needed) if larger else sum(value >= limit for value in needed)
    return float(f"{limit:.4g}"), kept
