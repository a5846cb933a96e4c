"""The rules of the checks: titles, units and thresholds, from the ``curate:`` part of a YAML file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.documents import parse_yaml
from ganvas.errors import UserError

SHIPPED = Path(__file__).parent / "rules"
DEFAULT = "portrait"


class Rule(BaseModel):
    """How a measurement becomes a score, and whether the score may propose to drop a picture.

    The score runs straight from 1 at ``good`` through 0.5 at ``limit`` to 0 as far again beyond it. Which side is the
    bad one follows from the two.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(description="what the check stands for when its score is good, as a label")
    unit: str = Field("", description="unit of the measure, such as ° or px; empty for shares and other numbers")
    limit: float = Field(description="where the measure is just not good enough: score 0.5")
    good: float = Field(description="where the measure is as good as can be: score 1")
    judge: bool = Field(True, description="may propose to drop; otherwise the score only orders the review")
    reason: str = Field(description="what the report says of pictures dropped for it")

    def score(self, raw: float) -> float:
        """A measure → its score in [0, 1]."""
        width = self.good - self.limit
        if width == 0:
            return 1.0 if raw == self.good else 0.0
        return min(1.0, max(0.0, 0.5 + 0.5 * (raw - self.limit) / width))


class Rules(BaseModel):
    """The checks that count and their thresholds.

    ``drop_below``: a check whose score is lower proposes to drop. Scores between it and 0.5 are doubts: the picture is
    proposed to be kept, and comes early in the review.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = ""
    drop_below: float = Field(0.3, ge=0, le=1)
    duplicate_distance: int = Field(6, ge=0, le=16, description="bits of the perceptual hash that may differ")
    checks: dict[str, Rule]


class _Override(BaseModel):
    """A rule of the user's own file: whatever it leaves out stays as shipped."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    unit: str | None = None
    limit: float | None = None
    good: float | None = None
    judge: bool | None = None
    reason: str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    extends: str | None = None
    about: str | None = None
    drop_below: float | None = None
    duplicate_distance: int | None = None
    checks: dict[str, _Override | None] = Field(default_factory=dict)


class CheckDescription(NamedTuple):
    """What a page or a table shows beside a measure: its title and unit, and how its score is to be read.

    Attributes:
        name: the key of the check.
        title: its label.
        unit: of the measure; empty where there is none.
        hint: the check cannot decide reliably, so it never proposes to drop a picture.
        limit: the measure of score 0.5.
        good: the measure of score 1.
        reason: what is said of pictures dropped for it.
    """

    name: str
    title: str
    unit: str
    hint: bool
    limit: float
    good: float
    reason: str


def describe_checks(rules: Rules) -> list[CheckDescription]:
    """The checks of a set of rules, in its order."""
    return [
        CheckDescription(name, rule.title, rule.unit, not rule.judge, rule.limit, rule.good, rule.reason)
        for name, rule in rules.checks.items()
    ]


def rule_names() -> list[str]:
    """The sets of rules that are shipped."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_rules(name_or_path: str | Path = DEFAULT, changes: Sequence[str] = ()) -> Rules:
    """A shipped set of rules, or a YAML file with a ``curate:`` part that changes one.

    Args:
        name_or_path: The name of a shipped set, or a file.
        changes: Such as ``turned.limit=20`` (the limit of a check), ``grey=null`` (it does not count) or
            ``drop_below=0.2``, applied in order.

    In a file, ``extends`` names the shipped set it starts from (``portrait`` when left out); a check set to null does
    not count at all.

    Raises:
        UserError: there is no such set or file, or its content or a change is not valid.
    """
    rules = _read(name_or_path)
    for change in changes:
        rules = _changed(rules, change)
    return rules


def _read(name_or_path: str | Path) -> Rules:
    name = str(name_or_path)
    if name in rule_names():
        return _shipped(name)
    path = Path(name_or_path)
    if not path.is_file():
        raise UserError(f"There are no rules '{name}': choose one of {', '.join(rule_names())}, or give a YAML file.")
    try:
        content = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{path} cannot be read ({' '.join(str(problem).split())[:120]}).") from problem
    except ValueError as problem:
        raise UserError(f"{path} {problem}; correct the file.") from problem
    if not isinstance(content, dict) or not isinstance(content.get("curate"), dict):
        raise UserError(f"{path} has no `curate:` part: see `docs/faces.md` for what it may contain.")
    try:
        given = _File.model_validate(content["curate"])
        base = _shipped(_known(given.extends or DEFAULT, path))
        return _merged(base, given, str(path))
    except ValidationError as problem:
        raise UserError(f"{path} is not valid: {_first(problem)}.") from problem


def _known(name: str, path: Path) -> str:
    if name not in rule_names():
        raise UserError(f"{path} extends '{name}', which does not exist: choose one of {', '.join(rule_names())}.")
    return name


@cache
def _shipped(name: str) -> Rules:
    content = yaml.safe_load((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))["curate"]
    if "extends" not in content:
        return Rules.model_validate(content)
    given = _File.model_validate(content)
    return _merged(_shipped(str(given.extends)), given, name)


def _changed(rules: Rules, text: str) -> Rules:
    """Rules with a change such as ``turned.limit=20`` or ``grey=null``."""
    key, equals, raw = text.partition("=")
    names = key.strip().split(".")
    if not equals or not all(names) or len(names) > 2:
        raise UserError(f"--set {text!r} is not of the form CHECK.limit=NUMBER or CHECK=null, such as turned.limit=20.")
    try:
        value = yaml.safe_load(raw)
        if len(names) == 2:
            content: dict[str, object] = {"checks": {names[0]: {names[1]: value}}}
        elif names[0] in _File.model_fields:
            content = {names[0]: value}
        else:
            content = {"checks": {names[0]: value}}
        return _merged(rules, _File.model_validate(content), f"--set {text}")
    except yaml.YAMLError:
        raise UserError(f"--set {text!r}: {raw!r} is not a value; write a number or null.") from None
    except ValidationError as problem:
        raise UserError(f"--set {text!r} is not valid: {_first(problem)}.") from None


def _merged(base: Rules, given: _File, path: str) -> Rules:
    checks = dict(base.checks)
    for name, change in given.checks.items():
        if name not in checks:
            raise UserError(f"{path} sets a check '{name}', which does not exist: choose from {', '.join(checks)}.")
        if change is None:
            del checks[name]
        else:
            checks[name] = Rule.model_validate(checks[name].model_dump() | change.model_dump(exclude_none=True))
    whole = given.model_dump(exclude_none=True, exclude={"extends", "checks"})
    return Rules.model_validate(base.model_dump() | whole | {"checks": checks})


def _first(problem: ValidationError) -> str:
    error = problem.errors()[0]
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
