"""The Opinion page in a real Chromium: an owner opens a study, raters answer by keyboard and touch, results follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.accessibility import violations
from support.music import midi_file
from support.opinion import rater, study, take_part
from support.studio import served_at

from ganvas.apps.opinion import Study, StudyOptions, create_study
from ganvas.apps.opinion.order import plan
from ganvas.apps.opinion.sources import Source
from ganvas.serve.core.settings import StudioSettings

if TYPE_CHECKING:
    from conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


@pytest.fixture
def made(tmp_path: Path) -> Study:
    """A short study; others beside it compare pairs, and clips of music of a second each."""
    first = study(tmp_path, contents=2, training=1)
    sources = [Source(name, tmp_path / "sources" / name) for name in ("best", "worst")]
    pairs = create_study(
        tmp_path / "studies" / "pairs",
        StudyOptions(title="Twos", mode="pairs", sources=sources, contents=2, training=0),
    )
    pairs.open()
    for number, name in enumerate(("ours", "theirs")):
        (tmp_path / "songs" / name).mkdir(parents=True)
        notes = [[(0, 1, 60 + number), (1, 1, 64)], [(0, 2, 48)]]
        (tmp_path / "songs" / name / "a.mid").write_bytes(midi_file(notes, numerator=2))
    sources = [Source(name, tmp_path / "songs" / name) for name in ("ours", "theirs")]
    music = StudyOptions(title="Ears", mode="pairs", sources=sources, contents=1, training=0)
    create_study(tmp_path / "studies" / "ears", music).open()
    return first


@pytest.fixture
def at_studies(visit_to: Callable[[str, Path], Visit], tmp_path: Path, made: Study) -> Iterator[Visit]:
    with served_at(StudioSettings(studies=tmp_path / "studies")) as url:
        visit = visit_to(url, tmp_path)
        yield visit
        while visit.contexts:
            visit.contexts.pop().close()


def test_a_study_from_opening_to_results(at_studies: Visit, made: Study) -> None:
    page = at_studies.open("/opinion")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Pictures", exact=True))
    card.get_by_role("button", name="Open for ratings").click()
    card.get_by_role("link", name="Take part").click()
    expect(page).to_have_url(re.compile("/opinion/first$"))
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("^Begin")).click()
    answer, trials = rater(made, 0, 0), plan(made.manifest, 0)
    for number, trial in enumerate(trials):
        expect(page.get_by_text(f"{number + 1} of {len(trials)}")).to_be_visible()
        five = page.get_by_role("button", name="Excellent")
        expect(five).to_be_enabled()
        if number == 0:
            expect(page.get_by_text("for practice")).to_be_visible()
            assert page.get_by_role("img", name="Picture").bounding_box()["width"] == 32, "pixel for pixel"
            assert violations(page) == []
            page.reload()
            expect(five).to_be_enabled()
        if number == 1:
            for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
                page.keyboard.press(key)
            expect(page.get_by_role("button", name="Fair")).to_be_focused()
        page.keyboard.press(str(answer(trial)))
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    take_part(made, rater(made, 0.5, 1))
    page.get_by_role("link", name="All studies").click()
    expect(card).to_contain_text("2 people, 2 finished")
    card.get_by_role("button", name="Close").click()
    card.get_by_role("button", name="Close for good").click()
    card.get_by_role("link", name="Results").click()
    expect(page.get_by_text("The answers of 2 of 2 people are counted.")).to_be_visible()
    expect(page.get_by_role("rowheader")).to_have_text(["best", "middle", "worst"])
    assert violations(page) == []


def test_pairs_on_a_phone_in_korean_and_withdrawal(at_studies: Visit, tmp_path: Path) -> None:
    page = at_studies.open("/opinion/pairs", width=390, height=844, locale="ko-KR", color_scheme="dark", has_touch=True)
    page.get_by_role("button", name=re.compile("^시작")).tap()
    for number in range(2):
        expect(page.get_by_text(f"5문항 중 {number + 1}번째")).to_be_visible()
        page.get_by_role("button", name=("첫째", "모르겠음")[number]).tap()
    expect(page.get_by_text("5문항 중 3번째")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off at the side"
    assert violations(page) == []
    addresses = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name).join(' ')")
    assert "best" not in addresses
    assert "worst" not in addresses
    page.get_by_role("button", name="철회").tap()
    page.get_by_role("button", name="내 답 삭제").tap()
    expect(page.get_by_role("status")).to_contain_text("삭제되었습니다")
    facts = Study(tmp_path / "studies" / "pairs").facts()
    assert (facts.raters, facts.withdrawn) == (0, 1)

    page.goto(page.url.replace("/pairs", "/ears"))  # music is heard to the end before it is rated
    page.get_by_role("button", name=re.compile("^시작")).tap()
    choice = page.get_by_role("group", name="어느 쪽이 더 좋은가요?").get_by_role("button", name="둘째")
    expect(choice).to_be_disabled()
    page.get_by_role("button", name="재생: 첫째").tap()
    expect(page.get_by_role("button", name="일시 정지: 첫째")).to_be_visible()
    expect(page.get_by_text("끝까지 들음")).to_have_count(1)
    page.keyboard.press("2")
    expect(choice).to_be_disabled()
    page.get_by_role("button", name="재생: 둘째").tap()
    expect(page.get_by_text("끝까지 들음")).to_have_count(2)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off at the side"
    choice.tap()
    expect(page.get_by_text("4문항 중 2번째")).to_be_visible()
    addresses = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name).join(' ')")
    assert "ours" not in addresses
