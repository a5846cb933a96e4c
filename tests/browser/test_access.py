"""Signing in, and a studio below a path, as a person meets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.studio import served

import ganvas.serve
from ganvas import starters
from ganvas.serve.app import create_app
from ganvas.serve.core.access_tokens import add_token, read_tokens
from ganvas.serve.core.settings import StudioSettings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = "/lab/gan"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, str]:
    return {role: add_token(tmp_path / "tokens.json", role) for role in ("player", "owner")}  # type: ignore[arg-type]


@pytest.fixture
def address(tmp_path: Path, tokens: dict[str, str]) -> Iterator[str]:
    if not (Path(ganvas.serve.__file__).parent / "static" / "index.html").is_file():
        pytest.skip("the studio's pages are not built; run `make web`")
    settings = StudioSettings(
        tokens=read_tokens(tmp_path / "tokens.json"), starters=starters.FOLDER, runs=tmp_path, root_path=ROOT
    )
    with served(create_app(settings=settings)) as (client, _):
        yield f"{client.base_url}".rstrip("/") + ROOT


def test_signing_in_below_a_path(page: Page, address: str, tokens: dict[str, str]) -> None:
    outside: list[str] = []
    failed: list[tuple[int, str]] = []

    def note(answer: Any) -> None:
        if ROOT not in answer.url:
            outside.append(answer.url)
        if answer.status >= 400 and answer.status not in (401, 403):
            failed.append((answer.status, answer.url))

    page.on("response", note)
    page.goto(f"{address}/translate")
    page.get_by_label("Token", exact=True).fill("not a token")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This token is not valid")
    page.get_by_label("Token", exact=True).fill(tokens["player"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Token", exact=True)).to_have_count(0)
    expect(page).to_have_url(f"{address}/translate")
    expect(page.get_by_role("navigation").get_by_role("link", name="Runs")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token", exact=True)).to_be_visible()
    page.goto(f"{address}/sign-in#token={tokens['owner']}")
    expect(page.get_by_role("navigation").get_by_role("link", name="Runs")).to_be_visible()
    expect(page).to_have_url(f"{address}/")
    expect(page.locator("main img").first).to_have_js_property("complete", True)
    assert page.locator("main img").first.evaluate("image => image.naturalWidth") > 0
    assert outside == []
    assert failed == []


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_for_signing_in_fits(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    expect(page.get_by_label("Token", exact=True)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
