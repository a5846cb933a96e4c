"""Who may do what: every route and role by HTTP, sessions, tokens, names, hosts, proxies, rates, the audit log."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from support.database import filled
from support.studio import served
from support.studio import served_with as studio

from ganvas.bundle import write_bundle
from ganvas.errors import UserError
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core import access_tokens
from ganvas.serve.core.access import Access
from ganvas.serve.core.access_tokens import add_token, chosen_token, fresh_tokens, read_tokens
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features import FEATURES

ANYONE = {"health", "ready", "getSession", "signIn", "signOut"}
PLAYER = {
    *("listBundles", "getBundle", "getPreview", "getImage", "generate", "readAbilities", "interpolate", "film", "mix"),
    *("listDirections", "edit", "project", "getProjection", "stopProjection", "readPortraitParts", "paintPortrait"),
    *("sketchPhoto", "shareDrawing", "readSharedDrawing", "translate", "heatmap", "prepare", "carryOver", "makeUp"),
    *("prepareMakeUp", "readMusicFormat", "compose", "accompany", "listGalleries", "getGalleryPicture"),
    *("findLookalikes", "breedMontage", "changeMontagePart", "morphMontage", "exportMontage"),
    *("listStudies", "joinStudy", "readQuestion", "sendRating", "withdrawFromStudy", "getStudyPicture", "getStudyClip"),
    *("readCardKit", "readCardFont", "drawCartoon", "checkCard", "printCard", "cardForBank"),
}
REVIEWER = {
    *(
        "listNeighbours",
        "listRuns",
        "getRun",
        "getStats",
        "getSheet",
        "readSheetMusic",
        "followRun",
        "getReview",
        "getRound",
    ),
    *("getAgreement", "joinRound", "getQueue", "sendVerdicts", "undoVerdict", "getPicture", "getThumbnail"),
}
OWNER = {
    *(
        "openRound",
        "listTrainings",
        "createTraining",
        "createSampleTraining",
        "pauseTraining",
        "stopTraining",
        "resumeTraining",
    ),
    *("prolongTraining", "renameRun", "deleteRun", "restoreRun", "listRecipes", "getRecipe", "listPictureSets"),
    *("createPictureSet", "getPictureSet", "getSetThumbnail", "addPicture", "addZipPart", "unpackZip"),
    *("deletePictureSet", "expectPictures", "listPicturePaths"),
    *("suggestRecipes", "readMetrics", "openStudy", "closeStudy", "getResults", "getStudyReport"),
}
ALLOWED = {
    "nobody": ANYONE,
    "player": ANYONE | PLAYER,
    "reviewer": ANYONE | PLAYER | REVIEWER,
    "owner": ANYONE | PLAYER | REVIEWER | OWNER,
}
ROUTES = [route for feature in FEATURES for router in feature.routers for route in router.routes]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def tokens() -> tuple[access_tokens.AccessTokens, dict[str, str]]:
    made, by_role = fresh_tokens()
    return made, {**by_role}


def test_every_route_and_every_role(tokens: tuple[access_tokens.AccessTokens, dict[str, str]]) -> None:
    known, by_role = tokens
    assert {route.operation_id for route in ROUTES if isinstance(route, APIRoute)} == ALLOWED["owner"], (
        "a role for each"
    )
    rates = {"sign-in": "1000/minute", "upload": "1000/minute", "projection": "1000/minute"}
    with studio(StudioSettings(tokens=known, rates=rates)) as client:
        for person, allowed in ALLOWED.items():
            headers = bearer(by_role[person]) if person in by_role else {}
            for route in ROUTES:
                assert isinstance(route, APIRoute)
                assert route.operation_id is not None
                path = route.path
                for name in route.param_convertors:
                    path = path.replace(f"{{{name}}}", "1")
                [method] = route.methods
                answer = client.request(method, path, headers=headers)
                place = (person, method, path, answer.text)
                if route.operation_id in allowed:
                    assert answer.status_code not in (401, 403), place
                else:
                    assert answer.status_code == (401 if person == "nobody" else 403), place
                    assert answer.json()["code"] == ("sign-in" if person == "nobody" else "role-needed"), place
                    assert answer.headers["content-security-policy"], place


def test_a_route_that_declares_nothing_is_for_the_owner_only(
    tokens: tuple[access_tokens.AccessTokens, dict[str, str]],
) -> None:
    from fastapi import APIRouter

    from ganvas.serve.core.feature import Feature

    router = APIRouter()
    router.add_api_route("/v1/new", lambda: 1)
    known, by_role = tokens
    with served(create_app([Feature("new", (router,))], StudioSettings(tokens=known))) as (client, _):
        assert client.get("/v1/new", headers=bearer(by_role["reviewer"])).status_code == 403
        assert client.get("/v1/new", headers=bearer(by_role["owner"])).status_code == 200
        assert client.get("/v1/elsewhere").status_code == 401, "what exists is not said to strangers"
        assert client.get("/").status_code == 200, "the page for signing in must load"


def test_public_lets_strangers_play_and_no_more(tokens: tuple[access_tokens.AccessTokens, dict[str, str]]) -> None:
    with studio(StudioSettings(tokens=tokens[0], public=True)) as client:
        assert client.get("/v1/bundles").status_code == 200
        assert client.get("/v1/runs").status_code == 401
        assert client.get("/v1/session").json()["role"] == "player"
        assert client.get("/v1/session").json()["signed_in"] is False


def test_without_tokens_the_person_at_the_machine_does_everything() -> None:
    with studio(StudioSettings()) as client:
        assert client.get("/v1/session").json() == {
            "role": "owner",
            "name": "",
            "named": False,
            "signed_in": False,
            "local": True,
        }
        assert client.get("/v1/runs").status_code == 200


# ── Sessions and tokens ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_is_a_signed_cookie(tokens: tuple[access_tokens.AccessTokens, dict[str, str]]) -> None:
    known, by_role = tokens
    with studio(StudioSettings(tokens=known)) as client:
        assert client.post("/v1/session", json={"token": "wrong"}).json()["code"] == "wrong-token"
        answer = client.post("/v1/session", json={"token": f" {by_role['reviewer']} ", "name": " Ann  Lee "})
        assert answer.json()["role"] == "reviewer"
        assert answer.json()["name"] == "Ann Lee"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert by_role["reviewer"] not in cookie
        assert client.get("/v1/runs").status_code == 200
        assert client.get("/v1/session").json()["signed_in"] is True
        [(name, value)] = client.cookies.items()
        for forged in (value[:-2] + "AA", "W10.x.y", "x" * 5000, '"\\'):
            assert httpx.get(f"{client.base_url}/v1/runs", headers={"Cookie": f"{name}={forged}"}).status_code == 401
        assert client.delete("/v1/session").status_code == 204
        assert client.get("/v1/runs").status_code == 401


def test_a_page_of_another_site_cannot_use_a_session(
    tokens: tuple[access_tokens.AccessTokens, dict[str, str]],
) -> None:
    known, by_role = tokens
    with studio(StudioSettings(tokens=known)) as client:
        client.post("/v1/session", json={"token": by_role["owner"]})
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert client.delete("/v1/session", headers=headers).json()["code"] == "other-site"


def test_a_session_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    known, by_role = fresh_tokens()
    session = known.open_session(by_role["owner"], "")
    assert session is not None
    assert known.person_of_session(session) is not None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + access_tokens.SESSION_SECONDS + 10)
    assert known.person_of_session(session) is None


def test_a_file_of_tokens_holds_hashes_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    token = add_token(file, "reviewer", "Ann")
    assert token not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    known = read_tokens(file)
    person = known.person(token, "Eve")
    assert person is not None
    assert (person.role, person.name, person.named) == ("reviewer", "Ann", True)
    session = known.open_session(token, "")
    assert session is not None
    assert read_tokens(file).person_of_session(session) == person, "sessions outlive the studio"
    with pytest.raises(UserError, match="a token for Ann already"):
        add_token(file, "owner", "Ann")


def test_a_withdrawn_token_ends_its_sessions_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    first, second = add_token(file, "player"), add_token(file, "owner")
    with studio(StudioSettings(tokens=read_tokens(file))) as client:
        client.post("/v1/session", json={"token": first})
        assert client.get("/v1/bundles").status_code == 200
        content = json.loads(file.read_text())
        content["tokens"] = content["tokens"][1:]
        file.write_text(json.dumps(content))
        assert client.get("/v1/bundles").status_code == 401
        assert client.get("/v1/bundles", headers=bearer(second)).status_code == 200


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"secret": "x", "tokens": []}', "[" * 5000, "\xff"])
def test_a_file_that_holds_no_tokens_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(content)
    with pytest.raises(UserError, match="tokens"):
        read_tokens(file)


def test_the_token_of_the_operator_must_be_long() -> None:
    with pytest.raises(UserError, match="at least 16 characters"):
        chosen_token("secret")
    found = chosen_token("a long token of mine").person("a long token of mine")
    assert found is not None
    assert found.role == "owner"


# ── Names in the review ─────────────────────────────────────────────────────────────────────────────────────────────


def test_caches_between_keep_nothing_for_people_without_a_token(tmp_path: Path) -> None:
    family = FAMILIES["dcgan"](*FAMILIES["dcgan"].tiny(), 1.0)
    bundle = write_bundle(tmp_path / "b", family, name="b", kimg=1.0, onnx=False)
    known, by_role = fresh_tokens()
    address = f"/v1/bundles/b/preview.png?v={bundle.fingerprint[:12]}"
    with studio(StudioSettings(bundles=tmp_path, tokens=known)) as client:
        assert client.get(address, headers=bearer(by_role["player"])).headers["cache-control"].startswith("private")
    with studio(StudioSettings(bundles=tmp_path)) as client:
        assert client.get(address).headers["cache-control"].startswith("public")


def test_nobody_judges_as_somebody_else(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    ann, shared, owner = add_token(file, "reviewer", "Ann"), add_token(file, "reviewer"), add_token(file, "owner")
    with filled(tmp_path / "catalogue", None, 3) as catalog:
        from ganvas.curate.review.review import Review

        Review(catalog).open_round(None, 0.1)
        with studio(StudioSettings(tokens=read_tokens(file), catalog=catalog)) as client:

            def join(token: str, name: str) -> int:
                body = {"reviewer": name}
                return client.post("/v1/review/1/reviewers", json=body, headers=bearer(token)).status_code

            assert join(ann, "Ann") == 200
            assert join(ann, "Bob") == 403
            assert join(shared, "Bob") == 200
            assert join(shared, " Ann ") == 403
            assert join(owner, "Ann") == 200
            undo = {"reviewer": "Ann", "client_id": "a"}
            answer = client.post("/v1/review/1/undo", json=undo, headers=bearer(shared))
            assert answer.json()["code"] == "not-your-name"
            verdicts = {"reviewer": "Ann", "verdicts": [{"id": 1, "verdict": "keep", "client_id": "b"}]}
            assert client.post("/v1/review/1/verdicts", json=verdicts, headers=bearer(shared)).status_code == 403
            assert client.post("/v1/review/1/verdicts", json=verdicts, headers=bearer(ann)).status_code == 200
            assert client.get("/v1/review", headers=bearer(ann)).json()["reviewer"] == "Ann"


# ── Rates and the audit log ─────────────────────────────────────────────────────────────────────────────────────────


def test_guessing_tokens_is_slow() -> None:
    known, _ = fresh_tokens()
    with studio(StudioSettings(tokens=known, rates={"sign-in": "3/minute"})) as client:
        codes = [client.post("/v1/session", json={"token": f"guess {n}"}).status_code for n in range(5)]
        assert codes == [403, 403, 403, 429, 429]
        answer = client.post("/v1/session", json={"token": "x"}, headers={"X-Forwarded-For": "203.0.113.9"})
        assert answer.status_code == 429, "a made-up address is no other person"
        assert 0 < int(answer.headers["retry-after"]) <= 60


def test_what_costs_is_limited_per_person(tokens: tuple[access_tokens.AccessTokens, dict[str, str]]) -> None:
    known, by_role = tokens
    with studio(StudioSettings(tokens=known, rates={"upload": "2/hour"})) as client:

        def upload(role: str) -> int:
            return client.post("/v1/bundles/x/translate", headers=bearer(by_role[role])).status_code

        assert [upload("player") for _ in range(3)] == [422, 422, 429]
        assert upload("owner") == 422
        assert client.get("/v1/bundles", headers=bearer(by_role["player"])).status_code == 200


def test_a_rate_of_another_form_is_refused() -> None:
    with pytest.raises(UserError, match="such as upload=10/minute"):
        Access(rates={"upload": "often"})


def test_the_audit_log_says_who_did_what(
    tokens: tuple[access_tokens.AccessTokens, dict[str, str]], tmp_path: Path
) -> None:
    known, by_role = tokens
    log = tmp_path / "audit.jsonl"
    with studio(StudioSettings(tokens=known, audit=log)) as client:
        client.post("/v1/session", json={"token": by_role["reviewer"], "name": "Ann"})
        client.post("/v1/review/1/undo", json={})
        client.post("/v1/review/rounds", json={})
        client.get("/v1/bundles")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["action"], line["role"], line["name"], line["status"]) for line in lines] == [
        ("sign-in", None, "", 200),
        ("undo", "reviewer", "Ann", 422),
        ("round", "reviewer", "Ann", 403),
    ]
    assert by_role["reviewer"] not in log.read_text()
