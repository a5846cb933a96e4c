"""A GAN in the plane: eight clusters, of which some are lost, and are kept with minibatch discrimination.

The loss and the layer are those of Ganvas; the networks have three small layers.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import matplotlib.pyplot as plt
import torch
from plot_style import GREEN, GREY, ORANGE, save
from torch import Tensor, nn

from ganvas.models.layers.minibatch_discrimination import MinibatchDiscrimination
from ganvas.models.losses import discriminator_loss, generator_loss

MODES, SPREAD = 8, 0.05
BATCH, WIDTH, Z = 128, 64, 8


class Discriminator(nn.Module):
    """Points [N, 2] → logits [N]; with ``compare``, it sees how close the points of a batch are to each other."""

    def __init__(self, compare: bool) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Linear(2, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2)
        )
        self.compare = MinibatchDiscrimination(WIDTH, 16) if compare else None
        if self.compare is not None:
            nn.init.normal_(self.compare.weight, std=0.2)
        self.head = nn.Linear(WIDTH + (16 if compare else 0), 1)

    def forward(self, x: Tensor) -> Tensor:
        """The logits."""
        f = self.features(x)
        if self.compare is not None:
            f = torch.cat((f, self.compare(f) / len(f)), 1)
        return self.head(f).squeeze(1)


class Course(NamedTuple):
    """What is kept of a training: points of the generator and clusters reached, at some steps."""

    steps: list[int]
    points: list[Tensor]
    reached: list[int]


def real_points(count: int, random: torch.Generator) -> Tensor:
    """Points [count, 2] of eight clusters on a circle of radius 1."""
    angle = torch.randint(MODES, (count,), generator=random) * (2 * torch.pi / MODES)
    centre = torch.stack((angle.cos(), angle.sin()), 1)
    return centre + SPREAD * torch.randn(count, 2, generator=random)


def clusters_reached(points: Tensor) -> int:
    """How many clusters have at least one in fifty of the points within four standard deviations."""
    angle = torch.arange(MODES) * (2 * torch.pi / MODES)
    near = torch.cdist(points, torch.stack((angle.cos(), angle.sin()), 1)) < 4 * SPREAD
    return int((near.float().mean(0) > 0.02).sum())


def trained(compare: bool, steps: int, seed: int = 0, every: int = 100) -> Course:
    """Trains the pair of networks; the same seed gives the same pictures of both variants."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    g = nn.Sequential(nn.Linear(Z, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 2))
    d = Discriminator(compare)
    g_adam = torch.optim.Adam(g.parameters(), 1e-3, betas=(0.5, 0.999))
    d_adam = torch.optim.Adam(d.parameters(), 1e-3, betas=(0.5, 0.999))
    seen = torch.randn(512, Z, generator=random)
    course = Course([], [], [])
    for step in range(steps + 1):
        if step % every == 0:
            with torch.no_grad():
                points = g(seen)
            for kept, value in zip(course, (step, points, clusters_reached(points)), strict=True):
                kept.append(value)  # type: ignore[attr-defined]
        fake = g(torch.randn(BATCH, Z, generator=random))
        loss = discriminator_loss("non_saturating", d(real_points(BATCH, random)), d(fake.detach()))
        d_adam.zero_grad()
        loss.backward()
        d_adam.step()
        loss = generator_loss("non_saturating", d(fake))
        g_adam.zero_grad()
        loss.backward()
        g_adam.step()
    return course


def main() -> None:
    """Trains both variants and draws the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    courses = {
        "D sees one point at a time": (trained(False, options.steps, options.seed), ORANGE),
        "with minibatch discrimination": (trained(True, options.steps, options.seed), GREEN),
    }
    real = real_points(512, torch.Generator().manual_seed(1))
    moments = [0.02, 0.1, 0.3, 1.0]
    figure, axes = plt.subplots(2, 5, figsize=(12.5, 5.2), gridspec_kw={"width_ratios": [1, 1, 1, 1, 1.3]})
    for row, (name, (course, colour)) in zip(axes, courses.items(), strict=True):
        for axis, moment in zip(row, moments, strict=False):
            place = round(moment * (len(course.steps) - 1))
            axis.scatter(*real.T, s=2, color=GREY, alpha=0.4)
            axis.scatter(*course.points[place].T, s=4, color=colour)
            axis.set(xlim=(-1.7, 1.7), ylim=(-1.7, 1.7), xticks=[], yticks=[], aspect="equal")
            axis.set_title(f"step {course.steps[place]:,}: {course.reached[place]} of {MODES}", fontsize=10)
        row[0].set_ylabel(name, fontsize=10)
        row[-1].plot(course.steps, course.reached, color=colour)
        row[-1].set(ylim=(0, MODES + 0.4), xlabel="step")
        row[-1].set_title("clusters reached", fontsize=10)
    print({name: course.reached for name, (course, _) in courses.items()})
    save(figure, "mode-collapse")


if __name__ == "__main__":
    main()
