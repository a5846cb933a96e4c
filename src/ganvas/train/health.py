"""Watches the balance of a game and says in a plain sentence what is wrong and what to try.

The thresholds are rules of thumb, chosen so that a healthy run of the shipped recipes says nothing: a discriminator
that is right more than 95 % of the time and whose logits lie far apart gives the generator hardly any gradient
(Arjovsky & Bottou 2017); a generator whose samples differ far less among each other than the pictures do has collapsed
(Salimans et al. 2016, §3.2).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ganvas.train.journal import Health

ACCURACY = 0.95
GAP = 6.0  # in logits: a probability ratio of 400
VANISHING = 1e-4  # of the generator's gradient norm to its usual size
DIVERSITY = 0.35  # of the data's
EARLY = 0.2  # share of the training before which samples may look alike
PATIENCE = 5  # ticks in a row before a sentence is said


class HealthWatch:
    """Reads the lines of ``stats.jsonl`` as they are written.

    :param critic: the discriminator's answers have no scale, as in the Wasserstein game: a gap between them is then no
        bad sign.

    Its memory is a few counters: a resumed run may need :data:`PATIENCE` ticks to say a sentence again.
    """

    def __init__(self, *, critic: bool = False) -> None:
        self._critic = critic
        self._strikes: dict[str, int] = {}
        self._usual_gradient: dict[str, float] = {}
        self.said: set[str] = set()

    def look(self, stats: dict[str, float | str | None]) -> Iterator[Health | str]:
        """Judge a tick: yields what is newly wrong, and the names of what is well again."""
        yield from self._judge(
            "discriminator_overpowers",
            self._overpowers(stats),
            "warning",
            "The discriminator tells real from made almost every time (accuracy above 95 %, logits "
            f"{self._gap(stats):.0f} apart), so the generator learns little; try a lower discriminator learning rate, "
            "spectral_norm or label_smoothing in the model, more pictures, or another game such as hinge.",
        )
        yield from self._judge(
            "generator_gradient_vanishes",
            self._vanishes(stats),
            "warning",
            "The generator's gradients have all but vanished, so it no longer learns; try the non_saturating, hinge or "
            "relativistic game, a lower discriminator learning rate, or go back to an earlier checkpoint.",
        )

    def compare(self, fakes: NDArray[np.uint8], reals: NDArray[np.uint8]) -> Iterator[Health | str]:
        """Judge a sheet by its diversity beside the data's.

        :param fakes: uint8 [N, H, W, C], and ``reals`` alike.
        """
        ratio = diversity(fakes) / max(diversity(reals), 1e-6)
        yield from self._judge(
            "collapse",
            ratio < DIVERSITY,
            "warning",
            f"The samples differ only {ratio:.0%} as much among each other as the pictures do: the generator may be "
            "collapsing; try minibatch_discrimination, a larger batch_size, spectral_norm, or an earlier checkpoint.",
            patience=2,
        )

    def _judge(
        self, name: str, wrong: bool, level: str, sentence: str, patience: int = PATIENCE
    ) -> Iterator[Health | str]:
        self._strikes[name] = self._strikes.get(name, 0) + 1 if wrong else 0
        if self._strikes[name] == patience and name not in self.said:
            self.said.add(name)
            yield Health(name, "warning" if level == "warning" else "error", sentence)
        elif not wrong and name in self.said:
            self.said.discard(name)
            yield name

    def _gap(self, stats: dict[str, float | str | None]) -> float:
        gaps = [
            float(value) - float(fake)
            for key, value in stats.items()
            if key.endswith("/real_logits")
            and isinstance(value, int | float)
            and isinstance(fake := stats.get(key.replace("real_logits", "fake_logits")), int | float)
        ]
        return max(gaps, default=0.0)

    def _overpowers(self, stats: dict[str, float | str | None]) -> bool:
        right = [v for k, v in stats.items() if k.endswith("/accuracy") and isinstance(v, int | float)]
        return not self._critic and bool(right) and min(right) > ACCURACY and self._gap(stats) > GAP

    def _vanishes(self, stats: dict[str, float | str | None]) -> bool:
        vanished = False
        for key, value in stats.items():
            if key.startswith("G") and key.endswith("/gradient_norm") and isinstance(value, int | float):
                usual = self._usual_gradient.setdefault(key, value)
                vanished |= value < VANISHING * usual
                self._usual_gradient[key] = max(value, 0.99 * usual)
        return vanished


def diversity(pictures: NDArray[np.uint8]) -> float:
    """Mean distance of two different pictures, each seen as an 8 × 8 thumbnail: root mean square, in grey levels."""
    count, height, width, _ = pictures.shape
    rows, columns = height // 8 * 8, width // 8 * 8
    if count < 2 or not rows or not columns:
        return 0.0
    thumbs = pictures[:, :rows, :columns].reshape(count, 8, rows // 8, 8, columns // 8, -1).mean((2, 4))
    flat = thumbs.reshape(count, -1)
    distances = np.sqrt(((flat[:, None] - flat[None]) ** 2).mean(-1))
    return float(distances.sum() / (count * (count - 1)))
