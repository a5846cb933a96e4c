"""The report of an evaluation: Markdown with sheets of pictures, for readers to whom the metrics are new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.images.decode import encode_png
from ganvas.curate.sketch.degrade import displayed
from ganvas.evaluate import report
from ganvas.evaluate.fidelity import Result
from ganvas.evaluate.protocol import Evaluation, Subset
from ganvas.files import write_atomically
from ganvas.models.family import Family
from ganvas.recipe import EvaluateSettings
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures, grid, same_channels, sources, targets

_GRID = 64  # pictures of a sheet
_ROWS = 8  # pairs, or pictures that lie nearest
_HEADINGS = {
    "train": "Compared with its training pictures",
    "held_out": "Compared with held-out pictures",
    None: "Compared with the given pictures",
}

Evaluations = Sequence[tuple[Subset | None, Dataset, Evaluation]]


def write_report(
    folder: Path, name: str, family: Family, evaluations: Evaluations, settings: EvaluateSettings, nimg: int
) -> Path:
    """Write ``report.md`` and its pictures into a folder.

    Args:
        folder: created where it is absent; an earlier report is replaced.
        name: the model's name.
        family: the model, for the pictures.
        evaluations: the evaluation on each set of pictures.
        settings: the seed of the samples.
        nimg: how many pictures it was trained on.

    Returns:
        The path of the report.
    """
    data, spec = family.data, TASKS[family.task]
    lines = [
        f"# How good is {name}?",
        "",
        f"{type(family).__name__} ({family.task}), {spec.describe(data)}, after {nimg / 1000:,.0f} "
        f"thousand {spec.items} of training. Compare only models that were measured in the same way, and look "
        "at the pictures before you trust a value.",
    ]
    for subset, pictures, found in evaluations:
        lines += ["", f"## {_HEADINGS[subset]}", "", *_table(found.results), ""]
        lines += [f"- {note}" for note in report.notes(found.results)]
        for file, caption, sheet in _sheets(family, subset, pictures, found, settings.seed):
            write_atomically(folder / file, encode_png(sheet))
            lines += ["", f"![{caption}]({file})", "", f"*{caption}*"]
    lines += [
        "",
        "## How it was measured",
        "",
        *_protocols([r for _, _, found in evaluations for r in found.results]),
        "",
    ]
    page = folder / "report.md"
    write_atomically(page, "\n".join(lines))
    return page


def _table(results: Sequence[Result]) -> list[str]:
    rows = ["| metric | value | better | what it measures |", "|---|---:|---|---|"]
    for result in results:
        meaning = report.meaning(result.metric)
        if meaning.better == "equal":
            real = report.format_value(result._replace(value=result.protocol["real_value"]))
            meaning = meaning._replace(sentence=f"{meaning.sentence}; of the real ones {real}")
        rows.append(f"| `{result.metric}` | {report.format_value(result)} | {meaning.better} | {meaning.sentence} |")
    return rows


def _protocols(results: Sequence[Result]) -> list[str]:
    """One line per protocol, with the metrics that share it."""
    shared: dict[str, list[str]] = {}
    for result in results:
        protocol = result.protocol
        said = [
            report.feature_network(result),
            f"{protocol['real_count']:,} real and {protocol['fake_count']:,} generated pictures",
        ]
        if "seed" in protocol:
            said.append(f"seed {protocol['seed']}")
        if protocol.get("pictures"):
            said.append(str(protocol["pictures"]).replace("_", " "))
        if protocol["features_sha256"]:
            said.append(f"weights {protocol['features_sha256'][:12]}…")
        shared.setdefault("; ".join(said), []).append(f"`{result.metric}`")
    return [f"- {', '.join(dict.fromkeys(metrics))}: {said}" for said, metrics in shared.items()]


def _sheets(
    family: Family, subset: Subset | None, pictures: Dataset, found: Evaluation, seed: int
) -> list[tuple[str, str, Pictures]]:
    """File, caption and pixels of each sheet."""
    suffix = f"-{subset}" if subset else ""
    spec = TASKS[family.task]
    if spec.pairs and found.pairs:
        return [(f"pairs{suffix}.png", *_pairs(family, pictures, found, seed))]
    first = spec.sheet_indices(family, pictures, _GRID)
    if not spec.from_seeds:
        both = [targets(pictures, first), spec.generate(family, pictures, first, seed=seed).numpy()]
        sheet = grid(
            np.concatenate([same_channels(row[None], both) for rows in zip(*both, strict=True) for row in rows]), 8
        )
        return [(f"translations{suffix}.png", "Each picture and, to its right, its translation.", sheet)]
    numbers = list(range(_GRID))
    columns = 8
    sheets = [
        (f"real{suffix}.png", f"Real {spec.items}.", spec.lay_out(targets(pictures, first), family.data, columns))
    ]
    if subset != "held_out":
        made = spec.generate(family, pictures, numbers, seed=seed).numpy()
        sheets.insert(
            0,
            (
                f"made{suffix}.png",
                f"Generated {spec.items}, seeds {seed} to {seed + _GRID - 1}.",
                spec.lay_out(made, family.data, columns),
            ),
        )
    if found.nearest is not None:
        sheets.append((f"nearest{suffix}.png", *_nearest(family, pictures, found.nearest, seed)))
    return sheets


def _nearest(
    family: Family, pictures: Dataset, nearest: tuple[torch.Tensor, torch.Tensor], seed: int
) -> tuple[str, Pictures]:
    """The generated pictures that are nearest to training pictures, above those."""
    distances, which = nearest
    order = distances.argsort()[:_ROWS].tolist()
    rows = [
        TASKS[family.task].generate(family, pictures, order, seed=seed).numpy(),
        targets(pictures, which[order].numpy()),
    ]
    caption = (
        "Top: the generated pictures nearest to a training picture. Bottom: those training pictures. Where the two "
        "rows are the same pictures, the model has memorised them."
    )
    sheet = np.concatenate([same_channels(row, rows) for row in rows])
    return caption, TASKS[family.task].lay_out(sheet, family.data, len(order))


def _pairs(family: Family, pictures: Dataset, found: Evaluation, seed: int) -> tuple[str, Pictures]:
    """Source, output and target of the worst, the median and the best pairs."""
    metric = next((name for name in ("lpips_alex", "ssim", "psnr") if name in found.pairs), "psnr")
    scores: dict[Any, torch.Tensor] = dict(found.pairs)
    worst_first = scores[metric].argsort(descending=report.better(metric) == "lower").tolist()
    third = min(_ROWS // 2, max(len(worst_first) // 3, 1))
    middle = max((len(worst_first) - third) // 2, 0)
    chosen = list(dict.fromkeys(worst_first[:third] + worst_first[middle : middle + third] + worst_first[-third:]))
    columns = [
        displayed(sources(pictures, family.data, chosen), family.data),
        TASKS[family.task].generate(family, pictures, chosen, seed=seed).numpy(),
        targets(pictures, chosen),
    ]
    columns = [same_channels(column, columns) for column in columns]
    rows = np.stack(columns, 1).reshape(-1, *columns[0].shape[1:])
    caption = f"Source, output and target: the worst by {metric}, then the median ones, then the best."
    return caption, grid(rows, 9)
