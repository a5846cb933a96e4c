"""Sample sheets: the answers to always the same requests, written again and again, so that progress is visible."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from ganvas.curate.dataset.dataset import Dataset
from ganvas.files import write_atomically
from ganvas.models.family import Family
from ganvas.runs.folder import RunDir
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures, targets


class Sheets:
    """Writes a run's sheets from pictures of one data set (the held-out one where there is one)."""

    def __init__(self, run: RunDir, family: Family, dataset: Dataset) -> None:
        self.run = run
        self.spec = TASKS[family.task]
        self.dataset, self.data = dataset, family.data
        self.reals = targets(dataset, self.spec.sheet_indices(family, dataset, self.spec.sheet_count))

    def write_reals(self) -> None:
        """Write ``reals.png``: pictures of the data set, laid out like the samples."""
        _write(self.run.sheets / "reals.png", self.spec.lay_out(self.reals, self.data))

    def write(self, family: Family, nimg: int) -> tuple[Path, Pictures]:
        """Write ``NNNNNNNNN.png``, and ``NNNNNNNNN.json`` where the task has notes to store beside it.

        Returns:
            Its path, and the answers in it.
        """
        path = self.run.sheets / f"{nimg:09d}.png"
        sheet = self.spec.sample_sheet(family, self.dataset)
        notes = self.spec.sheet_notes(sheet.answers, self.data)
        if notes is not None:
            write_atomically(path.with_suffix(".json"), notes)
        _write(path, sheet.pixels)
        return path, sheet.answers


def _write(path: Path, sheet: Pictures) -> None:
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG", compress_level=6)
    write_atomically(path, buffer.getvalue())
