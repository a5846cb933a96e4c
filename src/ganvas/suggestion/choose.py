"""Chooses recipes for a folder of pictures or music: each goal takes the first of its recipes whose conditions hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from ganvas.errors import UserError
from ganvas.recipe import load
from ganvas.spec import RollSpec
from ganvas.suggestion.machine import Machine, this_machine
from ganvas.suggestion.music import MusicSurvey, is_music, survey_music
from ganvas.suggestion.survey import Arrangement, Survey, survey

_FILE = Path(__file__).with_name("goals.yaml")


class Rule(BaseModel):
    """A recipe and the conditions under which it is suggested; see ``goals.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str
    arrangement: tuple[Arrangement, ...]
    pictures: int = 0
    smallest_class: int = 0
    faces: float = 0.0
    drawings: bool | None = None
    colour: float = 0.0
    side: int = 0
    fits: float = 0.0
    phrases: int = 0
    gpu_gb: float = 0.0

    def failure(self, found: Survey | MusicSurvey, machine: Machine) -> str | None:
        """The first condition that does not hold, as its name; None where all hold."""
        if found.arrangement not in self.arrangement:
            return "arrangement"
        checks = self._for_music(found) if isinstance(found, MusicSurvey) else self._for_pictures(found)
        checks["gpu_gb"] = machine.gpu_gb >= self.gpu_gb
        return next((name for name, holds in checks.items() if not holds), None)

    def _for_music(self, found: MusicSurvey) -> dict[str, bool]:
        return {
            "fits": found.fits.get(self.recipe, 0.0) >= self.fits,
            "phrases": found.phrases.get(self.recipe, 0) >= self.phrases,
        }

    def _for_pictures(self, found: Survey) -> dict[str, bool]:
        return {
            "drawings": self.drawings is None or found.drawings == self.drawings,
            "colour": 1 - found.grey >= self.colour,
            "faces": not self.faces or (found.faces is not None and found.faces >= self.faces),
            "side": min(found.width, found.height) >= self.side,
            "smallest_class": min(found.classes.values(), default=0) >= self.smallest_class,
            "pictures": found.pictures >= self.pictures,
        }


