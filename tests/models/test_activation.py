"""Bounded leaky ReLU: PyTorch's functions one after the other, to any derivative, with one tensor kept."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from ganvas.models.layers.activation import leaky_relu


def composed(x: Tensor, bound: float | None) -> Tensor:
    y = torch.nn.functional.leaky_relu(x, 0.2)
    return y if bound is None else y.clamp(-bound, bound)


@pytest.mark.parametrize("bound", [None, 0.7])
def test_derivatives_are_those_of_the_definition(bound: float | None) -> None:
    torch.manual_seed(0)
    x = (torch.randn(2, 3, 4, dtype=torch.float64) * 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: leaky_relu(x, 0.2, bound), x)
    # Multiplied by x, so that a second derivative is not zero everywhere.
    assert torch.autograd.gradgradcheck(lambda x: leaky_relu(x, 0.2, bound) * x, x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bound", [None, 0.7, 256 / 2**0.5])  # the last two are no numbers of bfloat16
def test_results_and_gradients_are_equal_to_the_last_bit(bound: float | None, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    x, grad = torch.randn(2, 500).mul(100 if bound and bound > 1 else 1).to(dtype)
    found = []
    for ours in (True, False):
        given = x.clone().requires_grad_()
        made = leaky_relu(given, 0.2, bound) if ours else composed(given, bound)
        (slope,) = torch.autograd.grad((made * grad).sum(), given)
        found.append((made.detach(), slope))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])
    assert bound is None or 0 < int((found[0][1] == 0).sum()) < 250
    with torch.no_grad():
        assert torch.equal(leaky_relu(x, 0.2, bound), composed(x, bound))


def test_the_result_alone_is_kept() -> None:
    kept: list[Tensor] = []

    def pack(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    x = torch.randn(4, 4, requires_grad=True)
    with saved_tensors_hooks(pack, lambda tensor: tensor):
        made = leaky_relu(x * 1, 0.2, 0.5)
    assert [tensor.data_ptr() for tensor in kept] == [made.data_ptr()]
