"""What each rule alone drops, how to relax it, and the sets of rules by name."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")
pytest.importorskip("sqlalchemy")

from ganvas.cli.curate import _relaxations, table
from ganvas.curate.catalog.records import Check
from ganvas.curate.checks import picture_measures as pictures
from ganvas.curate.checks.causes import CauseCounter
from ganvas.curate.checks.decide import decide
from ganvas.curate.checks.rules import Rules, load_rules, rule_names
from ganvas.curate.checks.run import CheckSummary
from ganvas.curate.checks.score import rescore
from ganvas.errors import UserError

GOOD = {name: rule.good for name, rule in load_rules("portrait").checks.items()}


def checks_of(rules: Rules, **raws: float) -> list[Check]:
    """The checks of a picture that is good but for these measures."""
    return [Check(name, raw, rescore(name, raw, rules), "1", None) for name, raw in (GOOD | raws).items()]


def counted(rules: Rules, *pictures: dict[str, float]) -> CauseCounter:
    counter = CauseCounter(rules)
    for raws in pictures:
        counter.add(checks_of(rules, **raws))
    return counter


def test_it_is_counted_what_a_rule_alone_drops() -> None:
    rules = load_rules()
    grey, turned = {"grey": 0.0}, {"turned": 40.0}
    counter = counted(rules, {}, grey, grey, grey | turned, turned)
    causes = {cause.check: (cause.dropped, cause.alone) for cause in counter.causes()}
    assert causes == {"grey": (3, 2), "turned": (2, 1)}
    assert counter.causes()[0].check == "grey"
    assert dict(counter.alternatives())["portrait-any-colour"] == 3
    assert dict(counter.alternatives())["art"] == 5
    assert "portrait" not in dict(counter.alternatives())


@pytest.mark.parametrize(("check", "raws"), [("turned", [16.0, 20.0, 24.0]), ("small", [8.0, 10.0, 12.0])])
def test_the_limit_that_is_proposed_keeps_what_it_promises(check: str, raws: list[float]) -> None:
    rules = load_rules()
    (cause,) = counted(rules, *({check: raw} for raw in raws)).causes()
    assert (cause.alone, cause.kept) == (3, 2)
    relaxed = load_rules(changes=[f"{check}.limit={cause.limit:g}"])
    kept = [decide({one.name: one.score for one in checks_of(relaxed, **{check: raw})}, relaxed).keep for raw in raws]
    assert sum(kept) == cause.kept


def test_the_command_says_how_to_relax_and_which_rules_keep_more() -> None:
    rules = load_rules()
    counter = counted(rules, {}, {"grey": 0.0}, {"grey": 1.0}, {"turned": 20.0})
    summary = CheckSummary(
        4, 1, 3, 0, (("no colour", 2), ("head turned", 1)), 4, counter.causes(), counter.alternatives()
    )
    said = "\n".join(_relaxations(summary, "portrait", []))
    assert "2 only for no colour: " in said
    assert "--set grey=null all." in said
    assert "1 only for head turned: --set turned.limit=" in said
    assert "Other rules keep more: --rules art 4, --rules portrait-any-colour 3, --rules object 2." in said
    columns = table(summary, rules).columns
    assert list(columns[-1].cells) == ["", "", "", "2", "1"]


def test_there_are_sets_of_rules_by_name() -> None:
    assert rule_names() == ["art", "object", "portrait", "portrait-any-colour"]
    known = set(load_rules("portrait").checks)
    for name in rule_names():
        assert set(load_rules(name).checks) <= known
    grey = {"grey": 0.0}
    keeps = {
        name: decide({one.name: one.score for one in checks_of(load_rules(name), **grey)}, load_rules(name)).keep
        for name in rule_names()
    }
    assert keeps == {"art": True, "object": False, "portrait": False, "portrait-any-colour": True}


@pytest.mark.parametrize("name", ["portrait", "portrait-any-colour"])
def test_engravings_and_paintings_are_dropped_where_photographs_are_wanted(name: str) -> None:
    rules = load_rules(name)
    for check, raw in (("engraving", 0.8), ("painting", 0.95)):
        said = decide({one.name: one.score for one in checks_of(rules, **{check: raw})}, rules)
        assert (said.keep, said.reason) == (False, check)
        assert decide({one.name: one.score for one in checks_of(load_rules("art"), **{check: raw})}, rules).keep


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("grey", "CHECK.limit=NUMBER"),
        ("nose=null", "'nose'"),
        ("turned.limit=wide", "limit"),
        ("turned.most=3", "most"),
        ("turned.limit.more=3", "CHECK.limit=NUMBER"),
    ],
)
def test_wrong_changes_are_one_sentence(change: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        load_rules("portrait", [change])


def test_a_change_relaxes_one_rule() -> None:
    rules = load_rules("portrait", ["turned.limit=25", "grey=null", "drop_below=0.2"])
    assert (rules.checks["turned"].limit, "grey" in rules.checks, rules.drop_below) == (25, False, 0.2)


def test_a_printed_border_lowers_the_score() -> None:
    picture = np.random.default_rng(0).integers(60, 200, (256, 200, 3)).astype(np.uint8)
    bordered = picture.copy()
    for edge in (np.s_[:16], np.s_[-16:], np.s_[:, :16], np.s_[:, -16:]):
        bordered[edge] = 245
    rule = load_rules().checks["border"]
    plain, printed = (pictures.border(pictures.ScaledPicture(one).grey) for one in (picture, bordered))
    assert rule.score(plain) == 1
    assert rule.score(printed) < 0.3
