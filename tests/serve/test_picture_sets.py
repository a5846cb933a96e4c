"""Pictures for trainings: uploads one by one and as a zip, what is dropped and why, and what a name may not reach."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from support.full_disk import fill_disk
from support.music import midi_file
from support.studio import served

from ganvas import files
from ganvas.serve.app import create_app
from ganvas.serve.core.decode_pool import UploadLimits
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.train import picture_sets


def png(colour: tuple[int, int, int] = (200, 30, 30), side: int = 24) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "pictures" / "on the machine").mkdir(parents=True)
    (root / "pictures" / "on the machine" / "one.png").write_bytes(png())
    (root / "secret").mkdir()
    (root / "secret" / "key.png").write_bytes(png())
    (root / "pictures" / "link").symlink_to(root / "secret")
    (root / "pictures" / "on the machine" / "link.png").symlink_to(root / "secret" / "key.png")
    return root


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[httpx.Client]:
    settings = StudioSettings(pictures=home / "pictures", limits=UploadLimits(bytes=200_000, workers=1))
    with served(create_app(settings=settings)) as (opened, _):
        yield opened


def new(client: httpx.Client, name: str) -> str:
    return str(client.post("/v1/picture-sets", json={"name": name}).json()["name"])


def send(client: httpx.Client, name: str, path: str, content: bytes) -> dict[str, Any]:
    answer = client.post(f"/v1/picture-sets/{name}/pictures", files={"image": ("x", content)}, data={"path": path})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def detail(client: httpx.Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/picture-sets/{name}").json()
    return found


def test_uploads_are_kept_in_their_folders_or_dropped_with_a_reason(client: httpx.Client, home: Path) -> None:
    name = new(client, "flowers")
    assert new(client, "flowers") == "flowers 2", "an upload never mixes with another"
    assert send(client, name, "roses/장미.png", png())["kept"]
    assert send(client, name, "tulips/1.png", png())["kept"]
    assert send(client, name, "tulips/1.png", png())["kept"], "sending again is safe"
    assert send(client, name, "notes.txt", b"hello")["error"]["code"] == "not-to-train-on"
    assert send(client, name, "torn.png", png()[:40])["error"]["code"] == "picture-damaged"
    assert send(client, name, "torn too.png", png()[:40])["error"]["code"] == "picture-damaged"
    assert send(client, name, "small.png", png(side=4))["error"]["code"] == "picture-too-small"
    assert send(client, name, "../up.png", png())["error"]["code"] == "file-name"
    assert send(client, name, ".DS_Store", b"x") == {"kept": False, "error": None}
    found = detail(client, name)
    assert (found["count"], found["samples"]) == (2, ["roses/장미.png", "tulips/1.png"])
    dropped = {one["code"]: (one["count"], one["examples"]) for one in found["dropped"]}
    assert dropped["picture-damaged"] == (2, ["torn.png", "torn too.png"])
    assert set(dropped) == {"not-to-train-on", "picture-damaged", "picture-too-small", "file-name"}
    assert (home / "pictures" / name / "roses" / "장미.png").read_bytes() == png()
    assert not (home / "pictures" / "up.png").exists()


def test_thumbnails_are_smaller_copies_and_lead_nowhere_else(client: httpx.Client) -> None:
    address = "/v1/picture-sets/on the machine/thumbnail"
    picture = client.get(address, params={"path": "one.png", "size": 16})
    assert Image.open(io.BytesIO(picture.content)).size == (16, 16)
    for path in ("link.png", "../../secret/key.png", "/etc/passwd", "none.png"):
        assert client.get(address, params={"path": path}).status_code == 404, path


def test_folders_of_the_machine_are_listed_and_not_changed(client: httpx.Client) -> None:
    listed = {one["name"]: one for one in client.get("/v1/picture-sets").json()["sets"]}
    assert "link" not in listed
    assert listed["on the machine"] == {
        "name": "on the machine",
        "kind": "folder",
        "uploaded": False,
        "expected": None,
    }
    answer = client.post(
        "/v1/picture-sets/on the machine/pictures", files={"image": ("x", png())}, data={"path": "new.png"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "not-an-upload")


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def part(client: httpx.Client, name: str, content: bytes, offset: int) -> httpx.Response:
    return client.post(f"/v1/picture-sets/{name}/zip", files={"part": ("x", content)}, data={"offset": str(offset)})


def unpacked(client: httpx.Client, name: str) -> dict[str, Any]:
    assert client.post(f"/v1/picture-sets/{name}/unpack").status_code == 202
    end = time.monotonic() + 20
    while not (found := detail(client, name))["unpacking"]["ended"]:
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


def test_a_zip_comes_in_parts_and_is_unpacked(client: httpx.Client, home: Path) -> None:
    name = new(client, "zip")
    content = zipped(
        {
            "cats/1.png": png(),
            "dogs/2.png": png((0, 90, 0)),
            "dogs/torn.png": png()[:30],
            "../up.png": png(),
            "__MACOSX/cats/._1.png": b"x",
        }
    )
    assert part(client, name, content[:100], 0).json() == {"size": 100}
    assert part(client, name, content[:100], 0).json() == {"size": 100}, "sending a part again is safe"
    missing = part(client, name, content[200:], 200)
    assert (missing.status_code, missing.json()["code"]) == (409, "part-missing")
    assert part(client, name, content[50:], 50).json() == {"size": len(content)}
    found = unpacked(client, name)
    assert found["samples"] == ["cats/1.png", "dogs/2.png"]
    assert {one["code"]: one["count"] for one in found["dropped"]} == {"picture-damaged": 1, "file-name": 1}
    assert found["unpacking"] == {"done": 4, "total": 4, "ended": True, "error": None}
    assert not (home / "pictures" / "up.png").exists()
    assert not list((home / "pictures" / picture_sets.NOTES).glob("*.zip"))


def test_music_is_read_before_it_is_kept(client: httpx.Client) -> None:
    name = new(client, "quartets")
    song = midi_file([[(beat, 1, 80 - 12 * part) for beat in range(64)] for part in range(4)])
    for number in range(25):
        assert send(client, name, f"{number}.mid", song)["kept"], "by its first bytes"
    for path, content, reason in (
        ("picture.mid", png(), "not a MIDI file"),
        ("cut.mid", song[:-20], "damaged"),
        ("boxes.xml", b"<annotation/>", "no part-wise score"),
        ("bomb.musicxml", b'<!DOCTYPE a [<!ENTITY b "c">]><score-partwise/>', "entities"),
        ("silent.mid", midi_file([[]]), "no notes"),
    ):
        error = send(client, name, path, content)["error"]
        assert (error["code"], reason in error["params"]["reason"]) == ("music-damaged", True), error
    part(client, name, zipped({"more/1.mid": song, "more/2.mid": song[:60], "LICENSE.txt": b"CC0"}), 0)
    found = unpacked(client, name)
    assert (found["count"], found["music"], found["pieces"][0]) == (0, 26, "0.mid")
    dropped = [(one["code"], one["examples"]) for one in found["dropped"]]
    assert ("music-damaged", ["picture.mid"]) in dropped, "each reason with its files"
    assert len(client.get(f"/v1/picture-sets/{name}/paths").json()["paths"]) == 26
    report = client.get(f"/v1/picture-sets/{name}/suggestions").json()
    assert report["survey"] is None
    assert (report["music"]["files"], report["music"]["parts"]) == (26, 4)
    assert [one["recipe"] for one in report["suggestions"]] == ["musegan-quick"]
    assert client.get("/v1/recipes/musegan-quick").json()["bars"] == 4
    assert client.get("/v1/recipes/dcgan-64").json()["bars"] is None


def test_a_zip_that_is_none_or_a_bomb_is_refused(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    name = new(client, "no zip")
    part(client, name, b"PK but no zip", 0)
    assert unpacked(client, name)["unpacking"]["error"]["code"] == "zip-damaged"
    monkeypatch.setattr("ganvas.serve.features.train.unpacking.size_limit", lambda path: 10)
    name = new(client, "bomb")
    part(client, name, zipped({"1.png": png()}), 0)
    found = unpacked(client, name)
    assert (found["unpacking"]["error"]["code"], found["count"]) == ("zip-grows", 0)


def test_an_upload_is_bounded(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    name = new(client, "full")
    monkeypatch.setattr(picture_sets, "MAX_PICTURES", 1)
    assert send(client, name, "1.png", png())["kept"]
    more = client.post(f"/v1/picture-sets/{name}/pictures", files={"image": ("x", png())}, data={"path": "2.png"})
    assert (more.status_code, more.json()["code"]) == (409, "too-many-pictures")
    monkeypatch.setattr(picture_sets, "MAX_PICTURES", 10)
    monkeypatch.setattr(picture_sets, "LEAST_FREE", 10**18)
    more = client.post(f"/v1/picture-sets/{name}/pictures", files={"image": ("x", png())}, data={"path": "2.png"})
    assert (more.status_code, more.json()["code"]) == (507, "upload-no-room")


def test_pictures_have_suggestions(client: httpx.Client, home: Path) -> None:
    folder = home / "pictures" / "plain"
    folder.mkdir()
    for number in range(50):
        (folder / f"{number}.png").write_bytes(png((number * 5, 90, 40)))
    found = client.get("/v1/picture-sets/plain/suggestions").json()
    assert (found["survey"]["pictures"], found["survey"]["arrangement"]) == (50, "pictures")
    first = found["suggestions"][0]
    assert (first["goal"], first["recipe"]) == ("new-pictures", "dcgan-quick")
    assert first["reasons"][0]["params"] == {"count": "50"}
    assert {one["goal"] for one in found["missing"]} >= {"colour", "fill-holes"}


def test_an_upload_that_did_not_end_says_so_and_goes_on(client: httpx.Client) -> None:
    name = new(client, "interrupted")
    address = f"/v1/picture-sets/{name}"
    assert client.put(f"{address}/expected", json={"files": 3}).status_code == 204
    send(client, name, "1.png", png())
    send(client, name, "torn.png", png()[:40])
    assert detail(client, name)["expected"] == 3, "the browser was closed here"
    assert client.get(f"{address}/paths").json() == {"paths": ["1.png"]}
    client.put(f"{address}/expected", json={"files": 3})
    assert detail(client, name)["dropped"] == [], "what was dropped is sent again, and counted once"
    send(client, name, "2.png", png())
    client.put(f"{address}/expected", json={"files": None})
    listed = next(one for one in client.get("/v1/picture-sets").json()["sets"] if one["name"] == name)
    assert (listed["expected"], detail(client, name)["count"]) == (None, 2)


def test_an_upload_is_deleted_with_its_space_and_other_folders_are_not(client: httpx.Client, home: Path) -> None:
    name = new(client, "deleted")
    send(client, name, "cats/1.png", png())
    part(client, name, b"PK, the beginning of a zip", 0)
    assert detail(client, name)["unpacking"]["error"]["code"] == "zip-interrupted"
    assert client.delete(f"/v1/picture-sets/{name}").status_code == 204
    assert client.get(f"/v1/picture-sets/{name}").status_code == 404
    left = [path.name for path in (home / "pictures").rglob("*") if name in str(path.relative_to(home / "pictures"))]
    assert left == []
    answer = client.delete("/v1/picture-sets/on the machine")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-an-upload")
    assert (home / "pictures" / "on the machine" / "one.png").is_file()


def test_a_picture_on_its_way_to_a_deleted_upload_leaves_nothing(tmp_path: Path) -> None:
    sets = picture_sets.PictureSets(tmp_path / "pictures")
    name = sets.create("x")
    target = sets.target(name, "a/1.png")
    sets.delete(name)
    with pytest.raises(MissingError):
        sets.keep(target, png())
    assert not (tmp_path / "pictures" / "x").exists()
    assert sets.create("x") == "x"
    sets.keep(sets.target("x", "a/1.png"), png())


def test_what_a_killed_studio_was_deleting_is_freed(tmp_path: Path) -> None:
    sets = picture_sets.PictureSets(tmp_path)
    kept = sets.create("kept")
    sets.archive(kept).write_bytes(b"a part")
    notes = tmp_path / picture_sets.NOTES
    (notes / f"0{picture_sets.DELETED}").mkdir()
    (notes / f"0{picture_sets.DELETED}" / "1.png").write_bytes(png())
    (notes / "gone.zip").write_bytes(b"a part")
    sets.clear()
    assert sorted(path.name for path in notes.iterdir()) == ["kept.json", "kept.zip"]


def test_a_full_disk_is_said_and_the_zip_goes_on_later(
    client: httpx.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = new(client, "no room")
    part(client, name, zipped({"1.png": png(), "torn.png": png()[:30]}), 0)
    with monkeypatch.context() as full:
        fill_disk(full, files)
        assert unpacked(client, name)["unpacking"]["error"]["code"] == "pictures-not-kept"
        torn = {"files": {"image": ("x", png()[:40])}, "data": {"path": "torn.png"}}
        answer = client.post(f"/v1/picture-sets/{name}/pictures", **torn)
        assert (answer.status_code, answer.json()["code"]) == (507, "pictures-not-kept")
    assert not list((home / "pictures" / name).rglob("*.png")), "nothing half-written"
    found = unpacked(client, name)
    assert (found["count"], found["unpacking"]["error"]) == (1, None)
    with monkeypatch.context() as full:
        full.setattr(picture_sets, "LEAST_FREE", 10**18)
        answer = part(client, name, b"PK", 0)
        assert (answer.status_code, answer.json()["code"]) == (507, "upload-no-room")


def test_a_damaged_zip_gives_way_to_another(client: httpx.Client) -> None:
    name = new(client, "second try")
    part(client, name, b"PK but no zip", 0)
    assert unpacked(client, name)["unpacking"]["error"]["code"] == "zip-damaged"
    part(client, name, zipped({"1.png": png()}), 0)
    assert unpacked(client, name)["count"] == 1
