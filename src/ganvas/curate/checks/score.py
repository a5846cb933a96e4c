"""The scores of measurements, the second of three steps: measure, score, decide."""

from __future__ import annotations

from ganvas.curate.catalog.records import Check
from ganvas.curate.checks.measure import VERSION, Measurements
from ganvas.curate.checks.rules import Rules


def score(measured: Measurements, rules: Rules) -> list[Check]:
    """The checks of a picture as the catalogue stores them; a measurement without a rule scores 1."""
    checks = [
        Check(name, raw, rescore(name, raw, rules), VERSION, measured.details.get(name))
        for name, raw in measured.raws.items()
    ]
    alone = (name for name in measured.details if name not in measured.raws)
    return checks + [Check(name, None, 1.0, VERSION, measured.details[name]) for name in alone]


def rescore(name: str, raw: float | None, rules: Rules) -> float:
    """The score of a measure by these rules."""
    rule = rules.checks.get(name)
    return 1.0 if rule is None or raw is None else rule.score(raw)
