"""What people see of a bundle before they use it: a preview and a card."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.bundle.manifest import ONNX, BundleInfo
from ganvas.curate.sketch.degrade import displayed
from ganvas.models.batches import SynthesisRequest, latents, to_float, to_uint8
from ganvas.models.face_masks import masks_of
from ganvas.models.family import Family
from ganvas.spec import Task
from ganvas.tasks.requests import example_request

Pictures = NDArray[np.uint8]


@torch.no_grad()
def draw_preview(family: Family, sources: Pictures | None) -> Pictures:
    """A grid, uint8 HWC: pictures of the first seeds, or each source above its translation."""
    side = family.data.resolution
    columns = min(max(1024 // side, 2), 6)
    if family.task is Task.SYNTHESIS:
        count = columns * max(columns // 2, 1)
        labels = torch.arange(count) % max(len(family.data.classes), 1)
        z = torch.from_numpy(latents(range(count), family.z_dim))
        return _grid(to_uint8(family.generate(SynthesisRequest(z, labels, torch.ones(count)))).numpy(), columns)
    request = example_request(family, columns)
    if family.task is Task.MUSIC:
        return np.full((64, 64, 1), 255, np.uint8)
    if family.task is Task.REFERENCE and sources is not None and len(sources) > 1:
        return _carried(family, sources, columns)
    if sources is not None and len(sources):
        columns = min(columns, len(sources))
        request = type(request)(to_float(sources[:columns]), *(field[:columns] for field in request[1:]))
    answers = to_uint8(family.generate(request)).numpy()
    shown = displayed(to_uint8(request.source).numpy(), family.data)
    channels = max(shown.shape[3], answers.shape[3])
    rows = [
        np.broadcast_to(rows, (*rows.shape[:3], channels)) if rows.shape[3] == 1 else rows for rows in (shown, answers)
    ]
    return _grid(np.concatenate(rows), columns)


def _carried(family: Family, sources: Pictures, columns: int) -> Pictures:
    """Sources, the next picture as the reference of each, and below them what became of it.

    :param sources: of each domain in turn.
    """
    columns = min(columns, len(sources))
    given, wanted = to_float(sources[:columns]), to_float(np.roll(sources[:columns], -1, 0))
    request: Any = example_request(family, columns)
    y = (torch.arange(columns) + 1) % columns % max(len(family.data.classes), 1)
    lines = getattr(family.config, "outline", 0) > 0
    outline = masks_of(given, "outlines") if lines else torch.zeros_like(request.outline)
    request = request._replace(source=given, reference=wanted, y=y, share=torch.zeros(columns), outline=outline)
    rows = [to_uint8(pictures).numpy() for pictures in (given, wanted, family.generate(request))]
    return _grid(np.concatenate(rows), columns)


def _grid(pictures: Pictures, columns: int) -> Pictures:
    count, height, width, channels = pictures.shape
    rows = count // columns
    grid: Pictures = pictures[: rows * columns].reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width, channels))


_MAKES = {
    Task.SYNTHESIS: "makes pictures from random numbers",
    Task.PAIRED: "turns a source picture into the picture it should become",
    Task.UNPAIRED: "carries pictures from one domain to the other",
    Task.REFERENCE: "carries a picture into the style of another",
    Task.MUSIC: "writes music",
}


def write_card(info: BundleInfo) -> str:
    """The model card, Markdown."""
    data = info.data
    kind = {1: "grey", 3: "colour"}[data.channels]
    what = f"`{info.family}` {_MAKES[info.task]}: {data.resolution} × {data.resolution} pixels, {kind}."
    lines = [f"# {info.name}", "", what]
    if data.degradation:
        lines += ["", f"Its sources were made from the target pictures by `{data.degradation}`."]
    if data.classes:
        lines += ["", f"Classes: {', '.join(data.classes)}."]
    lines += ["", "## Training", "", f"- {info.kimg:g} kimg (thousands of real pictures shown)"]
    if info.recipe.get("name"):
        lines.append(f"- recipe `{info.recipe['name']}`")
    lines += [f"- `{name}`: {count:,} parameters" for name, count in info.parameters.items()]
    lines += [f"- pictures cropped by `{data.crop}`{', mirrored at random' if data.flip else ''}", "", "## Data", ""]
    for credit in info.credits:
        facts = [f"{credit.count:,} pictures" if credit.count else "", credit.licence or "", credit.source or ""]
        lines.append(f"- {credit.name}" + "".join(f" · {fact}" for fact in facts if fact))
        lines += ["", "```text", credit.text.strip().replace("```", "'''"), "```", ""] if credit.text.strip() else []
    if not info.credits:
        lines.append(
            "No credits were recorded: find out whose pictures these were before you publish anything made here."
        )
    lines += ["", "## Measured", ""]
    if info.metrics:
        lines += ["| metric | value | protocol |", "|---|---|---|"]
        for metric in info.metrics:
            spread = "" if metric.std is None else f" ± {metric.std:.4g}"
            protocol = ", ".join(f"{key} {value}" for key, value in metric.protocol.items() if value is not None)
            lines.append(f"| {metric.metric} | {metric.value:.4g}{spread} | {protocol} |")
    else:
        lines.append("Nothing was measured.")
    lines += ["", "## Use", "", "```", "ganvas studio --bundles FOLDER_OF_BUNDLES", "```"]
    if info.onnx:
        lines += [
            "",
            f"`{ONNX}` runs anywhere onnxruntime does: inputs are named after the request's fields, pictures are "
            f"float NCHW in [-1, 1], the batch size is free; it differs from the model by at most "
            f"{info.onnx.max_difference:.1e}.",
        ]
    lines += [
        "",
        "## Limits",
        "",
        "It knows nothing but its training pictures: what was rare in them it does badly, and whatever was one-sided "
        "in them it repeats. It may come close to single training pictures. Do not use it to pass somebody off as "
        "having done what they have not.",
    ]
    return "\n".join(lines) + "\n"
