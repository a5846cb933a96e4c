"""Rounds of review: the order, whose turn it is, nothing said is lost, and what follows from it."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.database import filled, picture

from ganvas.curate.catalog import Catalog, Counts, Origin, Proposal
from ganvas.curate.catalog.tables import VerdictRow
from ganvas.curate.review.agreement import cohen, compare, fleiss
from ganvas.curate.review.propose import proposals_of, propose
from ganvas.curate.review.review import Review
from ganvas.curate.review.schema import REASONS, Change, Verdict, VerdictChoice
from ganvas.errors import UserError

SPAWN = multiprocessing.get_context("spawn")


def say(
    review: Review, reviewer: str, verdict: VerdictChoice, *pictures: int, number: int = 1, reason: str = "eyes"
) -> None:
    """One verdict each, which must be taken."""
    said = [
        Verdict(one, verdict, reason if verdict == "drop" else None, f"{reviewer}/{verdict}/{one}") for one in pictures
    ]
    assert {answer.status for answer in review.decide(number, reviewer, said)} == {"saved"}


def waiting(review: Review, reviewer: str, number: int = 1, count: int = 500) -> list[int]:
    return [queued.image.id for queued in review.queue(number, reviewer, count=count)]


def record(catalog: Catalog) -> int:
    with catalog.database.reading() as session:
        return session.scalar(select(func.count()).select_from(VerdictRow)) or 0


# ── The order ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_worst_come_first_and_one_goes_on_where_one_stopped(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 9) as catalog:
        unchecked = catalog.add(picture(100), Origin("folder")).id
        review = Review(catalog)
        assert review.open_round().pictures == 10
        assert waiting(review, "Ann") == [*range(1, 10), unchecked]
        assert [queued.image.id for queued in review.queue(1, "Ann", after=3, count=2)] == [4, 5]
        say(review, "Ann", "keep", 1, 3)
        say(review, "Ann", "skip", 2)
        assert waiting(review, "Ann", count=3) == [4, 5, 6]
        assert [queued.image.id for queued in review.skipped(1, "Ann")] == [2]
        assert review.progress(1, "Ann") == (2, 0, 1, 7)
        say(review, "Ann", "drop", 2)
        assert review.skipped(1, "Ann") == []
        assert review.progress(1, "Ann") == (2, 1, 0, 7)


def test_pictures_that_come_later_join_the_round(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 3) as catalog:
        review = Review(catalog)
        review.open_round()
        late = catalog.add(picture(50), Origin("folder")).id
        assert waiting(review, "Ann") == [1, 2, 3]
        assert review.extend(1) == 1
        assert review.extend(1) == 0
        assert waiting(review, "Ann") == [1, 2, 3, late]


def test_each_picture_is_dealt_to_one_and_the_shared_ones_to_all(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 60) as catalog:
        review = Review(catalog)
        opened = review.open_round(overlap=0.3)
        assert 5 < opened.shared < 35
        for name in ("Ann", "Bob", "Cy"):
            review.join(1, name)
        piles = {name: set(waiting(review, name)) for name in ("Ann", "Bob", "Cy")}
        counts = Counter(image for pile in piles.values() for image in pile)
        assert set(counts) == set(range(1, 61))
        assert set(counts.values()) == {1, 3}
        assert sum(count == 3 for count in counts.values()) == opened.shared
        for name, pile in piles.items():
            assert review.progress(1, name).waiting == len(pile)
            assert len(pile) > opened.shared


def test_who_is_done_gets_what_others_have_left(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 20) as catalog:
        review = Review(catalog)
        review.open_round(overlap=0)
        review.join(1, "Bob")
        mine, others = set(waiting(review, "Ann")), set(waiting(review, "Bob"))
        assert mine | others == set(range(1, 21))
        say(review, "Ann", "keep", *mine)
        lent = review.queue(1, "Ann")
        assert {queued.image.id for queued in lent} == others
        assert all(queued.lent for queued in lent)
        say(review, "Ann", "keep", *others)
        assert waiting(review, "Bob") == []
        assert review.round(1).settled == 20


def test_who_joins_shares_what_nobody_has_answered(tmp_path: Path) -> None:
    with filled(tmp_path, None, 40) as catalog:
        review = Review(catalog)
        review.open_round(overlap=0)
        say(review, "Ann", "keep", *range(1, 11))
        review.join(1, "Bob")
        ann, bob = set(waiting(review, "Ann")), set(waiting(review, "Bob"))
        assert ann | bob == set(range(11, 41))
        assert not ann & bob
        assert min(len(ann), len(bob)) >= 5


# ── What is said ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_verdict_sent_twice_counts_once_and_a_wrong_one_stops_no_other(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 4) as catalog:
        review = Review(catalog)
        review.open_round()
        said = [
            Verdict(1, "drop", "eyes", "a"),
            Verdict(77, "keep", None, "b"),
            Verdict(2, "drop", "no such reason", "c"),
            Verdict(3, "keep", "eyes", "d"),
            Verdict(1, "drop", "eyes", "a"),
        ]
        statuses = [(answer.client_id, answer.status) for answer in review.decide(1, "Ann", said)]
        assert statuses == [("a", "saved"), ("b", "refused"), ("c", "refused"), ("d", "saved"), ("a", "repeated")]
        again = review.decide(1, "Ann", said)
        assert [answer.status for answer in again] == ["repeated", "refused", "refused", "repeated", "repeated"]
        assert all(answer.why and str(answer.why).endswith(".") for answer in again if answer.status == "refused")
        assert record(catalog) == 2
        assert catalog.counts() == Counts(4, 1, 1, 0, 2)


def test_undo_takes_back_one_after_the_other_and_deletes_nothing(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 5) as catalog:
        review = Review(catalog)
        review.open_round(overlap=1.0)
        say(review, "Ann", "keep", 1, 2)
        say(review, "Bob", "drop", 1)
        say(review, "Ann", "drop", 2)  # she changed her mind
        assert catalog.image(2).result == "drop"  # type: ignore[union-attr]
        assert review.undo(1, "Ann", "u1") == 2
        assert review.undo(1, "Ann", "u1") == 2, "sent twice, taken back once"
        image = catalog.image(2)
        assert image is not None
        assert (image.result, image.reason) == ("keep", None), "what she said before stands again"
        assert review.undo(1, "Ann", "u2") == 2
        assert catalog.image(2).result is None  # type: ignore[union-attr]
        assert waiting(review, "Ann") == [2, 3, 4, 5]
        assert review.undo(1, "Ann", "u3") == 1
        assert review.undo(1, "Ann", "u4") is None
        assert catalog.image(1).result == "drop"  # type: ignore[union-attr]
        assert waiting(review, "Ann") == [1, 2, 3, 4, 5]
        assert waiting(review, "Bob") == [2, 3, 4, 5]
        assert record(catalog) == 7
        say(review, "Cy", "keep", 1)  # the record is open to what comes


def test_two_who_differ_are_disputed_and_the_majority_or_a_later_round_settles(
    tmp_path: Path, database: str | None
) -> None:
    with filled(tmp_path, database, 3) as catalog:
        review = Review(catalog)
        review.open_round(overlap=1.0)
        say(review, "Ann", "keep", 1, 2, 3)
        say(review, "Bob", "drop", 1, 2, reason="hair")
        assert catalog.counts() == Counts(3, 1, 0, 2, 0)
        say(review, "Cy", "drop", 1, reason="turned")
        image = catalog.image(1)
        assert image is not None
        assert (image.result, image.reason) == ("drop", "hair")
        assert review.open_round("disputed").pictures == 1
        assert review.round(1).closed is not None
        say(review, "Cy", "keep", 2, number=2)
        assert catalog.image(2).result == "keep"  # type: ignore[union-attr]
        assert review.changes(2) == [Change("disputed", "keep", 1)]
        say(review, "Ann", "drop", 2)  # what comes late to a closed round is kept, and the last round still wins
        assert catalog.image(2).result == "keep"  # type: ignore[union-attr]


def test_the_checks_propose_and_people_decide(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 4) as catalog:
        review = Review(catalog)
        proposals = [Proposal(1, False, "no_face"), Proposal(2, False, "blurred"), Proposal(3, True)]
        assert propose(catalog, proposals) == 3
        assert propose(catalog, proposals) == 0
        assert catalog.counts() == Counts(4, 1, 2, 0, 1)
        assert review.rounds() == []
        review.open_round()
        say(review, "Ann", "keep", 1)
        say(review, "Ann", "drop", 3, 4)
        assert propose(catalog, [Proposal(1, False, "no_face"), Proposal(2, True)]) == 1
        assert {image.id: image.result for image in catalog.images()} == {1: "keep", 2: "keep", 3: "drop", 4: "drop"}
        moved = {Change("drop", "keep", 1), Change("keep", "drop", 1), Change(None, "drop", 1)}
        assert set(review.changes(1)) == moved
        assert review.undo(1, "Ann", "u") == 4
        assert proposals_of(catalog, [1, 2, 4]) == {1: Proposal(1, False, "no_face"), 2: Proposal(2, True)}


def test_later_rounds_look_at_what_is_asked_for(tmp_path: Path) -> None:
    with filled(tmp_path, None, 6) as catalog:
        review = Review(catalog)
        review.open_round(overlap=1.0)
        say(review, "Ann", "keep", 1, 2, 3)
        say(review, "Ann", "drop", 4)
        say(review, "Bob", "drop", 3)
        for scope, expected in (
            (None, {1, 2, 3, 5, 6}),
            ("kept", {1, 2}),
            ("dropped", {4}),
            ("disputed", {3}),
            ("undecided", {5, 6}),
            ("all", set(range(1, 7))),
        ):
            number = review.open_round(scope).number  # type: ignore[arg-type]
            assert set(waiting(review, "Ann", number)) == expected
        with pytest.raises(UserError, match="no scope"):
            review.open_round("some")  # type: ignore[arg-type]


def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        review = Review(catalog)
        with pytest.raises(UserError, match="no picture to review"):
            review.open_round()
        assert review.rounds() == []
        with pytest.raises(UserError, match="no round 1"):
            review.queue(1, "Ann")
        catalog.add(picture(1), Origin("folder"))
        review.open_round()
        for name in ("", "  ", "checks", "x" * 101):
            with pytest.raises(UserError, match="needs a name"):
                review.queue(1, name)
        with pytest.raises(UserError, match="no picture that is dropped"):
            review.open_round("dropped")
        assert [one.number for one in review.rounds()] == [1]
        assert review.round(1).closed is None, "a round that could not begin closes none"


def test_every_reason_has_its_own_key_and_digit() -> None:
    assert sorted(reason.digit for reason in REASONS) == list(range(10))
    assert len({reason.key for reason in REASONS}) == 10


# ── Several at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def _review_all(root: str, database: str | None, name: str, keeps_even: bool) -> int:
    said = 0
    with Catalog.open(Path(root), database) as catalog:
        review = Review(catalog)
        while found := [queued for queued in review.queue(1, name, count=7) if not queued.lent]:
            verdicts = [
                Verdict(
                    queued.image.id, "keep" if (queued.image.id % 2 == 0) == keeps_even else "drop", "eyes", f"{at}"
                )
                for at, queued in enumerate(found, said)
            ]
            answers = review.decide(1, name, verdicts)
            assert {answer.status for answer in answers} == {"saved"}
            review.decide(1, name, verdicts)  # the network was slow, and it was sent again
            said += len(found)
            if said == 14:  # the last one was a slip
                review.undo(1, name, "undo")
                review.decide(1, name, [verdicts[-1]._replace(client_id="again")])
    return said


@pytest.mark.slow
def test_reviewers_at_once_lose_no_verdict(tmp_path: Path, database: str | None) -> None:
    names = {"Ann": True, "Bob": True, "Cy": False}
    with filled(tmp_path, database, 40) as catalog:
        review = Review(catalog)
        review.open_round(overlap=1.0)
        for name in names:
            review.join(1, name)
        with ProcessPoolExecutor(3, mp_context=SPAWN) as pool:
            tasks = [pool.submit(_review_all, str(tmp_path), database, name, even) for name, even in names.items()]
            assert [task.result() for task in tasks] == [40, 40, 40]
        with catalog.database.reading() as session:
            said = Counter(session.scalars(select(VerdictRow.reviewer)))
        assert said == dict.fromkeys(names, 40 + 2)
        results = {image.id: image.result for image in catalog.images()}
        assert results == {number: "keep" if number % 2 == 0 else "drop" for number in range(1, 41)}
        agreement = review.agreement(1)
        assert (agreement.method, agreement.pictures, agreement.same) == ("fleiss", 40, 0)
        kappas = {(pair.a, pair.b): pair.kappa for pair in agreement.pairs}
        assert kappas == {("Ann", "Bob"): 1.0, ("Ann", "Cy"): -1.0, ("Bob", "Cy"): -1.0}
        assert review.round(1).settled == 40


# ── Agreement ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("both_keep", "first_only", "second_only", "both_drop", "kappa"),
    [(20, 5, 10, 15, 0.4), (45, 15, 25, 15, 0.1304), (25, 35, 5, 35, 0.2593), (10, 0, 0, 10, 1.0), (5, 5, 5, 5, 0.0)],
)
def test_cohen_is_that_of_the_textbooks(
    both_keep: int, first_only: int, second_only: int, both_drop: int, kappa: float
) -> None:
    pairs = [("keep", "keep")] * both_keep + [("keep", "drop")] * first_only
    pairs += [("drop", "keep")] * second_only + [("drop", "drop")] * both_drop
    assert cohen(pairs) == pytest.approx(kappa, abs=5e-5)


def test_fleiss_is_that_of_the_textbooks() -> None:
    # Ten subjects, fourteen raters, five categories: the example of Fleiss' κ in most texts (κ = 0.210).
    table = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    assert fleiss(table) == pytest.approx(0.210, abs=5e-4)
    assert fleiss([(3, 0), (0, 3)]) == 1.0
    assert fleiss([*table, (1, 0, 0, 0, 0)]) == fleiss(table), "judged once says nothing of agreement"


def test_what_is_not_defined_is_none() -> None:
    assert cohen([]) is None
    assert cohen([("keep", "keep")] * 5) is None
    assert fleiss([]) is None
    assert fleiss([(2, 0), (3, 0)]) is None
    assert compare({1: {"Ann": "keep"}}).kappa is None


def test_disputed_pictures_are_named() -> None:
    agreement = compare({
        5: {"Ann": "keep", "Bob": "drop"},
        3: {"Ann": "drop", "Bob": "drop"},
        2: {"Ann": "keep", "Bob": "keep"},
        9: {"Ann": "keep"},
    })  # fmt: skip
    assert agreement[:4] == ("cohen", ("Ann", "Bob"), 3, 2)
    assert agreement.kappa == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert agreement.disputed == (5,)
