"""Diagnoses of a training in progress: what is wrong, in one sentence, and what to try.

The thresholds are rules of thumb, chosen so that healthy runs of the shipped recipes have no diagnosis: a discriminator
with an accuracy above 95 % and a large gap between its logits gives the generator hardly any gradient (Arjovsky &
Bottou 2017); a generator whose samples vary far less than the real pictures has collapsed (Salimans et al. 2016, §3.2);
an augmentation with p = 1 under which the discriminator still overfits indicates too few pictures (Karras et al. 2020,
"Training generative adversarial networks with limited data", §3). Each family provides its own advice
(``Family.advice``).
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
VANISHING = 1e-4  # ratio of the generator's gradient norm to its largest one
EXPLODING = 100.0  # ratio of a phase's gradient norm to its usual one
CEILING = 0.99  # p of the adaptive augmentation
DIVERSITY = 0.35  # ratio of the samples' diversity to that of the real pictures
WORSE = 0.1  # share of the best metric by which later ones are worse; also at least two standard deviations
MEASUREMENTS = 3  # consecutive worse ones
BEGINNING = 0.05  # share of the training in which an imbalance is not diagnosed
EARLY = 0.2  # share of a stage in which low diversity is not diagnosed
PATIENCE = 5  # consecutive ticks before a diagnosis
MEMORY = 0.9  # decay of the usual gradient norm per tick

Stats = Mapping[str, Any]


class _Measured(NamedTuple):
    """A quick metric; lower is better."""

    nimg: int
    value: float
    std: float


def may_look_alike(stage: Stage, clock: Clock) -> bool:
    """Whether low diversity is expected: early in a stage, or where no discriminator is trained."""
    return clock.progress <= EARLY or not any(phase.name.startswith("D") for phase in stage.phases)


class HealthWatch:
    """Diagnoses lines of ``stats.jsonl`` and ``metrics.jsonl`` and sample sheets as they are written.

    Its state is a few counters: after a resume, a diagnosis may take :data:`PATIENCE` ticks to appear again.

    Args:
        critic: The discriminator's output has no scale (Wasserstein), so that a large gap is no problem.
        suggestion: Returns what to try against a problem.
    """

    def __init__(self, *, critic: bool = False, suggestion: Callable[[Trouble], str] = suggest) -> None:
        self._critic = critic
        self._suggestion = suggestion
        self._strikes: dict[str, int] = {}
        self._largest: dict[str, float] = {}
        self._usual: dict[str, tuple[int, float]] = {}  # phase → ticks seen, mean logarithm of its gradient norm
        self._stage: object = None
        self._measured: dict[str, list[_Measured]] = {}
        self.active: set[str] = set()

    def look(self, stats: Stats) -> Iterator[Health | str]:
        """Diagnose a tick: yields new diagnoses, and the names of those that no longer hold."""
        if stats.get("stage") != self._stage:  # other layers and optimisers have other gradient norms
            self._stage, self._usual, self._largest = stats.get("stage"), {}, {}
        right, gap = _values(stats, "/accuracy"), _gap(stats)
        accuracy, sharpest = min(right, default=0.0), max(right, default=1.0)
        balanced = self._critic or not right or stats.get("progress", 1.0) < BEGINNING
        yield from self._diagnose(
            "discriminator_overpowers",
            not balanced and accuracy > ACCURACY and gap > GAP,
            f"The discriminator separates real and generated pictures almost always (accuracy {accuracy:.0%}, logits "
            f"{gap:.0f} apart), so the generator learns little",
            accuracy=round(100 * accuracy),
            gap=round(gap),
        )
        yield from self._diagnose(
            "discriminator_is_blind",
            not balanced and sharpest < BLIND_ACCURACY and gap < BLIND_GAP,
            f"The discriminator is at chance level (accuracy {sharpest:.0%}), so the generator learns nothing from it",
            accuracy=round(100 * sharpest),
        )
        yield from self._diagnose(
            "generator_gradient_vanishes",
            self._vanishes(stats),
            "The gradients of the generator have almost vanished, so it no longer learns",
        )
        phase, times = self._explodes(stats)
        yield from self._diagnose(
            "gradients_explode",
            bool(phase),
            f"The gradients of {phase} are {times:.0f} times as large as usual, so its steps are too large",
            patience=2,
            phase=phase,
            times=round(times),
        )
        yield from self._diagnose(
            "augmentation_at_ceiling",
            any(value >= CEILING for value in _values(stats, "/augment_p")),
            "The augmentation has reached its ceiling (p is 1) and the discriminator is still too sure of the real "
            "pictures: there are too few of them for so long a training",
        )

    def compare(self, fakes: NDArray[np.uint8], reals: NDArray[np.uint8]) -> Iterator[Health | str]:
        """Diagnose a sample sheet by its diversity.

        Args:
            fakes: The samples, uint8 [N, H, W, C].
            reals: Real pictures, uint8 [N, H, W, C].
        """
        ratio = diversity(fakes) / max(diversity(reals), 1e-6)
        yield from self._diagnose(
            "collapse",
            ratio < DIVERSITY,
            f"The samples differ from each other only {ratio:.0%} as much as the real pictures do: the generator "
            "may be collapsing",
            patience=2,
            ratio=round(100 * ratio),
        )

    def measured(self, line: Mapping[str, Any]) -> Iterator[Health | str]:
        """Diagnose a line of ``metrics.jsonl``; lines of full evaluations are ignored."""
        value = line.get("value")
        if not line.get("quick") or not isinstance(value, int | float) or not math.isfinite(value):
            return
        past = self._measured.setdefault(str(line["metric"]), [])
        past.append(_Measured(int(line["nimg"]), float(value), float(line.get("std") or 0.0)))
        best = min(past, key=lambda one: one.value)
        later = [one for one in past if one.nimg > best.nimg][-MEASUREMENTS:]
        limit = best.value + max(WORSE * abs(best.value), 2 * best.std)
        yield from self._diagnose(
            "quality_falls",
            len(later) == MEASUREMENTS and all(one.value > limit for one in later),
            f"{line['metric']} was best at {best.nimg / 1000:g} kimg ({best.value:.3g}) and has been worse in the last "
            f"{MEASUREMENTS} measurements ({value:.3g} now): `ganvas export RUN --best` takes the checkpoint that was "
            "best; to get further",
            patience=1,
            metric=str(line["metric"]),
            best=f"{best.value:.3g}",
            kimg=best.nimg / 1000,
            value=f"{value:.3g}",
        )

    def _diagnose(
        self, name: Trouble, wrong: bool, what: str, patience: int = PATIENCE, **params: str | float
    ) -> Iterator[Health | str]:
        self._strikes[name] = self._strikes.get(name, 0) + 1 if wrong else 0
        if self._strikes[name] == patience and name not in self.active:
            self.active.add(name)
            joint = ", " if what.endswith("to get further") else "; "
            advice = self._suggestion(name)
            yield Health(name, "warning", f"{what}{joint}try {advice}.", params, advice)
        elif not wrong and name in self.active:
            self.active.discard(name)
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
        """The phase whose gradients are much larger than usual, and by which factor; ("", 0) for none."""
        worst = ("", 0.0)
        for key, value in _norms(stats):
            if value <= 0:
                continue
            seen, usual = self._usual.get(key, (0, math.log(value)))
            times = value / math.exp(usual)
            if seen >= PATIENCE and times > EXPLODING:
                worst = max(worst, (key.removesuffix("/gradient_norm"), times), key=lambda one: one[1])
                continue  # an explosion must not become the usual norm
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
    """Mean distance between two different pictures as 8 × 8 thumbnails: root mean square, in grey levels."""
    count, height, width, _ = pictures.shape
    rows, columns = height // 8 * 8, width // 8 * 8
    if count < 2 or not rows or not columns:
        return 0.0
    thumbs = pictures[:, :rows, :columns].reshape(count, 8, rows // 8, 8, columns // 8, -1).mean((2, 4))
    flat = thumbs.reshape(count, -1)
    distances = np.sqrt(((flat[:, None] - flat[None]) ** 2).mean(-1))
    return float(distances.sum() / (count * (count - 1)))
