"""The order of questions: balanced over conditions, seeded per rater, with training, repeats and checks."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from support.opinion import study

from ganvas.apps.opinion.order import plan, treatments, williams
from ganvas.apps.opinion.study import Mode, grid


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 26])
def test_each_condition_follows_each_other_equally_often(count: int) -> None:
    rows = williams(count)
    assert all(sorted(row) == list(range(count)) for row in rows)
    places = Counter((place, one) for row in rows for place, one in enumerate(row))
    assert len(set(places.values())) == 1
    follows = Counter(pair for row in rows for pair in pairwise(row))
    assert len(follows) == count * (count - 1)
    assert len(set(follows.values())) <= 1


@pytest.mark.parametrize("mode", ["acr", "pairs", "dcr"])
def test_a_rater_is_asked_everything_once_and_some_of_it_twice(tmp_path: Path, mode: Mode) -> None:
    made = study(tmp_path, mode)
    manifest, by_id = made.manifest, grid(made.manifest).by_id
    trials = plan(manifest, 0)
    assert [trial.kind for trial in trials[:3]] == ["training"] * 3
    kinds = Counter(trial.kind for trial in trials)
    assert kinds == {"training": 3, "rated": 15, "repeat": 2, "attention": 1, "gold": 2}
    asked = Counter(
        (tuple(sorted(by_id[one].condition or 0 for one in trial.pictures)), by_id[trial.pictures[0]].content)
        for trial in trials
        if trial.kind == "rated"
    )
    wanted = [(tuple(sorted(treatment)), content) for treatment in treatments(manifest) for content in range(5)]
    assert asked == Counter(wanted)
    if mode != "acr":
        assert all(
            by_id[left].content == by_id[right].content
            for left, right in (trial.pictures for trial in trials if trial.kind == "rated")
        )
    rated = [frozenset(trial.pictures) for trial in trials if trial.kind == "rated"]
    assert {frozenset(trial.pictures) for trial in trials if trial.kind == "repeat"} < set(rated)
    assert plan(manifest, 0) == trials, "a rater who comes back finds the same order"
    assert plan(manifest, 1) != trials
    if mode == "pairs":
        asked_of_six = [trial for number in range(6) for trial in plan(manifest, number) if trial.kind == "rated"]
        assert set(Counter(by_id[trial.pictures[0]].condition for trial in asked_of_six).values()) == {30}


def test_raters_who_see_a_part_cover_all_contents_alike(tmp_path: Path) -> None:
    made = study(tmp_path, contents=5, per_rater=2)
    by_id = grid(made.manifest).by_id
    seen = Counter(
        (by_id[trial.pictures[0]].condition, by_id[trial.pictures[0]].content)
        for number in range(5)
        for trial in plan(made.manifest, number)
        if trial.kind == "rated"
    )
    assert len(seen) == 15
    assert set(seen.values()) == {2}
