"""Screening, scores, preferences and agreement against closed forms, published values and planted raters."""

from __future__ import annotations

import numpy as np
import pytest

from ganvas.apps.opinion.agreement import krippendorff
from ganvas.apps.opinion.preference import bradley_terry, preferences
from ganvas.apps.opinion.scores import mean_scores, sos
from ganvas.apps.opinion.screening import kurtosis, screen

N = np.nan
# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers, twelve units.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
)


def test_alpha_is_that_of_the_published_example() -> None:
    assert krippendorff(PUBLISHED, "nominal") == pytest.approx(0.743, abs=5e-4)
    assert krippendorff(PUBLISHED, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff(PUBLISHED, "interval") == pytest.approx(0.849, abs=5e-4)
    assert krippendorff(np.array([[1, 2, 3.0]] * 3), "ordinal") == 1
    assert krippendorff(np.full((3, 4), 2.0), "ordinal") is None
    assert krippendorff(np.array([[1.0, N], [N, 2.0]]), "nominal") is None


def test_kurtosis_is_by_moments_over_n() -> None:
    answers = np.array([[1.0, 3], [1, 3], [5, 3], [5, 3]])
    found = kurtosis(answers)
    assert found[0] == 1, "of two equal peaks"
    assert np.isnan(found[1])
    assert kurtosis(np.array([[0.0], [0], [0], [0], [5]]))[0] == pytest.approx(3.25)


def test_an_answer_is_far_by_two_deviations_where_the_kurtosis_is_that_of_a_normal_distribution() -> None:
    # Sorted 1, 2, 2, 3 × 8, 4, 4, 5: kurtosis 3.5, S = 0.93 around 3: both ends are more than 2 S away.
    picture = np.array([1, 2, 2, *[3] * 8, 4, 4, 5], dtype=float)
    found = screen(picture[:, None])
    assert found.below == [1, *[0] * 13]
    assert found.above == [*[0] * 13, 1]
    assert not any(found.rejected), "one side only"
    # 1, 2, 3 × 6, 4, 5: kurtosis 3.4, and S, divided by N as in sureal, is 1: both ends are 2 S away, neither by N - 1.
    found = screen(np.array([[1.0], [2], *[[3]] * 6, [4], [5]]))
    assert (found.below, found.above) == ([1, *[0] * 9], [*[0] * 9, 1])
    # One of thirty far off: kurtosis 28, the limit is √20 S, and √29 = 5.4 deviations are beyond it.
    lonely = np.array([[3.0]] * 29 + [[5.0]])
    assert screen(lonely).above == [0] * 29 + [1]
    # One of ten: kurtosis 8.1, and √9 = 3 deviations, which are beyond 2 S, do not reach √20 S.
    assert screen(lonely[-10:]).above == [0] * 10
    assert screen(np.full((5, 3), 4.0)).rejected == [False] * 5


def test_who_errs_on_both_sides_is_rejected_and_who_is_strict_is_not() -> None:
    answers = np.full((31, 40), 3.0)
    answers[0, :20] = 1  # strict: P = 0, Q = 20
    answers[1, 20:] = np.tile([1.0, 5.0], 10)  # P = Q = 10
    answers[2, 20:24] = N  # a picture that somebody did not see
    found = screen(answers)
    assert (found.above[0], found.below[0], found.rejected[0]) == (0, 20, False)
    assert (found.above[1], found.below[1], found.rejected[1]) == (10, 10, True)
    assert found.answers[2] == 36
    assert sum(found.rejected) == 1


def test_planted_bad_raters_are_rejected_among_people_who_differ() -> None:
    rng = np.random.default_rng(1)
    quality = rng.uniform(1.5, 4.5, 60)
    answers = np.clip(np.round(quality + rng.normal(0, 0.7, (24, 60))), 1, 5)
    answers[3] = rng.integers(1, 6, 60)  # at random
    answers[11] = np.clip(np.round(6 - quality), 1, 5)  # the scale upside down
    answers[20] = np.clip(np.round(quality - 1), 1, 5)  # strict
    assert [rater for rater, rejected in enumerate(screen(answers).rejected) if rejected] == [3, 11]


def test_intervals_of_scores_cover_the_mean_and_stay_on_the_scale() -> None:
    rng = np.random.default_rng(0)
    answers = np.clip(np.round(np.array([4.9, 3.0, 1.1])[None, :, None] + rng.normal(0, 0.5, (12, 3, 10))), 1, 5)
    found = mean_scores(answers, rng, 500)
    for one, value in zip(found.mos, answers.mean((0, 2)), strict=True):
        assert one.value == pytest.approx(value)
        assert one.low is not None
        assert one.high is not None
        assert 1 <= one.low <= one.value <= one.high <= 5
    assert found.above[0, 1] == 1
    same = mean_scores(np.full((4, 2, 3), 3.0), rng, 50)
    assert same.mos[0] == (3.0, 3.0, 3.0)


def test_the_interval_knows_that_other_people_and_other_pictures_could_have_been_drawn() -> None:
    rng = np.random.default_rng(0)
    people = np.repeat(rng.normal(0, 1, (30, 1, 1)), 40, axis=2) + 3
    low, high = mean_scores(people, rng).mos[0][1:]
    assert low is not None
    assert high is not None
    assert high - low == pytest.approx(2 * 1.96 * people[:, 0, 0].std() / np.sqrt(30), rel=0.1), "bias of raters"
    contents = mean_scores(people.transpose(2, 1, 0), rng).mos[0]
    assert contents[1:] == pytest.approx((low, high), abs=0.06), "quality of contents"


def test_sos_is_the_parameter_of_the_parabola() -> None:
    # Half say 2, half 4: mean 3, variance 4/3 of (3 - 1)(5 - 3) = 4.
    assert sos(np.array([[2.0], [2], [4], [4]])) == pytest.approx((4 / 3) / 4)
    assert sos(np.array([[1.0], [1.0]])) is None


def test_strengths_of_two_are_the_logarithm_of_their_wins() -> None:
    found = bradley_terry(np.array([[0.0, 30], [10, 0]]), prior=0)
    assert found[0] - found[1] == pytest.approx(np.log(3), abs=1e-6)
    assert found.sum() == pytest.approx(0, abs=1e-9)
    always = bradley_terry(np.array([[0.0, 10], [0, 0]]))
    assert always[0] - always[1] == pytest.approx(np.log(10.5 / 0.5), abs=1e-6), "finite by the prior"


def test_planted_strengths_are_found_within_their_intervals() -> None:
    rng, strength = np.random.default_rng(3), np.array([1.0, 0.2, -0.3, -0.9])
    wins = np.zeros((20, 10, 4, 4))
    for rater, content, i, j in np.ndindex(20, 10, 4, 4):
        if i < j:
            first = rng.random() < 1 / (1 + np.exp(strength[j] - strength[i]))
            wins[rater, content, i, j], wins[rater, content, j, i] = first, not first
    found = preferences(wins, rng, 300)
    for one, planted in zip(found.strength, strength, strict=True):
        assert one.low is not None
        assert one.high is not None
        assert one.low < planted < one.high
    assert bradley_terry(wins.sum((0, 1))) == pytest.approx(strength, abs=0.25)
