"""Drawings shared by link: found again as they were drawn, kept only where the operator allows it, never elsewhere."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from ganvas.bundle import write_bundle
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.models.families import FAMILIES
from ganvas.models.families.sketchportrait import SketchPortrait
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.draw.drawing_store import BYTES, DrawingStore
from ganvas.serve.features.draw.state import DrawState

STROKES = Path(__file__).parents[1] / "support" / "strokes"
PARTS = {"left_eye": 0.1, "right_eye": 0.2, "nose": 0.3, "mouth": 1.0, "remainder": 0.0}
PEN = {"tool": "pen", "width": 0.01, "dots": [[0.1, 0.2, 1.0], [0.5, 0.5, 0.5]]}


def drawn(*marks: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"format": "ganvas-drawing", "version": 1, "marks": list(marks or [PEN]), **more}


def told(drawing: object = None, **more: object) -> dict[str, Any]:
    return {"model": "faces", "k": 7, "t": PARTS, "drawing": drawn() if drawing is None else drawing, **more}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bundles")
    write_bundle(root / "faces", SketchPortrait(*SketchPortrait.tiny(), 1.0), name="Faces", kimg=1, onnx=False)  # type: ignore[arg-type]
    pix2pix = FAMILIES["pix2pix"](*FAMILIES["pix2pix"].tiny(), 1.0)
    write_bundle(root / "plain", pix2pix, name="Plain", kimg=1, onnx=False)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "somewhere" / "shared"


@pytest.fixture(scope="module")
def app(bundles: Path) -> FastAPI:
    return create_app(settings=StudioSettings(bundles=bundles))


@pytest.fixture(scope="module")
def without_leave(app: FastAPI) -> Iterator[httpx.Client]:
    """A studio whose operator named no folder."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as opened:
            yield opened
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


@pytest.fixture
def client(app: FastAPI, without_leave: httpx.Client, folder: Path) -> Iterator[httpx.Client]:
    """The same studio, had its operator named an empty folder that takes three drawings."""
    context = app.state.context
    context.settings, context.state(DrawState).shared = StudioSettings(shared=folder), DrawingStore(folder, most=3)
    yield without_leave
    context.settings, context.state(DrawState).shared = StudioSettings(), None


def share(client: httpx.Client, sent: object) -> str:
    answer = client.post("/v1/drawings", json=sent)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def refused(client: httpx.Client, sent: object, status: int) -> str:
    answer = client.post("/v1/drawings", json=sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    detail = str(answer.json()["detail"])
    assert detail.endswith(".")
    return detail


def test_what_is_shared_is_found_again(client: httpx.Client, folder: Path) -> None:
    good = json.loads((STROKES / "good-face.json").read_text())
    name = share(client, told(good))
    found = client.get(f"/v1/drawings/{name}").json()
    assert (found["model"], found["k"], found["t"]) == ("faces", 7, PARTS)
    assert [len(mark["dots"]) for mark in found["drawing"]["marks"]] == [len(mark["dots"]) for mark in good["marks"]]
    assert [path.name for path in folder.iterdir()] == [f"{name}.json"]


def test_the_same_drawing_is_the_same_link_and_its_file_is_left_alone(client: httpx.Client, folder: Path) -> None:
    name = share(client, told())
    file = folder / f"{name}.json"
    os.utime(file, (1, 1))
    in_other_words = drawn({**PEN, "mirrored": False, "by": "me"}, note="fields that nobody knows are left out")
    assert share(client, told(in_other_words)) == name
    assert file.stat().st_mtime == 1
    assert b"nobody" not in file.read_bytes()
    assert share(client, told(k=8)) != name
    assert share(client, told(drawn({**PEN, "mirrored": True}))) != name
    assert len(list(folder.iterdir())) == 3


def test_settings_are_those_the_model_has(client: httpx.Client) -> None:
    partly = client.get(f"/v1/drawings/{share(client, told(k=None, t={'mouth': 1}))}").json()
    assert (partly["k"], partly["t"]) == (10, {**dict.fromkeys(PARTS, 0.4), "mouth": 1.0})
    plain = client.get(f"/v1/drawings/{share(client, told(model='plain', k=None, t=None))}").json()
    assert (plain["k"], plain["t"]) == (None, None)
    assert "no codes" in refused(client, told(model="plain"), 422)


def test_a_full_folder_refuses_what_is_new_and_still_gives_what_it_has(client: httpx.Client, folder: Path) -> None:
    names = [share(client, told(k=k)) for k in (1, 2, 3)]
    assert "No more drawings" in refused(client, told(k=4), 507)
    assert [share(client, told(k=k)) for k in (1, 2, 3)] == names
    (folder / f"{names[0]}.json").unlink()
    assert share(client, told(k=4)) not in names


def test_many_at_once_are_not_more_than_there_is_room_for(bundles: Path, folder: Path) -> None:
    store = DrawingStore(folder, most=3)

    def keep(number: int) -> bool:
        try:
            return bool(store.keep(b"%d" % (number % 10)))
        except UserError:
            return False

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(keep, range(40)))
    assert sum(kept) == 12  # each of three, four times
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(
    "name",
    [
        "0" * 24,
        "0" * 23,
        "0" * 25,
        "A" * 24,
        "０" * 24,
        "0" * 24 + "%0A",
        "0" * 24 + ".json",
        "..",
        "%2e%2e%2fsecret",
        "..%2f" * 4 + "secret",
        "%2Fetc%2Fpasswd",
        "x" * 5000,
        "%00" * 24,
        "*",
    ],
)
def test_only_ids_are_looked_for(client: httpx.Client, folder: Path, name: str) -> None:
    for path in (folder / "secret", folder.parent / "secret", folder.parent / "secret.json"):
        path.write_text("not for whoever asks")
    answer = client.get(f"/v1/drawings/{name}")
    assert answer.status_code == 404
    assert "for whoever" not in answer.text
    assert DrawingStore(folder).find(name) is None


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_link_in_the_folder_is_not_followed(client: httpx.Client, folder: Path, tmp_path: Path) -> None:
    name = share(client, told())
    kept = folder / f"{name}.json"
    kept.rename(tmp_path / "elsewhere.json")
    kept.symlink_to(tmp_path / "elsewhere.json")
    assert client.get(f"/v1/drawings/{name}").status_code == 404


