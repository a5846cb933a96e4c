"""A review as reviewers do it: real catalogues and browsers, the real command, and what the database holds then."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from support.accessibility import violations
from support.database import encoded, filled, picture, turned

from ganvas.curate.catalog import Catalog, Check, Origin
from ganvas.curate.catalog.tables import VerdictRow
from ganvas.curate.review.review import Review

if TYPE_CHECKING:
    from conftest import Studio, Visit
    from playwright.sync_api import Locator, Page, Route

    VisitTo = Callable[[str, Path], Visit]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

STATIC = Path(__file__).parents[2] / "src" / "ganvas" / "serve" / "static"
PICTURES = 60
MIRRORED = PICTURES + 1  # a mirrored copy of the first
NO_LINE = "ERR_INTERNET_DISCONNECTED|ERR_FAILED"


@contextmanager
def reviewing(*arguments: str) -> Iterator[str]:
    """`ganvas review …` on a free port. → its address"""
    if not (STATIC / "index.html").is_file():
        pytest.skip("the studio's pages are not built; run `make web`")
    command = [sys.executable, "-m", "ganvas.cli", "review", "--port", "0", "--overlap", "1", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as one:
        assert one.stdout is not None
        try:
            said = ""
            while (found := re.search(r"http://\S+", said)) is None:
                line = one.stdout.readline()
                assert line, said
                said += line
            yield found[0]
        finally:
            one.terminate()
            one.wait(30)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A round in which everybody sees all pictures, so that each test reviews under a name of its own."""
    root = tmp_path_factory.mktemp("review") / "portraits"
    with filled(root, None, PICTURES) as catalog:
        origin = Origin("search", "https://a.example/x.jpg", keyword="mayor", licence="public domain")
        catalog.add(encoded(turned(picture(0)), "JPEG"), origin)
        catalog.record(1, [Check("turned", 31.5, 0.001, "1"), Check("covered", 0.6, 0.2, "1")])
        catalog.record(MIRRORED, [Check("sharpness", None, 0.9999, "1")])
    with reviewing(str(root)) as url:
        yield url, root


@pytest.fixture
def visit(visit_to: VisitTo, catalogue: tuple[str, Path]) -> Visit:
    return visit_to(*catalogue)


def begin(visit: Visit, name: str, **settings: object) -> Page:
    """Sit down to review under a name."""
    page = visit.open("/", **settings)
    page.get_by_role("link", name="Curate").click()
    page.get_by_label("Your name").fill(name)
    page.keyboard.press("Enter")
    ready(page)
    return page


def ready(page: Page) -> None:
    expect(page.locator("[data-testid=picture][data-state=ready]").first).to_be_visible()


def press(page: Page, keys: str) -> None:
    """One key after the other, each on a picture that is there."""
    for key in keys.split():
        ready(page)
        page.keyboard.press(key)


def saved(page: Page) -> None:
    expect(page.get_by_text("All saved")).to_be_visible()


def done(page: Page) -> Locator:
    return page.get_by_test_id("progress").locator("strong")


def showing(page: Page, number: int) -> None:
    expect(page.get_by_role("img", name=re.compile(f"^Picture {number},"))).to_be_visible()


def progress(root: Path, name: str) -> tuple[int, int, int]:
    with Catalog.open(root) as catalog:
        found = Review(catalog).progress(1, name)
    return found.kept, found.dropped, found.skipped


def record(root: Path, name: str) -> list[tuple[int, str, str | None]]:
    """Everything this reviewer ever said, in order."""
    with Catalog.open(root) as catalog, catalog.database.reading() as session:
        rows = session.scalars(select(VerdictRow).filter_by(reviewer=name).order_by(VerdictRow.id)).all()
        return [(row.image_id, row.verdict, row.reason) for row in rows]


def test_fifty_verdicts_in_a_row_by_keyboard_arrive_in_order(visit: Visit) -> None:
    page = begin(visit, "Fifty")
    keys = ["k", "1", "p", "s", "8"] * 10
    press(page, " ".join(keys))
    expect(done(page)).to_have_text("50 done")
    saved(page)
    meaning = {
        "k": ("keep", None),
        "p": ("keep", None),
        "s": ("skip", None),
        "1": ("drop", "turned"),
        "8": ("drop", "kind"),
    }
    assert record(visit.studio.root, "Fifty") == [(number + 1, *meaning[key]) for number, key in enumerate(keys)]


