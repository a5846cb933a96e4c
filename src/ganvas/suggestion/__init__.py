"""What can be learned from a folder of pictures or music on this machine, and with which recipe."""

from ganvas.suggestion.choose import Goal, Report, Suggestion, goals, suggest
from ganvas.suggestion.machine import Machine, this_machine
from ganvas.suggestion.music import MusicSurvey
from ganvas.suggestion.sample import write_sample
from ganvas.suggestion.survey import Arrangement, Survey, survey

__all__ = [
    "Arrangement",
    "Goal",
    "Machine",
    "MusicSurvey",
    "Report",
    "Suggestion",
    "Survey",
    "goals",
    "suggest",
    "survey",
    "this_machine",
    "write_sample",
]
