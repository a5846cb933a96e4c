"""KID, FD, IS, precision and recall of sets of avatars that are spoilt in several ways: which metric notices what.

The avatars are CC0. The network is EfficientNet-Lite0, so the distances are not called FID and KID.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from plot_style import BLUE, save
from torch import Tensor

from ganvas.curate.avatars import draw_avatars
from ganvas.evaluate.fidelity import Metric, extract, measure
from ganvas.models.features import load_features

SIDE = 64
METRICS: tuple[Metric, ...] = ("kid", "fid", "is", "precision", "recall")
Pictures = NDArray[np.uint8]


def avatars(count: int, seed: int) -> Pictures:
    """Avatars as uint8 [count, 64, 64, 3]."""
    with tempfile.TemporaryDirectory() as folder:
        draw_avatars(Path(folder), count, size=SIDE, seed=seed)
        return np.stack([np.asarray(Image.open(path).convert("RGB")) for path in sorted(Path(folder).glob("*.png"))])


def spoilt(real: Pictures, fresh: Pictures) -> dict[str, Pictures]:
    """Sets that stand for what generators make: by name, each as many pictures as ``fresh``."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 16, fresh.shape)
    blur = [np.asarray(Image.fromarray(one).filter(ImageFilter.GaussianBlur(1.2))) for one in fresh]
    return {
        "new, as good as real": fresh,
        "copies of real ones": real[: len(fresh)],
        "blurred": np.stack(blur),
        "noisy": (fresh + noise).clip(0, 255).astype(np.uint8),
        "shifted 3 px": np.roll(fresh, (3, 3), (1, 2)),
        "collapsed to 8": fresh[rng.integers(0, 8, len(fresh))],
    }


def draw(values: dict[str, dict[str, float]]) -> None:
    """Draws the figure from the values by set and metric."""
    names = list(values)
    measured = list(values[names[0]])
    figure, axes = plt.subplots(1, len(measured), figsize=(12, 3), sharey=True)
    for axis, metric in zip(axes, measured, strict=True):
        found = [values[name][metric] for name in names]
        bars = axis.barh(names, [max(value, 0.0) for value in found], color=BLUE)
        digits = 3 if metric.startswith("kid") else 2 if max(found) < 10 else 0
        axis.bar_label(bars, [f"{value + 0.0:.{digits}f}" for value in found], fontsize=9, padding=2)
        axis.set_title(metric, fontsize=10)
        axis.grid(visible=False)
        axis.set_xticks([])
        axis.margins(x=0.3)
    axes[0].invert_yaxis()
    save(figure, "distribution-metrics")


def main() -> None:
    """Measures all sets and draws the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    features = load_features("effnet")
    drawn = avatars(2 * options.count, 0)
    real, fresh = drawn[: options.count], drawn[options.count :]

    def featured(pictures: Pictures) -> Tensor:
        return extract([torch.from_numpy(pictures)], features)

    known = featured(real)
    values: dict[str, dict[str, float]] = {}
    for name, pictures in spoilt(real, fresh).items():
        found = [measure(metric, known, featured(pictures), features) for metric in METRICS]
        values[name] = {result.metric: result.value for result in found if result is not None}
        print(name, values[name])
    draw(values)


if __name__ == "__main__":
    main()