def test_undo_goes_back_as_far_as_one_likes_and_over_a_reload(visit: Visit) -> None:
    page = begin(visit, "Undo")
    press(page, "k 2 k")
    saved(page)
    press(page, "u Control+z")
    showing(page, 2)
    expect(done(page)).to_have_text("1 done")
    saved(page)
    assert progress(visit.studio.root, "Undo") == (1, 0, 0)
    page.reload()
    ready(page)
    press(page, "u")
    expect(done(page)).to_have_text("0 done")
    saved(page)
    assert [verdict for _, verdict, _ in record(visit.studio.root, "Undo")].count("undo") == 3
    press(page, "3")
    saved(page)
    assert record(visit.studio.root, "Undo")[-1] == (1, "drop", "hair")


def test_looking_back_changes_a_verdict_and_undo_brings_the_first_one_back(visit: Visit) -> None:
    page = begin(visit, "Back")
    press(page, "k ArrowLeft")
    expect(page.get_by_test_id("verdict")).to_have_text("Kept")
    press(page, "6")
    saved(page)
    assert progress(visit.studio.root, "Back") == (0, 1, 0)
    press(page, "u")
    expect(page.get_by_test_id("verdict")).to_have_text("Kept")
    saved(page)
    assert progress(visit.studio.root, "Back") == (1, 0, 0)


def test_it_goes_on_where_one_stopped(visit: Visit) -> None:
    page = begin(visit, "Resume")
    press(page, "k k s")
    saved(page)
    page.goto(visit.studio.url + "/runs")
    page.goto(visit.studio.url + "/review")
    ready(page)
    expect(page.get_by_test_id("round")).to_contain_text("as Resume")
    expect(done(page)).to_have_text("3 done")
    press(page, "7")
    saved(page)
    assert record(visit.studio.root, "Resume")[-1] == (4, "drop", "text")
    page.goto(visit.studio.url + "/review/1/skipped")
    press(page, "k")
    saved(page)
    assert progress(visit.studio.root, "Resume") == (3, 1, 0)


def test_without_a_line_nothing_waits_and_nothing_is_lost(visit: Visit) -> None:
    page = begin(visit, "Offline")
    page.evaluate("() => Promise.all([...document.images].map(image => image.decode()))")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    press(page, "k 1 k k 2 u")
    expect(done(page)).to_have_text("4 done")
    # The fifth verdict and its undoing cancel out, unless the one is already being sent when the other is made.
    expect(page.get_by_text(re.compile(r"[46] verdicts are safe in this browser"))).to_be_visible()
    page.context.set_offline(False)
    saved(page)
    assert progress(visit.studio.root, "Offline") == (3, 1, 0)
    visit.complaints[:] = [said for said in visit.complaints if not re.search(NO_LINE, said)]


def test_an_answer_that_is_lost_and_a_page_that_is_closed_count_each_verdict_once(visit: Visit) -> None:
    page = begin(visit, "Lost")

    def lose(route: Route) -> None:
        route.fetch()  # the studio saves it, and the page never hears of it
        route.abort()

    page.context.route("**/verdicts", lose)
    press(page, "k 9 k")
    expect(page.get_by_text("3 verdicts are safe in this browser")).to_be_visible()
    page.close()
    again = page.context.new_page()
    again.goto(visit.studio.url + "/review")
    ready(again)
    expect(done(again)).to_have_text("3 done")
    page.context.unroute("**/verdicts")
    again.get_by_role("button", name="Try again").or_(again.get_by_text("All saved")).first.click()
    saved(again)
    assert record(visit.studio.root, "Lost") == [(1, "keep", None), (2, "drop", "duplicate"), (3, "keep", None)]
    assert not again.evaluate("() => Object.keys(localStorage).filter(key => key.includes('review.said')).length")
    visit.complaints[:] = [said for said in visit.complaints if not re.search(NO_LINE, said)]


def test_a_look_alike_stands_beside_the_picture(visit: Visit) -> None:
    page = begin(visit, "Twin")
    press(page, "d")
    beside = page.get_by_role("group", name="Look-alikes")
    expect(beside).to_contain_text("Mirrored")
    press_flip = beside.locator("img[data-flipped]")
    expect(press_flip).to_have_count(0)
    page.keyboard.press("m")
    expect(press_flip).to_have_count(1)
    page.keyboard.press("9")
    expect(beside).to_have_count(0)
    saved(page)
    assert record(visit.studio.root, "Twin") == [(1, "drop", "duplicate")]


