"""The model card of a bundle."""

from __future__ import annotations

from ganvas.bundle.manifest import ONNX, BundleInfo
from ganvas.crops import FRAMINGS
from ganvas.setting_names import first_of
from ganvas.tasks import TASKS

MOST_CLASSES = 100  # named on a card; the manifest names all


def model_card(info: BundleInfo) -> str:
    """The model card of a bundle, Markdown."""
    data = info.data
    spec = TASKS[info.task]
    what = f"`{info.family}` {spec.makes}: {spec.describe(data)}."
    lines = [f"# {info.name}", "", what]
    if data.degradation:
        lines += ["", f"Sources were made from the targets by the degradation `{data.degradation}`."]
    if data.classes:
        lines += ["", f"Classes: {first_of(data.classes, MOST_CLASSES)}."]
    lines += ["", "## Training", "", f"- {info.kimg:g} kimg (thousands of {spec.items} trained on)"]
    if info.recipe.get("name"):
        lines.append(f"- recipe `{info.recipe['name']}`")
    lines += [f"- `{name}`: {count:,} parameters" for name, count in info.parameters.items()]
    if data.roll is None:
        shown = f" ({FRAMINGS[data.crop]})" if data.crop in FRAMINGS else ""
        lines.append(f"- pictures cropped by `{data.crop}`{shown}{', mirrored at random' if data.flip else ''}")
    lines += ["", "## Data", ""]
    for credit in info.credits:
        facts = [f"{credit.count:,} {spec.items}" if credit.count else "", credit.licence or "", credit.source or ""]
        lines.append(f"- {credit.name}" + "".join(f" · {fact}" for fact in facts if fact))
        lines += ["", "```text", credit.text.strip().replace("```", "'''"), "```", ""] if credit.text.strip() else []
    if not info.credits:
        lines.append(
            "No credits were recorded: find out whose pictures these are before you publish results of this model."
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
            f"`{ONNX}` runs wherever onnxruntime does: inputs are named after the fields of the request, pictures "
            f"are float NCHW in [-1, 1], and the batch size is free. It differs from the model by at most "
            f"{info.onnx.max_difference:.1e}.",
        ]
    lines += [
        "",
        "## Limits",
        "",
        "The model reproduces the biases of its training pictures, and is weak where they were few. Its pictures may "
        "be close to single training pictures. Do not use it to show people doing what they have not done.",
    ]
    return "\n".join(lines) + "\n"
