# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Reading the curves
#
# Two trainings that differ in one setting, and what their curves say. Run `01-first-gan` first: the avatars come from
# there.

# %%
import json
import os
from pathlib import Path

import matplotlib.pyplot as plt

import ganvas

QUICK = bool(os.environ.get("GANVAS_QUICK"))
DATA = Path("data/avatars")
settings = {"train__kimg": 20}
if QUICK:
    settings = {
        "train__kimg": 0.032,
        "train__batch_size": 8,
        "train__tick_kimg": 0.008,
        "train__workers": 0,
        "data__minimum": 2,
        "data__resolution": 16,
        "model__width": 4,
    }

# %% [markdown]
# ## With and without spectral normalisation

# %%
RUNS = {True: Path("runs/bounded"), False: Path("runs/unbounded")}
for bounded, run in RUNS.items():
    ganvas.train_model("dcgan-quick", DATA, run=run, train_only=True, model__spectral_norm=bounded, **settings)


# %% [markdown]
# ## `stats.jsonl`
#
# One line per tick. Each number is the mean over the steps since the line before.


# %%
def curve(run: Path, term: str) -> tuple[list[float], list[float]]:
    """Thousands of pictures shown, and a term, of each tick of a run."""
    lines = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    return [line["nimg"] / 1000 for line in lines], [line[term] for line in lines]


terms = ["D/loss", "G/loss", "D/accuracy", "D/real_logits", "D/fake_logits", "G/gradient_norm"]
figure, axes = plt.subplots(2, 3, figsize=(12, 6))
for axis, term in zip(axes.flat, terms, strict=True):
    for bounded, run in RUNS.items():
        axis.plot(*curve(run, term), label="spectral norm" if bounded else "without")
    axis.set(title=term, xlabel="kimg")
axes[0, 0].legend()
figure.tight_layout()

# %% [markdown]
# ## To do
#
# 1. In which run is `D/accuracy` nearer to 1? What does that mean for the gradient of `G`?
# 2. Is the run with the lower `G/loss` the one with the better pictures? Look at the sheets.
# 3. `ganvas status runs/unbounded` prints what the diagnostics say. Do you agree?
