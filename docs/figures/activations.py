"""Sigmoid, tanh and leaky ReLU, their derivatives, and what is left of a gradient after many layers."""

from __future__ import annotations

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from plot_style import BLUE, GREEN, ORANGE, save
from torch import Tensor, nn

FUNCTIONS = {
    "sigmoid": (torch.sigmoid, ORANGE),
    "tanh": (torch.tanh, BLUE),
    "leaky ReLU (0.2)": (lambda t: F.leaky_relu(t, 0.2), GREEN),
}


def value_and_derivative(name: str, t: Tensor) -> tuple[Tensor, Tensor]:
    """The value of a function at each number, and its derivative there."""
    t = t.clone().requires_grad_()
    value = FUNCTIONS[name][0](t)
    (derivative,) = torch.autograd.grad(value.sum(), t)
    return value.detach(), derivative


def gradients(name: str, layers: int = 20, width: int = 256, shift: float = 0.0) -> list[float]:
    """The size of the gradient after each layer on its way back through a network, as a share of that at the output.

    The weights are the usual initial ones (Glorot & Bengio 2010, He et al. 2015).

    Args:
        name: Function after each layer.
        layers: Number of layers.
        width: Numbers per layer.
        shift: Added to what goes into each function.
    """
    torch.manual_seed(0)
    kind, slope = ("leaky_relu", 0.2) if name.startswith("leaky") else (name, None)
    values = [torch.randn(64, width, requires_grad=True)]
    for _ in range(layers):
        weight = torch.randn(width, width) * (nn.init.calculate_gain(kind, slope) / width**0.5)
        values.append(FUNCTIONS[name][0](values[-1] @ weight + shift))
    found = torch.autograd.grad(values[-1], values, torch.randn_like(values[-1]))
    sizes = [float(one.norm()) for one in reversed(found)]
    return [size / sizes[0] for size in sizes]


def main() -> None:
    """Draws the figure."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.3))
    t = torch.linspace(-6, 6, 400)
    for name, (_, colour) in FUNCTIONS.items():
        value, derivative = value_and_derivative(name, t)
        left.plot(t, value.clamp(-1.5, 1.5), color=colour, label=name)
        middle.plot(t, derivative, color=colour)
        right.semilogy(gradients(name), color=colour)
    right.semilogy(gradients("tanh", shift=2.0), color=BLUE, linestyle="--", label="tanh of inputs near 2")
    left.set(title="value", xlabel="t")
    left.legend(fontsize=9)
    middle.set(title="derivative", xlabel="t")
    right.set(title="what is left of a gradient", xlabel="layers", ylim=(1e-14, 1e2))
    right.legend(fontsize=9, loc="lower left")
    save(figure, "activations")


if __name__ == "__main__":
    main()
