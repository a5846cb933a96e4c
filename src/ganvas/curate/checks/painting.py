"""A classifier of painted portraits: varnish and age leave no clean white and warm all colours."""

from __future__ import annotations

import numpy as np

from ganvas.curate.checks.picture_measures import ScaledPicture
from ganvas.curate.checks.portrait_measures import AlignedPortrait, blur

# Logistic regression (L2) on 22 painted and 58 photographed colour portraits; leaving one out at a time it is right for
# nine of ten. Modern paintings with clean colours pass for photos, studio photos in warm light may pass for paintings.
# Measure: (mean, spread, weight).
_MODEL = {
    "b* of the skin": (21.11, 8.40, 1.18),
    "b* of the eyes": (11.12, 7.35, -0.46),
    "brightest L* of the picture": (78.75, 11.13, -0.94),
    "fine detail of the face": (0.39, 0.11, -0.98),
    "brightest L* of the eyes": (59.32, 10.59, -0.74),
    "warm part of the picture": (0.32, 0.18, 0.84),
}
_BIAS = -2.0847


def painting(scaled: ScaledPicture, portrait: AlignedPortrait) -> float:
    """The probability that the picture is a painting, in [0, 1]; meant for colour pictures."""
    eyes = np.maximum(portrait.part("left_eye"), portrait.part("right_eye")) > 0.5
    in_eyes = portrait.lab[eyes] if eyes.any() else portrait.lab.reshape(-1, 3)
    skin = portrait.lab[portrait.skin] if portrait.skin.any() else portrait.lab.reshape(-1, 3)
    measures = (
        float(np.median(skin[:, 2])),
        float(np.median(in_eyes[:, 2])),
        float(np.percentile(scaled.lab[:, :, 0], 98)),
        blur(portrait),
        float(np.percentile(in_eyes[:, 0], 95)),
        float((scaled.lab[:, :, 2] > 6).mean()),
    )
    logit = _BIAS + sum(
        weight * (value - mean) / spread
        for value, (mean, spread, weight) in zip(measures, _MODEL.values(), strict=True)
    )
    return float(1 / (1 + np.exp(-logit)))
