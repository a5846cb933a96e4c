"""The catalogue, on SQLite and on a real PostgreSQL: nothing twice, nothing lost, several processes at once."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from PIL import Image
from sqlalchemy import text
from support.database import encoded, filled, picture, turned

from ganvas.curate.catalog import Catalog, Check, Counts, Origin, Proposal
from ganvas.curate.catalog.database import MIGRATIONS
from ganvas.curate.catalog.tables import REVISIONS, Base
from ganvas.curate.duplicates import Hashes, group_duplicates
from ganvas.curate.images.decode import PictureError
from ganvas.curate.review.propose import propose
from ganvas.errors import UserError

SPAWN = multiprocessing.get_context("spawn")


# ── Pictures come ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_kept_once_with_every_way_by_which_it_came(tmp_path: Path, database: str | None) -> None:
    content = encoded(Image.open(Path(_write(tmp_path / "a.png", picture(1)))), "JPEG", quality=95)
    first = Origin("urls", "https://a.example/1.jpg", page="https://a.example", licence="CC0")
    with Catalog.open(tmp_path / "c", database) as catalog:
        one = catalog.add(content, first)
        again = catalog.add(content, Origin("search", "https://b.example/x.jpg", keyword="  Two\u00a0 WORDS "))
        catalog.add(content, first)
        image = catalog.image(one.id)
        assert (one.new, again.new) == (True, False)
        assert one.id == again.id
        assert image is not None
        assert image.path.read_bytes() == content
        assert image.path.parent.parent == tmp_path / "c" / "store"
        assert image.path.suffix == ".jpg"
        assert (image.width, image.height, image.bytes) == (64, 48, len(content))
        assert catalog.origins(one.id) == [
            first,
            Origin("search", "https://b.example/x.jpg", keyword="two words"),
        ]
        assert len(catalog) == 1


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_what_is_no_picture_leaves_nothing_behind(tmp_path: Path, database: str | None) -> None:
    with Catalog.open(tmp_path / "c", database) as catalog:
        for content in (b"", b"<html>", picture(1)[:200]):
            with pytest.raises(PictureError):
                catalog.add(content, Origin("urls", "https://a.example"))
        assert catalog.counts() == Counts(0, 0, 0, 0, 0)
        assert not list((tmp_path / "c").glob("store/*/*"))


def test_a_lost_file_comes_back_when_it_is_found_again(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        number = catalog.add(picture(1), Origin("folder")).id
        shutil.rmtree(tmp_path / "store")
        catalog.add(picture(1), Origin("folder"))
        image = catalog.image(number)
        assert image is not None
        assert image.path.read_bytes() == picture(1)


def test_origins_hold_any_text(tmp_path: Path, database: str | None) -> None:
    odd = Origin("folder", path="a\0b \udcff 사진 \U0001f600", url="https://x/" + "y" * 5000)
    with Catalog.open(tmp_path, database) as catalog:
        number = catalog.add(picture(1), odd).id
        kept = catalog.origins(number)[0]
        assert kept.url == odd.url
        assert kept.path == "ab ? 사진 \U0001f600"


def _add_all(root: str, database: str | None, seeds: list[int], who: str) -> list[tuple[int, bool]]:
    with Catalog.open(Path(root), database) as catalog:
        added = [catalog.add(picture(seed), Origin("folder", path=f"{who}/{seed}")) for seed in seeds]
    return [(one.id, one.new) for one in added]


@pytest.mark.slow
def test_processes_that_add_the_same_pictures_at_once_add_each_once(tmp_path: Path, database: str | None) -> None:
    # The catalogue does not exist yet: making its tables is part of the race.
    orders = [list(range(12)), list(range(11, -1, -1)), list(range(12))]
    with ProcessPoolExecutor(3, mp_context=SPAWN) as pool:
        tasks = [pool.submit(_add_all, str(tmp_path), database, order, f"p{at}") for at, order in enumerate(orders)]
        answers = [answer for task in tasks for answer in task.result()]
    with Catalog.open(tmp_path, database) as catalog:
        assert len(catalog) == 12
        assert sum(new for _, new in answers) == 12
        for image in catalog.images():
            assert len(catalog.origins(image.id)) == 3
            assert image.path.is_file()


# ── The collector's memory ──────────────────────────────────────────────────────────────────────────────────────────


def test_addresses_are_remembered_by_their_last_answer(tmp_path: Path, database: str | None) -> None:
    url = "https://a.example/" + "long/" * 2000
    with Catalog.open(tmp_path, database) as catalog:
        assert catalog.crawl_log.url_state(url) is None
        catalog.crawl_log.note_url(url, etag=None, last_modified=None, sha256=None, outcome="timeout")
        catalog.crawl_log.note_url(url, etag='"1"', last_modified="Mon", sha256="ab", outcome="stored")
        state = catalog.crawl_log.url_state(url)
        assert state is not None
        assert state[:5] == (url, '"1"', "Mon", "ab", "stored")
        assert state.when.tzinfo is not None


def test_a_word_is_known_in_any_spelling_and_counts_what_it_brought(tmp_path: Path, database: str | None) -> None:
    with Catalog.open(tmp_path, database) as catalog:
        assert not catalog.crawl_log.searched("bing", "Café")
        catalog.crawl_log.note_search("bing", "  Cafe\u0301 ", found=10, new=2)
        catalog.crawl_log.note_search("bing", "café", found=5, new=1)
        catalog.crawl_log.note_search("flickr", "café", found=4, new=0)
        assert catalog.crawl_log.searched("bing", "CAFÉ")
        assert not catalog.crawl_log.searched("bing", "cafe")
        ids = [catalog.add(picture(seed), Origin("search:bing", keyword="CAFÉ")).id for seed in range(3)]
        catalog.add(picture(9), Origin("search:flickr", keyword="café"))
        propose(catalog, [Proposal(ids[0], True), Proposal(ids[1], True), Proposal(ids[2], False, "quality")])
        counts = [
            (row.engine, row.keyword, row.found, row.new, row.kept, row.dropped) for row in catalog.crawl_log.keywords()
        ]
        assert counts == [("bing", "café", 15, 3, 2, 1), ("flickr", "café", 4, 0, 0, 0)]


# ── Measurements ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_measurement_of_a_name_counts(tmp_path: Path, database: str | None) -> None:
    with Catalog.open(tmp_path, database) as catalog:
        one, two = (catalog.add(picture(seed), Origin("folder")).id for seed in (1, 2))
        catalog.record(one, [Check("turned", 30.0, 0.2, "1"), Check("blur", float("inf"), 0.9, "1", {"side": 64})])
        catalog.record(one, [Check("turned", 5.0, 0.95, "2", {"yaw": 5})])
        assert catalog.checks(one) == [
            Check("blur", None, 0.9, "1", {"side": 64}),
            Check("turned", 5.0, 0.95, "2", {"yaw": 5}),
        ]
        image = catalog.image(one)
        assert image is not None
        assert image.score == 0.9
        assert [image.id for image in catalog.images(lacking=("turned", "2"))] == [two]
        assert [image.id for image in catalog.images(lacking=("turned", "3"))] == [one, two]
        with pytest.raises(ValueError, match=r"in \[0, 1\]"):
            catalog.record(one, [Check("blur", 1.0, 1.5, "1")])


def test_pictures_are_read_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganvas.curate.catalog.catalog.BATCH", 4)
    with filled(tmp_path, None, 10) as catalog:
        assert [image.id for image in catalog.images()] == list(range(1, 11))
        assert [image.id for image in catalog.images(ids=range(9, 0, -2))] == [1, 3, 5, 7, 9]
        assert [image.id for image in catalog.images(after=8)] == [9, 10]


# ── Likeness ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_near_copies_and_mirrored_copies_are_found_and_named(tmp_path: Path, database: str | None) -> None:
    with filled(tmp_path, database, 8) as catalog:
        small = Image.open(Path(_write(tmp_path / "a.png", picture(2)))).resize((48, 36))
        copy = catalog.add(encoded(small, "JPEG", quality=60), Origin("upload")).id
        mirror = catalog.add(encoded(turned(picture(2)), "JPEG", quality=70), Origin("upload")).id
        assert [(found.ids, found.mirrored) for found in catalog.duplicates()] == [((3, copy, mirror), {mirror})]
        twins = catalog.twins([3, 1])
        assert twins[1] == []
        assert {(twin.id, twin.mirrored) for twin in twins[3]} == {(copy, False), (mirror, True)}
        later = catalog.add(encoded(turned(picture(1)), "JPEG"), Origin("upload")).id  # after the hashes were read
        assert [(twin.id, twin.mirrored) for twin in catalog.twins([2])[2]] == [(later, True)]


def _brute(plain: np.ndarray, mirror: np.ndarray, distance: int) -> set[tuple[int, int]]:
    pairs = set()
    for a in range(len(plain)):
        for b in range(a + 1, len(plain)):
            straight, turn = int(plain[a] ^ plain[b]).bit_count(), int(plain[a] ^ mirror[b]).bit_count()
            if min(straight, turn) <= distance:
                pairs.add((a + 1, b + 1))
    return pairs


@pytest.mark.parametrize("distance", [0, 3, 6, 11])
def test_groups_are_what_comparing_all_with_all_finds(distance: int) -> None:
    generator = np.random.default_rng(distance)
    plain = generator.integers(0, 2**63, 300, dtype=np.uint64)
    for at in range(100, 200):  # near copies: some bits of an earlier one turned over
        plain[at] = plain[at - 100]
        for bit in generator.choice(64, generator.integers(0, 14), replace=False):
            plain[at] ^= np.uint64(1) << np.uint64(bit)
    odd = np.uint64(0xAAAAAAAAAAAAAAAA)  # mirroring turns over fixed bits of the hash
    mirror = plain ^ odd
    plain[200:230] = mirror[:30]
    mirror[200:230] = plain[:30]
    hashes = Hashes()
    hashes.extend(lambda after: [
        (at + 1, int(a.view(np.int64)), int(b.view(np.int64)))
        for at, (a, b) in enumerate(zip(plain, mirror, strict=True))
    ])  # fmt: skip
    found = group_duplicates(hashes, distance)
    members = {number: set(one.ids) for one in found for number in one.ids}
    expected = _brute(plain, mirror, distance)
    assert expected
    for a, b in expected:
        assert b in members.get(a, set()), (a, b)
    joined = set(expected)
    for one in found:  # and nothing is joined that no chain of pairs joins
        reached = {one.ids[0]}
        while more := {y for x in reached for pair in joined if x in pair for y in pair} - reached:
            reached |= more
        assert reached == set(one.ids)
    mirrored_of_first = {number for one in found if 1 in one.ids for number in one.mirrored}
    assert 201 in mirrored_of_first


def test_thousands_of_the_same_picture_are_one_group() -> None:
    hashes = Hashes()
    hashes.extend(lambda after: [(at, 7, 99) for at in range(1, 20_001)])
    found = group_duplicates(hashes, 6)
    assert len(found) == 1
    assert len(found[0].ids) == 20_000


def test_pictures_that_are_seen_late_are_taken_in() -> None:
    """A process that began earlier may finish later, with a lower number."""
    rows = [(1, 5, 6), (3, 7, 8)]
    hashes = Hashes()
    hashes.extend(lambda after: rows)
    rows.insert(1, (2, 5, 6))
    hashes.extend(lambda after: [row for row in rows if row[0] > after])
    assert hashes.ids.tolist() == [1, 2, 3]
    assert [twin.id for twin in hashes.near(1, 0)] == [2]


# ── The database ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path, database: str | None) -> None:
    with Catalog.open(tmp_path, database) as catalog, catalog.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS


def test_a_catalogue_of_a_newer_version_is_refused(tmp_path: Path, database: str | None) -> None:
    with Catalog.open(tmp_path, database) as catalog, catalog.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'r9000'"))
    with pytest.raises(UserError, match=r"newer Ganvas.*pip install -U"):
        Catalog.open(tmp_path, database)


def test_what_is_no_catalogue_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"not a database, but long enough to look at" * 40)
    with pytest.raises(UserError, match="not a catalogue of Ganvas"):
        Catalog.open(tmp_path)
    with pytest.raises(UserError, match="cannot be opened"):
        Catalog.open(tmp_path / "new", "postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(UserError, match="not mysql"):
        Catalog.open(tmp_path / "new", "mysql://a@b/c")
    with pytest.raises(UserError, match="must be an address"):
        Catalog.open(tmp_path / "new", "postgres//x")


def test_the_environment_may_name_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_DATABASE", f"sqlite:///{tmp_path}/elsewhere.db")
    with Catalog.open(tmp_path / "c") as catalog:
        catalog.add(picture(1), Origin("folder"))
    assert (tmp_path / "elsewhere.db").is_file()
    assert not (tmp_path / "c" / "catalog.db").exists()


def test_a_kill_in_the_middle_loses_nothing_that_was_added(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal; sys.path.insert(0, sys.argv[2]); from pathlib import Path\n"
        "from support.database import picture\nfrom ganvas.curate.catalog import Catalog, Origin\n"
        "catalog = Catalog.open(Path(sys.argv[1]))\n"
        "for seed in range(5):\n    print(catalog.add(picture(seed), Origin('folder')).id, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parents[2])], capture_output=True, check=False
    )
    assert done.returncode == -9, done.stderr
    assert done.stdout.split() == [b"1", b"2", b"3", b"4", b"5"]
    with Catalog.open(tmp_path) as catalog:
        assert [image.id for image in catalog.images()] == [1, 2, 3, 4, 5]
    with sqlite3.connect(tmp_path / "catalog.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
