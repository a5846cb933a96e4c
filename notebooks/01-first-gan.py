# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A first GAN
#
# From drawn pictures to a generator, in about two minutes on two CPU cores. The environment variable `GANVAS_QUICK=1`
# makes everything very small: it shows that the cells run, and not how good a GAN is.

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
from PIL import Image

import ganvas
from ganvas.curate.avatars import draw_avatars

QUICK = bool(os.environ.get("GANVAS_QUICK"))

# %% [markdown]
# ## Pictures
#
# Free avatars (CC0), drawn on this machine. `DATA` may be any folder of pictures of your own.

# %%
DATA = Path("data/avatars")
if not DATA.is_dir():
    draw_avatars(DATA, 12 if QUICK else 1000)
shown = sorted(DATA.glob("*.png"))[:8]
figure, axes = plt.subplots(1, len(shown), figsize=(12, 1.8))
for axis, path in zip(axes, shown, strict=True):
    axis.imshow(Image.open(path))
    axis.axis("off")

# %% [markdown]
# ## Training
#
# One call packs the pictures and trains. Run the cell again and it resumes where it stands. A setting of the recipe is
# an argument with two underscores for the dot: `model__game="least_squares"`. Leave out `train_only` to evaluate and
# export as well.

# %%
RUN = Path("runs/first-gan")
settings = {"train__kimg": 90}
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
model = ganvas.train_model("dcgan-quick", DATA, run=RUN, train_only=True, **settings)

# %% [markdown]
# ## New pictures
#
# The same seed gives the same picture, here and in every command.

# %%
pictures = model.generate(seeds=range(16))
figure, axes = plt.subplots(2, 8, figsize=(12, 3.2))
for axis, picture in zip(axes.flat, pictures, strict=True):
    axis.imshow(picture)
    axis.axis("off")

# %% [markdown]
# ## To do
#
# 1. Look at `runs/first-gan/sheets`: the same seeds, again and again during the training. When do eyes appear?
# 2. Train with another seed: `train__seed=1`. What stays the same?
# 3. Train on 100 pictures only. How do you notice that the model learns them by heart?
