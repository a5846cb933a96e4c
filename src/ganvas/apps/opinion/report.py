"""The report of a study as Markdown, for readers who know none of the terms."""

from __future__ import annotations

from ganvas.apps.opinion.results import FEWEST_RATERS, ConditionResult, Results
from ganvas.apps.opinion.scores import RESAMPLES
from ganvas.apps.opinion.screening import FEWEST
from ganvas.apps.opinion.study import Media, Mode

_ITEM: dict[Media, str] = {"pictures": "picture", "clips": "clip"}
_REAL: dict[Media, str] = {"pictures": "pictures", "clips": "music"}
_METHODS: dict[Mode, str] = {
    "acr": "absolute category rating (ACR, ITU-T P.910): one {item} at a time, from 1 (bad) to 5 (excellent)",
    "dcr": "degradation category rating (DCR, ITU-T P.910): the reference on the left, its picture on the right, from "
    "1 (very annoying) to 5 (imperceptible)",
    "pairs": "pair comparison: which of two {item}s is better, or not sure",
}


def markdown(results: Results) -> str:
    """The report: results, who rated, how, and what limits them."""
    lines = [
        f"# {results.title}",
        "",
        f"{results.counted} of {results.raters} raters count. Method: {_method(results)}.",
        "",
        *(_preferences(results) if results.mode == "pairs" else _scores(results)),
        *_measured(results),
        "",
        "## Raters",
        "",
        *_raters(results),
        "",
        "## Protocol",
        "",
        *_protocol(results),
    ]
    limits = _limits(results)
    if limits:
        lines += ["", "## What limits these results", "", *(f"- {limit}" for limit in limits)]
    return "\n".join(lines) + "\n"


def _method(results: Results) -> str:
    return _METHODS[results.mode].format(item=_ITEM[results.media])


def _scores(results: Results) -> list[str]:
    return [
        "| Condition | Mean opinion score | 95 % interval | Ratings | Above the next |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {_name(one)} | {one.value:.2f} | {_interval(one)} | {one.ratings:,} | {_share(one.above_next)} |"
            for one in results.conditions
        ),
        "",
        f"*Above the next*: in how many of {RESAMPLES:,} resamples the condition scores above the one in the next row; "
        "below 97.5 % the two are not told apart.",
    ]


def _preferences(results: Results) -> list[str]:
    return [
        "| Condition | Preferred | Strength | 95 % interval | Comparisons | Above the next |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {_name(one)} | {_share(one.preferred)} | {one.value:+.2f} | {_interval(one)} | {one.ratings:,} | "
            f"{_share(one.above_next)} |"
            for one in results.conditions
        ),
        "",
        "*Strength*: of the Bradley–Terry model; a condition that is stronger by s is preferred with probability "
        "1 / (1 + exp(-s)). *Above the next*: in how many of "
        f"{RESAMPLES:,} resamples it is stronger than the one in the next row; below 97.5 % the two are not told "
        "apart.",
    ]


def _measured(results: Results) -> list[str]:
    names = list(dict.fromkeys(name for one in results.conditions for name in one.measured))
    if not names:
        return []
    rows = [
        f"| {_name(one)} | {one.value:.2f} | "
        + " | ".join(f"{one.measured[name]:.4g}" if name in one.measured else "–" for name in names)
        + " |"
        for one in results.conditions
    ]
    return [
        "",
        "## Beside the metrics",
        "",
        f"| Condition | Raters | {' | '.join(names)} |",
        f"|---|---:|{'---:|' * len(names)}",
        *rows,
        "",
        "Metrics are those of each model when what was rated was made, by the full protocol (`ganvas evaluate`), with "
        "what they compare with; metrics of different data sets cannot be compared.",
    ]


def _raters(results: Results) -> list[str]:
    lines = [f"- {results.raters} took part, {results.withdrawn} withdrew and were deleted, {results.counted} count."]
    if results.silent:
        lines.append(f"- {results.silent} of them answered nothing.")
    lines += [f"- Rater {one.rater} was left out ({one.reason}): {one.detail}." for one in results.left_out]
    alpha = "not defined" if results.alpha is None else f"{results.alpha:.2f}"
    lines.append(
        f"- Agreement: Krippendorff's α ({results.alpha_level}) is {alpha}; 1 is perfect, 0 that of chance. Tastes "
        "differ, so it is low in many studies whose means are sound."
    )
    if results.repeats_same is not None:
        apart = f", {results.repeats_apart:.2f} apart on average" if results.repeats_apart is not None else ""
        lines.append(
            f"- With themselves: {results.repeats:,} questions were asked twice, {results.repeats_same * 100:.0f} % of "
            f"them answered the same{apart}."
        )
    if results.sos_a is not None:
        lines.append(f"- Spread of the scores: SOS parameter a = {results.sos_a:.2f}.")
    if results.unsure is not None:
        lines.append(f"- Not sure: {results.unsure * 100:.0f} % of the answers.")
    if results.seconds is not None:
        lines.append(f"- Median time of an answer: {results.seconds:.1f} s.")
    return lines


def _protocol(results: Results) -> list[str]:
    seen = "all" if results.per_rater == results.contents else f"{results.per_rater}"
    lines = [
        f"- Created {results.created}, opened {results.opened}, closed {results.closed}; results were hidden until "
        "then.",
        f"- {len(results.conditions)} conditions with {results.contents} {results.media} each, of which a rater saw "
        f"{seen}; "
        f"{'the same contents in all conditions' if results.matched else 'contents differ between conditions'}.",
        *_heard(results),
        *(
            f"- {one.name}: {one.origin}{f' (real {_REAL[results.media]})' if one.real else ''}."
            for one in results.conditions
        ),
        f"- Order: a Williams design over conditions in blocks, contents shuffled per rater, seed {results.seed}. "
        "Training questions first, which do not count; one question in ten asked again, of which the first answer "
        "counts.",
        "- Left out: who did not finish, who failed the attention check, who failed all gold questions"
        + ("." if results.mode == "pairs" else ", and who fails the screening of ITU-R BT.500-15 (annex 1, 2.3.1)."),
        f"- Intervals: percentiles of {RESAMPLES:,} bootstrap resamples of raters and of contents.",
    ]
    if results.mode == "pairs":
        lines.append(
            "- Bradley–Terry by the MM algorithm; not sure counts as half a win of each, and half a win is added in "
            "each direction of each pair."
        )
    return lines


def _heard(results: Results) -> list[str]:
    if results.media == "pictures":
        return []
    return [
        "- Clips of music were played by the browser's own voices, each at least once to its end before it was rated; "
        "the time of an answer counts from there.",
    ]


def _limits(results: Results) -> list[str]:
    limits = list(results.notes)
    if results.counted < FEWEST_RATERS["lab"]:
        limits.append(
            f"{results.counted} raters count; ITU-T P.910 asks for {FEWEST_RATERS['lab']} in a laboratory and "
            f"{FEWEST_RATERS['elsewhere']} elsewhere."
        )
    if results.mode != "pairs" and results.counted < FEWEST:
        limits.append(f"Below {FEWEST} raters the screening can reject nobody.")
    if results.counted == 1:
        limits.append("With one rater the intervals say nothing about other people.")
    return limits


def _name(one: ConditionResult) -> str:
    return one.name.replace("|", "\\|") + (" (real)" if one.real and one.name != "real" else "")


def _interval(one: ConditionResult) -> str:
    return "–" if one.low is None or one.high is None else f"{one.low:.2f} to {one.high:.2f}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f} %"
