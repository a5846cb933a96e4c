"""The generator's loss and gradient in each game, by the logit that the discriminator gives to a generated picture."""

from __future__ import annotations

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from plot_style import BLUE, GREEN, GREY, ORANGE, RED, save
from torch import Tensor

from ganvas.models.losses import discriminator_loss, generator_loss

GAMES = {"non_saturating": GREEN, "least_squares": BLUE, "hinge": ORANGE, "relativistic": RED}
REAL_LOGIT = 2.0  # what the relativistic loss compares with


def generator(name: str, f: Tensor) -> Tensor:
    """The generator's loss at one logit; ``saturating`` is log(1 − σ(f)), the original game of 2014."""
    return -F.softplus(f) if name == "saturating" else generator_loss(name, f, torch.full_like(f, REAL_LOGIT))


def gradient(name: str, f: Tensor) -> Tensor:
    """The size of the loss's derivative by the logit, at each logit."""
    f = f.clone().requires_grad_()
    (slope,) = torch.autograd.grad(sum((generator(name, one) for one in f), torch.zeros(())), f)
    return slope.abs()


def main() -> None:
    """Draws two figures: saturating beside non-saturating, and all games."""
    f = torch.linspace(-8, 6, 141)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    for name, colour in (("saturating", GREY), ("non_saturating", GREEN)):
        left.plot(f, [float(generator(name, one)) for one in f], color=colour, label=name.replace("_", "-"))
        right.plot(f, gradient(name, f), color=colour)
    left.set(title="loss of G", xlabel="logit f of a generated picture")
    left.legend()
    right.axvspan(-8, -4, color="#f3e5d8")
    right.text(-7.8, 0.5, "early:\nD is sure\nit is fake", fontsize=9)
    right.set(title="size of the gradient", xlabel="logit f of a generated picture")
    save(figure, "saturating")

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.4))
    for name, colour in GAMES.items():
        left.plot(f, [float(generator(name, one)) for one in f], color=colour, label=name.replace("_", "-"))
        middle.plot(f, gradient(name, f), color=colour)
        losses = [float(discriminator_loss(name, -one[None], one[None])) for one in f]
        right.plot(f, losses, color=colour)
    left.set(title="loss of G", xlabel="f", ylim=(-6, 10))
    left.legend(fontsize=9)
    middle.set(title="size of G's gradient", xlabel="f", ylim=(0, 4))
    right.set(title="loss of D, where r = −f", xlabel="f", ylim=(-1, 14))
    save(figure, "games")


if __name__ == "__main__":
    main()
