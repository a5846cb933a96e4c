"""Degradations: sources that keep the size, repeat with the generator and look like what they are called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganvas.curate.images.decode import Pixels, open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.sketch.degrade import DEGRADATIONS, degradation
from ganvas.errors import UserError


def scene(side: int, channels: int = 3) -> Pixels:
    """A dark disc on a light ground with a little noise."""
    y, x = np.indices((side, side)) / side - 0.5
    ground = np.where(x**2 + y**2 < 0.09, 40.0, 210.0)[:, :, None].repeat(channels, 2)
    noise = np.random.default_rng(0).normal(0, 2, ground.shape)
    pixels: Pixels = np.clip(ground + noise, 0, 255).astype(np.uint8)
    return pixels


def draw(name: str, target: Pixels, seed: int = 0) -> Pixels:
    return DEGRADATIONS[name](target, np.random.default_rng(seed))


@pytest.mark.parametrize("name", DEGRADATIONS)
@pytest.mark.parametrize("channels", [1, 3])
def test_size_kind_and_repeatability(name: str, channels: int) -> None:
    target = scene(64, channels)
    before = target.copy()
    source = draw(name, target)
    assert source.dtype == np.uint8
    side = 64 // degradation(name).scale
    assert source.shape == (side, side, degradation(name).source_channels(channels))  # type: ignore[arg-type]
    assert (source == draw(name, target)).all()
    assert (target == before).all()


def test_channels_by_name() -> None:
    for name in DEGRADATIONS:
        assert degradation(name).source_channels() == (1 if name.startswith(("sketch", "grayscale")) else 3)
    with pytest.raises(UserError, match="choose one of sketch"):
        degradation("oil")


@pytest.mark.parametrize("side", [64, 128, 256])
def test_a_sketch_is_a_thin_dark_line_along_the_edge(side: int) -> None:
    lines = draw("sketch", scene(side))[:, :, 0]
    y, x = np.indices((side, side)) / side - 0.5
    radius = np.sqrt(x**2 + y**2)
    assert (lines[np.abs(radius - 0.3) > 0.08] > 240).all(), "ground and the inside of dark areas stay white"
    angles = np.arctan2(y, x)
    dark = (lines < 128) & (np.abs(radius - 0.3) < 0.05)
    directions = np.unique((angles[dark] * 18 / np.pi).astype(int))
    assert len(directions) >= 34, "the outline is closed"
    share = (lines < 128).mean()
    assert 0.01 < share < 0.10


def test_sketches_vary_from_draw_to_draw() -> None:
    one, other = draw("sketch", scene(64), 1), draw("sketch", scene(64), 2)
    assert (one != other).any()


def test_a_flat_picture_is_an_empty_sheet() -> None:
    for level in (0, 128, 255):
        assert (draw("sketch", np.full((32, 32, 3), level, np.uint8)) == 255).all()


def test_grayscale_is_the_luma() -> None:
    target = np.zeros((4, 4, 3), np.uint8)
    target[...] = (255, 0, 0)
    assert draw("grayscale", target)[0, 0, 0] == 76


def test_downscale_loses_detail_and_keeps_the_mean() -> None:
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)[:, :, None].repeat(3, 2)
    small = draw("downscale", board)
    assert np.abs(small.astype(int) - 128).max() < 12
    flat = np.full((64, 64, 3), 77, np.uint8)
    assert (draw("downscale", flat) == 77).all()


def test_masks_are_grey_holes_of_reasonable_size() -> None:
    target = np.full((64, 64, 3), 10, np.uint8)
    shares = []
    for seed in range(60):
        source = draw("mask", target, seed)
        hole = (source == 128).all(2)
        assert (source[~hole] == 10).all()
        shares.append(hole.mean())
    assert min(shares) > 0
    assert max(shares) < 0.6
    assert 0.05 < np.mean(shares) < 0.35


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_the_smallest_picture(name: str) -> None:
    side = 4 // degradation(name).scale
    assert draw(name, np.zeros((4, 4, 3), np.uint8)).shape[:2] == (side, side)


@pytest.mark.shared_data
@pytest.mark.parametrize("side", [64, 256])
def test_sketches_of_real_faces_are_mostly_paper(shared_data: Path, side: int) -> None:
    shares = [
        (draw("sketch", prepare_image(open_image(path), side, "smart", 3), seed) < 128).mean()
        for seed, path in enumerate(sorted((shared_data / "portraits").glob("*.jpg"))[::40])
    ]
    assert 0.02 < np.median(shares) < 0.15
    assert max(shares) < 0.3
