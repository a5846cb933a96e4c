"""Run and bundle folders with hostile or broken content: the lists stay, and nothing outside the folders is served."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from support.exported import exported  # noqa: F401 - a fixture
from support.studio import served

from ganvas.bundle import manifest
from ganvas.runs.folder import RunDir
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings

posix = pytest.mark.skipif(os.name != "posix", reason="needs FIFOs and symbolic links")


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


BOMB = "\n".join(
    ["a0: &a0 [x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
)
STATUS = '{"state": "running", "nimg": 1000}'
FILES: dict[str, dict[str, str]] = {
    "deep-family": {"status.json": f'{{"state": "running", "family": {nested(940)}}}'},
    "deeper": {"status.json": f'{{"family": {nested(3000)}}}'},
    "surrogate": {"status.json": '{"family": "\\ud800", "health": [{"name": "\\udc00", "level": "info"}]}'},
    "surrogate-stats": {"status.json": STATUS, "stats.jsonl": '{"nimg": 1, "stage": "\\ud800"}\n'},
    "surrogate-metrics": {"status.json": STATUS, "metrics.jsonl": '{"nimg": 1, "metric": "\\ud800", "value": 1}\n'},
    "deep-metrics": {
        "status.json": STATUS,
        "metrics.jsonl": f'{{"nimg": 1, "metric": "fid", "value": 1, "protocol": {{"a": {nested(900)}}}}}\n',
    },
    "self-alias": {"recipe.yaml": "a: &a [*a]\n"},
    "no-date": {"recipe.yaml": "a: 2026-13-45\n"},
    "no-float": {"recipe.yaml": 'a: !!float "abc"\n'},
    "no-timestamp": {"recipe.yaml": 'a: !!timestamp "abc"\n'},
    "no-bool": {"recipe.yaml": 'a: !!bool "abc"\n'},
    "deep-recipe": {"recipe.yaml": f"a: {nested(2000)}\n"},
    "bomb": {"recipe.yaml": BOMB},
    "long-number": {
        "status.json": f'{{"kimg": {"9" * 400}, "nimg": {"9" * 400}}}',
        "stats.jsonl": f'{{"nimg": {"9" * 400}}}\n{{"nimg": 5, "loss": {"9" * 400}}}\n{{"nimg": 1e999}}\n',
        "metrics.jsonl": f'{{"nimg": {"9" * 400}, "metric": "fid", "value": {"9" * 400}}}\n',
        "recipe.yaml": f"a: {'9' * 400}\n",
    },
}


def write(root: Path, name: str, files: dict[str, str]) -> None:
    (root / name).mkdir()
    for file, content in files.items():
        (root / name / file).write_text(content)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    write(folder, "good", {"status.json": STATUS, "stats.jsonl": '{"nimg": 1000, "loss": 1.0}\n'})
    return folder


@pytest.fixture
def client(runs: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    (tmp_path / "bundles").mkdir()
    settings = StudioSettings(runs=runs, bundles=tmp_path / "bundles", poll=0.02)
    with served(create_app(settings=settings)) as (opened, _):
        yield opened


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_run_leaves_the_others_in_the_list(client: httpx.Client, runs: Path, name: str) -> None:
    write(runs, name, FILES[name])
    answer = client.get("/v1/runs")  # the client gives up after 30 s: one such file once took 67 s
    assert answer.status_code == 200, answer.text
    assert {run["id"] for run in answer.json()["runs"]} == {"good", name}
    for address in (f"/v1/runs/{name}", f"/v1/runs/{name}/stats", "/v1/health", "/v1/bundles"):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text)


def test_a_run_that_cannot_be_read_says_why(client: httpx.Client, runs: Path) -> None:
    write(runs, "bad", FILES["deeper"])
    found = {run["id"]: run["unreadable"] for run in client.get("/v1/runs").json()["runs"]}
    assert found["good"] is None
    assert found["bad"]["code"] == "run-file-unreadable"
    assert found["bad"]["params"] == {"run": "bad", "file": "status.json"}


@posix
def test_a_fifo_in_place_of_a_file_is_not_waited_for(client: httpx.Client, runs: Path) -> None:
    write(runs, "fifo", {"recipe.yaml": "a: 1\n"})
    for file in ("status.json", "stats.jsonl", "metrics.jsonl"):
        os.mkfifo(runs / "fifo" / file)
    for address in ("/v1/runs", "/v1/runs/fifo", "/v1/runs/fifo/stats"):
        assert client.get(address, timeout=5).status_code == 200


@posix
def test_a_folder_name_that_is_not_utf8_is_listed(client: httpx.Client, runs: Path) -> None:
    folder = os.fsencode(runs) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102 - a path in bytes
    with open(folder + b"/status.json", "w") as file:  # noqa: PTH123 - a path in bytes
        file.write(STATUS)
    answer = client.get("/v1/runs")
    assert answer.status_code == 200
    other = next(run["id"] for run in answer.json()["runs"] if run["id"] != "good")
    assert client.get(f"/v1/runs/{quote(other)}").status_code == 200


@posix
def test_symbolic_links_are_not_followed(client: httpx.Client, runs: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8)).save(secret)
    write(runs, "links", {"status.json": STATUS})
    (runs / "links" / "sheets").mkdir()
    (runs / "links" / "sheets" / "1.png").symlink_to(secret)
    (runs / "links" / "recipe.yaml").symlink_to(secret)
    (runs / "outside").symlink_to(tmp_path)
    assert client.get("/v1/runs/links").json()["sheets"] == []
    assert client.get("/v1/runs/links/sheets/1.png").status_code == 404
    assert client.get("/v1/runs/outside").status_code == 404
    (runs / "folder").mkdir()
    (runs / "folder" / "status.json").write_text(STATUS)
    (runs / "folder" / "sheets").symlink_to(tmp_path)
    (tmp_path / "2.png").write_bytes(secret.read_bytes())
    assert client.get("/v1/runs/folder/sheets/2.png").status_code == 404


def test_following_a_deleted_run_ends(client: httpx.Client, runs: Path) -> None:
    with client.stream("GET", "/v1/runs/good/events", timeout=10) as answer:
        lines = answer.iter_lines()
        assert any(line.startswith("event: status") for line in lines)
        for path in (runs / "good").iterdir():
            path.unlink()
        (runs / "good").rmdir()
        for number, _ in enumerate(lines):
            assert number < 20, "the stream goes on"
    assert client.get("/v1/runs/good/events").status_code == 404


def test_a_last_event_id_of_many_digits_is_ignored(client: httpx.Client) -> None:
    headers = {"Last-Event-ID": "9" * 5000}
    with client.stream("GET", "/v1/runs/good/events", headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        assert any(line.startswith("event: stats") for line in answer.iter_lines())


# ── Bundles ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def good_bundle(exported: Callable[[str], Path]) -> Callable[[Path], Path]:
    """Puts a good bundle at a place."""

    def put(folder: Path) -> Path:
        shutil.copytree(exported("dcgan"), folder)
        return folder

    return put


def forge(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Change the manifest and sign it again, as its sender could."""
    path = folder / manifest.MANIFEST
    content = json.loads(path.read_text())
    content.pop("fingerprint")
    change(content)
    content["fingerprint"] = manifest.fingerprint_of(content)
    path.write_text(json.dumps(content))


