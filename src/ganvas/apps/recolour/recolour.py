"""Moves regions of a portrait to chosen mean colours.

A region's lightness is scaled about its mean as a change of its albedo would: L + 16 is proportional to the cube root
of the luminance, so that light and shadow keep their ratios. Its colour is shifted, so that its variation stays.
"""

from __future__ import annotations

import numpy as np

from ganvas.apps.makeup.colour import region_blur, to_lab, to_rgb
from ganvas.apps.makeup.faces import read_face
from ganvas.apps.recolour.colours import Colour, Colours, Pixels, Recoloured
from ganvas.apps.recolour.mattes import mattes_of
from ganvas.curate.faces import FaceReader
from ganvas.curate.faces.networks import Floats
from ganvas.errors import UserError

_NO_FACE = ("no-face", "several-faces")
_SURE = 0.8  # share from which a pixel counts for the mean of its region
_GAINS = (0.35, 2.0)  # range of the factor of lightness about the mean; more shows the noise of dark hair
_MOST_CHROMA = 1.25  # the same of colour
_DEVIATIONS = 2.5  # from the mean beyond which a pixel changes no further
_LIGHTEST = 97.0  # lightness that pixels two deviations above the mean may reach
_AROUND = 0.03  # of the picture's side: width of the neighbourhood that says what colour a region has at its border


def recolour(picture: Pixels, colours: Colours, reader: FaceReader) -> Recoloured:
    """Move regions of a portrait to chosen mean colours.

    Args:
        picture: uint8 [H, W, 1 or 3], with one face.
        colours: What to change; regions that are not in it stay as they are, bit for bit.
        reader: Of faces.

    Returns:
        The picture. Without a face, or with several, it is as it was and all regions are missing.
    """
    rgb = np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:2], 3)))
    try:
        face = read_face(rgb, reader)
    except UserError as error:
        if error.code not in _NO_FACE:
            raise
        return Recoloured(rgb, tuple(colours))
    lab = to_lab(rgb)
    mattes = {name: matte for name, matte in mattes_of(lab, face, reader.person(rgb)).items() if name in colours}
    changed = lab + sum((_change(lab, matte, colours[name]) for name, matte in mattes.items()), np.float32(0))
    changed[..., 0] = np.clip(changed[..., 0], 0, 100)
    done = np.clip(np.rint(to_rgb(changed)), 0, 255).astype(np.uint8)
    for matte in mattes.values():
        rgb = np.where((matte > 0)[..., None], done, rgb)
    return Recoloured(rgb, tuple(name for name in colours if name not in mattes))


def _change(lab: Floats, matte: Floats, colour: Colour) -> Floats:
    """What is added to a picture to move a region to a mean colour, CIE Lab float32 [H, W, 3].

    A pixel of which the region is a share α changes by α times the change of the region's own colour there: so the part
    of the pixel that is of another region stays.
    """
    target = to_lab(np.array([[colour]], np.uint8))[0, 0]
    certain = matte > _SURE if (matte > _SURE).sum() >= 4 else matte >= 0.5 * matte.max()
    sure = lab[certain]
    mean, spread = sure.mean(axis=0), np.maximum(sure.std(axis=0), 1.0)
    gain = float(np.clip((target[0] + 16) / (mean[0] + 16), *_GAINS))
    gain = min(gain, max((_LIGHTEST - target[0]) / (2 * spread[0]), _GAINS[0]))
    gains = np.array([gain, min(gain, _MOST_CHROMA), min(gain, _MOST_CHROMA)], np.float32)
    around, support = region_blur(lab, certain.astype(np.float32), max(_AROUND * min(lab.shape[:2]), 1.0))
    around = np.where(support[..., None] > 0.01, around, mean)
    share = matte[..., None]
    own = np.clip(share * lab + (1 - share) * around - mean, -_DEVIATIONS * spread, _DEVIATIONS * spread)
    change: Floats = (share * (target - mean + (gains - 1) * own)).astype(np.float32)
    # At a border the share may be too large; the other region's pixels there must not leave the new range of lightness.
    reach = gain * spread[0]
    lightness = lab[..., 0]
    highest = np.maximum(target[0] + reach - lightness, 0)
    lowest = np.minimum(target[0] - reach - lightness, 0)
    change[..., 0] = np.clip(change[..., 0], lowest, highest)
    return change