class Goal(BaseModel):
    """Something that a model can learn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    goal: str
    title: str
    recipes: tuple[Rule, ...]


class Reason(BaseModel):
    """Why a recipe is suggested: a key and parameters for translated pages, and the English sentence."""

    model_config = ConfigDict(frozen=True)

    key: str = Field(description="names the sentence for translation")
    params: dict[str, int | str] = Field(default={}, description="the values in the sentence")
    sentence: str = Field(description="in English")


class Suggestion(BaseModel):
    """A recipe for a goal.

    Attributes:
        goal: The goal's name.
        title: The goal as a phrase.
        recipe: The recipe's name.
        about: The recipe's own line.
        sets: Settings to change, as ``key=value``.
        reasons: What decided.
    """

    model_config = ConfigDict(frozen=True)

    goal: str
    title: str
    recipe: str
    about: str
    sets: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Missing(BaseModel):
    """A goal that these files do not reach, and what is missing."""

    model_config = ConfigDict(frozen=True)

    goal: str
    title: str
    reason: Reason


class Report(NamedTuple):
    """What is in a folder, what can be learned from it (best first), and what cannot."""

    survey: Survey | MusicSurvey
    machine: Machine
    suggestions: tuple[Suggestion, ...]
    missing: tuple[Missing, ...]


@cache
def goals() -> tuple[Goal, ...]:
    """The goals, in the order in which they are suggested."""
    return tuple(Goal.model_validate(one) for one in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def suggest(source: Path, *, machine: Machine | None = None, goal: str | None = None) -> Report:
    """Suggest recipes for a folder or zip of pictures or music, whichever it holds more of.

    Args:
        source: The pictures or the music.
        machine: On which to train; None: this one.
        goal: The name of the one goal to suggest for; None: all.

    Raises:
        UserError: There is no such goal, or the source holds nothing that can be read.
    """
    names = [one.goal for one in goals()]
    if goal is not None and goal not in names:
        raise UserError(f"There is no goal {goal!r}; choose one of {', '.join(names)}.")
    found: Survey | MusicSurvey = survey_music(source, _rolls()) if is_music(source) else survey(source)
    where = machine or this_machine()
    suggestions, missing = [], []
    for one in goals():
        if goal not in (None, one.goal):
            continue
        rule = next((rule for rule in one.recipes if rule.failure(found, where) is None), None)
        if rule is not None:
            suggestions.append(_suggestion(one, rule, found, where))
        elif (lacking := _lacking(one, found, where)) is not None:
            missing.append(Missing(goal=one.goal, title=one.title, reason=lacking))
    return Report(found, where, tuple(suggestions), tuple(missing))


def _rolls() -> dict[str, RollSpec]:
    """The formats of rolls of the recipes that learn from music, by name."""
    names = [rule.recipe for goal in goals() for rule in goal.recipes if "music" in rule.arrangement]
    rolls = {name: load(name).data.roll for name in names}
    return {name: roll for name, roll in rolls.items() if roll is not None}


def _suggestion(goal: Goal, rule: Rule, found: Survey | MusicSurvey, machine: Machine) -> Suggestion:
    recipe = load(rule.recipe)
    reasons = _music_reasons if isinstance(found, MusicSurvey) else _reasons
    grey = isinstance(found, Survey) and found.grey >= 0.95 and not rule.colour and recipe.data.channels == 3
    return Suggestion(
        goal=goal.goal,
        title=goal.title,
        recipe=rule.recipe,
        about=recipe.about,
        sets=("data.channels=1",) if grey and found.arrangement != "pairs" else (),
        reasons=tuple(reasons(goal, rule, found, machine)),  # type: ignore[arg-type]
    )


def _reasons(goal: Goal, rule: Rule, found: Survey, machine: Machine) -> Iterator[Reason]:
    yield _arrangement_reason(found)
    if rule.faces and found.faces is not None:
        share = round(100 * found.faces)
        yield _reason("faces", "{percent} % of the pictures show a face", percent=share)
    if rule.drawings:
        yield _reason("drawings", "the pictures to start from are drawings")
    skipped = {one.failure(found, machine): one for one in goal.recipes[: goal.recipes.index(rule)]}
    if rule.gpu_gb:
        yield _reason("gpu", "there is a GPU with {gb} GB", gb=round(machine.gpu_gb))
    elif (larger := skipped.get("gpu_gb")) is not None:
        yield _reason("no-gpu", "{recipe} would need a GPU with {gb} GB", recipe=larger.recipe, gb=round(larger.gpu_gb))
    if (larger := skipped.get("pictures")) is not None:
        yield _reason("few", "{recipe} would need {count} pictures", recipe=larger.recipe, count=f"{larger.pictures:,}")


def _music_reasons(goal: Goal, rule: Rule, found: MusicSurvey, machine: Machine) -> Iterator[Reason]:
    yield _reason("music", "{count} files of music", count=f"{found.files:,}")
    share = round(100 * found.fits[rule.recipe])
    yield _reason("parts", "the parts of {percent} % of the pieces looked at fit it", percent=share)
    for other in goal.recipes[: goal.recipes.index(rule)]:
        match other.failure(found, machine):
            case "fits":
                share = round(100 * found.fits[other.recipe])
                text = "those of {percent} % fit {recipe}"
                yield _reason("other-parts", text, percent=share, recipe=other.recipe)
            case "phrases":
                text = "{recipe} would need {count} phrases"
                yield _reason("few-phrases", text, recipe=other.recipe, count=f"{other.phrases:,}")
            case "gpu_gb":
                text = "{recipe} would need a GPU with {gb} GB"
                yield _reason("no-gpu", text, recipe=other.recipe, gb=round(other.gpu_gb))


def _arrangement_reason(found: Survey) -> Reason:
    count = f"{found.pictures:,}"
    if found.arrangement == "pairs":
        return _reason("pairs", "{count} pairs", count=count)
    if found.arrangement == "domains":
        first, second = found.classes
        return _reason("domains", "two folders, {first} and {second}", first=first, second=second)
    if found.arrangement == "classes":
        return _reason("classes", "{count} pictures in {classes} folders", count=count, classes=len(found.classes))
    return _reason("pictures", "{count} pictures", count=count)


def _lacking(goal: Goal, found: Survey | MusicSurvey, machine: Machine) -> Reason | None:
    """What these files lack for a goal; None where the goal is for another arrangement or kind of files."""
    failures = {rule.failure(found, machine): rule for rule in goal.recipes}
    for name, text in {
        "pictures": "needs {least} pictures",
        "smallest_class": "needs {least} pictures in each folder",
        "side": "needs pictures of {least} px",
        "phrases": "needs {least} phrases of music",
    }.items():
        if name in failures:
            return _reason(f"lacks-{name}", text, least=getattr(failures[name], name))
    if "fits" in failures:
        return _reason("lacks-fits", "needs pieces with bars of four quarter notes and parts for its tracks")
    return None


def _reason(key: str, sentence: str, **params: Any) -> Reason:
    return Reason(key=key, params=params, sentence=sentence.format(**params))
