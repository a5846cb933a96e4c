"""The report of a catalogue, and splits that do not leak."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from support.database import encoded, filled, picture, turned

from ganvas.curate.catalog import Catalog, Origin, Proposal
from ganvas.curate.dataset.splits import GroupedSplit, grouped_split, leakage_groups, leaks
from ganvas.curate.review.propose import propose
from ganvas.curate.review.report import make_report, report_text
from ganvas.curate.review.report_page import report_html
from ganvas.curate.review.review import Review
from ganvas.curate.review.schema import Verdict
from ganvas.errors import UserError
from golden.outside import run


def reviewed(root: Path, database: str | None) -> Catalog:
    """Ten pictures from three places, one of them a mirror image, judged in one round by two people."""
    catalog = filled(root, database, 6)
    for seed in (20, 21):
        catalog.add(
            picture(seed, (300, 600)),
            Origin("search", f"https://img.example/{seed}.png", keyword="<Mayor> & co", licence="CC BY 4.0"),
        )
    catalog.add(encoded(turned(picture(0)), "PNG"), Origin("urls", "https://other.example/a.png"))
    catalog.add(picture(22, (40, 40)), Origin("upload"))
    catalog.crawl_log.note_search("bing", "<mayor> & co", found=40, new=2)
    propose(catalog, [Proposal(10, False, "too_small"), Proposal(7, True)])
    review = Review(catalog)
    review.open_round(overlap=1.0)
    for who, drops in (("Ann", (1, 2)), ("Bob <b>", (1,))):
        said = [
            Verdict(n, "drop" if n in drops else "keep", "hair" if n in drops else None, f"{n}") for n in range(1, 8)
        ]
        review.decide(1, who, said)
    return catalog


def test_the_report_counts_what_came_and_what_became_of_it(tmp_path: Path, database: str | None) -> None:
    with reviewed(tmp_path, database) as catalog:
        report = make_report(catalog)
    assert report.counts == (10, 5, 2, 1, 2)
    assert report.sources[0] == ("folder", 6, 4, 1)
    assert ("search, img.example", 2, 1, 0) in report.sources
    assert [(one.keyword, one.kept) for one in report.keywords] == [("<mayor> & co", 1)]
    assert {(one.reason, one.pictures, one.by_checks, one.examples) for one in report.dropped} == {
        ("hair", 1, 0, (1,)),
        ("too_small", 1, 1, (10,)),
    }
    assert [(one.ids, one.mirrored) for one in report.duplicates] == [((1, 9), {9})]
    assert {one.name: one.pictures for one in report.sizes if one.pictures} == {"under 64": 8, "256–511": 2}
    assert ("<mayor> & co", 2, 1, 0) in report.classes
    assert ("pictures", 6, 4, 1) in report.classes
    assert {one.name: one.pictures for one in report.licences} == {"not stated": 8, "CC BY 4.0": 2}
    assert [(one.name, one.pictures, one.low) for one in report.checks] == [("sharpness", 6, 2)]
    assert report.rounds[0].agreement.disputed == (2,)
    said = report_text(report)
    for part in ("10 pictures", "hair or fringe over the eyes", "1 of them mirrored", "CC BY 4.0", "Cohen's κ"):
        assert part in said


class _Reader(HTMLParser):
    """What a page holds: its text, its pictures, and everything it would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.pictures: list[str] = []
        self.loads: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if tag == "img" and name == "src":
                self.pictures.append(value or "")
            elif name in ("src", "href"):
                self.loads.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone_and_trusts_no_text(tmp_path: Path) -> None:
    with reviewed(tmp_path, None) as catalog:
        reader = _Reader()
        reader.feed(report_html(make_report(catalog), catalog))
    assert reader.loads == []
    assert not {"script", "b", "mayor"} & reader.tags
    assert "<mayor> & co" in reader.text
    assert "Bob <b>" in reader.text
    assert len(reader.pictures) == 4  # two that were dropped, and a pair that looks the same
    assert all(one.startswith("data:image/webp;base64,") for one in reader.pictures)


def test_an_empty_catalogue_has_a_report(tmp_path: Path, database: str | None) -> None:
    with Catalog.open(tmp_path, database) as catalog:
        report = make_report(catalog)
        assert "0 pictures" in report_text(report)
        assert "<h1>" in report_html(report, catalog)


def test_the_commands_tell_it(tmp_path: Path) -> None:
    reviewed(tmp_path / "c", None).close()
    told = run("report", str(tmp_path / "c"), "-o", str(tmp_path / "report.html"))
    assert told.code == 0, told.err
    assert "dropped 2" in told.out
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    words = run("keywords", str(tmp_path / "c"))
    assert "<mayor> & co" in words.out
    done = run("split", str(tmp_path / "c"), "-o", str(tmp_path / "split.csv"), "--all", "--ratios", "0.5,0.3,0.2")
    assert done.code == 0, done.err
    with (tmp_path / "split.csv").open() as file:
        rows = {int(row["id"]): row for row in csv.DictReader(file)}
    assert len(rows) == 10
    assert rows[1]["part"] == rows[9]["part"]
    assert rows[1]["group"] == rows[9]["group"] == "1"
    assert (tmp_path / "c" / rows[4]["path"]).is_file()
    wrong = run("split", str(tmp_path / "c"), "--ratios", "half")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)


