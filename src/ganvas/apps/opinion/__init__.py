"""Blind rating of pictures by people: studies, ratings, and what follows from them.

``create_study(folder, options)`` → a study; ``Study(folder)`` lets raters in and takes their answers;
``results(study)`` → scores or preferences of a closed study, and ``markdown(results)`` the report. No torch, unless
pictures come from a model.
"""

from ganvas.apps.opinion.create import StudyOptions, create_study
from ganvas.apps.opinion.ratings import Study
from ganvas.apps.opinion.report import markdown
from ganvas.apps.opinion.results import Results, results
from ganvas.apps.opinion.sources import Source

__all__ = ["Results", "Source", "Study", "StudyOptions", "create_study", "markdown", "results"]
