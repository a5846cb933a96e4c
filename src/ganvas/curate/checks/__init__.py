"""Checks of pictures: measure, score, judge. Thresholds are in the rules, and what cannot decide only advises."""

from ganvas.curate.checks.rules import Rule, Rules, load_rules, rule_names
from ganvas.curate.checks.run import Outcome, check_all
from ganvas.curate.checks.sheets import write_sheets
from ganvas.curate.checks.suite import VERSION, Judgement, Measured, judge, judge_checks, measure, score

__all__ = [
    "VERSION",
    "Judgement",
    "Measured",
    "Outcome",
    "Rule",
    "Rules",
    "check_all",
    "judge",
    "judge_checks",
    "load_rules",
    "measure",
    "rule_names",
    "score",
    "write_sheets",
]