# ── Splits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def faces(people: list[int], noise: float = 0.15) -> np.ndarray:
    """Embeddings of unit length: one direction a person, and a little of chance."""
    generator = np.random.default_rng(0)
    direction = generator.normal(size=(max(people) + 1, 128))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    found = direction[people] + noise * generator.normal(size=(len(people), 128)) / np.sqrt(128)
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_no_face_and_no_look_alike_stands_on_two_sides() -> None:
    generator = np.random.default_rng(1)
    people = generator.integers(0, 60, 400).tolist()
    ids = (np.arange(400) * 7 + 3).tolist()
    embeddings = faces(people)
    embeddings[::50] = np.nan  # no face there
    embeddings[1::50] = 0
    planted = [(ids[0], ids[50]), (ids[50], ids[100]), (ids[1], ids[2])]  # faceless look-alikes, in a chain
    made = grouped_split(ids, duplicates=planted, embeddings=embeddings, seed=3)
    part = made.part()
    assert sorted(part) == sorted(ids)
    faced = [at for at in range(400) if at % 50 > 1]
    by_person = [[ids[at] for at in faced if people[at] == person] for person in range(60)]
    assert leaks(part, [*by_person, *planted]) == []
    assert part[ids[0]] == part[ids[100]]
    sizes = np.array([len(made.train), len(made.validation), len(made.test)])
    assert np.abs(sizes - [320, 40, 40]).max() <= max(len(group) for group in made.groups)
    careless = grouped_split(ids, seed=3).part()
    assert leaks(careless, by_person), "the planted leaks are real ones"


def test_a_split_depends_on_the_seed_alone() -> None:
    ids = list(range(100, 300))
    groups = [(100, 101, 102), (150, 250)]
    one = grouped_split(ids, duplicates=groups, seed=5)
    assert grouped_split(list(reversed(ids)), duplicates=groups[::-1], seed=5) == one
    assert grouped_split(ids, duplicates=groups, seed=6) != one
    assert (len(one.train), len(one.validation), len(one.test)) == (160, 20, 20)
    assert one.groups == ((100, 101, 102), (150, 250))


def test_ratios_hold_as_far_as_groups_let_them() -> None:
    assert [len(part) for part in grouped_split(range(10), ratios=(5, 3, 2))[:3]] == [5, 3, 2]
    assert [len(part) for part in grouped_split(range(7), ratios=(1, 0, 0))[:3]] == [7, 0, 0]
    assert grouped_split([], seed=1) == GroupedSplit((), (), (), ())
    one = grouped_split(range(10), duplicates=[range(9)])
    assert [len(part) for part in one[:3]] == [9, 1, 0] or [len(part) for part in one[:3]] == [9, 0, 1]
    for wrong in ((0, 0, 0), (1, -1, 1), (0.5, 0.5), (float("nan"), 1, 1)):
        with pytest.raises(UserError, match="three shares"):
            grouped_split(range(10), ratios=wrong)  # type: ignore[arg-type]


def test_leaks_of_somebody_elses_split_are_named() -> None:
    found = leaks({1: "train", 2: "test", 3: "train", 4: "test"}, [(1, 2, 3), (4, 9)])
    assert [(leak.a, leak.b, leak.part_a, leak.part_b) for leak in found] == [(1, 2, "train", "test")]


def test_embeddings_must_fit() -> None:
    with pytest.raises(ValueError, match="must be"):
        leakage_groups([1, 2], embeddings=np.zeros((3, 128), np.float32))
    with pytest.raises(ValueError, match="twice"):
        leakage_groups([1, 1])


@pytest.mark.shared_data
@pytest.mark.slow
def test_strangers_are_not_taken_for_one_person(shared_data: Path) -> None:
    """Portraits of members of parliament, one of each: hardly any two may be joined, and near copies must be."""
    from ganvas.curate.faces.embeddings import embeddings_of

    paths = sorted((shared_data / "portraits").rglob("*.jpg"))[:60]
    embeddings = embeddings_of(paths, processes=1)
    assert np.isfinite(embeddings).all(axis=1).mean() > 0.9
    assert len([group for group in leakage_groups(range(60), embeddings=embeddings) if len(group) > 1]) <= 1
    copies = paths[:5]
    smaller = [Path(f"{paths[0].parent}/{path.name}") for path in copies]
    again = embeddings_of(smaller, processes=1)
    both = np.concatenate([embeddings[:5], again])
    assert leakage_groups(range(10), embeddings=both) == [(at, at + 5) for at in range(5)]