def break_json(folder: Path) -> None:
    (folder / manifest.MANIFEST).write_text(f'{{"schema_version": 1, "a": {nested(3000)}}}')


def break_name(folder: Path) -> None:
    path = folder / manifest.MANIFEST
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"config": {"\ud800": 1}, "credits": []}))


def break_card(folder: Path) -> None:
    card = b"\xff\xfe\xff"
    (folder / manifest.CARD).write_bytes(card)

    def change(content: dict[str, object]) -> None:
        files = content["files"]
        assert isinstance(files, dict)
        files[manifest.CARD] = {"sha256": hashlib.sha256(card).hexdigest(), "bytes": len(card)}

    forge(folder, change)


def long_file(folder: Path) -> None:
    def change(content: dict[str, object]) -> None:
        files = content["files"]
        assert isinstance(files, dict)
        files["x" * 300] = next(iter(files.values()))

    forge(folder, change)


@pytest.mark.parametrize("damage", [break_json, break_name, break_card, long_file])
def test_a_hostile_bundle_leaves_the_others_in_the_list(
    client: httpx.Client, tmp_path: Path, good_bundle: Callable[[Path], Path], damage: Callable[[Path], None]
) -> None:
    good_bundle(tmp_path / "bundles" / "good")
    damage(good_bundle(tmp_path / "bundles" / "bad"))
    answer = client.get("/v1/bundles")
    assert answer.status_code == 200, answer.text
    assert "good" in {one["id"] for one in answer.json()["bundles"]}
    assert str(tmp_path) not in answer.text
    answer = client.get("/v1/bundles/bad")
    assert answer.status_code in (200, 422)
    assert str(tmp_path) not in answer.text


def test_a_wrong_size_in_a_bundle_is_a_sentence_without_paths(
    client: httpx.Client, tmp_path: Path, good_bundle: Callable[[Path], Path]
) -> None:
    folder = good_bundle(tmp_path / "bundles" / "bad")

    def change(content: dict[str, object]) -> None:
        config = content["config"]
        assert isinstance(config, dict)
        config["z_dim"] = config.get("z_dim", 100) + 1
        content["z_dim"] = config["z_dim"]
        content["onnx"] = None
        files = content["files"]
        assert isinstance(files, dict)
        files.pop("model.onnx", None)
        (folder / "model.onnx").unlink(missing_ok=True)

    forge(folder, change)
    answer = client.get("/v1/bundles/bad/image.png", params={"seed": 1})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "bundle-weights"
    assert str(tmp_path) not in answer.text


@posix
def test_a_bundle_folder_that_is_a_link_is_not_followed(
    client: httpx.Client, tmp_path: Path, good_bundle: Callable[[Path], Path]
) -> None:
    good_bundle(tmp_path / "elsewhere")
    (tmp_path / "bundles" / "linked").symlink_to(tmp_path / "elsewhere")
    assert client.get("/v1/bundles").json()["bundles"] == []
    run = RunDir(tmp_path / "runs" / "good")
    run.bundle.symlink_to(tmp_path / "elsewhere")
    assert client.get("/v1/bundles").json()["bundles"] == []
