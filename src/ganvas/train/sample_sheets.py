"""Sheets: the same few questions answered again and again, so that one sees the answers grow."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sketch.degrade import displayed
from ganvas.files import write_atomically
from ganvas.models.family import Family
from ganvas.runs.folder import RunDir
from ganvas.spec import Task
from ganvas.tasks.reference import matrix
from ganvas.tasks.samples import Pictures, answer, grid, shown, sources, targets

SYNTHESIS = 48  # samples a sheet, 8 in a row
TRANSLATION = 24  # questions a sheet, 4 a row, each beside its answer and what was right


class Sheets:
    """Makes a run's sheets from pictures of one data set (the held-out one where there is one)."""

    def __init__(self, run: RunDir, family: Family, dataset: Dataset) -> None:
        self.run = run
        self.task = family.task
        self.dataset = dataset
        count = SYNTHESIS if self.task == Task.SYNTHESIS else TRANSLATION
        about = shown(family, dataset, count)
        self.indices = range(count) if self.task == Task.SYNTHESIS else about
        self.reals = targets(dataset, about)

    def write_reals(self) -> None:
        """``reals.png``: what the pictures themselves look like, laid out like the samples."""
        _write(self.run.sheets / "reals.png", grid(self.reals, 8))

    def write(self, family: Family, nimg: int) -> tuple[Path, Pictures]:
        """Write ``NNNNNNNNN.png``; returns its path and the answers in it."""
        path = self.run.sheets / f"{nimg:09d}.png"
        if self.task == Task.REFERENCE:
            made = matrix(family, self.dataset)
            _write(path, grid(_rgb(made.cells), made.columns))
            return path, made.answers
        fakes = answer(family, self.dataset, self.indices).numpy()
        if self.task == Task.SYNTHESIS:
            _write(path, grid(fakes, 8))
            return path, fakes
        if self.task == Task.PAIRED:
            asked = _rgb(displayed(sources(self.dataset, family.data, self.indices), family.data))
            cells = np.stack([asked, _rgb(fakes), _rgb(self.reals)], axis=1)
        else:
            cells = np.stack([_rgb(self.reals), _rgb(fakes)], axis=1)
        _write(path, grid(cells.reshape(-1, *cells.shape[2:]), 4 * cells.shape[1]))
        return path, fakes


def _rgb(pictures: Pictures) -> Pictures:
    return np.broadcast_to(pictures, (*pictures.shape[:3], 3)) if pictures.shape[3] == 1 else pictures


def _write(path: Path, sheet: Pictures) -> None:
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG", compress_level=6)
    write_atomically(path, buffer.getvalue())