def test_the_page_says_what_is_known_of_a_picture(visit: Visit) -> None:
    page = begin(visit, "Facts")
    side = page.get_by_role("complementary", name="About this picture")
    expect(side.get_by_role("listitem").filter(has_text="Looks at the camera")).to_contain_text("bad · 32°")
    expect(side.get_by_role("listitem").filter(has_text="Nothing before the face")).to_contain_text("hint only")
    expect(side).to_contain_text("pictures/0.png")
    expect(side).to_contain_text("Nothing is ever deleted")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Undo, as far back as you like")
    expect(sheet.get_by_text("hair or fringe over the eyes")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(done(page)).to_have_text("0 done")


def test_the_grid_keeps_all_others_at_once_and_one_undo_takes_that_back(visit: Visit) -> None:
    page = begin(visit, "Grid")
    press(page, "g ArrowRight 4")
    cells = page.locator("[data-cell]")
    expect(cells.nth(1)).to_have_accessible_name(re.compile("Dropped: cut off"))
    assert violations(page) == []
    count = cells.count()
    rest = page.get_by_role("button", name=f"Keep the remaining {count - 1} on this page")
    expect(rest).to_be_visible()
    page.keyboard.press("a")
    expect(done(page)).to_have_text(f"{count} done")
    saved(page)
    assert progress(visit.studio.root, "Grid") == (count - 1, 1, 0)
    press(page, "u")
    expect(done(page)).to_have_text("1 done")
    saved(page)
    assert progress(visit.studio.root, "Grid") == (0, 1, 0)
    cells.nth(4).click()
    page.keyboard.press("Enter")
    showing(page, 5)


def test_mouse_touch_and_a_korean_keyboard_do_the_same(visit: Visit) -> None:
    page = begin(visit, "Touch", width=390, height=844, has_touch=True)
    page.get_by_role("button", name="Keep").tap()
    page.get_by_role("button", name="Drop").tap()
    page.get_by_role("dialog").get_by_role("button", name="head turned").tap()
    expect(done(page)).to_have_text("2 done")
    page.evaluate("() => dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅏ', code: 'KeyK', cancelable: true}))")
    expect(done(page)).to_have_text("3 done")
    ready(page)
    page.get_by_role("button", name="Keep").click()
    press(page, "Space")  # skips, rather than pressing the button that was clicked
    expect(done(page)).to_have_text("5 done")
    saved(page)
    assert violations(page) == []
    assert progress(visit.studio.root, "Touch") == (3, 1, 1)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


def test_a_studio_without_a_catalogue_says_how_to_open_one(visit_to: VisitTo, studio: Studio) -> None:
    page = visit_to(studio.url, studio.root).open("/review")
    expect(page.get_by_role("heading", name="No catalogue is open")).to_be_visible()
    expect(page.get_by_text("ganvas review catalogue")).to_be_visible()
    expect(page.get_by_role("link", name="Runs")).to_be_visible()
    expect(page.get_by_role("link", name="Curate")).to_have_count(0)


def test_two_browsers_review_at_once_on_postgresql(
    tmp_path: Path, postgresql_server: Callable[[], str], visit_to: VisitTo
) -> None:
    count, database = 30, postgresql_server()
    filled(tmp_path, database, count).close()
    with reviewing(str(tmp_path), "--database", database) as url:
        visit = visit_to(url, tmp_path)
        ann, bob = begin(visit, "Ann"), begin(visit, "Bob")
        for number in range(count):  # they differ in the first six of thirty
            press(ann, "1" if number < 12 else "k")
            press(bob, "1" if 6 <= number < 12 else "k")
        for page in (ann, bob):
            expect(page.get_by_text("You have seen everything")).to_be_visible()
            saved(page)
        ann.get_by_role("link", name="Results").first.click()
        # Same 24 of 30: 0.8 observed; by chance 12/30 · 6/30 + 18/30 · 24/30 = 0.56; (0.8 - 0.56) / 0.44 = 0.55
        agreement = ann.get_by_role("region", name="Agreement")
        expect(agreement).to_contain_text("the same of 24 of 30")
        expect(agreement).to_contain_text("0.55")
        expect(agreement).to_contain_text("Some agreement")
        expect(ann.get_by_role("region", name="How far everybody is")).to_contain_text("Bob")
        expect(ann.get_by_role("region", name="What this round changed")).to_contain_text("undecided → keep18")
        expect(ann.get_by_role("region", name="Disputes").get_by_role("listitem")).to_have_count(6)
        ann.get_by_role("button", name="Settle these 6 in a new round").click()
        expect(ann).to_have_url(re.compile("/review/2$"))
        press(ann, "k k k k k k")
        saved(ann)
        for context in visit.contexts:
            context.close()
    with Catalog.open(tmp_path, database) as catalog:
        review = Review(catalog)
        assert [tuple(review.progress(1, name))[:2] for name in ("Ann", "Bob")] == [(18, 12), (24, 6)]
        assert review.agreement(1).disputed == (1, 2, 3, 4, 5, 6)
        assert (catalog.counts().keep, catalog.counts().drop, catalog.counts().disputed) == (24, 6, 0)
        with catalog.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(VerdictRow)) == 2 * count + 6
