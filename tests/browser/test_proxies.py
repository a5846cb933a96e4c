"""A studio behind a real nginx and a real Caddy, on a path and with HTTPS, by the configuration files of deploy/proxy.

One of the two studios that the proxies are given does not run, so that every test also shows that people do not notice.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Response, expect
from support.proxies import PROXIES, certificate, free_ports, proxy
from support.serving import events, line, make_run
from support.studio import served

import ganvas.serve
from ganvas import starters
from ganvas.serve.app import create_app
from ganvas.serve.core.access_tokens import add_token, read_tokens
from ganvas.serve.core.hosts import HostNames
from ganvas.serve.core.settings import StudioSettings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = "/lab/gan"
PICTURE_BYTES = 20_000_000


@dataclass
class Served:
    """A studio that serves at an address, with its folder and its tokens by role."""

    address: str
    folder: Path
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("studio")
    tokens = {role: add_token(folder / "tokens.json", role) for role in ("player", "owner")}  # type: ignore[arg-type]
    make_run(folder / "runs" / "first")
    settings = StudioSettings(
        starters=starters.FOLDER,
        runs=folder / "runs",
        tokens=read_tokens(folder / "tokens.json"),
        hosts=HostNames(frozenset({"localhost"})),
        proxies=("127.0.0.1",),
        root_path=ROOT,
        audit=folder / "audit.jsonl",
        poll=0.05,
    )
    with served(create_app(settings=settings)) as (client, _):
        yield Served(client.base_url.netloc.decode(), folder, tokens)


@dataclass
class Behind:
    """A studio behind a proxy."""

    url: str
    trusted: ssl.SSLContext
    studio: Served

    def client(self, role: str | None = None) -> httpx.Client:
        """A program that uses it, with a token."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.studio.tokens[role]}"}
        return httpx.Client(base_url=self.url + ROOT, verify=self.trusted, headers=headers, timeout=60)


@pytest.fixture(scope="module", params=PROXIES)
def behind(
    request: pytest.FixtureRequest, studio: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp(request.param)
    trusted = certificate(folder)
    [closed] = free_ports(1)
    with proxy(request.param, folder, (f"127.0.0.1:{closed}", studio.address), ROOT) as url:
        yield Behind(url, trusted, studio)


def test_a_session_belongs_to_the_path_and_to_https(behind: Behind) -> None:
    with behind.client() as client:
        forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
        answer = client.post("/v1/session", json={"token": behind.studio.tokens["owner"]}, headers=forged)
        assert answer.status_code == 200
        cookies = answer.headers.get_list("set-cookie")
        [session] = [cookie for cookie in cookies if cookie.startswith("ganvas_session=")]
        assert f"Path={ROOT}/" in session
        assert "Secure" in session
        assert "HttpOnly" in session
        assert client.get("/v1/runs").status_code == 200
        assert answer.headers["strict-transport-security"]
        foreign = {"Origin": "https://evil.example"}
        assert client.delete("/v1/session", headers=foreign).json()["code"] == "other-site"
        assert client.get(behind.url).status_code == 404, "nothing but the studio's path is served"
        assert client.get(behind.url + ROOT, follow_redirects=True).status_code == 200
    last = json.loads((behind.studio.folder / "audit.jsonl").read_text().splitlines()[-1])
    assert last["address"] == "127.0.0.1", "what a client says about its address does not count"


def test_any_studio_that_runs_answers(behind: Behind) -> None:
    for _ in range(8):  # each is another person
        with behind.client("player") as client:
            assert client.get("/v1/bundles").status_code == 200
            assert client.post("/v1/bundles/none/translate").status_code == 422
    with behind.client("owner") as client:
        assert client.get("/v1/trainings").status_code == 200


def test_uploads_are_bounded(behind: Behind) -> None:
    with behind.client("player") as client:

        def upload(count: int) -> httpx.Response:
            files = {"image": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(count))}
            return client.post("/v1/bundles/colourise-256/translate", files=files)

        assert upload(PICTURE_BYTES - 1000).status_code == 422, "it reaches the studio, which finds it damaged"
        larger = upload(PICTURE_BYTES + 2_000_000)
        assert (larger.status_code, larger.json()["code"]) == (413, "upload-too-large"), "the studio says what to do"
        assert upload(45_000_000).status_code == 413


def test_events_arrive_when_they_happen(behind: Behind) -> None:
    run = behind.studio.folder / "runs" / "first"
    with behind.client("owner") as client, client.stream("GET", "/v1/runs/first/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        came = events(stream.iter_lines())
        for kind, _ in came:
            if kind == "status":
                break
        nimg = 1 + max(json.loads(text)["nimg"] for text in (run / "stats.jsonl").read_text().splitlines())
        with (run / "stats.jsonl").open("a") as file:
            file.write(line(nimg))
        kind, data = next(came)
        assert (kind, data["nimg"]) == ("stats", nimg)


def test_the_pages_work_in_a_browser(behind: Behind, browser: Browser) -> None:
    if not (Path(ganvas.serve.__file__).parent / "static" / "index.html").is_file():
        pytest.skip("the studio's pages are not built; run `make web`")
    outside: list[str] = []
    failed: list[str] = []

    def note(answer: Response) -> None:
        if not answer.url.startswith((behind.url + ROOT, "data:", "blob:")):
            outside.append(answer.url)
        if answer.status >= 400 and answer.status != 401:
            failed.append(f"{answer.status} {answer.url}")

    context = browser.new_context(locale="en-GB", reduced_motion="reduce", ignore_https_errors=True)
    try:
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("response", note)
        page.on("requestfailed", lambda request: failed.append(f"{request.failure} {request.url}"))
        page.goto(f"{behind.url}{ROOT}/sign-in#token={behind.studio.tokens['owner']}")
        expect(page).to_have_url(f"{behind.url}{ROOT}/")
        picture = page.locator("main img").first
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        page.goto(f"{behind.url}{ROOT}/generate/portraits-64")
        expect(page.locator("main img").first).to_have_js_property("complete", True)
        [session] = [one for one in context.cookies() if one["name"] == "ganvas_session"]
        assert session["secure"]
        assert session["path"] == f"{ROOT}/"
        page.get_by_role("navigation").get_by_role("link", name="Runs").click()
        expect(page).to_have_url(re.compile(f"{ROOT}/runs"))
        assert outside == []
        assert failed == []
    finally:
        context.close()
