"""The look of the figures, and where they are written."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

PICTURES = Path(__file__).parents[1] / "pictures" / "learn"
GREEN, ORANGE, BLUE, RED, GREY = "#0b6e53", "#d9752b", "#2f6db3", "#b3372f", "#8b847a"

mpl.use("agg")
plt.rcParams.update(
    {
        "font.size": 11,
        "axes.grid": True,
        "grid.color": "#e0dbd2",
        "axes.edgecolor": GREY,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "lines.linewidth": 2,
        "legend.frameon": False,
        "figure.dpi": 130,
    }
)


def save(figure: Figure, name: str) -> None:
    """Writes a figure as ``docs/pictures/learn/NAME.png``."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(PICTURES / f"{name}.png", metadata={"Software": None})
    plt.close(figure)
