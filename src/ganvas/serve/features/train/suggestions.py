"""What can be learned from pictures or music, as the API says it; see :mod:`ganvas.suggestion`."""

from __future__ import annotations

from pathlib import Path

from ganvas.serve.features.train.schemas import (
    MissingGoal,
    MusicFilesSurvey,
    PictureSurvey,
    RecipeSuggestion,
    SuggestionList,
    SuggestionReason,
)
from ganvas.suggestion.choose import Reason, suggest
from ganvas.suggestion.music import MusicSurvey


def suggestions_for(pictures: Path) -> SuggestionList:
    """Look at pictures or music and suggest recipes.

    Args:
        pictures: A folder or a zip of pictures or music, or a catalogue.

    Raises:
        UserError: There is nothing that can be read.
    """
    report = suggest(pictures)
    found = report.survey
    suggestions = [
        RecipeSuggestion(
            goal=one.goal,
            title=one.title,
            recipe=one.recipe,
            about=one.about,
            sets=list(one.sets),
            reasons=[_reason(reason) for reason in one.reasons],
        )
        for one in report.suggestions
    ]
    missing = [MissingGoal(goal=one.goal, title=one.title, reason=_reason(one.reason)) for one in report.missing]
    if isinstance(found, MusicSurvey):
        music = MusicFilesSurvey(**{name: getattr(found, name) for name in MusicFilesSurvey.model_fields})
        return SuggestionList(survey=None, music=music, suggestions=suggestions, missing=missing)
    survey = PictureSurvey(**{name: getattr(found, name) for name in PictureSurvey.model_fields})
    return SuggestionList(survey=survey, music=None, suggestions=suggestions, missing=missing)


def _reason(reason: Reason) -> SuggestionReason:
    return SuggestionReason(key=reason.key, params=dict(reason.params), sentence=reason.sentence)
