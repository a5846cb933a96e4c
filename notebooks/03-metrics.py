# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Metrics
#
# How PSNR, SSIM and GMSD change while a picture is blurred, shifted or made noisy. Run `01-first-gan` first: the
# picture comes from there; `PICTURE` may be any other.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image, ImageFilter

from ganvas.evaluate.similarity import gmsd, psnr, ssim

PICTURE = Path("data/avatars/000000.png")
SIDE = 96
original = Image.open(PICTURE).convert("RGB").resize((SIDE, SIDE))
pixels = np.asarray(original, np.float64)


# %% [markdown]
# ## Three ways to spoil a picture
#
# Each takes a strength, from 0 (nothing) to 4.


# %%
def blurred(strength: float) -> Image.Image:
    """The picture, blurred by so many pixels."""
    return original.filter(ImageFilter.GaussianBlur(strength))


def noisy(strength: float) -> Image.Image:
    """The picture with noise of so many hundredths of the range."""
    noise = np.random.default_rng(0).normal(0, strength * 2.55, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def shifted(strength: float) -> Image.Image:
    """The picture, moved to the right by so many pixels."""
    return Image.fromarray(np.roll(pixels, round(strength), 1).astype(np.uint8))


def batch(picture: Image.Image) -> torch.Tensor:
    """A batch of one picture, uint8 [1, H, W, 3]."""
    return torch.from_numpy(np.array(picture))[None]


# %%
strengths = [0, 1, 2, 3, 4]
metrics = {"PSNR (higher is better)": psnr, "SSIM (higher is better)": ssim, "GMSD (lower is better)": gmsd}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.5))
for axis, (name, metric) in zip(axes, metrics.items(), strict=True):
    for way in (blurred, noisy, shifted):
        values = [float(metric(batch(way(strength)), batch(original))) for strength in strengths]
        axis.plot(strengths, [min(value, 60) for value in values], marker="o", label=way.__name__)
    axis.set(title=name, xlabel="strength")
axes[0].legend()
figure.tight_layout()

# %% [markdown]
# ## To do
#
# 1. Which metric punishes the shift by one pixel most? Would a person notice it?
# 2. Add `lpips` from the same module (its weights are fetched once). Where does it disagree with PSNR?
# 3. Find a change that people see at once and that GMSD does not.
