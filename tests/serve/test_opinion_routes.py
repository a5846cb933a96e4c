"""The opinion routes: three raters at once lose nothing, nothing is told before the end, and what is refused."""

from __future__ import annotations

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from support.opinion import rater, study
from support.studio import served_with

from ganvas.apps.opinion import Study
from ganvas.apps.opinion.order import plan
from ganvas.serve.core.access_tokens import fresh_tokens
from ganvas.serve.core.settings import StudioSettings


def rate_all(url: str, made: Study, seed: int) -> int:
    """One session by HTTP; returns how many answers were sent."""
    answer, sent = rater(made, 0.3 * seed, seed), 0
    with httpx.Client(base_url=url, timeout=60) as client:
        token = client.post("/v1/studies/first/raters").json()["rater"]
        question = client.post("/v1/studies/first/question", json={"rater": token}).json()
        while question["pictures"]:
            shown = tuple(one["id"] for one in question["pictures"])
            trial = next(one for n in range(3) for one in plan(made.manifest, n) if one.pictures == shown)
            body = {"rater": token, "position": question["position"], "value": answer(trial), "milliseconds": 900}
            reply = client.post("/v1/studies/first/ratings", json=body)
            assert reply.status_code == 200, reply.text
            question, sent = reply.json(), sent + 1
    return sent


def test_three_sessions_at_once_lose_no_rating(tmp_path: Path) -> None:
    made = study(tmp_path)
    with served_with(StudioSettings(studies=tmp_path / "studies")) as client:
        assert client.post("/v1/studies/first/opening").json()["state"] == "open"
        with ThreadPoolExecutor(3) as pool:
            sent = list(pool.map(lambda seed: rate_all(str(client.base_url), made, seed), range(3)))
        [listed] = client.get("/v1/studies").json()
        assert (listed["raters"], listed["finished"], listed["questions"]) == (3, 3, 23)
        refused = client.get("/v1/studies/first/results")
        assert (refused.status_code, refused.json()["code"]) == (422, "study-not-closed")
        assert client.post("/v1/studies/first/closing").json()["state"] == "closed"
        found = client.get("/v1/studies/first/results").json()
        assert [one["name"] for one in found["conditions"]] == ["best", "middle", "worst"]
        assert "# Pictures" in client.get("/v1/studies/first/report.md").text
    kept = Counter(rating.rater for rating in made.ratings())
    assert kept == {0: 23, 1: 23, 2: 23}
    assert sent == [23, 23, 23]


def test_raters_see_pictures_and_nothing_about_them(tmp_path: Path) -> None:
    made = study(tmp_path)
    made.open()
    (tmp_path / "studies" / "damaged").mkdir()
    (tmp_path / "studies" / "damaged" / "study.json").write_text("{}")
    tokens, by_role = fresh_tokens()
    with served_with(StudioSettings(studies=tmp_path / "studies", tokens=tokens)) as client:
        player: dict[str, Any] = {"headers": {"Authorization": f"Bearer {by_role['player']}"}}
        [listed] = client.get("/v1/studies", **player).json()
        assert (listed["raters"], listed["finished"]) == (None, None)
        token = client.post("/v1/studies/first/raters", **player).json()["rater"]
        asked = client.post("/v1/studies/first/question", json={"rater": token}, **player)
        question = asked.json()
        assert set(question) == {"position", "total", "training", "pictures", "following"}
        assert not any(name in asked.text for name in ("best", "middle", "worst", "gold", "attention"))
        picture = client.get(f"/v1/studies/first/pictures/{question['pictures'][0]['id']}", **player)
        assert picture.headers["cache-control"].startswith("private")
        with Image.open(io.BytesIO(picture.content)) as opened:
            assert np.array(opened).shape == (32, 32, 3)
        for address, code in (
            ("first/pictures/..%2Fstudy", "no-study-picture"),
            ("first/pictures/0123456789abcdef", "no-study-picture"),
            ("nowhere/pictures/0123456789abcdef", "no-study"),
            ("..%2Fsources/pictures/0123456789abcdef", "no-study"),
        ):
            answer = client.get(f"/v1/studies/{address}", **player)
            assert answer.json()["code"] in (code, "no-address"), answer.text
        bad = {"rater": token, "position": 0, "value": 9}
        assert client.post("/v1/studies/first/ratings", json=bad, **player).json()["code"] == "no-such-answer"
        stranger = {"rater": "x", "position": 0, "value": 3}
        assert client.post("/v1/studies/first/ratings", json=stranger, **player).json()["code"] == "no-rater"
        withdrawn = client.post("/v1/studies/first/withdrawal", json={"rater": token}, **player)
        assert withdrawn.status_code == 204
        assert client.post("/v1/studies/first/question", json={"rater": token}, **player).status_code == 422
        assert client.post("/v1/studies/first/closing", **player).status_code == 403
    assert made.facts().withdrawn == 1
