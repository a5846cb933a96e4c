"""The recipes with the papers' names have the papers' networks, to the parameter."""

from __future__ import annotations

import pytest

from ganvas.recipe import load
from ganvas.train.outline import outline

# Counted on the reference implementations. Progressive GAN's discriminator has the authors' minibatch deviation, which
# the PyTorch version most counts come from leaves out by default (4,608 parameters fewer).
PUBLISHED = {
    "dcgan-64": (3_576_704, 2_765_568),
    "pix2pix-256": (54_413_955, 2_768_705),
    "super-resolution-x4": (1_549_462, 23_565_505),
    "sagan-128": (33_550_980, 39_448_258),
    "biggan-128": (70_433_988, 87_982_370),
    "biggan-32": (4_668_163, 4_207_361),
    "progan-256": (23_051_989, 23_047_745 + 4_608),
    "stylegan2-256": (23_191_522, 24_001_089),
    "stylegan2-256-paper": (24_767_458, 24_001_089),
    "stylegan2-1024": (30_370_060, 29_012_513),
    "r3gan-64": (22_429_824, 22_381_440),
    "r3gan-256": (23_057_952, 23_009_568),
}


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_reference_recipe_has_the_published_size(name: str) -> None:
    networks = outline(load(name)).networks
    assert (networks["generator"], networks["discriminator"]) == PUBLISHED[name]
