"""How a studio is reached: the names it answers to, what its address demands, proxies, paths, embedding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.studio import served
from support.studio import served_with as studio

from ganvas.errors import UserError
from ganvas.serve.app import create_app
from ganvas.serve.core.access_tokens import fresh_tokens
from ganvas.serve.core.hosts import HostNames, check_frame_ancestors, check_proxies, check_root_path
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.opening import open_at


def test_on_any_address_only_known_names_are_answered() -> None:
    opening = open_at(StudioSettings(hosts=HostNames(frozenset({"gan.example.org"}))), "0.0.0.0")
    assert opening.settings.tokens is not None
    with studio(opening.settings) as client:

        def asked_for(host: str) -> int:
            return client.get("/v1/session", headers={"Host": host}).status_code

        assert asked_for("evil.example") == 421, "a page whose name resolves to this machine"
        assert asked_for("gan.example.org:8300") == 200
        assert asked_for("192.168.1.7:8300") == 200
        assert asked_for("[fe80::1]:8300") == 200
        assert asked_for("LocalHost") == 200


@pytest.mark.parametrize(
    ("host", "settings", "demanded"),
    [
        ("127.0.0.1", {}, False),
        ("localhost", {}, False),
        ("0.0.0.0", {}, True),
        ("192.168.1.7", {}, True),
        ("127.0.0.1", {"public": True}, True),
        ("127.0.0.1", {"proxies": ("127.0.0.1",)}, True),
    ],
)
def test_the_address_decides_whether_people_sign_in(
    host: str, settings: dict[str, Any], demanded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GANVAS_STUDIO_TOKEN", raising=False)
    opening = open_at(replace(StudioSettings(), **settings), host)
    assert (opening.settings.tokens is not None) is demanded
    assert ("may do everything" in " ".join(opening.sentences)) is not demanded
    assert [role for role, _ in opening.links("http://x")] == (["player", "reviewer", "owner"] if demanded else [])


def test_the_token_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_STUDIO_TOKEN", "a token of twenty letters")
    opening = open_at(StudioSettings(), "127.0.0.1")
    assert opening.settings.tokens is not None
    assert opening.settings.tokens.person("a token of twenty letters") is not None
    assert "a token of twenty letters" not in " ".join(opening.sentences)


def test_forwarded_headers_count_from_named_proxies_only() -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "gan.example.org",
        "Host": "localhost",
    }
    known, by_role = fresh_tokens()

    def cookie(proxies: tuple[str, ...]) -> tuple[int, str]:
        settings = StudioSettings(
            tokens=known, proxies=proxies, hosts=HostNames(frozenset({"localhost", "gan.example.org"}))
        )
        with studio(settings) as client:
            origin = {"Origin": "https://gan.example.org"}
            answer = client.post("/v1/session", json={"token": by_role["owner"]}, headers=headers | origin)
            return answer.status_code, answer.headers.get("set-cookie", "")

    status, made = cookie(("127.0.0.0/8",))
    assert status == 200
    assert "Secure" in made
    assert cookie(())[0] == 403, "the origin is not the host"
    assert cookie(("10.0.0.1",))[0] == 403


def test_the_studio_lies_below_a_path_whether_or_not_the_proxy_removes_it() -> None:
    known, by_role = fresh_tokens()
    with studio(StudioSettings(tokens=known, root_path="/lab/gan")) as client:
        for path in ("/lab/gan/v1/session", "/v1/session"):
            assert client.get(path).json()["role"] is None
        assert client.get("/lab/gan/v1/runs").status_code == 401
        answer = client.post("/lab/gan/v1/session", json={"token": by_role["owner"]})
        assert "Path=/lab/gan/" in answer.headers["set-cookie"]
        assert client.get("/lab/gan/v1/runs").status_code == 200


def test_only_named_sites_may_embed_the_studio() -> None:
    with studio(StudioSettings()) as client:
        assert "frame-ancestors 'none'" in client.get("/v1/health").headers["content-security-policy"]
    with studio(StudioSettings(frame_ancestors=("https://a.example", "'self'"))) as client:
        policy = client.get("/v1/health").headers["content-security-policy"]
        assert policy.endswith("frame-ancestors https://a.example 'self'")


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (check_frame_ancestors, ["https://a.example; script-src *"]),
        (check_frame_ancestors, ["javascript:x"]),
        (check_proxies, ["everywhere"]),
        (check_root_path, "/a b"),
        (check_root_path, "/../x y"),
    ],
)
def test_settings_of_another_form_are_refused(check: Callable[[Any], object], wrong: object) -> None:
    with pytest.raises(UserError):
        check(wrong)


@pytest.mark.parametrize("root", ["", "/lab/gan"])
def test_pages_name_their_files_below_the_path(tmp_path: Path, root: str) -> None:
    (tmp_path / "index.html").write_text('<meta name="ganvas-root" content="./"><script src="./assets/a.js"></script>')
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.js").write_text("1")
    app = create_app(settings=StudioSettings(root_path=root), static=tmp_path)
    with served(app) as (client, _):
        for address in ("/", "/draw/a.model", "/index.html", "/generate/x/y"):
            text = client.get(f"{root}{address}").text
            assert text == f'<meta name="ganvas-root" content="{root}/"><script src="{root}/assets/a.js"></script>'
        assert client.get(f"{root}/assets/a.js").text == "1"
        assert client.get(root or "/").status_code == 200
        assert client.head(f"{root}/").status_code == 200
