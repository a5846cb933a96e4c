"""Does a synthetic set help a classifier? Trains a small one on real pictures alone, and on real and synthetic ones.

    ganvas generate RUN --per-class 200 -o synthetic
    python benchmarks/augmentation.py real/ synthetic/ --seeds 5

Both folders have a folder for each class. Of the real pictures a stratified part is held out; the rest trains. For the
answer to be honest the generator must not have seen the held-out pictures either: set some aside before it is trained,
and name them with ``--held-out``.

Every seed draws the initial weights, the batches and the split anew. Both classifiers of a seed take the same number of
steps, so that more pictures do not mean more training, and both see flipped and shifted pictures, because a gain over
no augmentation at all is none. Accuracy is balanced: the mean over classes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.models.batches import to_float


def read(folder: Path, resolution: int) -> tuple[Tensor, Tensor, tuple[str, ...]]:
    """→ pictures float [N, 3, R, R] in [-1, 1], labels int64 [N], class names."""
    dataset = Dataset(pack(folder, resolution=resolution).path)
    if len(dataset.classes) < 2:
        raise UserError(f"{folder} needs a folder for each of two classes or more.")
    pictures = np.stack([dataset.image(index) for index in range(len(dataset))])
    return to_float(pictures), torch.from_numpy(dataset.labels), dataset.classes


class Classifier(nn.Module):
    """Four convolutions of stride 2 and a linear layer: small enough to need more data, as the question wants."""

    def __init__(self, classes: int, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for step in range(4):
            after = width * 2**step
            layers += [nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
            before = after
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3))
        self.head = nn.Linear(before, classes)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.body(x))
        return logits


def shaken(x: Tensor, drawn: torch.Generator) -> Tensor:
    """Flipped and shifted by up to an eighth, each batch alike in its shift."""
    x = torch.where(torch.rand(len(x), 1, 1, 1, generator=drawn) < 0.5, x.flip(3), x)
    reach = x.shape[2] // 8
    down, right = (int(n) for n in torch.randint(0, 2 * reach + 1, (2,), generator=drawn))
    padded = F.pad(x, (reach,) * 4, mode="reflect")
    return padded[:, :, down : down + x.shape[2], right : right + x.shape[3]]


def accuracy(x: Tensor, y: Tensor, held_x: Tensor, held_y: Tensor, *, seed: int, steps: int, batch: int) -> float:
    """Balanced accuracy on the held-out pictures after so many steps on ``x`` and ``y``."""
    torch.manual_seed(seed)
    drawn = torch.Generator().manual_seed(seed)
    model = Classifier(int(max(y.max(), held_y.max())) + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    # Every class equally often, whatever the sets' balance: balance alone must not be the gain.
    weight = 1 / torch.bincount(y).clamp(min=1).float()
    for _ in range(steps):
        rows = torch.multinomial(weight[y], batch, replacement=True, generator=drawn)
        loss = F.cross_entropy(model(shaken(x[rows], drawn)), y[rows], label_smoothing=0.05)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    model.eval()
    with torch.inference_mode():
        right = torch.cat([model(part).argmax(1) for part in held_x.split(256)]) == held_y
    return float(torch.stack([right[held_y == label].float().mean() for label in held_y.unique()]).mean())


def split(y: Tensor, share: float, limit: int | None, seed: int) -> tuple[Tensor, Tensor]:
    """→ rows that train (at most ``limit`` of a class), rows that are held out: ``share`` of each class."""
    drawn = torch.Generator().manual_seed(seed)
    train, held = [], []
    for label in y.unique():
        rows = (y == label).nonzero().flatten()
        rows = rows[torch.randperm(len(rows), generator=drawn)]
        cut = max(round(len(rows) * share), 1) if share else 0
        held.append(rows[:cut])
        train.append(rows[cut:][:limit])
    return torch.cat(train), torch.cat(held)


def told(name: str, values: list[float]) -> str:
    """Mean and standard deviation, in percent."""
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{name:<18} {statistics.mean(values):6.1%} ± {spread:.1%}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("real", type=Path, help="real pictures, a folder for each class")
    parser.add_argument("synthetic", type=Path, help="made by `ganvas generate RUN --per-class N -o synthetic`")
    parser.add_argument("--held-out", type=Path, help="real pictures to judge on; a part of REAL by default")
    parser.add_argument("--share", type=float, default=0.3, help="part of REAL that is held out")
    parser.add_argument("--limit", type=int, help="real pictures of a class to train on, at most")
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=64)
    asked = parser.parse_args()
    try:
        real_x, real_y, classes = read(asked.real, asked.resolution)
        made_x, made_y, made_classes = read(asked.synthetic, asked.resolution)
        missing = sorted(set(made_classes) - set(classes))
        if missing:
            raise UserError(f"{asked.synthetic} has classes that {asked.real} lacks: {', '.join(missing)}.")
        made_y = torch.tensor([classes.index(name) for name in made_classes])[made_y]
        apart = None
        if asked.held_out is not None:
            held_x, held_y, held_classes = read(asked.held_out, asked.resolution)
            if held_classes != classes:
                raise UserError(f"{asked.held_out} must have the classes of {asked.real}.")
            apart = held_x, held_y
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{len(real_y)} real and {len(made_y)} synthetic pictures of {len(classes)} classes, {asked.steps} steps each"
    )
    alone: list[float] = []
    both: list[float] = []
    for seed in range(asked.seeds):
        start = time.perf_counter()
        train, held = split(real_y, asked.share if apart is None else 0.0, asked.limit, seed)
        judged = (real_x[held], real_y[held]) if apart is None else apart
        settings = {"seed": seed, "steps": asked.steps, "batch": asked.batch}
        alone.append(accuracy(real_x[train], real_y[train], *judged, **settings))
        mixed_x, mixed_y = torch.cat([real_x[train], made_x]), torch.cat([real_y[train], made_y])
        both.append(accuracy(mixed_x, mixed_y, *judged, **settings))
        print(f"seed {seed}: real {alone[-1]:.1%}, with synthetic {both[-1]:.1%} ({time.perf_counter() - start:.0f} s)")
    gains = [two - one for one, two in zip(alone, both, strict=True)]
    print(told("real", alone))
    print(told("real + synthetic", both))
    standard_error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("inf")
    gain = statistics.mean(gains)
    verdict = (
        "it helps"
        if gain > 2 * standard_error
        else "it harms"
        if gain < -2 * standard_error
        else "no difference can be told"
    )
    print(f"gain               {gain:+.1%}, standard error {standard_error:.1%}: {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
