"""What programs that operate a studio read: whether it is ready, and its metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.database import filled
from support.studio import served, served_with

from ganvas.bundle import write_bundle
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core import metrics
from ganvas.serve.core.access_tokens import fresh_tokens
from ganvas.serve.core.settings import StudioSettings


def values(text: str) -> dict[str, float]:
    """The metrics by their name with labels."""
    return {name: float(value) for name, value in re.findall(r"^(ganvas\S+|process\S+) (\S+)$", text, re.M)}


def test_metrics_count_requests_by_route_and_answers_by_model(tmp_path: Path) -> None:
    write_bundle(
        tmp_path / "private name", FAMILIES["dcgan"](*FAMILIES["dcgan"].tiny(), 1.0), name="Faces", kimg=1, onnx=False
    )
    with served_with(StudioSettings(bundles=tmp_path)) as client:
        address = "/v1/bundles/private%20name/image.png?seed=1"
        assert [client.get(address, headers={"X-Asker": "Ann"}).status_code for _ in range(2)] == [200, 200]
        assert client.get("/v1/bundles/other/image.png?seed=1").status_code == 404
        assert client.get("/v1/secret/address").status_code == 404
        client.request("MADE-UP", "/v1/bundles")
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = values(answer.text)
    route = "/v1/bundles/{id}/image.png"
    assert found[f'ganvas_requests_total{{method="GET",route="{route}",status="200"}}'] == 2
    assert found[f'ganvas_requests_total{{method="GET",route="{route}",status="404"}}'] == 1
    assert found[f'ganvas_request_seconds_count{{route="{route}"}}'] == 3
    assert found['ganvas_model_answers_total{bundle="Faces",outcome="answered"}'] == 2
    assert found['ganvas_model_seconds_count{bundle="Faces"}'] == 2
    assert found["ganvas_loaded_models"] == 1
    assert found["ganvas_loaded_model_bytes"] > 0
    assert found["ganvas_waiting_jobs"] == 0
    assert found["process_resident_memory_bytes"] > 1e6
    for private in ("private", "Ann", "secret", "MADE-UP", "127.0.0.1", str(tmp_path)):
        assert private not in answer.text


def test_metrics_are_for_the_owner_and_for_named_addresses() -> None:
    tokens, by_role = fresh_tokens()
    for monitors, status in (((), 401), (("192.0.2.0/24",), 401), (("127.0.0.0/8",), 200)):
        settings = StudioSettings(tokens=tokens, monitors=monitors, proxies=("127.0.0.1",), public=True)
        with served_with(settings) as client:
            assert client.get("/metrics").status_code == status
            assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401, "of a proxy"
            owner = {"Authorization": f"Bearer {by_role['owner']}", "X-Forwarded-For": "203.0.113.9"}
            assert client.get("/metrics", headers=owner).status_code == 200
            assert client.get("/v1/runs").status_code == 401, "a monitor reads nothing else"


def test_a_studio_without_the_package_says_how_to_get_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise ImportError

    monkeypatch.setattr(metrics, "PrometheusMetrics", absent)
    with served_with(StudioSettings()) as client:
        assert client.get("/v1/bundles").status_code == 200
        assert client.get("/metrics").json()["code"] == "no-metrics"


def test_a_studio_is_ready_while_what_it_depends_on_answers(tmp_path: Path) -> None:
    with (
        filled(tmp_path, None, 1) as catalog,
        served(create_app(settings=StudioSettings(catalog=catalog))) as (client, _),
    ):
        assert client.get("/v1/ready").json() == {"status": "ready"}
        catalog.close()
        (tmp_path / "catalog.db").unlink()
        (tmp_path / "catalog.db").mkdir()
        answer = client.get("/v1/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
        assert client.get("/v1/health").status_code == 200, "it runs all the same"