def test_what_was_changed_in_the_folder_is_gone_until_it_is_shared_again(client: httpx.Client, folder: Path) -> None:
    name = share(client, told())
    file = folder / f"{name}.json"
    whole = file.read_bytes()
    for content in (b"", whole[:-20], whole.replace(b"faces", b"other"), b"\xff"):
        file.write_bytes(content)
        assert client.get(f"/v1/drawings/{name}").status_code == 404
    assert share(client, told()) == name
    assert file.read_bytes() == whole


@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        ({}, "is not a drawing"),
        ({"format": "ganvas-drawing", "version": 1, "marks": {}}, "is not a drawing"),
        ({"format": "<script>", "version": 1, "marks": [PEN]}, "is not a drawing"),
        (drawn(version=2), "version 2"),
        (drawn({"tool": "rm"}), "damaged"),
        (drawn({**PEN, "width": 2}), "damaged"),
        (drawn({**PEN, "width": True}), "damaged"),
        (drawn({**PEN, "dots": [[0.1]]}), "damaged"),
        (drawn({**PEN, "dots": [[0.1, "0.2"]]}), "damaged"),
        (drawn({**PEN, "dots": [[1e9, 0]]}), "damaged"),
        (drawn({**PEN, "dots": 3}), "damaged"),
        ({"format": "ganvas-drawing", "version": 1, "marks": [None]}, "damaged"),
        (drawn({"tool": "picture", "picture": "https://elsewhere.example/a.png"}), "damaged"),
        (drawn({"tool": "picture", "picture": "data:image/png;base64,aGk="}, PEN), "strokes only"),
        ({"format": "ganvas-drawing", "version": 1, "marks": []}, "drawing is empty"),
    ],
)
def test_what_is_no_drawing_of_strokes_is_refused(
    client: httpx.Client, folder: Path, drawing: dict[str, Any], said: str
) -> None:
    assert said in refused(client, told(drawing), 422)
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"model": "nowhere"}, 404, "no bundle 'nowhere'"),
        ({"model": "../faces"}, 404, "no bundle"),
        ({"model": None}, 422, "model"),
        ({"k": 0}, 422, "k"),
        ({"k": 101}, 422, "k"),
        ({"t": {"ear": 0.5}}, 422, "no part 'ear'"),
        ({"t": {"mouth": 1.5}}, 422, "t.mouth"),
        ({"drawing": [PEN]}, 422, "drawing"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    client: httpx.Client, folder: Path, more: dict[str, object], status: int, said: str
) -> None:
    assert said in refused(client, told(**more), status)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b'{"t": NaN}', b'"\\ud800"'])
def test_what_is_no_json_is_refused(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/v1/drawings", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_numbers_that_are_none_are_refused(client: httpx.Client) -> None:
    for before, after in (('"mouth": 1.0', '"mouth": NaN'), ('"k": 7', '"k": 1e400'), ("0.5, 0.5", "NaN, 0.5")):
        content = json.dumps(told()).replace(before, after)
        assert after in content
        answer = client.post("/v1/drawings", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422


def test_what_is_too_large_is_refused_however_it_is_told(client: httpx.Client, folder: Path) -> None:
    dots = [[0.1234, 0.5678, 1.0]] * (BYTES // 20)
    assert "300 kB" in refused(client, told(drawn({**PEN, "dots": dots})), 413)
    short = {**PEN, "dots": [[0, 0]] * (BYTES // 10)}  # small when sent, large as it would be kept
    content = json.dumps(told(drawn(short)), separators=(",", ":"))
    assert len(content) < BYTES
    assert "300 kB" in refused(client, json.loads(content), 413)
    assert "300 kB" in refused(client, told(drawn(PEN, padding="x" * 5_000_000)), 413)
    assert not list(folder.iterdir())


def test_a_page_of_another_site_cannot_fill_the_folder(client: httpx.Client, folder: Path) -> None:
    content = json.dumps(told())
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/v1/drawings", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 415
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    assert not client.options("/v1/drawings", headers=asked).is_success
    assert not list(folder.iterdir())


def test_without_leave_nothing_is_kept_and_the_operator_is_told_how(without_leave: httpx.Client) -> None:
    assert without_leave.get("/v1/health").json()["shares"] is False
    assert "--shared FOLDER" in refused(without_leave, told(), 404)
    assert "--shared FOLDER" in without_leave.get(f"/v1/drawings/{'0' * 24}").json()["detail"]


def test_with_leave_the_pages_are_told(client: httpx.Client) -> None:
    assert client.get("/v1/health").json()["shares"] is True


def test_a_folder_that_cannot_be_is_said_before_the_studio_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(["studio", "--shared", str(tmp_path / "file")]) == 2
    assert "cannot hold drawings" in capsys.readouterr().err


def test_a_full_disk_is_said(client: httpx.Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ganvas.serve.features.draw.drawing_store.write_atomically", full)
    assert "No space left" in refused(client, told(), 507)
