"""Watches the balance of a game and says in a plain sentence what is wrong and what to try.

The thresholds are rules of thumb, chosen so that a healthy run of the shipped recipes says nothing: a discriminator
that is right more than 95 % of the time and whose logits lie far apart gives the generator hardly any gradient
(Arjovsky & Bottou 2017); a generator whose samples differ far less among each other than the pictures do has collapsed
(Salimans et al. 2016, §3.2); an augmentation that happens always and still does not keep the discriminator from being
sure of its pictures has too few of them (Karras et al. 2020, "Training generative adversarial networks with limited
data", §3). What to try is each family's own knowledge (``Family.advice``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganvas.models.advice import Trouble, suggest
from ganvas.models.family import Clock, Stage
from ganvas.runs.log import Health

ACCURACY = 0.95
GAP = 6.0  # in logits: a probability ratio of 400
BLIND_ACCURACY = 0.52
BLIND_GAP = 0.02  # in logits
VANISHING = 1e-4  # of the generator's gradient norm to its usual size
EXPLODING = 100.0  # times a phase's usual gradient norm
CEILING = 0.99  # ADA's p
DIVERSITY = 0.35  # of the data's
WORSE = 0.1  # share of the best metric by which later ones must be worse, and two of its standard deviations
MEASUREMENTS = 3  # in a row that are worse
BEGINNING = 0.05  # share of the training in which balance may still be found
EARLY = 0.2  # share of a stage before which samples may look alike
PATIENCE = 5  # ticks in a row before a sentence is said
MEMORY = 0.9  # of the usual gradient norm, a tick

Stats = Mapping[str, Any]


class _Measured(NamedTuple):
    """A quick metric: the lower the better."""

    nimg: int
    value: float
    std: float


def may_look_alike(stage: Stage, clock: Clock) -> bool:
    """Whether samples that look alike are no collapse yet: early in a stage, or where no discriminator plays."""
    return clock.progress <= EARLY or not any(phase.name.startswith("D") for phase in stage.phases)


class HealthWatch:
    """Reads the lines of ``stats.jsonl`` and ``metrics.jsonl`` as they are written, and the sheets.


    Its memory is a few counters: a resumed run may need :data:`PATIENCE` ticks to say a sentence again.

    Args:
        critic: The discriminator's answers have no scale, as in the Wasserstein game: a gap between them is
            then no bad sign.
        suggestion: What to try against a trouble.
    """

    def __init__(self, *, critic: bool = False, suggestion: Callable[[Trouble], str] = suggest) -> None:
        self._critic = critic
        self._suggestion = suggestion
        self._strikes: dict[str, int] = {}
        self._largest: dict[str, float] = {}
        self._usual: dict[str, tuple[int, float]] = {}  # phase → ticks seen, mean logarithm of its gradient norm
        self._stage: object = None
        self._measured: dict[str, list[_Measured]] = {}
        self.said: set[str] = set()

    def look(self, stats: Stats) -> Iterator[Health | str]:
        """Judge a tick: yields what is newly wrong, and the names of what is well again."""
        if stats.get("stage") != self._stage:  # other layers, other optimisers: other sizes are usual
            self._stage, self._usual, self._largest = stats.get("stage"), {}, {}
        right, gap = _values(stats, "/accuracy"), _gap(stats)
        accuracy, sharpest = min(right, default=0.0), max(right, default=1.0)
        balanced = self._critic or not right or stats.get("progress", 1.0) < BEGINNING
        yield from self._judge(
            "discriminator_overpowers",
            not balanced and accuracy > ACCURACY and gap > GAP,
            f"The discriminator tells real from made almost every time (accuracy {accuracy:.0%}, logits {gap:.0f} "
            "apart), so the generator learns little",
        )
        yield from self._judge(
            "discriminator_is_blind",
            not balanced and sharpest < BLIND_ACCURACY and gap < BLIND_GAP,
            f"The discriminator only guesses (accuracy {sharpest:.0%}), so it has nothing to teach the generator",
        )
        yield from self._judge(
            "generator_gradient_vanishes",
            self._vanishes(stats),
            "The generator's gradients have all but vanished, so it no longer learns",
        )
        phase, times = self._explodes(stats)
        yield from self._judge(
            "gradients_explode",
            bool(phase),
            f"The gradients of {phase} are {times:.0f} times as large as usual, so its steps go astray",
            patience=2,
        )
        yield from self._judge(
            "augmentation_at_ceiling",
            any(value >= CEILING for value in _values(stats, "/augment_p")),
            "The augmentation has reached its ceiling (p is 1) and the discriminator is still too sure of the real "
            "pictures: there are too few of them for so long a training",
        )

    def compare(self, fakes: NDArray[np.uint8], reals: NDArray[np.uint8]) -> Iterator[Health | str]:
        """Judge a sheet by its diversity beside the data's.

        Args:
            fakes: uint8 [N, H, W, C], and ``reals`` alike.
        """
        ratio = diversity(fakes) / max(diversity(reals), 1e-6)
        yield from self._judge(
            "collapse",
            ratio < DIVERSITY,
            f"The samples differ only {ratio:.0%} as much among each other as the pictures do: the generator may be "
            "collapsing",
            patience=2,
        )

    def measured(self, line: Mapping[str, Any]) -> Iterator[Health | str]:
        """Judge a line of ``metrics.jsonl``; those of a full evaluation are passed over."""
        value = line.get("value")
        if not line.get("quick") or not isinstance(value, int | float) or not math.isfinite(value):
            return
        past = self._measured.setdefault(str(line["metric"]), [])
        past.append(_Measured(int(line["nimg"]), float(value), float(line.get("std") or 0.0)))
        best = min(past, key=lambda one: one.value)
        later = [one for one in past if one.nimg > best.nimg][-MEASUREMENTS:]
        limit = best.value + max(WORSE * abs(best.value), 2 * best.std)
        yield from self._judge(
            "quality_falls",
            len(later) == MEASUREMENTS and all(one.value > limit for one in later),
            f"{line['metric']} was best at {best.nimg / 1000:g} kimg ({best.value:.3g}) and has been worse in the last "
            f"{MEASUREMENTS} measurements ({value:.3g} now): `ganvas export RUN --best` takes the checkpoint that was "
            "best; to get further",
            patience=1,
        )

    def _judge(
        self, name: Trouble, wrong: bool, what: str, patience: int = PATIENCE
    ) -> Iterator[Health | str]:  # fmt: skip
        self._strikes[name] = self._strikes.get(name, 0) + 1 if wrong else 0
        if self._strikes[name] == patience and name not in self.said:
            self.said.add(name)
            joint = ", " if what.endswith("to get further") else "; "
            yield Health(name, "warning", f"{what}{joint}try {self._suggestion(name)}.")
        elif not wrong and name in self.said:
            self.said.discard(name)
            yield name

    def _vanishes(self, stats: Stats) -> bool:
        vanished = False
        for key, value in _norms(stats):
            if key.startswith("G"):
                largest = self._largest.setdefault(key, value)
                vanished |= value < VANISHING * largest
                self._largest[key] = max(value, 0.99 * largest)
        return vanished

    def _explodes(self, stats: Stats) -> tuple[str, float]:
        """The phase whose gradients are much larger than usual and how many times, or nothing."""
        worst = ("", 0.0)
        for key, value in _norms(stats):
            if value <= 0:
                continue
            seen, usual = self._usual.get(key, (0, math.log(value)))
            times = value / math.exp(usual)
            if seen >= PATIENCE and times > EXPLODING:
                worst = max(worst, (key.removesuffix("/gradient_norm"), times), key=lambda one: one[1])
                continue  # an explosion is not to become the usual
            self._usual[key] = seen + 1, MEMORY * usual + (1 - MEMORY) * math.log(value)
        return worst


def _values(stats: Stats, ending: str) -> list[float]:
    return [float(value) for key, value in stats.items() if key.endswith(ending) and isinstance(value, int | float)]


def _norms(stats: Stats) -> list[tuple[str, float]]:
    ending = "/gradient_norm"
    return [(key, float(v)) for key, v in stats.items() if key.endswith(ending) and isinstance(v, int | float)]


def _gap(stats: Stats) -> float:
    gaps = [
        float(value) - float(fake)
        for key, value in stats.items()
        if key.endswith("/real_logits")
        and isinstance(value, int | float)
        and isinstance(fake := stats.get(key.replace("real_logits", "fake_logits")), int | float)
    ]
    return max(gaps, default=0.0)


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
