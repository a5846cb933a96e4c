"""The tasks: what each decides about data, requests, sheets, evaluation and use."""

from __future__ import annotations

from ganvas.tasks.base import TaskSpec
from ganvas.tasks.music import Music
from ganvas.tasks.paired import Paired
from ganvas.tasks.reference import Reference
from ganvas.tasks.synthesis import Synthesis
from ganvas.tasks.unpaired import Unpaired

TASKS: dict[str, TaskSpec] = {
    "synthesis": Synthesis(),
    "paired": Paired(),
    "unpaired": Unpaired(),
    "reference": Reference(),
    "music": Music(),
}
