"""Comparison of two folders of pictures: pair by pair where their names match, else as two distributions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganvas.curate.file_names import name_key
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.own_folders import files_below
from ganvas.errors import UserError
from ganvas.evaluate import fidelity
from ganvas.evaluate.fidelity import METRICS, Metric, Progress, Result
from ganvas.evaluate.similarity import SIMILARITIES, Pair, Similarity, similarity
from ganvas.models.features import load_features

AS_PAIRS: tuple[Similarity, ...] = ("psnr", "psnr_y", "ssim", "ssim_y", "gmsd")
AS_SETS: tuple[Metric, ...] = ("kid", "fid", "precision", "recall")


def are_pairs(made: Path, real: Path) -> bool:
    """Whether the two hold pairs: two files, or folders that share more than half of their names."""
    one, other = _files(made), _files(real)
    if made.is_file() and real.is_file():
        return True
    return 2 * len(one.keys() & other.keys()) > min(len(one), len(other))


def compare(
    made: Path,
    real: Path,
    metrics: Sequence[str],
    *,
    features: str = "auto",
    border: int = 0,
    progress: Progress | None = None,
) -> list[Result]:
    """Measure pictures against other pictures.

    Args:
        made: a picture or a folder, searched with its sub-folders.
        real: likewise.
        metrics: of pairs (matched by path and name without ending), of the two distributions, or both.
        features: the feature network for the distributions.
        border: pixels left out on each side of each pair.
        progress: called after each chunk of the distributions.

    Raises:
        UserError: a metric is unknown, a folder holds no pictures, names do not match, or sizes differ.
    """
    wanted = list(dict.fromkeys(metrics))
    if unknown := [metric for metric in wanted if metric not in (*SIMILARITIES, *METRICS)]:
        raise UserError(
            f"There is no metric called '{unknown[0]}': choose from {', '.join((*SIMILARITIES, *METRICS))}."
        )
    one, other = _files(made), _files(real)
    found: dict[str, Result] = {}
    of_pairs: list[Similarity] = [metric for metric in SIMILARITIES if metric in wanted]
    if of_pairs:
        results = similarity(_pairs(made, one, real, other), of_pairs, border=border)
        found |= dict(zip(of_pairs, results, strict=True))
    of_sets: list[Metric] = [metric for metric in METRICS if metric in wanted]
    if of_sets:
        network = load_features(features)
        sides: dict[str, set[tuple[int, int]]] = {"fake_size": set(), "real_size": set()}
        fakes = fidelity.extract(_single(one, sides["fake_size"]), network, progress=progress, which="fake")
        reals = fidelity.extract(_single(other, sides["real_size"]), network, progress=progress)
        sizes = {which: _range(found_sides) for which, found_sides in sides.items()}
        for metric in of_sets:
            result = fidelity.measure(metric, reals, fakes, network)
            if result is not None:
                found[metric] = result._replace(protocol=result.protocol | sizes)
    return [found[metric] for metric in wanted if metric in found]


def _files(place: Path) -> dict[str, Path]:
    """Pictures by their path within ``place``, without ending."""
    if place.is_file():
        return {place.stem: place}
    if not place.is_dir():
        raise UserError(f"There is no {place}: give a picture or a folder of pictures.")
    found: dict[str, Path] = {}
    for file in files_below(place):
        if any(part.startswith(".") for part in file.relative_to(place).parts):
            continue
        if file.suffix.lower() in (".txt", ".md", ".json", ".jsonl", ".html", ".csv", ".yaml"):
            continue
        found[name_key(str(file.relative_to(place).with_suffix("")))] = file
    if not found:
        raise UserError(f"There are no pictures in {place}: give a picture or a folder of pictures.")
    return found


def _pairs(made: Path, one: dict[str, Path], real: Path, other: dict[str, Path]) -> Iterator[Pair]:
    if made.is_file() and real.is_file():
        names = [(made, real)]
    else:
        shared = sorted(one.keys() & other.keys())
        if not shared:
            raise UserError(
                f"No picture in {made} has the name of one in {real}: pairs are matched by name, so rename some, or "
                "measure distributions with --metrics kid,fid."
            )
        names = [(one[name], other[name]) for name in shared]
    for first, second in names:
        pair = (_open(first), _open(second))
        if pair[0].shape != pair[1].shape:
            sizes = " and ".join(f"{one.shape[2]} × {one.shape[1]}" for one in pair)
            raise UserError(
                f"{first} and {second} have different sizes ({sizes}): pairs are compared pixel by pixel, so make them "
                "equal first."
            )
        yield pair


def _single(files: dict[str, Path], sides: set[tuple[int, int]]) -> Iterator[Tensor]:
    """The pictures one by one; ``sides`` gets their widths and heights."""
    for file in files.values():
        picture = _open(file)
        sides.add((picture.shape[2], picture.shape[1]))
        yield picture


def _range(sides: set[tuple[int, int]]) -> str:
    """Widths and heights of pictures: ``64 × 64``, or ``64 × 64 to 800 × 600`` by their area."""
    ordered = sorted(sides, key=lambda side: (side[0] * side[1], side))
    ends = dict.fromkeys((ordered[0], ordered[-1]))
    return " to ".join(f"{width} × {height}" for width, height in ends)


def _open(file: Path) -> Tensor:
    try:
        return torch.from_numpy(np.array(open_image(file).convert("RGB")))[None]
    except PictureError as error:
        raise UserError(f"{file} cannot be measured ({error}): remove or replace it.") from None
