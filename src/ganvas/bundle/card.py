"""The model card of a bundle."""

from __future__ import annotations

from ganvas.bundle.manifest import ONNX, BundleInfo
from ganvas.tasks import TASKS


def model_card(info: BundleInfo) -> str:
    """The model card, Markdown."""
    data = info.data
    kind = {1: "grey", 3: "colour"}[data.channels]
    what = f"`{info.family}` {TASKS[info.task].makes}: {data.resolution} × {data.resolution} pixels, {kind}."
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
