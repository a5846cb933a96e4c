"""PSNR, SSIM, GMSD and LPIPS of a portrait beside spoilt copies of it: which metric notices what."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from plot_style import save
from torch import Tensor

from ganvas.evaluate.similarity import gmsd, lpips, psnr, ssim

# An official portrait in the public domain, from the examples of the studio.
PORTRAIT = Path(__file__).parents[2] / "web" / "public" / "examples" / "portrait-1.jpg"
SIDE = 192


def copies(picture: Image.Image) -> dict[str, Image.Image]:
    """The picture, spoilt in several ways of about the same squared error, and shifted."""
    pixels = np.asarray(picture, np.float64)
    noise = np.random.default_rng(0).normal(0, 12, pixels.shape)

    def image(values: NDArray[np.float64]) -> Image.Image:
        return Image.fromarray(values.clip(0, 255).round().astype(np.uint8))

    blocks = picture.resize((SIDE // 6, SIDE // 6), Image.Resampling.BOX)
    return {
        "the same": picture,
        "brighter": image(pixels + 12),
        "noise": image(pixels + noise),
        "blur": picture.filter(ImageFilter.GaussianBlur(2.2)),
        "blocks": blocks.resize((SIDE, SIDE), Image.Resampling.NEAREST),
        "shifted 2 px": image(np.pad(pixels, ((2, 0), (2, 0), (0, 0)), "edge")[:-2, :-2]),
    }


def batch(picture: Image.Image) -> Tensor:
    """A batch of one picture, uint8 [1, H, W, 3]."""
    return torch.from_numpy(np.array(picture))[None]


def main() -> None:
    """Draws the figure."""
    torch.set_num_threads(1)
    portrait = Image.open(PORTRAIT).convert("RGB")
    side = min(portrait.size)
    left, top = (portrait.width - side) // 2, (portrait.height - side) // 2
    portrait = portrait.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    shown = copies(portrait)
    figure, axes = plt.subplots(1, len(shown), figsize=(12, 3.2))
    for axis, (name, copy) in zip(axes, shown.items(), strict=True):
        one, other = batch(copy), batch(portrait)
        exact = name == "the same"
        lines = [
            "PSNR ∞" if exact else f"PSNR {float(psnr(one, other)):.1f} dB",
            f"SSIM {float(ssim(one, other)):.2f}",
            f"GMSD {float(gmsd(one, other)):.3f}",
            f"LPIPS {float(lpips(one, other)):.3f}",
        ]
        axis.imshow(copy)
        axis.set(xticks=[], yticks=[], title=name)
        axis.set_xlabel("\n".join(lines), fontsize=10.5)
        print(name, lines)
    save(figure, "pair-metrics")


if __name__ == "__main__":
    main()
