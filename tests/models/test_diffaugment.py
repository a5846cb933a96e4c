"""DiffAugment."""

from __future__ import annotations

import math

import torch
from support.augmentation import (
    x,  # noqa: F401 - fixtures
)
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from ganvas.models.augment import DiffAugment
from ganvas.models.augment.diffaugment import cutout, saturation, translation


def test_diffaugment_shifts_in_zeros_by_at_most_an_eighth() -> None:
    torch.manual_seed(0)
    x = torch.zeros(300, 1, 16, 16)
    x[:, :, 8, 8] = 1
    rows, columns = translation(x)[:, 0].flatten(1).argmax(1) // 16, translation(x)[:, 0].flatten(1).argmax(1) % 16
    assert set(rows.tolist()) == set(columns.tolist()) == {6, 7, 8, 9, 10}
    assert (translation(x + 1)[:, 0, 0] == 0).any()


def test_diffaugment_cuts_a_square_of_half_the_side() -> None:
    torch.manual_seed(0)
    holes = (cutout(torch.ones(400, 1, 16, 16)) == 0).float().sum((1, 2, 3))
    assert holes.max() == 64
    assert holes.min() >= 16  # a quarter of it where the centre is a corner


def test_diffaugment_keeps_the_grey_of_a_pixel() -> None:
    torch.manual_seed(0)
    x = torch.rand(4, 3, 8, 8)
    torch.testing.assert_close(saturation(x).mean(1), x.mean(1))
    assert not torch.allclose(saturation(x), x)


def test_diffaugment_differentiates_twice() -> None:
    x = torch.rand(2, 3, 8, 8, dtype=torch.double, requires_grad=True)
    augment = DiffAugment()

    def run(x: Tensor) -> Tensor:
        torch.manual_seed(math.floor(math.pi))
        return augment(x).square()

    assert gradcheck(run, (x,), fast_mode=True)
    assert gradgradcheck(run, (x,), fast_mode=True)
